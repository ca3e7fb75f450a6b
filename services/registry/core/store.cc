#include "services/registry/core/store.h"

#include "absl/container/flat_hash_map.h"

namespace fangpin::registry {

PersonIndexChange DiffPersons(const pb::Household* before, const pb::Household& after) {
  absl::flat_hash_map<std::string, bool> was_active;  // by ID number
  if (before != nullptr) {
    for (const pb::Person& person : before->members()) {
      was_active[person.id_number()] = person.membership().active();
    }
  }
  PersonIndexChange change;
  for (const pb::Person& person : after.members()) {
    const bool active = person.membership().active();
    const auto known = was_active.find(person.id_number());
    if (known == was_active.end() || (active && !known->second)) {
      auto& list = active ? change.claimed : change.released;
      list.push_back({person.id_number(), person.id(), active});
    } else if (!active && known->second) {
      change.released.push_back({person.id_number(), person.id(), false});
    }
    if (known != was_active.end()) was_active.erase(known);
  }
  for (const auto& [id_number, active] : was_active) change.dropped.push_back(id_number);
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
