#ifndef FANGPIN_REGISTRY_STORE_SQL_REGISTRY_STORE_H_
#define FANGPIN_REGISTRY_STORE_SQL_REGISTRY_STORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/registry/core/store.h"
#include "services/registry/store/registry_cache.h"
#include "services/registry/store/sql_feed.h"

namespace fangpin::registry {

// Parameters of the statements that look up many keys at once.
inline constexpr size_t kKeysAtOnce = 50;

// When old answers are dropped: not at each write.
class AnswerUpkeep {
 public:
  // True now and then, to one caller.
  bool IsDue(absl::Time now);

 private:
  static constexpr absl::Duration kBetween = absl::Hours(1);
  std::atomic<int64_t> last_us_{std::numeric_limits<int64_t>::max()};  // of nobody yet
};

// The registry in a SQLite or PostgreSQL database. Records, answers, uploads and error rows are
// sealed, each bound to its place; columns hold ids, divisions, states and times. Persons are found
// by fingerprint.
class SqlRegistryStore final : public RegistryStore {
 public:
  // All must outlive this. Call MigrateRegistry first. `cache` may be null; with one, no other
  // process and no other store writes the database.
  SqlRegistryStore(sql::Database* database, const seal::Sealer* sealer,
                   RegistryCache* cache = nullptr)
      : database_(database), sealer_(sealer), cache_(cache), feed_(database) {}

  // Until StartFeed, revisions get their place in the feed only where a write gives it or
  // PositionFeed asks for it, and listeners hear nothing.
  void StartFeed() { feed_.Start(); }
  void StopFeed() { feed_.Stop(); }

  absl::Status Read(absl::FunctionRef<absl::Status(RegistryReader&)> fn) override;
  absl::Status Write(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) override;
  absl::StatusOr<std::unique_ptr<const PreparedChanges>> Prepare(
      absl::Span<const HouseholdChange> changes) const override;
  absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) override;
  absl::StatusOr<RecordPtr> Record(std::string_view id) override;
  absl::StatusOr<std::vector<RecordPtr>> Records(absl::Span<const std::string> ids) override;
  absl::StatusOr<std::vector<PersonPlace>> Persons(absl::Span<const base::IdKey> keys) override;
  absl::Status PositionFeed() override { return feed_.Position(); }
  std::unique_ptr<Listener> ListenToFeed(std::function<void(int64_t head)> fn) override {
    return feed_.Listen(std::move(fn));
  }

 private:
  // Read for a look-up of so many keys at most, which is one statement.
  absl::Status ReadOnce(absl::FunctionRef<absl::Status(RegistryReader&)> fn);

  sql::Database* const database_;
  const seal::Sealer* const sealer_;
  RegistryCache* const cache_;
  AnswerUpkeep answers_;
  SqlFeed feed_;
};

// Creates or updates the registry's tables.
absl::Status MigrateRegistry(sql::Database& database);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_SQL_REGISTRY_STORE_H_
