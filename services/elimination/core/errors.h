#ifndef FANGPIN_ELIMINATION_CORE_ERRORS_H_
#define FANGPIN_ELIMINATION_CORE_ERRORS_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/policy/finding.h"

namespace fangpin::elimination {

// NOT_FOUND, ELIMINATION_NOT_FOUND, resource: elimination.
absl::Status EliminationNotFound(std::string_view elimination_id);

// PERMISSION_DENIED, SCOPE_DENIED: the record lies outside the caller's divisions.
absl::Status ScopeDenied();

// FAILED_PRECONDITION, HOUSEHOLD_NOT_MONITORED, metadata: state.
absl::Status HouseholdNotMonitored(std::string_view household_id, std::string_view state);

// FAILED_PRECONDITION, POLICY_VERSION_UNKNOWN, metadata: version; no version in force when empty.
absl::Status PolicyVersionUnknown(std::string_view version);

// FAILED_PRECONDITION, ELIMINATION_CLOSED: it has been decided.
absl::Status EliminationClosed(std::string_view elimination_id);

// FAILED_PRECONDITION, STEP_OUT_OF_ORDER, metadata: expected, got.
absl::Status StepOutOfOrder(std::string_view expected, std::string_view got);

// FAILED_PRECONDITION, ELIMINATION_HELD, one violation for each blocking finding, in order.
absl::Status EliminationHeld(std::string_view elimination_id,
                             const std::vector<policy::Finding>& blocking);

// PERMISSION_DENIED, MAKER_IS_CHECKER.
absl::Status MakerIsChecker();

// PERMISSION_DENIED, REVIEW_LEVEL_DENIED, metadata: division.
absl::Status ReviewLevelDenied(std::string_view division);

// ABORTED, ETAG_MISMATCH.
absl::Status EtagMismatch();

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CORE_ERRORS_H_
