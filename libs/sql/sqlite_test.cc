// What only SQLite's side has: the file, its log, its snapshots.

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "libs/sql/database.h"
#include "libs/sql/errors.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/subprocess.h"
#include "libs/testing/temp_dir.h"
#include "sql/sql_sample_sql.h"

namespace fangpin::sql {
namespace {

using testing::ErrorIs;
using testing::IsOk;

constexpr int kPageBytes = 4096;

class SqliteTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> OpenWithSchema() {
    options_.uri = "sqlite:" + file_;
    auto database = Open(options_);
    EXPECT_THAT(database, IsOk());
    EXPECT_THAT(Migrate(**database, sql_sample_sql::kMigrations), IsOk());
    return *std::move(database);
  }

  testing::TempDir directory_;
  std::string file_ = directory_.File("deep/below/test.db");
  Options options_;
};

TEST_F(SqliteTest, FilesAreTheOwnersAlone) {
  const auto database = OpenWithSchema();
  for (const std::string& name : {file_, file_ + "-wal", file_ + "-shm"}) {
    struct stat info;
    ASSERT_EQ(stat(name.c_str(), &info), 0) << name;
    EXPECT_EQ(info.st_mode & 0777, mode_t{0600}) << name;
  }
}

TEST_F(SqliteTest, LogStaysSmallUnderConstantReadingAndWriting) {
  options_.checkpoint_pages = 20;
  const auto database = OpenWithSchema();
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        EXPECT_THAT(
            database->Read([](Tx& tx) { return tx.Query(sql_sample_sql::kListCounters).status(); }),
            IsOk());
      }
    });
  }
  uintmax_t largest = 0;
  const std::string value(3000, 'x');
  for (int i = 0; i < 1000; ++i) {
    ASSERT_THAT(database->Write([&](Tx& tx) {
      return tx.Execute(sql_sample_sql::kPutCounter, "c" + std::to_string(i % 50) + value, i)
          .status();
    }),
                IsOk());
    largest = std::max(largest, std::filesystem::file_size(file_ + "-wal"));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  // Each write is a page or more, so without checkpoints the log would have over a thousand pages.
  EXPECT_LT(largest, uintmax_t{400} * kPageBytes);
}

TEST_F(SqliteTest, WriteInsideAWriteIsRefused) {
  const auto database = OpenWithSchema();
  EXPECT_THAT(
      database->Write([&](Tx&) { return database->Write([](Tx&) { return absl::OkStatus(); }); }),
      ErrorIs(absl::StatusCode::kInternal, kNestedWrite));
}

TEST_F(SqliteTest, ASoleOwnerKeepsOthersOut) {
  options_.sole_owner = true;
  auto owner = OpenWithSchema();
  EXPECT_THAT(Open(options_), ErrorIs(absl::StatusCode::kFailedPrecondition, kFileInUse));
  owner.reset();
  EXPECT_THAT(Open(options_), IsOk());
}

// A process that opens and closes the file must not take the log away from this one.
TEST_F(SqliteTest, AnotherProcessComesAndGoes) {
  const auto database = OpenWithSchema();
  const auto put = [&](int value) {
    return database->Write(
        [&](Tx& tx) { return tx.Execute(sql_sample_sql::kPutCounter, "a", value).status(); });
  };
  ASSERT_THAT(put(1), IsOk());
  // As a backup tool does: open, read, close.
  auto other = testing::Subprocess::Start(
      {.argv = {"python3", "-c",
                "import sqlite3, sys\n"
                "db = sqlite3.connect(sys.argv[1])\n"
                "print(db.execute('SELECT count(*) FROM sqlite_schema').fetchone())\n"
                "db.close()",
                file_}});
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT((*other)->Wait(absl::Seconds(30)),
              testing::IsOkAndHolds(testing::Subprocess::Exit{}));
  struct stat info;
  EXPECT_EQ(stat((file_ + "-wal").c_str(), &info), 0) << "the log is gone";
  ASSERT_THAT(put(2), IsOk());
  EXPECT_THAT(Open(options_), IsOk());
}

TEST_F(SqliteTest, FileOfAnotherKindIsRefused) {
  const std::string file = directory_.File("text.db");
  FILE* out = fopen(file.c_str(), "w");
  ASSERT_NE(out, nullptr);
  fputs(std::string(5000, 'x').c_str(), out);
  fclose(out);
  options_.uri = "sqlite:" + file;
  EXPECT_THAT(Open(options_), ErrorIs(absl::StatusCode::kDataLoss, kCorrupt));
}

}  // namespace
}  // namespace fangpin::sql
