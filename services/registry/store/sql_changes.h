#ifndef FANGPIN_REGISTRY_STORE_SQL_CHANGES_H_
#define FANGPIN_REGISTRY_STORE_SQL_CHANGES_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/registry/core/store.h"
#include "services/registry/store/registry_cache.h"

namespace fangpin::registry {

// The rows of some changes, sealed and ready to be written.
class SqlChanges final : public PreparedChanges {
 public:
  static absl::StatusOr<std::unique_ptr<const SqlChanges>> Make(
      absl::Span<const HouseholdChange> changes, const seal::Sealer& sealer);

  // Writes them; the errors of RegistryWriter::Put.
  absl::Status Write(sql::Tx& tx, TouchedKeys& touched) const;

 private:
  using Rows = std::vector<std::vector<sql::Value>>;

  Rows inserts_, updates_, revisions_;
  Rows drops_, releases_, claims_;
  CacheKeys keys_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_SQL_CHANGES_H_
