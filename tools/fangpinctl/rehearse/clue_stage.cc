#include <algorithm>
#include <atomic>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace sc = screening::v1;
namespace words = policy::v1;

constexpr absl::CivilDay kDay = sample::days::kReport;
constexpr int kAlertPage = 1000;
constexpr int kCluePage = 500;

// One report of a clue, as it is compared.
struct Report {
  sc::DiscoveryChannel channel;
  words::RiskType risk;
  std::string feed_id;
  std::string source_id;

  std::string Text() const {
    return base::StrCat(
        ShortEnumName(*sc::DiscoveryChannel_descriptor()->FindValueByNumber(channel)), " ",
        ShortEnumName(*words::RiskType_descriptor()->FindValueByNumber(risk)),
        feed_id.empty() ? "" : " ", feed_id, source_id.empty() ? "" : " ", source_id);
  }
};

// Reports in order. Departments push at the same time, so that which of two alerts comes first is
// chance: those that follow each other are put into order of feed and record.
std::vector<std::string> Texts(std::vector<Report> reports) {
  const auto is_alert = [](const Report& report) {
    return report.channel == sc::DISCOVERY_CHANNEL_DEPARTMENT_ALERT;
  };
  for (auto begin = reports.begin(); begin != reports.end();) {
    begin = std::find_if(begin, reports.end(), is_alert);
    const auto end = std::find_if_not(begin, reports.end(), is_alert);
    std::sort(begin, end, [](const Report& a, const Report& b) {
      return std::pair(a.feed_id, a.source_id) < std::pair(b.feed_id, b.source_id);
    });
    begin = end;
  }
  std::vector<std::string> texts;
  for (const Report& report : reports) texts.push_back(report.Text());
  return texts;
}

std::vector<Report> Expected(const sample::v1::ClueTruth& truth) {
  std::vector<Report> reports;
  for (int i = 0; i < truth.channels_size(); ++i) {
    reports.push_back({.channel = truth.channels(i),
                       .risk = truth.risks(i),
                       .feed_id = truth.feed_ids(i),
                       .source_id = truth.source_ids(i)});
  }
  return reports;
}

// Feed and source of each alert that opened or joined a clue, by alert id.
using Sources = absl::flat_hash_map<std::string, std::pair<std::string, std::string>>;

absl::StatusOr<Sources> AlertSources(Play& play) {
  Sources sources;
  sc::ListAlertsRequest request;
  request.set_division(play.division());
  request.add_states(sc::ALERT_STATE_CLUE);
  request.set_page_size(kAlertPage);
  FANGPIN_RETURN_IF_ERROR(
      ForEachListed(play, *play.desk, kDay, &sc::AlertService::Stub::ListAlerts, request,
                    &sc::ListAlertsResponse::alerts, [&](const sc::Alert& alert) {
                      sources[alert.id()] = {alert.feed_id(), alert.source_id()};
                    }));
  return sources;
}

std::vector<Report> Actual(const sc::RiskClue& clue, const Sources& sources) {
  std::vector<Report> reports;
  for (const sc::ClueReport& report : clue.reports()) {
    Report& actual = reports.emplace_back();
    actual.channel = report.channel();
    actual.risk = report.risk();
    if (report.alert_id().empty()) continue;
    if (const auto source = sources.find(report.alert_id()); source != sources.end()) {
      std::tie(actual.feed_id, actual.source_id) = source->second;
    } else {
      actual.feed_id = "查无此预警";
    }
  }
  return reports;
}

template <typename Visit>
absl::Status ForEachClue(Play& play, Visit visit) {
  sc::ListCluesRequest request;
  request.set_division(play.division());
  request.set_page_size(kCluePage);
  return ForEachListed(play, *play.desk, kDay, &sc::ScreeningService::Stub::ListClues, request,
                       &sc::ListCluesResponse::clues, visit);
}

absl::Status SendReports(Play& play, Story& story) {
  int number = 0;
  for (sc::ReportRiskRequest report : story.notes->reports()) {
    report.set_household_id(story.household_id);
    report.set_request_id(RequestId(story, base::StrCat("report", ++number)));
    // What comes in from outside goes over the county's desk.
    const Actor& reporter =
        report.channel() == sc::DISCOVERY_CHANNEL_SOCIAL_SUPERVISION ? *play.desk : *story.cadre;
    FANGPIN_RETURN_IF_ERROR(
        play.suite->Call(reporter, kDay, &sc::ScreeningService::Stub::ReportRisk, report).status());
  }
  return absl::OkStatus();
}

}  // namespace

StageOutcome ReportRisks(Play& play, Comparison& comparison) {
  std::atomic<int64_t> reported{0};
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison, [](const Story& story) { return story.notes->reports_size() > 0; },
      [&](Story& story) -> absl::Status {
        reported += story.notes->reports_size();
        return SendReports(play, story);
      }));

  absl::flat_hash_map<std::string, Story*> stories;
  for (Story& story : play.stories) stories.emplace(story.household_id, &story);
  FANGPIN_ASSIGN_OR_RETURN(const Sources sources, AlertSources(play));
  int64_t clues = 0, merged = 0;
  FANGPIN_RETURN_IF_ERROR(ForEachClue(play, [&](const sc::RiskClue& clue) {
    ++clues;
    merged += clue.reports_size() > 1;
    const auto found = stories.find(clue.household_id());
    const std::vector<std::string> actual = Texts(Actual(clue, sources));
    if (found == stories.end() || !found->second->truth->has_clue()) {
      comparison.Same(play.NationalId(clue.household_id()), "不应有的线索", {}, actual);
      return;
    }
    Story& story = *found->second;
    if (story.clue.id().empty()) {
      comparison.Same(story.national_id(), "线索的来源", Texts(Expected(story.truth->clue())),
                      actual);
      story.clue = clue;
    } else {
      comparison.Same(story.national_id(), "多出的线索", {}, actual);
    }
  }));
  for (Story& story : play.stories) {
    if (story.broken || !story.truth->has_clue() || !story.clue.id().empty()) continue;
    comparison.Same(story.national_id(), "线索", Texts(Expected(story.truth->clue())), {});
    story.broken = true;
  }
  return std::vector<Count>{{"reported", "群众和干部反映", reported},
                            {"clues", "线索", clues},
                            {"merged", "并案", merged}};
}

}  // namespace fangpin::ctl
