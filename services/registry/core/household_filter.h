#ifndef FANGPIN_REGISTRY_CORE_HOUSEHOLD_FILTER_H_
#define FANGPIN_REGISTRY_CORE_HOUSEHOLD_FILTER_H_

#include "absl/status/status.h"
#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/query.pb.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// INVALID_ARGUMENT: VALUE_UNKNOWN, TEXT_TOO_LONG, with fields that begin with "filter.". The shape
// of the division is the wrapper's to check.
absl::Status CheckFilter(const pb::HouseholdFilter& filter);

// Whether the filter takes the household.
bool Takes(const pb::HouseholdFilter& filter, const pb::Household& household);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_HOUSEHOLD_FILTER_H_
