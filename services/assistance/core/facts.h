#ifndef FANGPIN_ASSISTANCE_CORE_FACTS_H_
#define FANGPIN_ASSISTANCE_CORE_FACTS_H_

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "fangpin/assistance/v1/plan.pb.h"
#include "libs/policy/parameters.h"
#include "services/assistance/core/households.h"
#include "services/assistance/policy/plan_rules.h"

namespace fangpin::assistance {

// YYYY-MM-DD, or YYYY-MM for the first of that month; nullopt for anything else.
std::optional<absl::CivilDay> DayOf(const std::string& text);

// The plan and its household as the rules see them on a day.
PlanCase CaseOf(const v1::HouseholdPlan& plan, const Household& household,
                const policy::Parameters& parameters, absl::CivilDay today);

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CORE_FACTS_H_
