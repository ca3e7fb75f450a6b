#ifndef FANGPIN_REGISTRY_CORE_ERRORS_H_
#define FANGPIN_REGISTRY_CORE_ERRORS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/error.h"

// Every error that the registry makes, one function each. None names a person.
namespace fangpin::registry {

inline constexpr char kHouseholdChanged[] = "HOUSEHOLD_CHANGED";

// NOT_FOUND HOUSEHOLD_NOT_FOUND, resource: household.
absl::Status HouseholdNotFound(std::string_view id);
// NOT_FOUND REVISION_NOT_FOUND, metadata: revision.
absl::Status RevisionNotFound(std::string_view id, int64_t revision);
// NOT_FOUND PERSON_NOT_FOUND; also for a person outside the caller's divisions.
absl::Status PersonNotFound();
// NOT_FOUND DIVISION_NOT_FOUND, resource: division.
absl::Status DivisionNotFound(std::string_view code);
// NOT_FOUND IMPORT_NOT_FOUND, resource: import.
absl::Status ImportNotFound(std::string_view id);
// PERMISSION_DENIED SCOPE_DENIED, metadata: division.
absl::Status ScopeDenied(std::string_view division);
// ABORTED ETAG_MISMATCH, metadata: revision (the current one).
absl::Status EtagMismatch(std::string_view id, int64_t revision);
// ABORTED HOUSEHOLD_CHANGED: since it was read for a change.
absl::Status HouseholdChanged();
// ALREADY_EXISTS PERSON_IN_OTHER_HOUSEHOLD.
absl::Status PersonInOtherHousehold();
// ALREADY_EXISTS HOUSEHOLD_NUMBER_EXISTS.
absl::Status HouseholdNumberExists();
// RESOURCE_EXHAUSTED HOUSEHOLD_SERIALS_USED_UP, metadata: village.
absl::Status HouseholdSerialsUsedUp(std::string_view village);
// FAILED_PRECONDITION MONITORING_TRANSITION_NOT_ALLOWED, one precondition violation.
absl::Status TransitionNotAllowed(std::string_view id, std::string_view from, std::string_view to);
// FAILED_PRECONDITION IMPORT_NOT_UPLOADING.
absl::Status ImportNotUploading(std::string_view id);
// FAILED_PRECONDITION IMPORT_NOT_ENDED.
absl::Status ImportNotEnded(std::string_view id);
// NOT_FOUND IMPORT_WITHOUT_ERRORS: no row of the import was left out.
absl::Status ImportWithoutErrors(std::string_view id);
// INVALID_ARGUMENT CHUNK_OFFSET, metadata: expected_offset.
absl::Status ChunkOffset(int64_t expected);
// INVALID_ARGUMENT CHUNK_DIFFERS: another piece stands at that offset.
absl::Status ChunkDiffers();
// INVALID_ARGUMENT REQUEST_ID_REUSED.
absl::Status RequestIdReused();
// INVALID_ARGUMENT RESUME_TOKEN_INVALID: not of an export with this filter, or of another registry.
absl::Status ResumeTokenInvalid();
// FAILED_PRECONDITION EXPORT_OUTDATED: too much has changed since the export began.
absl::Status ExportOutdated();
// INVALID_ARGUMENT WATCH_TOKEN_INVALID.
absl::Status WatchTokenInvalid();
// INVALID_ARGUMENT with one field violation each: reason HOUSEHOLD_INVALID, or the only one's own.
// `problems` is not empty; FieldError.row is not used.
absl::Status FieldsInvalid(const std::vector<base::FieldError>& problems);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_ERRORS_H_
