#include "services/screening/core/determination.h"

#include <optional>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/policy/wire.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/errors.h"
#include "services/screening/core/facts.h"
#include "services/screening/core/paging.h"
#include "services/screening/core/validation.h"

namespace fangpin::screening {
namespace {

absl::StatusOr<v1::DeterminationCase> Find(records::View& view, std::string_view case_id) {
  FANGPIN_ASSIGN_OR_RETURN(auto found, Cases().Find(view, case_id));
  if (!found) return CaseNotFound(case_id);
  return *std::move(found);
}

v1::DeterminationCase NewCase(const base::CallContext& ctx, const v1::RiskClue& clue,
                              std::string_view policy_version) {
  v1::DeterminationCase c;
  c.set_id(base::NewId(base::CountyOf(clue.division()), ctx.now));
  c.set_clue_id(clue.id());
  c.set_household_id(clue.household_id());
  c.set_division(clue.division());
  c.set_policy_version(std::string(policy_version));
  c.set_state(v1::CASE_STATE_OPEN);
  *c.mutable_risks() = clue.assessment().risks();
  *c.mutable_judgements() = clue.assessment().judgements();
  c.set_found_on(clue.found_on());
  c.set_due_on(clue.due_on());
  c.set_opened_by(ctx.principal.subject);
  v1::IdentificationStepRecord& accepted = *c.add_steps();
  accepted.set_step(v1::IDENTIFICATION_STEP_ACCEPTED);
  accepted.set_done_on(base::FormatDay(base::Today(ctx.now)));
  accepted.set_recorder(ctx.principal.subject);
  *accepted.mutable_record_time() = ToTimestamp(ctx.now);
  return c;
}

// Where in the case the step goes: behind the last one, or in place of the last one or of the
// comparison, whose hits are adjudicated later.
absl::StatusOr<int> PlaceOf(const v1::DeterminationCase& c, v1::IdentificationStep step) {
  const int last = c.steps_size() - 1;
  const int place = step - v1::IDENTIFICATION_STEP_ACCEPTED;
  const bool next = place == last + 1;
  const bool again = place == last || (place < last && step == v1::IDENTIFICATION_STEP_COMPARED);
  if (!next && !again) return StepOutOfOrder(c.id());
  return place;
}

absl::Status CheckOrder(const v1::DeterminationCase& c, int place,
                        const v1::IdentificationStepRecord& step) {
  constexpr int kAuthorised = v1::IDENTIFICATION_STEP_AUTHORISED - v1::IDENTIFICATION_STEP_ACCEPTED;
  if (step.step() == v1::IDENTIFICATION_STEP_COMPARED &&
      !c.steps(kAuthorised).authorisation().signed_()) {
    return NotAuthorised(c.id());
  }
  // Days written YYYY-MM-DD compare as text.
  const bool before_previous = step.done_on() < c.steps(place - 1).done_on();
  const bool after_next =
      place + 1 < c.steps_size() && step.done_on() > c.steps(place + 1).done_on();
  if (before_previous || after_next) {
    return base::InvalidField("step.done_on", "DATE_ORDER", "步骤日期与前后步骤的先后不符");
  }
  if (step.has_publicity() && step.publicity().from() < c.steps(place - 1).done_on()) {
    return base::InvalidField("step.publicity.from", "DATE_ORDER", "公示不能早于民主评议");
  }
  return absl::OkStatus();
}

absl::Status CheckDecision(const v1::DecideCaseRequest& request) {
  if (request.etag().empty()) return EtagRequired();
  return CheckOpinion(request.opinion(), !request.approve());
}

// Who recorded the step; empty when it is not done.
std::string_view RecorderOf(const v1::DeterminationCase& c, v1::IdentificationStep step) {
  const int place = step - v1::IDENTIFICATION_STEP_ACCEPTED;
  return place < c.steps_size() ? std::string_view(c.steps(place).recorder()) : std::string_view();
}

// Whether the caller may do the review of this level: nobody's own work, not both desks, and only
// with the whole township or county in view.
absl::Status CheckReviewer(const base::Principal& principal, const v1::DeterminationCase& c,
                           base::DivisionLevel level) {
  const bool county = level == base::DivisionLevel::kCounty;
  if (principal.subject == c.opened_by() ||
      principal.subject == RecorderOf(c, v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED) ||
      (county && principal.subject == RecorderOf(c, v1::IDENTIFICATION_STEP_TOWNSHIP_REVIEWED))) {
    return MakerIsChecker(c.id());
  }
  const std::string area = base::DivisionAt(c.division(), level);
  return principal.MayAccess(area) ? absl::OkStatus() : ReviewLevelDenied(area);
}

// Puts the step into the case: behind the last one, or in the place of one that is recorded anew.
absl::Status PutStep(const base::CallContext& ctx, v1::IdentificationStepRecord step,
                     v1::DeterminationCase& c) {
  if (c.state() != v1::CASE_STATE_OPEN) return CaseClosed(c.id());
  FANGPIN_ASSIGN_OR_RETURN(const int place, PlaceOf(c, step.step()));
  FANGPIN_RETURN_IF_ERROR(CheckOrder(c, place, step));
  step.set_recorder(ctx.principal.subject);
  *step.mutable_record_time() = ToTimestamp(ctx.now);
  (place < c.steps_size() ? *c.mutable_steps(place) : *c.add_steps()) = std::move(step);
  return absl::OkStatus();
}

v1::Decision MakeDecision(const base::CallContext& ctx, const v1::DeterminationCase& c,
                          const v1::DecideCaseRequest& request, const DeterminationFacts& facts,
                          const Determination& determination) {
  v1::Decision decision;
  decision.set_decided_on(base::FormatDay(facts.today));
  decision.set_decided_by(ctx.principal.subject);
  if (request.approve()) {
    decision.set_category(static_cast<policy::v1::MonitoredCategory>(determination.category));
  }
  decision.set_line_fen(facts.line_fen.value_or(0));
  decision.set_policy_version(c.policy_version());
  for (const policy::Finding& finding : determination.findings) {
    *decision.add_findings() = policy::ToProto(finding);
  }
  decision.set_opinion(request.opinion());
  return decision;
}

absl::Status CloseClue(records::Tx& tx, const v1::DeterminationCase& c) {
  FANGPIN_ASSIGN_OR_RETURN(auto clue, Clues().Find(tx, c.clue_id()));
  if (!clue || clue->state() == v1::CLUE_STATE_CLOSED) return absl::OkStatus();
  clue->set_state(v1::CLUE_STATE_CLOSED);
  return Clues().Update(tx, *clue);
}

}  // namespace

absl::StatusOr<v1::DeterminationCase> DeterminationDesk::Load(const base::CallContext& ctx,
                                                              std::string_view case_id) {
  v1::DeterminationCase c;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(c, Find(view, case_id));
    return absl::OkStatus();
  }));
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, c.division()));
  return c;
}

