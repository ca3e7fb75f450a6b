// What both engines promise about transactions: isolation, durability, order, bounds.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sql/database.h"
#include "libs/sql/engine_test.h"
#include "libs/sql/errors.h"
#include "libs/testing/status_matchers.h"
#include "sql/sql_sample_sql.h"

namespace fangpin::sql {
namespace {

using absl::StatusCode;
using sql_sample_sql::kAddToCounter;
using sql_sample_sql::kGetCounter;
using sql_sample_sql::kInsertPerson;
using sql_sample_sql::kInsertVillage;
using sql_sample_sql::kListCounters;
using sql_sample_sql::kListPeople;
using sql_sample_sql::kLockCounter;
using sql_sample_sql::kPutCounter;
using testing::ErrorIs;
using testing::IsOk;
using testing::StatusIs;

class WriteContractTest : public EngineTest {
 protected:
  std::unique_ptr<Database> OpenWithSchema() {
    std::unique_ptr<Database> database = OpenDatabase();
    EXPECT_THAT(Migrate(*database, sql_sample_sql::kMigrations), IsOk());
    return database;
  }

  static absl::Status Put(Database& database, const std::string& id, int64_t value) {
    return database.Write([&](Tx& tx) { return tx.Execute(kPutCounter, id, value).status(); });
  }

  static std::map<std::string, int64_t> Counters(Database& database) {
    std::map<std::string, int64_t> counters;
    EXPECT_THAT(database.Read([&](Tx& tx) {
      counters.clear();
      return tx.ForEach(kListCounters, {}, [&](const Row& row) {
        counters.emplace(row.Text(0), row.Int(1));
        return absl::OkStatus();
      });
    }),
                IsOk());
    return counters;
  }
};
FANGPIN_INSTANTIATE_ENGINES(WriteContractTest);

// Runs body(i) on count threads that start together.
template <typename Body>
void InParallel(int count, Body body) {
  auto* barrier = new absl::Barrier(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([=, &body] {
      if (barrier->Block()) delete barrier;
      body(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(WriteContractTest, FailedWriteLeavesNothing) {
  const auto database = OpenWithSchema();
  EXPECT_THAT(database->Write([](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "c", 1).status());
    return absl::FailedPreconditionError("changed my mind");
  }),
              StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_TRUE(Counters(*database).empty());
}

TEST_P(WriteContractTest, SwallowedErrorStillFailsTheWrite) {
  const auto database = OpenWithSchema();
  EXPECT_THAT(database->Write([](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "c", 1).status());
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kInsertVillage, "v").status());
    (void)tx.Execute(kInsertVillage, "v").status();
    EXPECT_THAT(tx.Execute(kPutCounter, "d", 1),
                ErrorIs(StatusCode::kAlreadyExists, kUniqueViolation));
    return absl::OkStatus();
  }),
              ErrorIs(StatusCode::kAlreadyExists, kUniqueViolation));
  EXPECT_TRUE(Counters(*database).empty());
}

TEST_P(WriteContractTest, ErrorOfTheStoreReplacesTheEngines) {
  const auto database = OpenWithSchema();
  EXPECT_THAT(database->Write([](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kInsertVillage, "v").status());
    if (!tx.Execute(kInsertVillage, "v").ok()) return absl::NotFoundError("the store's own");
    return absl::OkStatus();
  }),
              StatusIs(StatusCode::kNotFound));
}

TEST_P(WriteContractTest, ExceptionLeavesNothingAndReachesTheCaller) {
  const auto database = OpenWithSchema();
  EXPECT_THROW((void)database->Write([](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "c", 1).status());
    throw std::runtime_error("bug");
  }),
               std::runtime_error);
  EXPECT_THROW((void)database->Read([](Tx&) -> absl::Status { throw std::runtime_error("bug"); }),
               std::runtime_error);
  EXPECT_TRUE(Counters(*database).empty());
  EXPECT_THAT(Put(*database, "c", 2), IsOk());
}

TEST_P(WriteContractTest, AcknowledgedWriteIsReadByTheNextRead) {
  const auto database = OpenWithSchema();
  InParallel(8, [&](int thread) {
    const std::string id = std::to_string(thread);
    for (int i = 1; i <= 50; ++i) {
      ASSERT_THAT(Put(*database, id, i), IsOk());
      ASSERT_THAT(database->Read([&](Tx& tx) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kGetCounter, id));
        EXPECT_EQ(row->Int(0), i);
        return absl::OkStatus();
      }),
                  IsOk());
    }
  });
}

