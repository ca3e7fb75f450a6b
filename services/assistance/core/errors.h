#ifndef FANGPIN_ASSISTANCE_CORE_ERRORS_H_
#define FANGPIN_ASSISTANCE_CORE_ERRORS_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/policy/finding.h"

// Every error that assistance makes, one function each. None names a person.
namespace fangpin::assistance {

// NOT_FOUND PLAN_NOT_FOUND, resource: plan.
absl::Status PlanNotFound(std::string_view plan_id);
// NOT_FOUND MEASURE_NOT_FOUND, resource: measure.
absl::Status MeasureNotFound(std::string_view measure_id);
// PERMISSION_DENIED SCOPE_DENIED: the record lies outside the caller's divisions.
absl::Status ScopeDenied();
// FAILED_PRECONDITION HOUSEHOLD_NOT_MONITORED, metadata: state.
absl::Status HouseholdNotMonitored(std::string_view household_id, std::string_view state);
// FAILED_PRECONDITION PLAN_NOT_DRAFT, PLAN_NOT_UNDER_REVIEW, PLAN_NOT_IN_FORCE, metadata: state.
absl::Status PlanNotDraft(std::string_view plan_id, std::string_view state);
absl::Status PlanNotUnderReview(std::string_view plan_id, std::string_view state);
absl::Status PlanNotInForce(std::string_view plan_id, std::string_view state);
// FAILED_PRECONDITION PLAN_HAS_DEFECTS, one violation for each blocking finding, in order.
absl::Status PlanHasDefects(std::string_view plan_id, const std::vector<policy::Finding>& blocking);
// FAILED_PRECONDITION REVIEW_NOT_RIGOROUS, one violation for each blocking finding, in order.
absl::Status ReviewNotRigorous(std::string_view plan_id,
                               const std::vector<policy::Finding>& blocking);
// PERMISSION_DENIED MAKER_IS_CHECKER.
absl::Status MakerIsChecker();
// PERMISSION_DENIED REVIEW_LEVEL_DENIED, metadata: division.
absl::Status ReviewLevelDenied(std::string_view division);
// FAILED_PRECONDITION MEASURE_CARRIED_OUT: what was carried out stays in the ledger.
absl::Status MeasureCarriedOut(std::string_view measure_id);
// FAILED_PRECONDITION MEASURE_ALREADY_CARRIED_OUT, on another day or with another amount.
absl::Status MeasureAlreadyCarriedOut(std::string_view measure_id);
// FAILED_PRECONDITION MEASURE_NOT_CARRIED_OUT.
absl::Status MeasureNotCarriedOut(std::string_view measure_id);
// ABORTED ETAG_MISMATCH.
absl::Status EtagMismatch();

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CORE_ERRORS_H_
