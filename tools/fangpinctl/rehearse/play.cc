#include "tools/fangpinctl/rehearse/play.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/message_path.h"

namespace fangpin::ctl {
namespace {

namespace re = registry::v1;
namespace words = policy::v1;

constexpr absl::Duration kStatesPatience = absl::Seconds(60);
constexpr absl::Duration kFirstPause = absl::Milliseconds(20);
constexpr absl::Duration kLongestPause = absl::Milliseconds(320);
constexpr size_t kBatch = 500;

std::string StateText(words::MonitoringState state, words::MonitoredCategory category) {
  std::string text(ShortEnumName(*words::MonitoringState_descriptor()->FindValueByNumber(state)));
  if (category != words::MONITORED_CATEGORY_UNSPECIFIED) {
    base::StrAppend(
        &text, " ",
        ShortEnumName(*words::MonitoredCategory_descriptor()->FindValueByNumber(category)));
  }
  return text;
}

}  // namespace

const std::string& Play::NationalId(const std::string& household_id) const {
  const auto found = national_ids.find(household_id);
  return found == national_ids.end() ? household_id : found->second;
}

absl::Status ForEachStory(Play& play, Comparison& comparison,
                          absl::FunctionRef<bool(const Story&)> wants,
                          absl::FunctionRef<absl::Status(Story&)> part) {
  std::vector<Story*> wanted;
  for (Story& story : play.stories) {
    if (!story.broken && wants(story)) wanted.push_back(&story);
  }
  return ForEachIndex(play.threads, wanted.size(), [&](size_t index) -> absl::Status {
    Story& story = *wanted[index];
    const absl::Status status = part(story);
    if (status.ok()) return absl::OkStatus();
    if (absl::IsUnavailable(status)) return status;
    story.broken = true;
    comparison.Wrong(story.national_id(), base::StrCat("办理（", story.truth->story(), "）"), "OK",
                     StatusText(status));
    return absl::OkStatus();
  });
}

const Story* FirstStory(const Play& play, absl::FunctionRef<bool(const Story&)> wants) {
  for (const Story& story : play.stories) {
    if (!story.broken && wants(story)) return &story;
  }
  return nullptr;
}

absl::Status ForEachHousehold(Play& play, absl::CivilDay day,
                              absl::FunctionRef<void(const re::Household&)> visit) {
  re::ListHouseholdsRequest request;
  request.mutable_filter()->set_division(play.division());
  request.set_page_size(500);
  return ForEachListed(play, *play.desk, day, &re::RegistryService::Stub::ListHouseholds, request,
                       &re::ListHouseholdsResponse::households, visit);
}

absl::Status AwaitStates(Play& play, Comparison& comparison, absl::CivilDay day,
                         std::vector<ExpectedState> expected) {
  const auto reached = [&play](const ExpectedState& wanted, const words::MonitoringState state,
                               const words::MonitoredCategory category) {
    const bool there = play.resumed ? state >= wanted.state : state == wanted.state;
    return there && category == wanted.category;
  };
  absl::flat_hash_map<std::string, ExpectedState> waiting;
  for (ExpectedState& wanted : expected) {
    if (!wanted.story->broken) waiting.emplace(wanted.story->household_id, wanted);
  }
  absl::flat_hash_map<std::string, std::string> seen;
  const absl::Time give_up = absl::Now() + kStatesPatience;
  absl::Duration pause = kFirstPause;
  while (true) {
    std::vector<std::string> ids;
    for (const auto& [id, wanted] : waiting) ids.push_back(id);
    for (size_t begin = 0; begin < ids.size(); begin += kBatch) {
      re::BatchGetHouseholdsRequest request;
      const size_t end = std::min(ids.size(), begin + kBatch);
      for (size_t i = begin; i < end; ++i) request.add_household_ids(ids[i]);
      FANGPIN_ASSIGN_OR_RETURN(
          const re::BatchGetHouseholdsResponse response,
          play.suite->Call(*play.desk, day, &re::RegistryService::Stub::BatchGetHouseholds,
                           request));
      for (const re::Household& household : response.households()) {
        const auto wanted = waiting.find(household.id());
        if (wanted == waiting.end()) continue;
        const auto state = household.monitoring().state();
        const auto category = household.monitoring().category();
        if (reached(wanted->second, state, category)) {
          waiting.erase(wanted);
        } else {
          seen[household.id()] = StateText(state, category);
        }
      }
    }
    if (waiting.empty() || absl::Now() + pause > give_up) break;
    absl::SleepFor(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
  for (const auto& [id, wanted] : waiting) {
    comparison.Wrong(wanted.story->national_id(), "户档监测状态",
                     StateText(wanted.state, wanted.category), seen[id]);
  }
  return absl::OkStatus();
}

bool IsRefusedBy(Comparison& comparison, const Story& story, std::string_view what,
                 const absl::Status& status, std::string_view reason,
                 const std::vector<std::string>& violations) {
  if (status.code() != absl::StatusCode::kFailedPrecondition || base::Reason(status) != reason) {
    comparison.Wrong(story.national_id(), what, base::StrCat("FAILED_PRECONDITION ", reason),
                     StatusText(status));
    return false;
  }
  return comparison.Same(story.national_id(), what, violations, Violations(status));
}

bool IsMakerChecker(Comparison& comparison, const Story& story, std::string_view what,
                    const absl::Status& status) {
  constexpr std::string_view kReason = "MAKER_IS_CHECKER";
  if (absl::IsPermissionDenied(status) && base::Reason(status) == kReason) return true;
  comparison.Wrong(story.national_id(), what, base::StrCat("PERMISSION_DENIED ", kReason),
                   StatusText(status));
  return false;
}

std::string StatusText(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string text = absl::StatusCodeToString(status.code());
  if (const std::string reason = base::Reason(status); !reason.empty()) {
    base::StrAppend(&text, " ", reason);
  }
  base::StrAppend(&text, "（", base::ToStd(status.message()));
  if (const auto request = base::GetBadRequest(status)) {
    for (const auto& violation : request->field_violations()) {
      base::StrAppend(&text, "；", violation.field(), " ", violation.reason());
    }
  }
  for (const std::string& violation : Violations(status)) {
    base::StrAppend(&text, "；", violation);
  }
  return text + "）";
}

std::string RequestId(const Story& story, std::string_view step, std::string_view etag) {
  return base::StrCat(story.national_id(), "/", step, etag.empty() ? "" : "/", etag);
}

std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> types;
  if (const auto failure = base::GetPreconditionFailure(status)) {
    for (const auto& violation : failure->violations()) types.push_back(violation.type());
  }
  return types;
}

}  // namespace fangpin::ctl
