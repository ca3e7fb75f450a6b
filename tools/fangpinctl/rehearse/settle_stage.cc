#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace sc = screening::v1;
using sample::v1::FeedTruth;

constexpr absl::CivilDay kDay = sample::days::kPush;
constexpr absl::Duration kPatience = absl::Seconds(120);
constexpr absl::Duration kPoll = absl::Milliseconds(50);
constexpr int kAlertPage = 1000;

// Whether a version was matched before a higher one took its place depends on the moment.
std::string StateText(sc::AlertState state, const std::string& national_id) {
  const bool matched = state != sc::ALERT_STATE_SUPERSEDED && !national_id.empty();
  return base::StrCat(ShortEnumName(*sc::AlertState_descriptor()->FindValueByNumber(state)),
                      matched ? base::StrCat(" 户", national_id) : "");
}

// Waits until no feed of the manifest has anything pending.
absl::Status AwaitSettlement(Play& play, Comparison& comparison) {
  std::set<std::string> feeds;
  for (const FeedTruth& truth : play.county->manifest.feeds()) feeds.insert(truth.feed_id());
  const absl::Time give_up = absl::Now() + kPatience;
  while (true) {
    FANGPIN_ASSIGN_OR_RETURN(const sc::ListFeedsResponse listed,
                             play.suite->Call(*play.desk, kDay, &sc::AlertService::Stub::ListFeeds,
                                              sc::ListFeedsRequest()));
    int64_t pending = 0;
    for (const sc::Feed& feed : listed.feeds()) {
      if (feeds.contains(feed.id())) pending += feed.pending();
    }
    if (pending == 0) return absl::OkStatus();
    if (absl::Now() > give_up) {
      comparison.Same("全部数据源", "等待比对的预警", 0, pending);
      return absl::OkStatus();
    }
    absl::SleepFor(kPoll);
  }
}

// The alerts of one feed, each against its truth.
absl::Status CompareFeed(Play& play, Comparison& comparison, const FeedTruth& truth,
                         std::map<sc::AlertState, int64_t>& by_state) {
  const auto key = [](const std::string& source_id, int64_t version) {
    return base::StrCat(source_id, " 第", version, "版");
  };
  std::map<std::string, std::string> expected;
  for (const sample::v1::AlertTruth& alert : truth.alerts()) {
    expected[key(alert.source_id(), alert.source_version())] =
        StateText(alert.state(), alert.national_household_id());
  }
  int64_t below = 0;
  sc::ListAlertsRequest request;
  request.set_feed_id(truth.feed_id());
  request.set_division(play.division());
  request.set_page_size(kAlertPage);
  FANGPIN_RETURN_IF_ERROR(ForEachListed(
      play, *play.desk, kDay, &sc::AlertService::Stub::ListAlerts, request,
      &sc::ListAlertsResponse::alerts, [&](const sc::Alert& alert) {
        ++by_state[alert.state()];
        const std::string record = key(alert.source_id(), alert.source_version());
        const auto wanted = expected.find(record);
        if (wanted == expected.end()) {
          ++below;
          if (alert.state() == sc::ALERT_STATE_BELOW_THRESHOLD) return;
          comparison.Wrong(truth.feed_id(), record, StateText(sc::ALERT_STATE_BELOW_THRESHOLD, ""),
                           StateText(alert.state(), play.NationalId(alert.household_id())));
          return;
        }
        comparison.Same(truth.feed_id(), record, wanted->second,
                        StateText(alert.state(), play.NationalId(alert.household_id())));
        expected.erase(wanted);
      }));
  for (const auto& [record, state] : expected) {
    comparison.Wrong(truth.feed_id(), record, state, "不存在");
  }
  comparison.Same(truth.feed_id(), "未达阈值的预警", truth.below_threshold(), below);
  return absl::OkStatus();
}

}  // namespace

StageOutcome SettleAlerts(Play& play, Comparison& comparison) {
  FANGPIN_RETURN_IF_ERROR(AwaitSettlement(play, comparison));
  const auto& truths = play.county->manifest.feeds();
  std::vector<std::map<sc::AlertState, int64_t>> by_feed(static_cast<size_t>(truths.size()));
  FANGPIN_RETURN_IF_ERROR(ForEachIndex(play.threads, by_feed.size(), [&](size_t i) {
    return CompareFeed(play, comparison, truths[static_cast<int>(i)], by_feed[i]);
  }));
  std::map<sc::AlertState, int64_t> total;
  int64_t alerts = 0;
  for (const auto& feed : by_feed) {
    for (const auto& [state, count] : feed) {
      total[state] += count;
      alerts += count;
    }
  }
  return std::vector<Count>{{"alerts", "预警", alerts},
                            {"clue", "成为线索", total[sc::ALERT_STATE_CLUE]},
                            {"below_threshold", "未达阈值", total[sc::ALERT_STATE_BELOW_THRESHOLD]},
                            {"unmatched", "不在册", total[sc::ALERT_STATE_UNMATCHED]},
                            {"superseded", "已被更正", total[sc::ALERT_STATE_SUPERSEDED]},
                            {"fact_missing", "缺少依据", total[sc::ALERT_STATE_FACT_MISSING]}};
}

}  // namespace fangpin::ctl
