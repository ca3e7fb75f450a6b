#include "services/screening/core/collections.h"

#include "services/screening/core/errors.h"

namespace fangpin::screening {
namespace {

records::Header ClueHeader(const v1::RiskClue& clue) {
  const bool latest_open = clue.state() != v1::CLUE_STATE_CLOSED && !clue.superseded();
  return {.id = clue.id(),
          .division = clue.division(),
          .household_id = clue.household_id(),
          .state = clue.state(),
          .slot = latest_open ? clue.household_id() : ""};
}

records::Header TaskHeader(const v1::VisitTask& task) {
  return {.id = task.id(),
          .division = task.division(),
          .household_id = task.household_id(),
          .state = task.state()};
}

records::Header CaseHeader(const v1::DeterminationCase& c) {
  return {.id = c.id(),
          .division = c.division(),
          .household_id = c.household_id(),
          .state = c.state(),
          .slot = c.clue_id()};
}

}  // namespace

const records::Collection<v1::RiskClue>& Clues() {
  static constexpr records::Collection<v1::RiskClue> kClues("clues", &ClueHeader);
  return kClues;
}

const records::Collection<v1::VisitTask>& VisitTasks() {
  static constexpr records::Collection<v1::VisitTask> kTasks("visit_tasks", &TaskHeader);
  return kTasks;
}

const records::Collection<v1::DeterminationCase>& Cases() {
  static constexpr records::Collection<v1::DeterminationCase> kCases("cases", &CaseHeader);
  return kCases;
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

absl::Status CheckScope(const base::CallContext& ctx, std::string_view division) {
  return ctx.principal.MayAccess(division) ? absl::OkStatus() : ScopeDenied();
}

}  // namespace fangpin::screening
