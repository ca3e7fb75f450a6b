#ifndef FANGPIN_REGISTRY_CORE_FLAGS_H_
#define FANGPIN_REGISTRY_CORE_FLAGS_H_

#include <vector>

#include "fangpin/registry/v1/household.pb.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// What stands out in the household, over its active members, in the order of the enum. What is not
// on record raises no flag but SAFEGUARD_UNKNOWN.
std::vector<pb::HouseholdFlag> FlagsOf(const pb::Household& household);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_FLAGS_H_
