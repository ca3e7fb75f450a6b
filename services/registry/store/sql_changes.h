#ifndef FANGPIN_REGISTRY_STORE_SQL_CHANGES_H_
#define FANGPIN_REGISTRY_STORE_SQL_CHANGES_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/registry/core/store.h"
#include "services/registry/store/registry_cache.h"
#include "services/registry/store/sql_feed.h"

namespace fangpin::registry {

// The rows of some changes, sealed and ready to be written.
class SqlChanges final : public PreparedChanges {
 public:
  static absl::StatusOr<std::unique_ptr<const SqlChanges>> Make(
      absl::Span<const HouseholdChange> changes, const seal::Sealer& sealer);

  // Writes them; the errors of RegistryWriter::Put.
  absl::Status Write(sql::Tx& tx, sql::Engine engine, TouchedKeys& touched) const;

 private:
  using Rows = std::vector<std::vector<sql::Value>>;

  Rows inserts_, updates_, revisions_;
  Rows drops_, releases_, claims_;
  FeedNote feed_;
  CacheKeys keys_;
};

// By which members are found by name: half of a keyed fingerprint.
int64_t NameKey(std::string_view name, const seal::Sealer& sealer);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_SQL_CHANGES_H_
