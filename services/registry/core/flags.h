#ifndef FANGPIN_REGISTRY_CORE_FLAGS_H_
#define FANGPIN_REGISTRY_CORE_FLAGS_H_

#include <vector>

#include "fangpin/registry/v1/household.pb.h"

namespace fangpin::registry {

// What stands out in the household, in the order of the enum. A fact that is not on record raises
// no flag but SAFEGUARD_UNKNOWN.
std::vector<v1::HouseholdFlag> FlagsOf(const v1::Household& household);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_FLAGS_H_
