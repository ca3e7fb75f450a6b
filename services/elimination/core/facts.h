#ifndef FANGPIN_ELIMINATION_CORE_FACTS_H_
#define FANGPIN_ELIMINATION_CORE_FACTS_H_

#include "absl/time/civil_time.h"
#include "fangpin/elimination/v1/elimination.pb.h"
#include "libs/policy/parameters.h"
#include "services/elimination/core/neighbours.h"
#include "services/elimination/policy/hold_rules.h"

namespace fangpin::elimination {

// The elimination as the rules see it on a day, with the parameters of the household's division.
EliminationFacts FactsOf(const v1::Elimination& elimination, const Household& household,
                         const PlanInForce& plan, const policy::Parameters& parameters,
                         absl::CivilDay today);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CORE_FACTS_H_
