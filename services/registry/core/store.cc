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
  absl::flat_hash_map<std::string, const pb::Person*> known;  // by ID number
  if (before != nullptr) {
    for (const pb::Person& person : before->members()) known[person.id_number()] = &person;
  }
  const bool moved = before != nullptr && before->division() != after.division();
  PersonIndexChange change;
  for (const pb::Person& person : after.members()) {
    const bool active = person.membership().active();
    const auto at = known.find(person.id_number());
    const pb::Person* const was = at == known.end() ? nullptr : at->second;
    const bool was_active = was != nullptr && was->membership().active();
    // A number that went from one member to another is claimed for him or her.
    if (was == nullptr || active != was_active ||
        (active && (moved || was->id() != person.id() || was->name() != person.name()))) {
      auto& list = active ? change.claimed : change.released;
      list.push_back({person.id_number(), person.id(), person.name(), active});
    }
    if (was != nullptr) known.erase(at);
  }
  for (const auto& [id_number, person] : known) change.dropped.push_back(id_number);
  return change;
}

FeedRow FeedRowOf(const HouseholdChange& change) {
  const pb::Household& after = change.revision.household();
  FeedRow row;
  row.household_id = after.id();
  row.number = change.revision.number();
  row.division = after.division();
  if (change.before != nullptr && change.before->division() != after.division()) {
    row.moved_from = change.before->division();
  }
  return row;
}

}  // namespace fangpin::registry