TEST_P(WriteContractTest, ReadIsOneSnapshot) {
  const auto database = OpenWithSchema();
  ASSERT_THAT(Put(*database, "c", 1), IsOk());
  ASSERT_THAT(database->Read([&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto before, tx.First(kGetCounter, "c"));
    std::thread([&] { EXPECT_THAT(Put(*database, "c", 2), IsOk()); }).join();
    FANGPIN_ASSIGN_OR_RETURN(const auto after, tx.First(kGetCounter, "c"));
    EXPECT_EQ(before->Int(0), after->Int(0));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_EQ(Counters(*database)["c"], 2);
}

// Holds the only writer (SQLite) until all others are queued, so that they form one group.
TEST_P(WriteContractTest, FailingNeighboursInAGroupDoNotMatter) {
  options().max_group_time = absl::Seconds(10);
  const auto database = OpenWithSchema();
  constexpr int kWrites = 60;
  absl::Notification started;
  absl::Notification all_queued;
  std::thread first([&] {
    EXPECT_THAT(database->Write([&](Tx& tx) -> absl::Status {
      if (!started.HasBeenNotified()) started.Notify();
      all_queued.WaitForNotification();
      return tx.Execute(kPutCounter, "first", 1).status();
    }),
                IsOk());
  });
  started.WaitForNotification();
  std::vector<absl::Status> statuses(kWrites);
  std::thread others([&] {
    InParallel(kWrites, [&](int i) {
      statuses[i] = database->Write([&, i](Tx& tx) -> absl::Status {
        FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, std::to_string(i), i).status());
        if (i % 3 == 1) return absl::InvalidArgumentError("refused");
        if (i % 3 == 2) {
          FANGPIN_RETURN_IF_ERROR(tx.Execute(kInsertVillage, "v" + std::to_string(i)).status());
          return tx.Execute(kInsertVillage, "v" + std::to_string(i)).status();
        }
        return absl::OkStatus();
      });
    });
  });
  all_queued.Notify();
  first.join();
  others.join();
  const auto counters = Counters(*database);
  for (int i = 0; i < kWrites; ++i) {
    const StatusCode expected = i % 3 == 0   ? StatusCode::kOk
                                : i % 3 == 1 ? StatusCode::kInvalidArgument
                                             : StatusCode::kAlreadyExists;
    EXPECT_THAT(statuses[i], StatusIs(expected)) << i;
    EXPECT_EQ(counters.contains(std::to_string(i)), i % 3 == 0) << i;
  }
  EXPECT_TRUE(counters.contains("first"));
}

TEST_P(WriteContractTest, TimedOutNeighbourInAGroupDoesNotMatter) {
  // SQLite rolls the whole group back when a change is interrupted; the others run again.
  options().statement_timeout = absl::Milliseconds(300);
  options().max_group_time = absl::Seconds(10);
  const auto database = OpenWithSchema();
  constexpr Statement kSlow{"Slow",
                            "INSERT INTO counters (id, value) "
                            "WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL "
                            "SELECT i + 1 FROM n WHERE i < 1000000000) "
                            "SELECT 'slow', count(*) FROM n"};
  std::vector<absl::Status> statuses(10);
  InParallel(10, [&](int i) {
    statuses[i] = database->Write([i, &kSlow](Tx& tx) -> absl::Status {
      if (i == 5) return tx.Execute(kSlow).status();
      return tx.Execute(kPutCounter, std::to_string(i), i).status();
    });
  });
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(statuses[i], StatusIs(i == 5 ? StatusCode::kDeadlineExceeded : StatusCode::kOk));
  }
  EXPECT_EQ(Counters(*database).size(), 9u);
}

TEST_P(WriteContractTest, NoUpdateIsLost) {
  const auto database = OpenWithSchema();
  options().max_attempts = 50;
  const auto second = OpenDatabase();
  ASSERT_THAT(Put(*database, "c", 0), IsOk());
  constexpr int kThreads = 8;
  constexpr int kRounds = 25;
  std::atomic<int> acknowledged{0};
  InParallel(kThreads, [&](int thread) {
    // Two Database objects stand for two processes.
    Database& mine = thread % 2 == 0 ? *database : *second;
    for (int i = 0; i < kRounds; ++i) {
      const absl::Status status = mine.Write([](Tx& tx) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kGetCounter, "c"));
        return tx.Execute(kPutCounter, "c", row->Int(0) + 1).status();
      });
      if (status.ok()) {
        ++acknowledged;
      } else {
        // Giving up is allowed; losing is not.
        EXPECT_THAT(status, ErrorIs(StatusCode::kAborted, kConflict));
      }
    }
  });
  EXPECT_EQ(Counters(*database)["c"], acknowledged);
  EXPECT_GT(acknowledged, 0);
}