absl::StatusOr<v1::OpenCaseResponse> DeterminationDesk::OpenCase(
    const base::CallContext& ctx, const v1::OpenCaseRequest& request) {
  v1::OpenCaseResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Write(ctx, [&](records::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(auto clue, Clues().Find(tx, request.clue_id()));
    if (!clue) return ClueNotFound(request.clue_id());
    FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, clue->division()));
    FANGPIN_ASSIGN_OR_RETURN(auto opened, Cases().InSlot(tx, clue->id()));
    if (opened) {
      *response.mutable_case_() = *std::move(opened);
      return absl::OkStatus();
    }
    if (clue->state() != v1::CLUE_STATE_TO_IDENTIFY) return ClueNotToIdentify(clue->id());
    const policy::PolicyVersion* version =
        policy_->versions.On(clue->division(), base::Today(ctx.now));
    if (version == nullptr || !KnowsPolicyVersion(version->key)) {
      return PolicyNotInForce(clue->division());
    }
    v1::DeterminationCase c = NewCase(ctx, *clue, version->key);
    FANGPIN_RETURN_IF_ERROR(Cases().Insert(tx, c));
    clue->set_case_id(c.id());
    FANGPIN_RETURN_IF_ERROR(Clues().Update(tx, *clue));
    *response.mutable_case_() = std::move(c);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::GetCaseResponse> DeterminationDesk::GetCase(const base::CallContext& ctx,
                                                               const v1::GetCaseRequest& request) {
  v1::GetCaseResponse response;
  FANGPIN_ASSIGN_OR_RETURN(*response.mutable_case_(), Load(ctx, request.case_id()));
  return response;
}

absl::StatusOr<v1::ListCasesResponse> DeterminationDesk::ListCases(
    const base::CallContext& ctx, const v1::ListCasesRequest& request) {
  records::Query query = QueryFor(ctx, request);
  query.household_id = request.household_id();
  query.states.assign(request.states().begin(), request.states().end());
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<v1::DeterminationCase> cases,
                           ListPage(*store_, Cases(), query));
  v1::ListCasesResponse response;
  *response.mutable_cases() = {cases.begin(), cases.end()};
  response.set_next_page_token(NextPage(query, cases));
  return response;
}

