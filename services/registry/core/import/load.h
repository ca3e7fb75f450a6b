#ifndef FANGPIN_REGISTRY_CORE_IMPORT_LOAD_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_LOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/registry/core/claims.h"
#include "services/registry/core/import/parse.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// Who loads which file, when.
struct LoadContext {
  const ImportFile* file = nullptr;
  std::string import_id;
  std::string division;
  std::string actor;
  absl::Time now;
  // 户编号 of all households of the file that can be loaded.
  absl::flat_hash_set<std::string> loadable;
};
LoadContext MakeLoadContext(const ImportFile& file, const ImportRecord& record);

// What became of some households of a file.
struct LoadResult {
  int64_t created = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
  std::vector<pb::RowError> errors;  // of the households that were refused
  int64_t refused = 0;
  std::vector<PersonClaim> claims;  // of those refused because another household has a member
  // A member is still registered in a household of this file that is yet to be loaded and will
  // then have left it.
  std::vector<const FileHousehold*> deferred;

  void Add(const LoadResult& other);
};

// How to take households whose members are claimed by another household of the same file.
enum class Claims {
  kDefer,   // leave them for a later round
  kAssume,  // check only: the other household will have let them go
  kRefuse,  // last round: nobody let them go
};

// Decides what loading the households would do; writes nothing.
absl::StatusOr<LoadResult> Preview(RegistryReader& reader, const LoadContext& context,
                                   absl::Span<const FileHousehold* const> households);

// Loads the households that can be loaded.
absl::StatusOr<LoadResult> Load(RegistryWriter& writer, const LoadContext& context,
                                absl::Span<const FileHousehold* const> households, Claims claims);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_LOAD_H_
