#include "services/registry/module.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/status.h"
#include "libs/rpc/config.h"
#include "libs/seal/key_ring.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/registry/api/division_handler.h"
#include "services/registry/api/registry_handler.h"
#include "services/registry/core/feed.h"
#include "services/registry/core/import_worker.h"
#include "services/registry/store/registry_cache.h"
#include "services/registry/store/sql_registry_store.h"

namespace fangpin::registry {
namespace {

constexpr char kName[] = "registry";
constexpr char kDivisionsFile[] = "deploy/data/gansu_divisions.csv";

int CacheMebibytes(const rpc::ModuleEnv& env) { return env.config().limits().cache_mebibytes(); }

// A SQLite file has a sole owner. In PostgreSQL other processes write too.
std::unique_ptr<RegistryCache> MakeCache(const rpc::ModuleEnv& env, const sql::Database& database) {
  if (database.engine() != sql::Engine::kSqlite || CacheMebibytes(env) <= 0) return nullptr;
  return std::make_unique<RegistryCache>(static_cast<size_t>(CacheMebibytes(env)) << 20);
}

class RegistryModule final : public rpc::Module {
 public:
  RegistryModule(rpc::ModuleEnv& env, DivisionTree tree, seal::KeyRing ring,
                 std::unique_ptr<sql::Database> database)
      : tree_(std::move(tree)),
        sealer_(std::move(ring)),
        database_(std::move(database)),
        cache_(MakeCache(env, *database_)),
        store_(database_.get(), &sealer_, cache_.get()),
        metrics_(env.metrics()),
        worker_(&store_, &tree_, &metrics_, &clock_),
        registry_(&store_, &tree_, &metrics_),
        feed_(&store_),
        imports_(&store_, &tree_, [this] { worker_.Wake(); }),
        exports_(&store_, &feed_, &tree_),
        divisions_(&tree_),
        villages_(&store_),
        registry_handler_(env.RuntimeFor(kName), &registry_, &feed_, &imports_, &exports_,
                          sealer_.Fingerprint("page-tokens/registry"),
                          database_->engine() == sql::Engine::kSqlite ? rpc::RunMode::kInline
                                                                      : rpc::RunMode::kExecutor),
        division_handler_(env.RuntimeFor(kName), &divisions_, &villages_,
                          sealer_.Fingerprint("page-tokens/registry")) {}

  std::string_view name() const override { return kName; }
  std::vector<grpc::Service*> services() override {
    return {&registry_handler_, &division_handler_};
  }
  absl::Status Start() override {
    store_.StartFeed();
    worker_.Start();
    return absl::OkStatus();
  }
  void Stop() override {
    worker_.Stop();
    store_.StopFeed();
  }

 private:
  const DivisionTree tree_;
  const seal::Sealer sealer_;
  const std::unique_ptr<sql::Database> database_;
  const base::SystemClock clock_;
  const std::unique_ptr<RegistryCache> cache_;
  SqlRegistryStore store_;
  RegistryMetrics metrics_;
  ImportWorker worker_;
  Registry registry_;
  Feed feed_;
  Imports imports_;
  Exports exports_;
  Divisions divisions_;
  Villages villages_;
  RegistryHandler registry_handler_;
  DivisionHandler division_handler_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Module>> MakeRegistryModule(rpc::ModuleEnv& env) {
  const char* const named = std::getenv("FANGPIN_DIVISIONS_FILE");
  FANGPIN_ASSIGN_OR_RETURN(
      DivisionTree tree,
      DivisionTree::Load(named != nullptr ? named : rpc::FindDeployed(kDivisionsFile)));
  FANGPIN_ASSIGN_OR_RETURN(seal::KeyRing ring, seal::KeyRing::LoadOrCreate(env.seal_key_file()));
  FANGPIN_ASSIGN_OR_RETURN(
      std::unique_ptr<sql::Database> database,
      sql::Open(
          {.uri = env.DatabaseUri(kName), .schema = kName, .sole_owner = CacheMebibytes(env) > 0}));
  FANGPIN_RETURN_IF_ERROR(MigrateRegistry(*database));
  return std::make_unique<RegistryModule>(env, std::move(tree), std::move(ring),
                                          std::move(database));
}

}  // namespace fangpin::registry
