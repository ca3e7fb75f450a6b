#ifndef FANGPIN_REGISTRY_STORE_STORE_FIXTURE_H_
#define FANGPIN_REGISTRY_STORE_STORE_FIXTURE_H_

#include <memory>
#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "libs/seal/key_ring.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "libs/testing/servers.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/store/sql_registry_store.h"

// For contract tests, which run on every implementation of RegistryStore.
namespace fangpin::registry {

enum class StoreKind { kFake, kSqlite, kCachedSqlite, kPostgres };

inline void PrintTo(StoreKind kind, std::ostream* out) {
  constexpr const char* kNames[] = {"Fake", "Sqlite", "CachedSqlite", "Postgres"};
  *out << kNames[static_cast<int>(kind)];
}

inline const auto kEveryStore = ::testing::Values(StoreKind::kFake, StoreKind::kSqlite,
                                                  StoreKind::kCachedSqlite, StoreKind::kPostgres);

inline std::string StoreName(const ::testing::TestParamInfo<StoreKind>& info) {
  return ::testing::PrintToString(info.param);
}

// An empty store.
class StoreFixture : public ::testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    if (GetParam() == StoreKind::kFake) {
      store_ = std::make_unique<FakeStore>();
      return;
    }
    sql::Options options;
    if (GetParam() != StoreKind::kPostgres) {
      options.uri = "sqlite:" + directory_.File("registry.db");
    } else {
      FANGPIN_TEST_SERVER(space_, testing::TestPostgres());
      options.uri = space_->uri();
      options.schema = space_->schema();
    }
    FASSERT_OK_AND_ASSIGN(database_, sql::Open(options));
    FASSERT_OK(MigrateRegistry(*database_));
    constexpr char kKeys[] =
        "seal 00000001 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
        "active 00000001\n"
        "fingerprint 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n";
    sealer_ = std::make_unique<seal::Sealer>(*seal::KeyRing::Parse(kKeys));
    if (GetParam() == StoreKind::kCachedSqlite) cache_ = std::make_unique<RegistryCache>(1 << 20);
    store_ = std::make_unique<SqlRegistryStore>(database_.get(), sealer_.get(), cache_.get());
  }

  RegistryStore& store() { return *store_; }
  // Null on the fake.
  sql::Database* database() { return database_.get(); }

 private:
  testing::TempDir directory_;
  std::unique_ptr<testing::PostgresSpace> space_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<seal::Sealer> sealer_;
  std::unique_ptr<RegistryCache> cache_;
  std::unique_ptr<RegistryStore> store_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_STORE_FIXTURE_H_
