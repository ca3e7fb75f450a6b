#ifndef FANGPIN_REGISTRY_CORE_HOUSEHOLD_FILTER_H_
#define FANGPIN_REGISTRY_CORE_HOUSEHOLD_FILTER_H_

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/query.pb.h"

namespace fangpin::registry {

// The filter of a request, its name in the form in which names are stored. INVALID_ARGUMENT with
// the path of the field, such as "filter.states[0]". The division is not looked at.
absl::StatusOr<v1::HouseholdFilter> CheckFilter(const v1::HouseholdFilter& filter);

// Whether a checked filter takes the household, its division apart.
bool Takes(const v1::HouseholdFilter& filter, const v1::Household& household);

// Whether a filter takes monitored households only (已纳入 and after).
bool TakesMonitoredOnly(const v1::HouseholdFilter& filter);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_HOUSEHOLD_FILTER_H_
