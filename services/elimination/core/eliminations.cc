#include "services/elimination/core/eliminations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/policy/wire.h"
#include "libs/records/collection.h"
#include "services/elimination/core/errors.h"
#include "services/elimination/core/facts.h"
#include "services/elimination/core/step_evidence.h"

namespace fangpin::elimination {
namespace {

constexpr size_t kMaxText = 500;  // characters

// One open procedure a household: the household is the slot while it lasts.
records::Header HeaderOf(const v1::Elimination& elimination) {
  return {.id = elimination.id(),
          .division = elimination.division(),
          .household_id = elimination.household_id(),
          .state = elimination.state(),
          .slot = elimination.state() == v1::ELIMINATION_STATE_OPEN ? elimination.household_id()
                                                                    : std::string()};
}

constexpr records::Collection<v1::Elimination> kEliminations{"eliminations", &HeaderOf};

absl::Status EnqueueState(records::Tx& tx, const v1::Elimination& elimination,
                          policy::v1::MonitoringState to_state, absl::CivilDay today) {
  v1::StateEffect effect;
  effect.set_elimination_id(elimination.id());
  effect.set_household_id(elimination.household_id());
  effect.set_to_state(to_state);
  effect.set_effective_on(base::FormatDay(today));
  if (to_state == policy::v1::MONITORING_STATE_ELIMINATED) effect.set_mode(elimination.mode());
  return tx.Enqueue({.id = base::StrCat(elimination.id(), "/", static_cast<int>(to_state)),
                     .key = elimination.household_id(),
                     .kind = std::string(kStateEffect),
                     .payload = effect.SerializeAsString()});
}

absl::Status CheckProposal(const v1::ProposeEliminationRequest& request) {
  if (request.mode() != policy::v1::ELIMINATION_MODE_BY_ASSISTANCE &&
      request.mode() != policy::v1::ELIMINATION_MODE_NATURAL) {
    return base::InvalidField("mode", "MODE_REQUIRED", "请指明风险消除方式");
  }
  const bool natural = request.mode() == policy::v1::ELIMINATION_MODE_NATURAL;
  if (natural == request.natural_cause().empty()) {
    return base::InvalidField("natural_cause", "NATURAL_CAUSE_MISMATCH",
                              "自然消除必须说明原因，帮扶消除不填");
  }
  if (base::CodePoints(request.natural_cause()) > kMaxText) {
    return base::InvalidField("natural_cause", "TEXT_LENGTH", "不超过 500 字");
  }
  return absl::OkStatus();
}

absl::Status CheckOpinion(const v1::DecideEliminationRequest& request) {
  if (!request.approve() && request.opinion().empty()) {
    return base::InvalidField("opinion", "OPINION_REQUIRED", "不予消除必须说明理由");
  }
  if (base::CodePoints(request.opinion()) > kMaxText) {
    return base::InvalidField("opinion", "TEXT_LENGTH", "不超过 500 字");
  }
  return absl::OkStatus();
}

// Whether the caller may decide: nobody's own work, and only with the whole county in view.
absl::Status CheckDecider(const base::Principal& principal, const v1::Elimination& elimination) {
  const auto own = [&principal](const v1::EliminationStepRecord& step) {
    return step.recorder() == principal.subject;
  };
  if (elimination.proposed_by() == principal.subject ||
      std::any_of(elimination.steps().begin(), elimination.steps().end(), own)) {
    return MakerIsChecker();
  }
  const std::string county = base::DivisionAt(elimination.division(), base::DivisionLevel::kCounty);
  return principal.MayAccess(county) ? absl::OkStatus() : ReviewLevelDenied(county);
}

}  // namespace

Eliminations::Eliminations(records::Store* store, Households* households, Plans* plans,
                           const policy::Parameters* parameters,
                           const policy::PolicyVersions* versions, HeldObserver on_held)
    : store_(store),
      households_(households),
      plans_(plans),
      parameters_(parameters),
      versions_(versions),
      on_held_(std::move(on_held)) {}

absl::StatusOr<v1::ProposeEliminationResponse> Eliminations::Propose(
    const base::CallContext& ctx, const v1::ProposeEliminationRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckProposal(request));
  const absl::CivilDay today = base::Today(ctx.now);
  FANGPIN_ASSIGN_OR_RETURN(const Household household,
                           households_->Get(ctx, request.household_id(), today));
  if (!ctx.principal.MayAccess(household.division)) return ScopeDenied();
  const policy::PolicyVersion* version = versions_->On(household.division, today);
  if (version == nullptr) return PolicyVersionUnknown("");
  if (!KnowsPolicyVersion(version->key)) return PolicyVersionUnknown(version->key);

