// What only PostgreSQL's side has: sessions that get lost, parameters with types.

#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/sql/database.h"
#include "libs/sql/engine_test.h"
#include "libs/sql/errors.h"
#include "libs/testing/status_matchers.h"
#include "sql/sql_sample_sql.h"

namespace fangpin::sql {
namespace {

using absl::StatusCode;
using sql_sample_sql::kGetCounter;
using sql_sample_sql::kPutCounter;
using testing::ErrorIs;
using testing::IsOk;

constexpr Statement kPid{"Pid", "SELECT pg_backend_pid()"};
constexpr Statement kKill{"Kill", "SELECT pg_terminate_backend($1)"};

class PostgresTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = OpenDatabase();
    killer_ = OpenDatabase();
    ASSERT_NE(killer_, nullptr);
    ASSERT_THAT(Migrate(*database_, sql_sample_sql::kMigrations), IsOk());
  }

  void Kill(int64_t pid) {
    EXPECT_THAT(killer_->Read([&](Tx& tx) { return tx.Query(kKill, pid).status(); }), IsOk());
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<Database> killer_;
};
INSTANTIATE_TEST_SUITE_P(Engines, PostgresTest, ::testing::Values(Engine::kPostgres));

TEST_P(PostgresTest, LostIdleSessionIsReplacedUnnoticed) {
  int64_t pid = 0;
  ASSERT_THAT(database_->Read([&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kPid));
    pid = row->Int(0);
    return absl::OkStatus();
  }),
              IsOk());
  Kill(pid);
  EXPECT_THAT(database_->Write([](Tx& tx) { return tx.Execute(kPutCounter, "c", 1).status(); }),
              IsOk());
}

TEST_P(PostgresTest, SessionLostBeforeCommitRunsAgain) {
  int runs = 0;
  ASSERT_THAT(database_->Write([&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kPid));
    if (++runs == 1) Kill(row->Int(0));
    return tx.Execute(kPutCounter, "c", runs).status();
  }),
              IsOk());
  EXPECT_EQ(runs, 2);
}

TEST_P(PostgresTest, SessionLostAgainAndAgainIsUnavailable) {
  EXPECT_THAT(database_->Write([&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kPid));
    Kill(row->Int(0));
    return tx.Execute(kPutCounter, "c", 1).status();
  }),
              ErrorIs(StatusCode::kUnavailable, kUnavailable));
  EXPECT_THAT(database_->Read([](Tx& tx) { return tx.Query(kGetCounter, "c").status(); }), IsOk());
}

TEST_P(PostgresTest, SessionLostAtCommitSaysSoAndIsNotRunAgain) {
  int runs = 0;
  EXPECT_THAT(database_->Write([&](Tx& tx) -> absl::Status {
    ++runs;
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "c", 1).status());
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kPid));
    Kill(row->Int(0));
    return absl::OkStatus();
  }),
              ErrorIs(StatusCode::kUnavailable, kCommitUnknown));
  EXPECT_EQ(runs, 1);
}

TEST_P(PostgresTest, ArgumentsOfTheWrongTypeAreBugs) {
  const auto run = [&](Value id, Value value) {
    return database_->Write([&](Tx& tx) { return tx.Execute(kPutCounter, id, value).status(); });
  };
  EXPECT_THAT(run(5, 1), ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(run(Blob{"c"}, 1), ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(run("c", "1"), ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(run("c", nullptr), ErrorIs(StatusCode::kInternal, kNotNullViolation));
}

// The upkeep's scan misses what the writer adds, and the writer misses what a third one committed
// first: among serialisable transactions the writer would have to give way.
TEST_P(PostgresTest, UpkeepMakesNoWriterRunAgain) {
  const std::unique_ptr<Database> third = OpenDatabase();
  ASSERT_THAT(database_->Write([](Tx& tx) { return tx.Execute(kPutCounter, "x", 1).status(); }),
              IsOk());
  const auto runs_of_writer_beside = [&](const char* person, auto scan) {
    int runs = 0;
    EXPECT_THAT(scan([&](Tx& upkeep) -> absl::Status {
                  FANGPIN_RETURN_IF_ERROR(upkeep.First(sql_sample_sql::kCountPeople).status());
                  return killer_->Write([&](Tx& writer) -> absl::Status {
                    FANGPIN_RETURN_IF_ERROR(writer.First(kGetCounter, "x").status());
                    if (++runs == 1) {
                      FANGPIN_RETURN_IF_ERROR(third->Write(
                          [](Tx& tx) { return tx.Execute(kPutCounter, "x", 2).status(); }));
                    }
                    return writer
                        .Execute(sql_sample_sql::kInsertPerson, person, nullptr, nullptr, nullptr,
                                 nullptr, nullptr, "", nullptr)
                        .status();
                  });
                }),
                IsOk());
    return runs;
  };
  EXPECT_EQ(runs_of_writer_beside("a", [&](auto fn) { return database_->Maintain(fn); }), 1);
  EXPECT_EQ(runs_of_writer_beside("b", [&](auto fn) { return database_->Write(fn); }), 2);
}

TEST_P(PostgresTest, NumericsBeyondIntegersAreRefused) {
  const auto ask = [&](std::string_view text) -> absl::StatusOr<int64_t> {
    int64_t value = 0;
    FANGPIN_RETURN_IF_ERROR(database_->Read([&](Tx& tx) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(Statement{"Ask", text}));
      value = row->Int(0);
      return absl::OkStatus();
    }));
    return value;
  };
  using testing::IsOkAndHolds;
  EXPECT_THAT(ask("SELECT CAST(9223372036854775807 AS NUMERIC)"),
              IsOkAndHolds(int64_t{9223372036854775807}));
  EXPECT_THAT(ask("SELECT CAST(-9223372036854775807 - 1 AS NUMERIC)"),
              IsOkAndHolds(std::numeric_limits<int64_t>::min()));
  EXPECT_THAT(ask("SELECT CAST(100000000 AS NUMERIC)"), IsOkAndHolds(100000000));
  EXPECT_THAT(ask("SELECT CAST('7.000' AS NUMERIC)"), IsOkAndHolds(7));
  EXPECT_THAT(ask("SELECT CAST(9223372036854775808 AS NUMERIC)"),
              ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(ask("SELECT 0.5"), ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(ask("SELECT CAST('NaN' AS NUMERIC)"), ErrorIs(StatusCode::kInternal, kInternal));
}

}  // namespace
}  // namespace fangpin::sql
