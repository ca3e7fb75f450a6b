#include "services/elimination/clients/assistance_plans.h"

#include "libs/base/civil.h"
#include "libs/base/status.h"

namespace fangpin::elimination {
namespace {

namespace pb = fangpin::assistance::v1;

std::optional<EffectResult> ResultOf(pb::EffectResult result) {
  switch (result) {
    case pb::EFFECT_RESULT_CLEAR:
      return EffectResult::kClear;
    case pb::EFFECT_RESULT_PARTIAL:
      return EffectResult::kPartial;
    case pb::EFFECT_RESULT_UNCLEAR:
      return EffectResult::kUnclear;
    case pb::EFFECT_RESULT_NONE:
      return EffectResult::kNone;
    default:
      return std::nullopt;
  }
}

}  // namespace

PlanInForce FromAssistance(const pb::HouseholdPlan& plan) {
  PlanInForce in_force;
  in_force.exists = true;
  for (const pb::Measure& measure : plan.measures()) {
    const auto carried_out = base::ParseDay(measure.carried_out_on());
    if (!carried_out.ok()) continue;
    MeasureFact fact = {*carried_out, std::nullopt, std::nullopt};
    // The latest evaluation counts; a later entry wins on the same day.
    for (const pb::Effect& effect : measure.effects()) {
      const auto day = base::ParseDay(effect.evaluated_on());
      if (!day.ok() || (fact.evaluated_on && *day < *fact.evaluated_on)) continue;
      fact.evaluated_on = *day;
      fact.result = ResultOf(effect.result());
    }
    in_force.measures.push_back(fact);
  }
  return in_force;
}

absl::StatusOr<PlanInForce> AssistancePlans::InForce(const base::CallContext& ctx,
                                                     std::string_view household_id) {
  pb::ListPlansRequest request;
  request.set_household_id(std::string(household_id));
  request.add_states(pb::PLAN_STATE_IN_FORCE);
  request.set_page_size(1);
  FANGPIN_ASSIGN_OR_RETURN(const pb::ListPlansResponse response,
                           client_.Call(ctx, &pb::AssistanceService::Stub::ListPlans, request));
  if (response.plans().empty()) return PlanInForce();
  return FromAssistance(response.plans(0));
}

}  // namespace fangpin::elimination