  v1::Elimination fresh;
  fresh.set_id(base::NewId(household.division, ctx.now));
  fresh.set_household_id(request.household_id());
  fresh.set_division(household.division);
  fresh.set_mode(request.mode());
  fresh.set_natural_cause(request.natural_cause());
  fresh.set_policy_version(version->key);
  fresh.set_state(v1::ELIMINATION_STATE_OPEN);
  fresh.set_from_state(household.state);
  fresh.set_proposed_by(ctx.principal.subject);
  fresh.set_proposed_on(base::FormatDay(today));

  v1::ProposeEliminationResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Write(ctx, [&](records::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::Elimination> open,
                             kEliminations.InSlot(tx, fresh.household_id()));
    if (open) {
      *response.mutable_elimination() = *std::move(open);
      return absl::OkStatus();
    }
    // The registry learns of an open procedure a moment later, so its state is looked at only when
    // there is none.
    if (household.state != policy::v1::MONITORING_STATE_MONITORED &&
        household.state != policy::v1::MONITORING_STATE_UNDER_ASSISTANCE) {
      return HouseholdNotMonitored(fresh.household_id(),
                                   policy::v1::MonitoringState_Name(household.state));
    }
    *response.mutable_elimination() = fresh;
    FANGPIN_RETURN_IF_ERROR(kEliminations.Insert(tx, *response.mutable_elimination()));
    return EnqueueState(tx, fresh, policy::v1::MONITORING_STATE_ELIMINATION_PROPOSED, today);
  }));
  return response;
}

absl::StatusOr<v1::Elimination> Eliminations::Load(const base::CallContext& ctx,
                                                   std::string_view id) {
  std::optional<v1::Elimination> found;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(found, kEliminations.Find(view, id));
    return absl::OkStatus();
  }));
  if (!found) return EliminationNotFound(id);
  if (!ctx.principal.MayAccess(found->division())) return ScopeDenied();
  return *std::move(found);
}

absl::StatusOr<v1::GetEliminationResponse> Eliminations::Get(
    const base::CallContext& ctx, const v1::GetEliminationRequest& request) {
  v1::GetEliminationResponse response;
  FANGPIN_ASSIGN_OR_RETURN(*response.mutable_elimination(), Load(ctx, request.elimination_id()));
  return response;
}

absl::StatusOr<Page> Eliminations::List(const base::CallContext& ctx,
                                        const v1::ListEliminationsRequest& request,
                                        std::string_view after, int limit) {
  records::Query query = {.divisions = records::Visible(ctx.principal, request.division()),
                          .household_id = request.household_id(),
                          .states = {request.states().begin(), request.states().end()},
                          .after = std::string(after),
                          .limit = limit + 1};
  Page page;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(page.eliminations, kEliminations.List(view, query));
    return absl::OkStatus();
  }));
  if (page.eliminations.size() > static_cast<size_t>(limit)) {
    page.eliminations.pop_back();
    page.last_id = page.eliminations.back().id();
  }
  return page;
}

absl::StatusOr<v1::RecordEliminationStepResponse> Eliminations::RecordStep(
    const base::CallContext& ctx, const v1::RecordEliminationStepRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckStepEvidence(request.step(), base::Today(ctx.now)));
  FANGPIN_RETURN_IF_ERROR(Load(ctx, request.elimination_id()).status());

  v1::EliminationStepRecord step = request.step();
  step.set_recorder(ctx.principal.subject);
  step.mutable_record_time()->set_seconds(absl::ToUnixSeconds(ctx.now));
  return records::WriteOnce<v1::RecordEliminationStepResponse>(
      *store_, ctx, "RecordEliminationStep", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::RecordEliminationStepResponse> {
        FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::Elimination> elimination,
                                 kEliminations.Find(tx, request.elimination_id()));
        if (!elimination) return EliminationNotFound(request.elimination_id());
        if (elimination->state() != v1::ELIMINATION_STATE_OPEN) {
          return EliminationClosed(elimination->id());
        }
        const int next = elimination->steps_size() + 1;
        if (step.step() != next) {
          return StepOutOfOrder(
              next > kEliminationSteps
                  ? "DECIDE"
                  : v1::EliminationStep_Name(static_cast<v1::EliminationStep>(next)),
              v1::EliminationStep_Name(step.step()));
        }
        // Days are YYYY-MM-DD, which compares as text.
        if (next > 1 && step.done_on() < elimination->steps(next - 2).done_on()) {
          return base::InvalidField("step.done_on", "DATE_ORDER", "日期不能早于上一步骤");
        }
        *elimination->add_steps() = step;
        FANGPIN_RETURN_IF_ERROR(kEliminations.Update(tx, *elimination));
        v1::RecordEliminationStepResponse response;
        *response.mutable_elimination() = *std::move(elimination);
        return response;
      });
}

