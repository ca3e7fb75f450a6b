#include "services/screening/core/screening.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "services/screening/core/clue_book.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/errors.h"
#include "services/screening/core/facts.h"
#include "services/screening/core/paging.h"
#include "services/screening/core/validation.h"
#include "services/screening/policy/assessment_rules.h"

namespace fangpin::screening {
namespace {

// Outcomes that rest on what was found out about the household.
bool JudgesTheHousehold(v1::ClueOutcome outcome) {
  return outcome == v1::CLUE_OUTCOME_NO_RISK || outcome == v1::CLUE_OUTCOME_RESOLVED_BY_POLICY ||
         outcome == v1::CLUE_OUTCOME_TO_IDENTIFY;
}

absl::Status CheckRules(std::string_view clue_id, const v1::Assessment& assessment,
                        v1::ClueOutcome outcome) {
  if (!JudgesTheHousehold(outcome)) return absl::OkStatus();
  AssessmentCase subject = ToAssessmentCase(assessment.judgements(), assessment.risks());
  subject.to_identify = outcome == v1::CLUE_OUTCOME_TO_IDENTIFY;
  const std::vector<policy::Finding> blocking = policy::Blocking(CheckAssessment(subject));
  return blocking.empty() ? absl::OkStatus() : AssessmentFaulty(clue_id, blocking);
}

// The task that the visit is for; absent for an unplanned one.
absl::StatusOr<std::optional<v1::VisitTask>> TaskOf(records::View& view, const v1::Visit& visit) {
  if (visit.task_id().empty()) return std::nullopt;
  FANGPIN_ASSIGN_OR_RETURN(auto task, VisitTasks().Find(view, visit.task_id()));
  if (!task) return TaskNotFound(visit.task_id());
  if (task->household_id() != visit.household_id()) {
    return base::InvalidField("visit.household_id", "HOUSEHOLD_MISMATCH", "走访任务不属于该户");
  }
  return task;
}

// A visit before the clue was found cannot be the one that the clue asks for.
absl::Status CheckAgainstClue(records::View& view, const v1::VisitTask& task,
                              const v1::Visit& visit) {
  FANGPIN_ASSIGN_OR_RETURN(const auto clue, Clues().Find(view, task.clue_id()));
  // Days written YYYY-MM-DD compare as text.
  if (clue && visit.visited_on() < clue->found_on()) return VisitBeforeClue(clue->found_on());
  return absl::OkStatus();
}

absl::Status CompleteTask(records::Tx& tx, v1::VisitTask task, const v1::Visit& visit) {
  if (task.state() != v1::VISIT_TASK_STATE_OPEN) return absl::OkStatus();
  task.set_state(v1::VISIT_TASK_STATE_DONE);
  task.set_visit_id(visit.id());
  FANGPIN_RETURN_IF_ERROR(VisitTasks().Update(tx, task));
  FANGPIN_ASSIGN_OR_RETURN(auto clue, Clues().Find(tx, task.clue_id()));
  if (!clue || clue->state() != v1::CLUE_STATE_DISPATCHED) return absl::OkStatus();
  clue->set_state(v1::CLUE_STATE_CHECKING);
  return Clues().Update(tx, *clue);
}

}  // namespace

absl::StatusOr<v1::ReportRiskResponse> Screening::ReportRisk(const base::CallContext& ctx,
                                                             const v1::ReportRiskRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckReport(request));
  FANGPIN_ASSIGN_OR_RETURN(const HouseholdFile household,
                           households_->Get(ctx, request.household_id()));
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, household.division));
  FANGPIN_ASSIGN_OR_RETURN(const ClueTerms terms,
                           TermsFor(*policy_, household.division, base::Today(ctx.now)));
  bool opened = false, first_time = false;
  auto response = records::WriteOnce<v1::ReportRiskResponse>(
      *store_, ctx, "ReportRisk", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::ReportRiskResponse> {
        v1::ClueReport report;
        report.set_channel(request.channel());
        report.set_risk(request.risk());
        report.set_text(request.text());
        report.set_reporter(ctx.principal.subject);
        FANGPIN_ASSIGN_OR_RETURN(
            AddedReport added,
            AddReport(tx, terms, household.id, household.division, std::move(report), ctx.now));
        opened = added.opened;
        first_time = true;
        v1::ReportRiskResponse answer;
        *answer.mutable_clue() = std::move(added.clue);
        return answer;
      });
  if (response.ok() && first_time) {
    instruments_->RiskReported(request.channel());
    instruments_->CluesOpened(request.channel(), opened ? 1 : 0);
  }
  return response;
}

absl::StatusOr<v1::GetClueResponse> Screening::GetClue(const base::CallContext& ctx,
                                                       const v1::GetClueRequest& request) {
  std::optional<v1::RiskClue> clue;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(clue, Clues().Find(view, request.clue_id()));
    return absl::OkStatus();
  }));
  if (!clue) return ClueNotFound(request.clue_id());
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, clue->division()));
  v1::GetClueResponse response;
  *response.mutable_clue() = *std::move(clue);
  return response;
}

absl::StatusOr<v1::ListCluesResponse> Screening::ListClues(const base::CallContext& ctx,
                                                           const v1::ListCluesRequest& request) {
  records::Query query = QueryFor(ctx, request);
  query.household_id = request.household_id();
  query.states.assign(request.states().begin(), request.states().end());
  v1::ListCluesResponse response;
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<v1::RiskClue> clues,
                           ListPage(*store_, Clues(), query));
  *response.mutable_clues() = {clues.begin(), clues.end()};
  response.set_next_page_token(NextPage(query, clues));
  return response;
}

