#ifndef FANGPIN_REGISTRY_CORE_ERRORS_H_
#define FANGPIN_REGISTRY_CORE_ERRORS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fangpin/registry/v1/household.pb.h"
#include "libs/base/error.h"
#include "libs/policy/finding.h"

// Every error that the registry makes, one function each. None names a person.
namespace fangpin::registry {

// NOT_FOUND HOUSEHOLD_NOT_FOUND, resource: household.
absl::Status HouseholdNotFound(std::string_view id);
// NOT_FOUND REVISION_NOT_FOUND, metadata: revision, or the day by whose end there was none.
absl::Status RevisionNotFound(std::string_view id, int64_t revision);
absl::Status RevisionNotFound(std::string_view id, std::string_view day);
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
// ALREADY_EXISTS PERSON_IN_OTHER_HOUSEHOLD, metadata: conflict_id when the conflict is listed.
absl::Status PersonInOtherHousehold(std::string_view conflict_id = "");
// ALREADY_EXISTS PERSON_ALREADY_MEMBER, resource: person.
absl::Status PersonAlreadyMember(std::string_view person_id);
// NOT_FOUND MEMBER_NOT_FOUND, resource: person.
absl::Status MemberNotFound(std::string_view person_id);
// FAILED_PRECONDITION MEMBER_HAS_LEFT, one precondition violation.
absl::Status MemberHasLeft(std::string_view person_id);
// FAILED_PRECONDITION HOUSEHOLD_NOT_OPEN, one precondition violation; metadata: merged_into when it
// is merged.
absl::Status HouseholdNotOpen(const v1::Household& household);
// FAILED_PRECONDITION with one violation a finding, none of which is clear; the reason is the first
// rule. `findings` is not empty.
absl::Status LifeEventRefused(std::string_view household_id,
                              const std::vector<policy::Finding>& findings);
// INVALID_ARGUMENT about a member that an update may not change so, metadata: method, the one to
// call instead.
absl::Status MemberByEvent(std::string_view field, std::string_view reason,
                           std::string_view message, std::string_view method);
// NOT_FOUND PERSON_CONFLICT_NOT_FOUND; also for one of which the caller covers neither side.
absl::Status PersonConflictNotFound(std::string_view id);
// FAILED_PRECONDITION PERSON_CONFLICT_SETTLED, one precondition violation.
absl::Status PersonConflictSettled(std::string_view id);
// FAILED_PRECONDITION CLAIMANT_NOT_REGISTERED, one precondition violation.
absl::Status ClaimantNotRegistered(std::string_view conflict_id);
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