TEST_P(WriteContractTest, LockedRowsQueueInsteadOfColliding) {
  const auto database = OpenWithSchema();
  ASSERT_THAT(Put(*database, "c", 0), IsOk());
  InParallel(4, [&](int) {
    for (int i = 0; i < 10; ++i) {
      ASSERT_THAT(database->Write([](Tx& tx) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kLockCounter, "c"));
        return tx.Execute(kPutCounter, "c", row->Int(0) + 1).status();
      }),
                  IsOk());
    }
  });
  EXPECT_EQ(Counters(*database)["c"], 40);
}

TEST_P(WriteContractTest, UpkeepOfOneRowRunsOneAfterTheOther) {
  const auto database = OpenWithSchema();
  ASSERT_THAT(Put(*database, "c", 0), IsOk());
  InParallel(2, [&](int) {
    for (int i = 0; i < 10; ++i) {
      ASSERT_THAT(database->Maintain([](Tx& tx) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kLockCounter, "c"));
        return tx.Execute(kPutCounter, "c", row->Int(0) + 1).status();
      }),
                  IsOk());
    }
  });
  EXPECT_EQ(Counters(*database)["c"], 20);
}

TEST_P(WriteContractTest, WriteSkewIsPrevented) {
  // Each takes from one account if both together allow it; together they would overdraw.
  const auto database = OpenWithSchema();
  ASSERT_THAT(Put(*database, "a", 50), IsOk());
  ASSERT_THAT(Put(*database, "b", 50), IsOk());
  InParallel(2, [&](int thread) {
    (void)database->Write([&](Tx& tx) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(const auto a, tx.First(kGetCounter, "a"));
      FANGPIN_ASSIGN_OR_RETURN(const auto b, tx.First(kGetCounter, "b"));
      if (a->Int(0) + b->Int(0) < 100) return absl::FailedPreconditionError("too little");
      return tx.Execute(kAddToCounter, thread == 0 ? "a" : "b", -100).status();
    });
  });
  const auto counters = Counters(*database);
  EXPECT_EQ(counters.at("a") + counters.at("b"), 0);
}

TEST_P(WriteContractTest, ManyWritersAreAllDurable) {
  constexpr int kThreads = 64;
  constexpr int kRounds = 20;
  {
    const auto database = OpenWithSchema();
    InParallel(kThreads, [&](int thread) {
      for (int i = 0; i < kRounds; ++i) {
        ASSERT_THAT(Put(*database, std::to_string(thread) + "/" + std::to_string(i), i), IsOk());
      }
    });
  }
  const auto database = OpenDatabase();
  EXPECT_EQ(Counters(*database).size(), size_t{kThreads} * kRounds);
}

TEST_P(WriteContractTest, BeyondTheBoundIsRefusedAtOnce) {
  options().max_waiting = 4;
  options().max_connections = 1;
  options().connect_timeout = absl::Seconds(20);
  const auto database = OpenWithSchema();
  absl::Notification started;
  absl::Notification release;
  std::thread holder([&] {
    EXPECT_THAT(database->Write([&](Tx& tx) {
      started.Notify();
      release.WaitForNotification();
      return tx.Execute(kPutCounter, "holder", 1).status();
    }),
                IsOk());
  });
  started.WaitForNotification();
  std::atomic<int> refused{0};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, i] {
      const absl::Status status = Put(*database, std::to_string(i), i);
      if (!status.ok()) {
        EXPECT_THAT(status, ErrorIs(StatusCode::kResourceExhausted, kQueueFull));
        // Eight are refused while the four others still wait.
        if (++refused == 8) release.Notify();
      }
      ++done;
    });
  }
  for (std::thread& thread : threads) thread.join();
  holder.join();
  EXPECT_EQ(refused, 8);
  EXPECT_EQ(Counters(*database).size(), 5u);
}

