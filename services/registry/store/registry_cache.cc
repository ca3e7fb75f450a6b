#include "services/registry/store/registry_cache.h"

#include <optional>

#include "libs/base/id_key.h"
#include "libs/base/strings.h"

namespace fangpin::registry {

void CacheKeys::Add(const HouseholdChange& change) {
  if (change.before != nullptr) Add(*change.before);
  Add(change.revision.household());
}

void CacheKeys::Add(const pb::Household& household) {
  if (const std::optional<int64_t> key = base::ParseInt(household.id())) {
    households.push_back(static_cast<uint64_t>(*key));
  }
  for (const pb::Person& person : household.members()) {
    if (const std::optional<base::IdKey> key = base::IdKeyOf(person.id_number())) {
      persons.push_back(*key);
    }
  }
}

TouchedKeys::~TouchedKeys() {
  for (const uint64_t key : touched_.households) cache_->households.EndWrite(key);
  for (const uint64_t key : touched_.persons) cache_->persons.EndWrite(key);
}

void TouchedKeys::Touch(const CacheKeys& keys) {
  if (cache_ == nullptr) return;
  for (const uint64_t key : keys.households) {
    touched_.households.push_back(key);
    cache_->households.BeginWrite(key);
  }
  for (const uint64_t key : keys.persons) {
    touched_.persons.push_back(key);
    cache_->persons.BeginWrite(key);
  }
}

}  // namespace fangpin::registry
