#ifndef FANGPIN_REGISTRY_CORE_CLAIMS_H_
#define FANGPIN_REGISTRY_CORE_CLAIMS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/registry/core/registry_metrics.h"
#include "services/registry/core/store.h"

// A person is an active member of one household. What a write that forgets this is told, and how
// the claim that it makes is kept for somebody to settle.
namespace fangpin::registry {

// OK when `after` may take the place of `before` (may be null) as far as other households go:
// ALREADY_EXISTS PERSON_IN_OTHER_HOUSEHOLD, FAILED_PRECONDITION PERSON_RECORDED_DEAD,
// ALREADY_EXISTS HOUSEHOLD_NUMBER_EXISTS.
absl::Status CheckFree(RegistryReader& reader, const pb::Household* before,
                       const pb::Household& after);

// The last of these alone.
absl::Status CheckNumberFree(RegistryReader& reader, const pb::Household* before,
                             const pb::Household& after);

// Whether the household that held the person last records his or her death.
absl::StatusOr<bool> IsRecordedDead(RegistryReader& reader, const PersonEntry& entry);

// A household, registered or not, that wants an active member of another one.
struct PersonClaim {
  pb::Person person;         // as the claimant states it, normalised
  std::string household_id;  // of the claimant; empty when it is not registered
  std::string national_id;   // 户编号 of the claimant, when it has one
  std::string division;      // its village
  std::string import_id;     // empty for a call
};

// The claims of all active members of a household as somebody sent it.
std::vector<PersonClaim> ClaimsOf(const pb::Household& household, std::string_view import_id = "");

// Lists as conflicts those claims that another household stands against, each (person, holder,
// claimant) once while it is open; what was dismissed is not listed again because an import repeats
// it. A write of its own. Returns the id of the first conflict that is open now, empty without one.
absl::StatusOr<std::string> RecordClaims(RegistryStore& store, RegistryMetrics& metrics,
                                         absl::Span<const PersonClaim> claims,
                                         std::string_view actor, absl::Time now);

// The refusal of a call; when that was PERSON_IN_OTHER_HOUSEHOLD the claims are recorded, and it
// names the conflict.
absl::Status Refused(absl::Status refusal, RegistryStore& store, RegistryMetrics& metrics,
                     absl::Span<const PersonClaim> claims, std::string_view actor, absl::Time now);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_CLAIMS_H_
