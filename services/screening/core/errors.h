#ifndef FANGPIN_SCREENING_CORE_ERRORS_H_
#define FANGPIN_SCREENING_CORE_ERRORS_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/error.h"
#include "libs/policy/finding.h"

namespace fangpin::screening {

// PERMISSION_DENIED, SCOPE_DENIED: the record lies outside the caller's divisions.
absl::Status ScopeDenied();

// INVALID_ARGUMENT, FEED_UNKNOWN, metadata: feed_id.
absl::Status FeedUnknown(std::string_view feed_id);
// INVALID_ARGUMENT, BATCH_EMPTY or BATCH_TOO_LARGE.
absl::Status BatchEmpty();
absl::Status BatchTooLarge(int records);
// INVALID_ARGUMENT, COLUMN_MISSING, metadata: columns; COLUMN_REPEATED, metadata: column.
absl::Status ColumnsMissing(const std::vector<std::string>& columns);
absl::Status ColumnRepeated(std::string_view column);
// PERMISSION_DENIED, FEED_OF_OTHER_DEPARTMENT, metadata: feed_id.
absl::Status FeedOfOtherDepartment(std::string_view feed_id);

// NOT_FOUND.
absl::Status HouseholdNotFound(std::string_view id);  // HOUSEHOLD_NOT_FOUND
absl::Status ClueNotFound(std::string_view id);       // CLUE_NOT_FOUND
absl::Status TaskNotFound(std::string_view id);       // VISIT_TASK_NOT_FOUND
absl::Status CaseNotFound(std::string_view id);       // CASE_NOT_FOUND

// INVALID_ARGUMENT with a violation a field: the reason of the one that is wrong, or
// FIELDS_INVALID.
absl::Status FieldsInvalid(const std::vector<base::FieldError>& problems);
// INVALID_ARGUMENT, ETAG_REQUIRED. ABORTED, ETAG_MISMATCH.
absl::Status EtagRequired();
absl::Status EtagMismatch();
// ALREADY_EXISTS, VISIT_ID_REUSED.
absl::Status VisitIdReused(std::string_view id);
// INVALID_ARGUMENT, VISIT_BEFORE_CLUE, metadata: found_on.
absl::Status VisitBeforeClue(std::string_view found_on);
// FAILED_PRECONDITION, CLUE_NOT_VISITED or CLUE_CLOSED.
absl::Status ClueNotVisited(std::string_view id);
absl::Status ClueClosed(std::string_view id);
// FAILED_PRECONDITION, HOUSEHOLD_NOT_MONITORED: an outcome says that it is monitored.
absl::Status HouseholdNotMonitored(std::string_view id);
// FAILED_PRECONDITION, ASSESSMENT_FAULTY, with a violation a finding.
absl::Status AssessmentFaulty(std::string_view clue_id,
                              const std::vector<policy::Finding>& blocking);
// FAILED_PRECONDITION, CLUE_NOT_TO_IDENTIFY.
absl::Status ClueNotToIdentify(std::string_view id);

// FAILED_PRECONDITION, STEP_OUT_OF_ORDER or CASE_CLOSED.
absl::Status StepOutOfOrder(std::string_view case_id);
absl::Status CaseClosed(std::string_view case_id);
// FAILED_PRECONDITION, NOT_AUTHORISED: nothing may be compared without authorisation.
absl::Status NotAuthorised(std::string_view case_id);
// PERMISSION_DENIED, MAKER_IS_CHECKER.
absl::Status MakerIsChecker(std::string_view case_id);
// PERMISSION_DENIED, REVIEW_LEVEL_DENIED, metadata: division.
absl::Status ReviewLevelDenied(std::string_view division);
// FAILED_PRECONDITION, CASE_NOT_APPROVABLE, with a violation a finding.
absl::Status CaseNotApprovable(std::string_view case_id,
                               const std::vector<policy::Finding>& blocking);

// FAILED_PRECONDITION: what the office that runs the system has to configure first.
absl::Status PolicyNotInForce(std::string_view division);   // POLICY_NOT_IN_FORCE
absl::Status ParameterMissing(std::string_view parameter);  // PARAMETER_MISSING

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_ERRORS_H_
