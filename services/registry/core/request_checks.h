#ifndef FANGPIN_REGISTRY_CORE_REQUEST_CHECKS_H_
#define FANGPIN_REGISTRY_CORE_REQUEST_CHECKS_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "fangpin/registry/v1/household.pb.h"

// What every use case checks of its request. Errors are INVALID_ARGUMENT about the field.
namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// Characters of the reason that a revision keeps.
inline constexpr size_t kMaxReason = 200;

// REQUIRED, TEXT_TOO_LONG.
absl::Status CheckText(std::string_view field, std::string_view text, size_t max, bool required);

// BATCH_EMPTY, BATCH_TOO_LARGE.
absl::Status CheckCount(std::string_view field, int count, int max);

// HOUSEHOLD_ID_FORMAT.
absl::Status CheckHouseholdId(std::string_view id, std::string_view field = "household_id");

// ABORTED ETAG_MISMATCH unless `etag` is that of the household.
absl::Status CheckEtag(std::string_view etag, const pb::Household& household);

// FAILED_PRECONDITION HOUSEHOLD_NOT_OPEN for a household that is merged or closed.
absl::Status CheckOpen(const pb::Household& household);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_REQUEST_CHECKS_H_
