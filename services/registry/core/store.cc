#include "services/registry/core/store.h"

#include "absl/container/flat_hash_map.h"
#include "services/registry/core/household.h"

namespace fangpin::registry {

HouseholdGroup GroupOf(const pb::Household& household) {
  return {household.division(),
          household.monitoring().state(),
          household.monitoring().category(),
          household.kind(),
          1,
          ActiveMembers(household)};
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
    if (was == nullptr || active != was_active ||
        (active && (moved || was->name() != person.name()))) {
      auto& list = active ? change.claimed : change.released;
      list.push_back({person.id_number(), person.id(), person.name(), active});
    }
    if (at != known.end()) known.erase(at);
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
