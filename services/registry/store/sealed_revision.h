#ifndef FANGPIN_REGISTRY_STORE_SEALED_REVISION_H_
#define FANGPIN_REGISTRY_STORE_SEALED_REVISION_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fangpin::registry {

// Where a sealed revision belongs: one that is moved elsewhere does not open.
std::string RevisionPlace(std::string_view household_id, int64_t number);

// The household's own bytes within those of a Revision message. DATA_LOSS when there are none.
absl::StatusOr<std::string_view> HouseholdBytes(std::string_view revision);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_SEALED_REVISION_H_
