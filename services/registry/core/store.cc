#include "services/registry/core/store.h"

#include "absl/container/flat_hash_map.h"
#include "libs/base/strings.h"

namespace fangpin::registry {

ConflictKey KeyOf(const pb::PersonConflict& conflict) {
  ConflictKey key = {conflict.claimed_person().id_number(), conflict.holder_household_id(), ""};
  // Before and after it is registered a household has the same 户编号.
  if (!conflict.claimant_national_id().empty()) {
    key.claimant = base::StrCat("n/", conflict.claimant_national_id());
  } else if (!conflict.claimant_household_id().empty()) {
    key.claimant = base::StrCat("h/", conflict.claimant_household_id());
  } else {
    key.claimant = base::StrCat("d/", conflict.claimant_division());
  }
  return key;
}

PersonIndexChange DiffPersons(const pb::Household* before, const pb::Household& after) {
  absl::flat_hash_map<std::string, const pb::Person*> was;  // by ID number
  if (before != nullptr) {
    for (const pb::Person& person : before->members()) was[person.id_number()] = &person;
  }
  PersonIndexChange change;
  for (const pb::Person& person : after.members()) {
    const bool active = person.membership().active();
    const auto known = was.find(person.id_number());
    const pb::Person* const old = known == was.end() ? nullptr : known->second;
    const bool was_active = old != nullptr && old->membership().active();
    if (active) {
      // A number that went from one member to another is claimed for him or her.
      if (!was_active || old->id() != person.id()) {
        change.claimed.push_back({person.id_number(), person.id(), true});
      }
    } else if (old == nullptr || was_active) {
      change.released.push_back({person.id_number(), person.id(), false});
    }
    if (old != nullptr) was.erase(known);
  }
  for (const auto& [id_number, person] : was) change.dropped.push_back(id_number);
  return change;
}

}  // namespace fangpin::registry
