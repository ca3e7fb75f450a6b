#ifndef FANGPIN_SQL_ENGINE_TEST_H_
#define FANGPIN_SQL_ENGINE_TEST_H_

#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "libs/sql/database.h"
#include "libs/testing/servers.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::sql {

inline void PrintTo(Engine engine, std::ostream* out) {
  *out << (engine == Engine::kSqlite ? "Sqlite" : "Postgres");
}

// Base of suites that run on both engines, each test with an empty database of its own:
//
//   class RegistryStoreTest : public sql::EngineTest {};
//   FANGPIN_INSTANTIATE_ENGINES(RegistryStoreTest);
//   TEST_P(RegistryStoreTest, …) { auto database = OpenDatabase(); … }
//
// PostgreSQL tests skip without FANGPIN_TEST_POSTGRES, or fail where servers are required.
class EngineTest : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (GetParam() == Engine::kSqlite) {
      options_.uri = "sqlite:" + directory_.File("test.db");
      return;
    }
    FANGPIN_TEST_SERVER(space_, testing::TestPostgres());
    options_.uri = space_->uri();
    options_.schema = space_->schema();
  }

  // May be changed before OpenDatabase.
  Options& options() { return options_; }

  // Opens the test's database; each call another Database object on the same data. Null after a
  // failure, which it reports.
  std::unique_ptr<Database> OpenDatabase() {
    absl::StatusOr<std::unique_ptr<Database>> database = Open(options_);
    if (!database.ok()) {
      ADD_FAILURE() << database.status();
      return nullptr;
    }
    return *std::move(database);
  }

 private:
  testing::TempDir directory_;
  std::unique_ptr<testing::PostgresSpace> space_;
  Options options_;
};

}  // namespace fangpin::sql

#define FANGPIN_INSTANTIATE_ENGINES(suite)                                                   \
  INSTANTIATE_TEST_SUITE_P(                                                                  \
      Engines, suite,                                                                        \
      ::testing::Values(::fangpin::sql::Engine::kSqlite, ::fangpin::sql::Engine::kPostgres), \
      [](const auto& info) { return ::testing::PrintToString(info.param); })

#endif  // FANGPIN_SQL_ENGINE_TEST_H_
