#include <array>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/sql/database.h"
#include "libs/sql/engine_test.h"
#include "libs/sql/errors.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::sql {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using testing::IsOk;

class MigrateTest : public EngineTest {};
FANGPIN_INSTANTIATE_ENGINES(MigrateTest);

constexpr Migration kOne{1, "one", "CREATE TABLE a (id BIGINT); CREATE TABLE b (id BIGINT);"};
constexpr Migration kTwo{2, "two", "INSERT INTO a (id) VALUES (1);"};
constexpr Migration kTwoEdited{2, "two", "INSERT INTO a (id) VALUES (2);"};
constexpr Migration kTwoBroken{2, "two", "INSERT INTO a (id) VALUES (3); INSERT INTO none;"};
constexpr Migration kThree{3, "three", "INSERT INTO a (id) VALUES (3);"};
constexpr Statement kCount{"Count", "SELECT count(*) FROM a"};

absl::StatusOr<int64_t> CountRows(Database& database) {
  int64_t count = 0;
  FANGPIN_RETURN_IF_ERROR(database.Read([&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kCount));
    count = row->Int(0);
    return absl::OkStatus();
  }));
  return count;
}

TEST_P(MigrateTest, RunsEachOnceAcrossReopening) {
  {
    const auto database = OpenDatabase();
    ASSERT_THAT(Migrate(*database, std::array{kOne}), IsOk());
  }
  const auto database = OpenDatabase();
  ASSERT_THAT(Migrate(*database, std::array{kOne, kTwo}), IsOk());
  ASSERT_THAT(Migrate(*database, std::array{kOne, kTwo}), IsOk());
  EXPECT_THAT(CountRows(*database), testing::IsOkAndHolds(1));
}

TEST_P(MigrateTest, ChangedOneIsRefused) {
  const auto database = OpenDatabase();
  ASSERT_THAT(Migrate(*database, std::array{kOne, kTwo}), IsOk());
  EXPECT_THAT(Migrate(*database, std::array{kOne, kTwoEdited, kThree}),
              ErrorIs(StatusCode::kFailedPrecondition, kSchemaChanged));
  EXPECT_THAT(CountRows(*database), testing::IsOkAndHolds(1));
}

TEST_P(MigrateTest, NewerSchemaIsRefused) {
  const auto database = OpenDatabase();
  ASSERT_THAT(Migrate(*database, std::array{kOne, kTwo}), IsOk());
  EXPECT_THAT(Migrate(*database, std::array{kOne}),
              ErrorIs(StatusCode::kFailedPrecondition, kSchemaNewer));
}

TEST_P(MigrateTest, FailedOneLeavesNothingAndIsTriedAgain) {
  const auto database = OpenDatabase();
  EXPECT_THAT(Migrate(*database, std::array{kOne, kTwoBroken}),
              ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(CountRows(*database), testing::IsOkAndHolds(0));
  ASSERT_THAT(Migrate(*database, std::array{kOne, kTwo}), IsOk());
  EXPECT_THAT(CountRows(*database), testing::IsOkAndHolds(1));
}

TEST_P(MigrateTest, ComponentsCountApart) {
  const auto database = OpenDatabase();
  ASSERT_THAT(Migrate(*database, std::array{kOne, kTwo}), IsOk());
  constexpr Migration kOther{1, "other", "CREATE TABLE c (id BIGINT)"};
  EXPECT_THAT(Migrate(*database, "other", std::array{kOther}), IsOk());
}

TEST_P(MigrateTest, SeveralAtOnceRunEachOnce) {
  std::vector<std::unique_ptr<Database>> databases;
  for (int i = 0; i < 4; ++i) databases.push_back(OpenDatabase());
  std::vector<absl::Status> statuses(databases.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < databases.size(); ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = Migrate(*databases[i], std::array{kOne, kTwo, kThree});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_THAT(status, IsOk());
  EXPECT_THAT(CountRows(*databases[0]), testing::IsOkAndHolds(2));
}

}  // namespace
}  // namespace fangpin::sql