TEST_P(WriteContractTest, NotifiedTopicsArePublishedAfterCommitOnly) {
  const auto database = OpenWithSchema();
  std::atomic<int> alerts{0};
  std::atomic<int> others{0};
  auto subscription = database->Subscribe("alerts", [&] { ++alerts; });
  const auto other = database->Subscribe("others", [&] { ++others; });
  ASSERT_THAT(database->Write([](Tx& tx) {
    tx.Notify("alerts");
    tx.Notify("alerts");
    return tx.Execute(kPutCounter, "c", 1).status();
  }),
              IsOk());
  EXPECT_EQ(alerts, 1);
  (void)database->Write([](Tx& tx) -> absl::Status {
    tx.Notify("alerts");
    return absl::AbortedError("no");
  });
  EXPECT_EQ(alerts, 1);
  subscription.reset();
  ASSERT_THAT(database->Write([](Tx& tx) {
    tx.Notify("alerts");
    return tx.Execute(kPutCounter, "c", 2).status();
  }),
              IsOk());
  EXPECT_EQ(alerts, 1);
  EXPECT_EQ(others, 0);
}

TEST_P(WriteContractTest, OwnAbortedIsNotRetried) {
  const auto database = OpenWithSchema();
  int runs = 0;
  EXPECT_THAT(database->Write([&](Tx&) {
    ++runs;
    return absl::AbortedError("stale etag");
  }),
              StatusIs(StatusCode::kAborted));
  EXPECT_EQ(runs, 1);
}

TEST_P(WriteContractTest, ExclusiveSectionsDoNotOverlap) {
  const auto database = OpenWithSchema();
  const auto second = OpenDatabase();
  std::atomic<int> inside{0};
  InParallel(4, [&](int i) {
    Database& mine = i % 2 == 0 ? *database : *second;
    for (int round = 0; round < 5; ++round) {
      EXPECT_THAT(mine.Exclusively("section",
                                   [&] {
                                     EXPECT_EQ(++inside, 1);
                                     std::this_thread::yield();
                                     --inside;
                                     return absl::OkStatus();
                                   }),
                  IsOk());
    }
  });
}

// Numbers acknowledged by a child process, until it is killed.
class KilledWriter {
 public:
  // Starts a child that writes with many threads to a database of its own opening.
  explicit KilledWriter(const Options& options) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    child_ = fork();
    if (child_ == 0) {
      close(ends[0]);
      WriteUntilKilled(options, ends[1]);
      _exit(1);
    }
    close(ends[1]);
    from_child_ = ends[0];
  }

  // Kills the child once it has acknowledged count writes; returns all acknowledged.
  std::set<int64_t> KillAfter(size_t count) {
    std::set<int64_t> acknowledged;
    int64_t id = 0;
    bool killed = false;
    while (read(from_child_, &id, sizeof id) == sizeof id) {
      acknowledged.insert(id);
      if (acknowledged.size() >= count && !killed) {
        kill(child_, SIGKILL);
        killed = true;
      }
    }
    close(from_child_);
    waitpid(child_, nullptr, 0);
    return acknowledged;
  }

 private:
  static void WriteUntilKilled(const Options& options, int out) {
    auto database = Open(options);
    if (!database.ok()) return;
    // Other numbers each time, so that earlier rows do not stand in for lost ones.
    std::atomic<int64_t> next{getpid() * int64_t{1000000}};
    InParallel(16, [&](int) {
      for (;;) {
        const int64_t id = ++next;
        const absl::Status status = (*database)->Write([&](Tx& tx) -> absl::Status {
          // Two rows, to be seen both or not at all.
          FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "a" + std::to_string(id), id).status());
          return tx.Execute(kPutCounter, "b" + std::to_string(id), id).status();
        });
        // Pipe writes of this size are whole.
        if (!status.ok() || write(out, &id, sizeof id) != sizeof id) return;
      }
    });
  }

  pid_t child_ = -1;
  int from_child_ = -1;
};

TEST_P(WriteContractTest, AcknowledgedWritesSurviveSigkill) {
  OpenWithSchema().reset();
  options().checkpoint_pages = 64;  // so that the kill also meets checkpoints
  for (int round = 0; round < 3; ++round) {
    const std::set<int64_t> acknowledged = KilledWriter(options()).KillAfter(400);
    ASSERT_GE(acknowledged.size(), 400u);
    const auto database = OpenDatabase();
    const auto counters = Counters(*database);
    for (const int64_t id : acknowledged) {
      ASSERT_TRUE(counters.contains("a" + std::to_string(id))) << id;
    }
    for (const auto& [id, value] : counters) {
      ASSERT_TRUE(counters.contains((id[0] == 'a' ? "b" : "a") + id.substr(1))) << id;
    }
  }
}

}  // namespace
}  // namespace fangpin::sql