absl::StatusOr<v1::RecordCaseStepResponse> DeterminationDesk::RecordCaseStep(
    const base::CallContext& ctx, const v1::RecordCaseStepRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckStep(request.step(), base::Today(ctx.now)));
  return records::WriteOnce<v1::RecordCaseStepResponse>(
      *store_, ctx, "RecordCaseStep", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::RecordCaseStepResponse> {
        FANGPIN_ASSIGN_OR_RETURN(v1::DeterminationCase c, Find(tx, request.case_id()));
        FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, c.division()));
        FANGPIN_RETURN_IF_ERROR(PutStep(ctx, request.step(), c));
        FANGPIN_RETURN_IF_ERROR(Cases().Update(tx, c));
        v1::RecordCaseStepResponse response;
        *response.mutable_case_() = std::move(c);
        return response;
      });
}

absl::StatusOr<v1::ReviewCaseResponse> DeterminationDesk::ReviewCase(
    const base::CallContext& ctx, const v1::ReviewCaseRequest& request) {
  FANGPIN_RETURN_IF_ERROR(
      CheckReview(request.reviewed_on(), request.review(), base::Today(ctx.now)));
  return records::WriteOnce<v1::ReviewCaseResponse>(
      *store_, ctx, "ReviewCase", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::ReviewCaseResponse> {
        FANGPIN_ASSIGN_OR_RETURN(v1::DeterminationCase c, Find(tx, request.case_id()));
        FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, c.division()));
        FANGPIN_RETURN_IF_ERROR(CheckReviewer(ctx.principal, c, base::DivisionLevel::kTownship));
        v1::IdentificationStepRecord step;
        step.set_step(v1::IDENTIFICATION_STEP_TOWNSHIP_REVIEWED);
        step.set_done_on(request.reviewed_on());
        *step.mutable_township_review() = request.review();
        FANGPIN_RETURN_IF_ERROR(PutStep(ctx, std::move(step), c));
        FANGPIN_RETURN_IF_ERROR(Cases().Update(tx, c));
        v1::ReviewCaseResponse response;
        *response.mutable_case_() = std::move(c);
        return response;
      });
}