absl::StatusOr<std::vector<policy::Finding>> Eliminations::FindingsNow(
    const base::CallContext& ctx, const v1::Elimination& elimination) {
  if (!KnowsPolicyVersion(elimination.policy_version())) {
    return PolicyVersionUnknown(elimination.policy_version());
  }
  const absl::CivilDay today = base::Today(ctx.now);
  FANGPIN_ASSIGN_OR_RETURN(const Household household,
                           households_->Get(ctx, elimination.household_id(), today));
  FANGPIN_ASSIGN_OR_RETURN(const PlanInForce plan,
                           plans_->InForce(ctx, elimination.household_id()));
  return elimination::Evaluate(elimination.policy_version(),
                               FactsOf(elimination, household, plan, *parameters_, today));
}

absl::StatusOr<v1::EvaluateEliminationResponse> Eliminations::Evaluate(
    const base::CallContext& ctx, const v1::EvaluateEliminationRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const v1::Elimination elimination, Load(ctx, request.elimination_id()));
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<policy::Finding> findings,
                           FindingsNow(ctx, elimination));
  v1::EvaluateEliminationResponse response;
  for (const policy::Finding& finding : findings) {
    *response.add_findings() = policy::ToProto(finding);
  }
  response.set_approvable(elimination.state() == v1::ELIMINATION_STATE_OPEN &&
                          policy::Blocking(findings).empty());
  return response;
}

absl::StatusOr<v1::DecideEliminationResponse> Eliminations::Decide(
    const base::CallContext& ctx, const v1::DecideEliminationRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckOpinion(request));
  FANGPIN_ASSIGN_OR_RETURN(const v1::Elimination loaded, Load(ctx, request.elimination_id()));
  FANGPIN_RETURN_IF_ERROR(CheckDecider(ctx.principal, loaded));
  // The facts are read before the transaction; the etag makes sure that the steps they contain are
  // the ones decided on.
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<policy::Finding> findings, FindingsNow(ctx, loaded));
  const std::vector<policy::Finding> blocking = policy::Blocking(findings);

  const absl::CivilDay today = base::Today(ctx.now);
  bool held = false;
  auto response = records::WriteOnce<v1::DecideEliminationResponse>(
      *store_, ctx, "DecideElimination", request,
      [&](records::Tx& tx) -> absl::StatusOr<v1::DecideEliminationResponse> {
        held = false;
        FANGPIN_ASSIGN_OR_RETURN(std::optional<v1::Elimination> elimination,
                                 kEliminations.Find(tx, request.elimination_id()));
        if (!elimination) return EliminationNotFound(request.elimination_id());
        if (elimination->state() != v1::ELIMINATION_STATE_OPEN) {
          return EliminationClosed(elimination->id());
        }
        if (elimination->etag() != request.etag() || elimination->etag() != loaded.etag()) {
          return EtagMismatch();
        }
        if (request.approve() && !blocking.empty()) {
          held = true;
          return EliminationHeld(elimination->id(), blocking);
        }
        elimination->set_state(request.approve() ? v1::ELIMINATION_STATE_APPROVED
                                                 : v1::ELIMINATION_STATE_REFUSED);
        v1::EliminationDecision& decision = *elimination->mutable_decision();
        decision.set_decided_on(base::FormatDay(today));
        decision.set_decided_by(ctx.principal.subject);
        decision.set_policy_version(elimination->policy_version());
        decision.set_opinion(request.opinion());
        for (const policy::Finding& finding : findings) {
          *decision.add_findings() = policy::ToProto(finding);
        }
        FANGPIN_RETURN_IF_ERROR(kEliminations.Update(tx, *elimination));
        FANGPIN_RETURN_IF_ERROR(EnqueueState(
            tx, *elimination,
            request.approve() ? policy::v1::MONITORING_STATE_ELIMINATED : elimination->from_state(),
            today));
        v1::DecideEliminationResponse answer;
        *answer.mutable_elimination() = *std::move(elimination);
        return answer;
      });
  if (held) on_held_(blocking);
  return response;
}

}  // namespace fangpin::elimination
