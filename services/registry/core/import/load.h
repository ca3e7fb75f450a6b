#ifndef FANGPIN_REGISTRY_CORE_IMPORT_LOAD_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_LOAD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/registry/core/import/parse.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// Who loads which file, when.
struct LoadContext {
  const ImportFile* file = nullptr;
  const DivisionTree* divisions = nullptr;
  std::string import_id;
  std::string division;
  std::string actor;
  absl::Time now;
  // Households of the file that are on record, by id, and whether they can be loaded.
  absl::flat_hash_map<std::string, bool> held;
  // Households that are to be registered, by village.
  std::map<std::string, int> fresh;
};
// Both must outlive the context.
absl::StatusOr<LoadContext> MakeLoadContext(RegistryReader& reader, const ImportFile& file,
                                            const DivisionTree& divisions,
                                            const ImportRecord& record);

// Every person of the file who is an active member of a household that the file does not hold, each
// as the error of the row. Not for spells of work, which claim nobody.
absl::StatusOr<std::vector<pb::RowError>> FindForeignClaims(RegistryReader& reader,
                                                            const LoadContext& context);

// What became of some households of a file.
struct LoadResult {
  int64_t created = 0;
  int64_t updated = 0;
  int64_t unchanged = 0;
  std::vector<pb::RowError> errors;  // of the households that were refused
  int64_t refused = 0;
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

// Serials of the households that are to be registered, reserved in one go.
class ReservedSerials {
 public:
  static absl::StatusOr<ReservedSerials> Reserve(RegistryWriter& writer,
                                                 const LoadContext& context);
  // nullopt when there is none left.
  std::optional<int> Next(const std::string& village);

 private:
  std::map<std::string, std::pair<int, int>> left_;  // first, end
};

// A load that only has to be written.
struct ReadyLoad {
  LoadResult result;
  std::unique_ptr<const PreparedChanges> changes;
};

// Load up to the writing, from what is on record now; another writer may make it void, which
// PutPrepared tells (IsVoid). nullopt when there are not enough serials.
absl::StatusOr<std::optional<ReadyLoad>> MakeReady(
    RegistryStore& store, const LoadContext& context,
    absl::Span<const FileHousehold* const> households, Claims claims, ReservedSerials* serials);
bool IsVoid(const absl::Status& status);

// Loads the villages of a file that are not bad, counted like households; `writer` may be null:
// then nothing is written.
absl::StatusOr<LoadResult> LoadVillages(RegistryReader& reader, RegistryWriter* writer,
                                        const LoadContext& context);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_LOAD_H_
