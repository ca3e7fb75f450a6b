#include "services/screening/core/clue_book.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/errors.h"
#include "services/screening/policy/risk.h"

namespace fangpin::screening {
namespace {

std::string_view ChannelLabel(v1::DiscoveryChannel channel) {
  switch (channel) {
    case v1::DISCOVERY_CHANNEL_FARMER_APPLICATION:
      return "农户主动申请";
    case v1::DISCOVERY_CHANNEL_CADRE_VISIT:
      return "干部走访排查";
    case v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT:
      return "部门筛查预警";
    case v1::DISCOVERY_CHANNEL_SOCIAL_SUPERVISION:
      return "社会监督发现";
    case v1::DISCOVERY_CHANNEL_SYSTEM_ANALYSIS:
      return "系统数据分析";
    default:
      return "";
  }
}

// "部门筛查预警：因病；农户主动申请：因学", each cause once, in the order reported.
std::string CauseOf(const v1::RiskClue& clue) {
  std::vector<std::string> causes;
  for (const v1::ClueReport& report : clue.reports()) {
    std::string cause = base::StrCat(ChannelLabel(report.channel()), "：",
                                     RiskTypeLabel(static_cast<RiskType>(report.risk())));
    if (std::find(causes.begin(), causes.end(), cause) == causes.end()) {
      causes.push_back(std::move(cause));
    }
  }
  std::string text;
  for (const std::string& cause : causes) {
    base::StrAppend(&text, text.empty() ? "" : "；", cause);
  }
  return text;
}

absl::Status ExtendTask(records::Tx& tx, const v1::RiskClue& clue) {
  FANGPIN_ASSIGN_OR_RETURN(auto task, VisitTasks().Find(tx, clue.visit_task_id()));
  if (!task || task->state() != v1::VISIT_TASK_STATE_OPEN) return absl::OkStatus();
  std::string cause = CauseOf(clue);
  if (task->cause() == cause) return absl::OkStatus();
  task->set_cause(std::move(cause));
  return VisitTasks().Update(tx, *task);
}

absl::StatusOr<v1::RiskClue> Open(records::Tx& tx, const ClueTerms& terms,
                                  std::string_view household_id, std::string_view division,
                                  v1::ClueReport report, absl::Time now) {
  v1::RiskClue clue;
  clue.set_id(base::NewId(base::CountyOf(division), now));
  clue.set_household_id(std::string(household_id));
  clue.set_division(std::string(division));
  *clue.add_reports() = std::move(report);
  clue.set_state(v1::CLUE_STATE_DISPATCHED);
  clue.set_found_on(base::FormatDay(base::Today(now)));
  clue.set_due_on(base::FormatDay(terms.determination_due_on));

  v1::VisitTask task;
  // The due day stands in the id's time, so that tasks list by urgency.
  task.set_id(base::NewId(base::CountyOf(division), base::StartOf(terms.visit_due_on)));
  task.set_clue_id(clue.id());
  task.set_household_id(clue.household_id());
  task.set_division(clue.division());
  task.set_due_on(base::FormatDay(terms.visit_due_on));
  task.set_cause(CauseOf(clue));
  task.set_state(v1::VISIT_TASK_STATE_OPEN);
  clue.set_visit_task_id(task.id());

  FANGPIN_RETURN_IF_ERROR(Clues().Insert(tx, clue));
  FANGPIN_RETURN_IF_ERROR(VisitTasks().Insert(tx, task));
  return clue;
}

}  // namespace

absl::StatusOr<ClueTerms> TermsFor(const policy::PolicyData& policy, std::string_view division,
                                   absl::CivilDay found_on) {
  const auto value = [&](std::string_view name) -> absl::StatusOr<int64_t> {
    const auto found = policy.parameters.Value(name, division, found_on);
    if (!found) return ParameterMissing(name);
    return *found;
  };
  ClueTerms terms;
  FANGPIN_ASSIGN_OR_RETURN(terms.merge_days, value("clue_merge_days"));
  FANGPIN_ASSIGN_OR_RETURN(const int64_t visit_days, value("household_check_working_days"));
  FANGPIN_ASSIGN_OR_RETURN(const int64_t days, value("clue_to_determination_days"));
  FANGPIN_ASSIGN_OR_RETURN(terms.visit_due_on,
                           policy.calendar.AddWorkingDays(found_on, static_cast<int>(visit_days)));
  terms.determination_due_on = found_on + days;
  return terms;
}

absl::StatusOr<AddedReport> AddReport(records::Tx& tx, const ClueTerms& terms,
                                      std::string_view household_id, std::string_view division,
                                      v1::ClueReport report, absl::Time now) {
  *report.mutable_time() = ToTimestamp(now);
  AddedReport added;
  FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::RiskClue> open, Clues().InSlot(tx, household_id));
  if (open) {
    FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay found_on, base::ParseDay(open->found_on()));
    if (base::Today(now) <= found_on + terms.merge_days) {
      *open->add_reports() = std::move(report);
      FANGPIN_RETURN_IF_ERROR(Clues().Update(tx, *open));
      FANGPIN_RETURN_IF_ERROR(ExtendTask(tx, *open));
      added.clue = *std::move(open);
      return added;
    }
    open->set_superseded(true);
    FANGPIN_RETURN_IF_ERROR(Clues().Update(tx, *open));
  }
  FANGPIN_ASSIGN_OR_RETURN(added.clue,
                           Open(tx, terms, household_id, division, std::move(report), now));
  added.opened = true;
  return added;
}

}  // namespace fangpin::screening