absl::StatusOr<v1::EvaluateCaseResponse> DeterminationDesk::EvaluateCase(
    const base::CallContext& ctx, const v1::EvaluateCaseRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const v1::DeterminationCase c, Load(ctx, request.case_id()));
  FANGPIN_ASSIGN_OR_RETURN(const HouseholdFile household, households_->Get(ctx, c.household_id()));
  const DeterminationFacts facts = ToFacts(c, household, *policy_, base::Today(ctx.now));
  const Determination determination = Determine(c.policy_version(), facts);
  v1::EvaluateCaseResponse response;
  for (const policy::Finding& finding : determination.findings) {
    *response.add_findings() = policy::ToProto(finding);
  }
  response.set_approvable(c.state() == v1::CASE_STATE_OPEN && determination.approvable());
  response.set_category(static_cast<policy::v1::MonitoredCategory>(determination.category));
  if (facts.line_fen) response.set_line_fen(*facts.line_fen);
  return response;
}

absl::StatusOr<v1::DecideCaseResponse> DeterminationDesk::DecideCase(
    const base::CallContext& ctx, const v1::DecideCaseRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckDecision(request));
  FANGPIN_ASSIGN_OR_RETURN(const v1::DeterminationCase read, Load(ctx, request.case_id()));
  FANGPIN_RETURN_IF_ERROR(CheckReviewer(ctx.principal, read, base::DivisionLevel::kCounty));
  FANGPIN_ASSIGN_OR_RETURN(const HouseholdFile household,
                           households_->Get(ctx, read.household_id()));
  bool first_time = false;
  auto response = records::WriteOnce<v1::DecideCaseResponse>(
      *store_, ctx, "DecideCase", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::DecideCaseResponse> {
        FANGPIN_ASSIGN_OR_RETURN(v1::DeterminationCase c, Find(tx, request.case_id()));
        if (c.state() != v1::CASE_STATE_OPEN) return CaseClosed(c.id());
        if (c.etag() != request.etag()) return EtagMismatch();
        FANGPIN_RETURN_IF_ERROR(CheckReviewer(ctx.principal, c, base::DivisionLevel::kCounty));
        const DeterminationFacts facts = ToFacts(c, household, *policy_, base::Today(ctx.now));
        const Determination determination = Determine(c.policy_version(), facts);
        if (request.approve() && !determination.approvable()) {
          return CaseNotApprovable(c.id(), policy::Blocking(determination.findings));
        }
        *c.mutable_decision() = MakeDecision(ctx, c, request, facts, determination);
        c.set_state(request.approve() ? v1::CASE_STATE_APPROVED : v1::CASE_STATE_REFUSED);
        if (request.approve()) {
          v1::IdentificationStepRecord& approved = *c.add_steps();
          approved.set_step(v1::IDENTIFICATION_STEP_COUNTY_APPROVED);
          approved.set_done_on(c.decision().decided_on());
          approved.set_recorder(ctx.principal.subject);
          *approved.mutable_record_time() = ToTimestamp(ctx.now);
          FANGPIN_RETURN_IF_ERROR(tx.Enqueue({.id = c.id(),
                                              .key = c.household_id(),
                                              .kind = std::string(kInclusionEffect),
                                              .payload = c.id()}));
        }
        FANGPIN_RETURN_IF_ERROR(Cases().Update(tx, c));
        FANGPIN_RETURN_IF_ERROR(CloseClue(tx, c));
        first_time = true;
        v1::DecideCaseResponse answer;
        *answer.mutable_case_() = std::move(c);
        return answer;
      });
  if (response.ok() && first_time) instruments_->CaseDecided(response->case_().state());
  return response;
}

absl::Status DeterminationDesk::DeliverInclusion(const base::CallContext& ctx,
                                                 std::string_view case_id) {
  FANGPIN_ASSIGN_OR_RETURN(const v1::DeterminationCase c, Load(ctx, case_id));
  return households_->Include(ctx, {.household_id = c.household_id(),
                                    .case_id = c.id(),
                                    .effective_on = c.decision().decided_on(),
                                    .category = c.decision().category(),
                                    .risks = {c.risks().begin(), c.risks().end()}});
}

}  // namespace fangpin::screening
