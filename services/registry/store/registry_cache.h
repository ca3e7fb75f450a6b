#ifndef FANGPIN_REGISTRY_STORE_REGISTRY_CACHE_H_
#define FANGPIN_REGISTRY_STORE_REGISTRY_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/registry/core/person_place.h"
#include "services/registry/core/record.h"
#include "services/registry/core/store.h"
#include "services/registry/store/hot_cache.h"

namespace fangpin::registry {

// Hot households by id and persons by ID number (base::IdKey), for a store that no other process
// writes.
class RegistryCache {
 public:
  // A quarter is for persons: of them there are more, and they are small.
  explicit RegistryCache(size_t max_bytes)
      : households(max_bytes / 4 * 3), persons(max_bytes / 4) {}

  HotCache<RecordPtr> households;
  HotCache<PersonPlace> persons;
};

// What is answered of a household and of its members, who were or are, follows from the household:
// a change of it touches all these keys.
struct CacheKeys {
  void Add(const HouseholdChange& change);

  std::vector<uint64_t> households;
  std::vector<uint64_t> persons;

 private:
  void Add(const pb::Household& household);
};

// The keys that one transaction writes: kept out of the cache, which may be null, from Touch until
// this is destroyed, after the transaction has ended.
class TouchedKeys {
 public:
  explicit TouchedKeys(RegistryCache* cache) : cache_(cache) {}
  ~TouchedKeys();
  TouchedKeys(const TouchedKeys&) = delete;
  TouchedKeys& operator=(const TouchedKeys&) = delete;

  // Called before anything of the change is written.
  void Touch(const CacheKeys& keys);

 private:
  RegistryCache* const cache_;
  CacheKeys touched_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_REGISTRY_CACHE_H_
