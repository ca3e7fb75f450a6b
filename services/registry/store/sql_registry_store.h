#ifndef FANGPIN_REGISTRY_STORE_SQL_REGISTRY_STORE_H_
#define FANGPIN_REGISTRY_STORE_SQL_REGISTRY_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/registry/core/store.h"
#include "services/registry/store/sql_feed.h"

namespace fangpin::registry {

// The registry in a SQLite or PostgreSQL database. Records, answers, uploads and error rows are
// sealed, each bound to its place; columns hold ids, divisions, states and times. Persons are found
// by fingerprint.
class SqlRegistryStore final : public RegistryStore {
 public:
  // Both must outlive this. Call MigrateRegistry first.
  SqlRegistryStore(sql::Database* database, const seal::Sealer* sealer)
      : database_(database), sealer_(sealer), feed_(database) {}

  // Until StartFeed, revisions get their place in the feed only where a write gives it or
  // PositionFeed asks for it, and listeners hear nothing.
  void StartFeed() { feed_.Start(); }
  void StopFeed() { feed_.Stop(); }

  absl::Status Read(absl::FunctionRef<absl::Status(RegistryReader&)> fn) override;
  absl::Status Write(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) override;
  absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) override;
  absl::Status PositionFeed() override { return feed_.Position(); }
  std::unique_ptr<Listener> ListenToFeed(std::function<void(int64_t head)> fn) override {
    return feed_.Listen(std::move(fn));
  }

 private:
  sql::Database* const database_;
  const seal::Sealer* const sealer_;
  SqlFeed feed_;
};

// Creates or updates the registry's tables.
absl::Status MigrateRegistry(sql::Database& database);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_SQL_REGISTRY_STORE_H_