absl::StatusOr<v1::ListVisitTasksResponse> Screening::ListVisitTasks(
    const base::CallContext& ctx, const v1::ListVisitTasksRequest& request) {
  records::Query query = QueryFor(ctx, request);
  if (request.state() != v1::VISIT_TASK_STATE_UNSPECIFIED) query.states = {request.state()};
  if (!request.due_before().empty()) {
    const absl::StatusOr<absl::CivilDay> day = base::ParseDay(request.due_before());
    if (!day.ok()) {
      return base::InvalidField("due_before", "DATE_FORMAT", "日期应写作YYYY-MM-DD且确有其日");
    }
  }
  v1::ListVisitTasksResponse response;
  // Tasks due later are stepped over, so several reads may be needed to fill a page.
  while (true) {
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<v1::VisitTask> tasks,
                             ListPage(*store_, VisitTasks(), query));
    for (const v1::VisitTask& task : tasks) {
      if (response.tasks_size() == query.limit) break;
      query.after = task.id();
      if (request.due_before().empty() || task.due_on() < request.due_before()) {
        *response.add_tasks() = task;
      }
    }
    const bool exhausted = static_cast<int>(tasks.size()) < query.limit;
    if (response.tasks_size() == query.limit) {
      response.set_next_page_token(query.after);
      return response;
    }
    if (exhausted) return response;
  }
}

absl::StatusOr<v1::RecordVisitResponse> Screening::RecordVisit(
    const base::CallContext& ctx, const v1::RecordVisitRequest& request) {
  const v1::Visit& visit = request.visit();
  FANGPIN_RETURN_IF_ERROR(CheckVisit(visit, base::Today(ctx.now)));

  std::string division;
  std::optional<v1::VisitTask> planned;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(planned, TaskOf(view, visit));
    return planned ? CheckAgainstClue(view, *planned, visit) : absl::OkStatus();
  }));
  if (planned) {
    division = planned->division();
  } else {
    FANGPIN_ASSIGN_OR_RETURN(const HouseholdFile household,
                             households_->Get(ctx, visit.household_id()));
    division = household.division;
  }
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, division));

  v1::RecordVisitResponse response;
  *response.mutable_visit() = visit;
  FANGPIN_RETURN_IF_ERROR(store_->Write(ctx, [&](records::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto known, tx.Find(kVisits, visit.id()));
    if (known) {
      return known->body == visit.SerializeAsString() ? absl::OkStatus()
                                                      : VisitIdReused(visit.id());
    }
    const records::Header header = {
        .id = visit.id(), .division = division, .household_id = visit.household_id()};
    FANGPIN_RETURN_IF_ERROR(tx.Insert(kVisits, header, visit.SerializeAsString()));
    FANGPIN_ASSIGN_OR_RETURN(auto task, TaskOf(tx, visit));
    return task ? CompleteTask(tx, *std::move(task), visit) : absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::AssessClueResponse> Screening::AssessClue(const base::CallContext& ctx,
                                                             const v1::AssessClueRequest& request) {
  if (request.etag().empty()) return EtagRequired();
  FANGPIN_RETURN_IF_ERROR(CheckAssessmentFields(request.assessment(), request.outcome()));
  FANGPIN_ASSIGN_OR_RETURN(const v1::GetClueResponse read, GetClue(ctx, [&] {
                             v1::GetClueRequest get;
                             get.set_clue_id(request.clue_id());
                             return get;
                           }()));
  if (request.outcome() == v1::CLUE_OUTCOME_ALREADY_MONITORED) {
    FANGPIN_ASSIGN_OR_RETURN(const HouseholdFile household,
                             households_->Get(ctx, read.clue().household_id()));
    if (!household.monitored) return HouseholdNotMonitored(household.id);
  }
  return records::WriteOnce<v1::AssessClueResponse>(
      *store_, ctx, "AssessClue", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::AssessClueResponse> {
        FANGPIN_ASSIGN_OR_RETURN(auto clue, Clues().Find(tx, request.clue_id()));
        if (!clue) return ClueNotFound(request.clue_id());
        if (clue->etag() != request.etag()) return EtagMismatch();
        if (clue->state() == v1::CLUE_STATE_DISPATCHED) return ClueNotVisited(clue->id());
        if (clue->state() != v1::CLUE_STATE_CHECKING) return ClueClosed(clue->id());
        FANGPIN_RETURN_IF_ERROR(CheckRules(clue->id(), request.assessment(), request.outcome()));
        *clue->mutable_assessment() = request.assessment();
        clue->mutable_assessment()->set_assessor(ctx.principal.subject);
        *clue->mutable_assessment()->mutable_time() = ToTimestamp(ctx.now);
        clue->set_outcome(request.outcome());
        clue->set_state(request.outcome() == v1::CLUE_OUTCOME_TO_IDENTIFY
                            ? v1::CLUE_STATE_TO_IDENTIFY
                            : v1::CLUE_STATE_CLOSED);
        FANGPIN_RETURN_IF_ERROR(Clues().Update(tx, *clue));
        v1::AssessClueResponse response;
        *response.mutable_clue() = *std::move(clue);
        return response;
      });
}

}  // namespace fangpin::screening
