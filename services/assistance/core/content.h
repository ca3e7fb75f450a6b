#ifndef FANGPIN_ASSISTANCE_CORE_CONTENT_H_
#define FANGPIN_ASSISTANCE_CORE_CONTENT_H_

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "fangpin/assistance/v1/assistance_service.pb.h"
#include "fangpin/assistance/v1/plan.pb.h"
#include "services/assistance/core/households.h"

// What stands in a plan, apart from its way through the desks.
namespace fangpin::assistance {

// Checks what an update brings by itself: enums are specified, numbers and texts within their
// limits, measures name needs that are there. INVALID_ARGUMENT with every wrong field. Whether the
// content is good enough is for the rules.
absl::Status CheckContent(const v1::UpdatePlanRequest& request);

// Checks an evaluation by itself. INVALID_ARGUMENT with every wrong field.
absl::Status CheckEffect(const v1::Effect& effect, absl::CivilDay today);

// Fills a new draft: from the version in force, or, when there is none, from what the registry has.
void Prefill(const Household& household, const v1::HouseholdPlan* former, v1::HouseholdPlan& draft);

// Puts the content of an update into the draft. FAILED_PRECONDITION MEASURE_CARRIED_OUT; NOT_FOUND
// MEASURE_NOT_FOUND for an id that the draft does not have.
absl::Status ReplaceContent(const v1::UpdatePlanRequest& request, v1::HouseholdPlan& draft);

// Carries what was recorded in the former version since the draft was made into the new one.
void CarryLedger(const v1::HouseholdPlan& former, v1::HouseholdPlan& plan);

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CORE_CONTENT_H_
