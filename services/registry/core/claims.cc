#include "services/registry/core/claims.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "libs/policy/rule.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/policy/life.h"

namespace fangpin::registry {
namespace {

// Claims in one transaction: an import may bring thousands.
constexpr size_t kClaimsAtOnce = 200;
// A claim that another writer lists at the same moment is found on the next try.
constexpr int kAttempts = 3;

struct Recorded {
  std::string first_open;
  int64_t added = 0;
};

// Lists one claim, unless it is listed.
absl::Status Record(RegistryWriter& writer, const PersonClaim& claim, const PersonEntry& held,
                    std::string_view actor, absl::Time now, Recorded* recorded) {
  pb::PersonConflict conflict;
  conflict.set_state(pb::PERSON_CONFLICT_STATE_OPEN);
  conflict.set_holder_household_id(held.match.household_id());
  conflict.set_holder_person_id(held.match.person_id());
  conflict.set_holder_division(held.match.division());
  conflict.set_claimant_household_id(claim.household_id);
  conflict.set_claimant_national_id(claim.national_id);
  conflict.set_claimant_division(claim.division);
  *conflict.mutable_claimed_person() = claim.person;
  conflict.set_import_id(claim.import_id);
  *conflict.mutable_create_time() = ToTimestamp(now);
  conflict.set_actor(std::string(actor));
  FANGPIN_ASSIGN_OR_RETURN(std::optional<pb::PersonConflict> known,
                           writer.LatestConflict(KeyOf(conflict)));
  const bool open = known && known->state() == pb::PERSON_CONFLICT_STATE_OPEN;
  const bool dismissed = known && known->state() == pb::PERSON_CONFLICT_STATE_DISMISSED;
  if (!open && dismissed && !claim.import_id.empty()) return absl::OkStatus();
  if (!open) {
    conflict.set_id(base::NewId(base::CountyOf(claim.division), now));
    ++recorded->added;
    FANGPIN_RETURN_IF_ERROR(writer.PutConflict(conflict));
  } else {
    conflict = *std::move(known);
    // The claimant has been registered since.
    if (conflict.claimant_household_id().empty() && !claim.household_id.empty()) {
      conflict.set_claimant_household_id(claim.household_id);
      FANGPIN_RETURN_IF_ERROR(writer.PutConflict(conflict));
    }
  }
  if (recorded->first_open.empty()) recorded->first_open = conflict.id();
  return absl::OkStatus();
}

absl::StatusOr<Recorded> RecordSome(RegistryStore& store, absl::Span<const PersonClaim> claims,
                                    std::string_view actor, absl::Time now) {
  std::vector<std::string> numbers;
  for (const PersonClaim& claim : claims) numbers.push_back(claim.person.id_number());
  Recorded recorded;
  const auto record = [&](RegistryWriter& writer) -> absl::Status {
    recorded = {};
    FANGPIN_ASSIGN_OR_RETURN(const auto entries, writer.PersonsByIdNumber(numbers));
    for (size_t i = 0; i < claims.size(); ++i) {
      if (!entries[i] || !entries[i]->active) continue;
      if (entries[i]->match.household_id() == claims[i].household_id) continue;
      FANGPIN_RETURN_IF_ERROR(Record(writer, claims[i], *entries[i], actor, now, &recorded));
    }
    return absl::OkStatus();
  };
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    status = store.Write(record);
    if (!absl::IsAlreadyExists(status)) break;
  }
  if (!status.ok()) return status;
  return recorded;
}

}  // namespace

absl::StatusOr<bool> IsRecordedDead(RegistryReader& reader, const PersonEntry& entry) {
  if (entry.active) return false;
  FANGPIN_ASSIGN_OR_RETURN(const auto found, reader.Households({entry.match.household_id()}));
  if (!found[0]) return false;
  for (const pb::Person& person : found[0]->members()) {
    if (person.id() == entry.match.person_id()) {
      return person.membership().cause() == pb::MEMBER_CHANGE_CAUSE_DEATH;
    }
  }
  return false;
}

absl::Status CheckFree(RegistryReader& reader, const pb::Household* before,
                       const pb::Household& after) {
  std::vector<std::string> numbers;
  for (const auto& claim : DiffPersons(before, after).claimed) numbers.push_back(claim.id_number);
  FANGPIN_ASSIGN_OR_RETURN(const auto entries, reader.PersonsByIdNumber(numbers));
  LifeCase dead;
  for (const auto& entry : entries) {
    if (!entry || entry->match.household_id() == after.id()) continue;
    if (entry->active) return PersonInOtherHousehold();
    FANGPIN_ASSIGN_OR_RETURN(const bool recorded_dead, IsRecordedDead(reader, *entry));
    dead.movers.push_back({.recorded_dead = recorded_dead});
  }
  const auto holds = policy::Blocking(policy::Apply<LifeCase>(LifeStateRules(), dead));
  if (!holds.empty()) return LifeEventRefused(after.id(), holds);
  return CheckNumberFree(reader, before, after);
}

absl::Status CheckNumberFree(RegistryReader& reader, const pb::Household* before,
                             const pb::Household& after) {
  const std::string& number = after.national_id();
  if (number.empty() || (before != nullptr && before->national_id() == number)) {
    return absl::OkStatus();
  }
  FANGPIN_ASSIGN_OR_RETURN(const auto ids, reader.HouseholdIdsByNationalId({number}));
  return ids[0].has_value() ? HouseholdNumberExists() : absl::OkStatus();
}

std::vector<PersonClaim> ClaimsOf(const pb::Household& household, std::string_view import_id) {
  std::vector<PersonClaim> claims;
  for (const pb::Person& person : household.members()) {
    if (!person.membership().active()) continue;
    PersonClaim& claim = claims.emplace_back();
    claim = {person, household.id(), household.national_id(), household.division(),
             std::string(import_id)};
    claim.person.clear_id();
  }
  return claims;
}

absl::StatusOr<std::string> RecordClaims(RegistryStore& store, RegistryMetrics& metrics,
                                         absl::Span<const PersonClaim> claims,
                                         std::string_view actor, absl::Time now) {
  std::string first_open;
  for (size_t begin = 0; begin < claims.size(); begin += kClaimsAtOnce) {
    FANGPIN_ASSIGN_OR_RETURN(const Recorded recorded,
                             RecordSome(store, claims.subspan(begin, kClaimsAtOnce), actor, now));
    metrics.conflicts_recorded.Increment(static_cast<uint64_t>(recorded.added));
    if (first_open.empty()) first_open = recorded.first_open;
  }
  return first_open;
}

absl::Status Refused(absl::Status refusal, RegistryStore& store, RegistryMetrics& metrics,
                     absl::Span<const PersonClaim> claims, std::string_view actor, absl::Time now) {
  if (base::Reason(refusal) != "PERSON_IN_OTHER_HOUSEHOLD") return refusal;
  const auto conflict = RecordClaims(store, metrics, claims, actor, now);
  if (conflict.ok()) return PersonInOtherHousehold(*conflict);
  // The answer is the same; the next claim lists it.
  log::Warning("claim not listed", {{"error", base::ToStd(conflict.status().message())}});
  return refusal;
}

}  // namespace fangpin::registry
