#include "libs/outbox/dispatcher.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sql/engine_test.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::outbox {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;

constexpr absl::Duration kPatience = absl::Seconds(30);

// What was delivered, in order, and a way to wait for it.
class Receiver {
 public:
  absl::Status Receive(const Entry& entry) {
    absl::MutexLock lock(&mu_);
    ids_.push_back(entry.id);
    by_key_[entry.key].push_back(entry.id);
    return absl::OkStatus();
  }

  bool WaitFor(size_t count) {
    absl::MutexLock lock(&mu_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return ids_.size() >= count; };
    return mu_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
  }

  std::vector<std::string> ids() {
    absl::MutexLock lock(&mu_);
    return ids_;
  }
  std::map<std::string, std::vector<std::string>> by_key() {
    absl::MutexLock lock(&mu_);
    return by_key_;
  }

 private:
  absl::Mutex mu_;
  std::vector<std::string> ids_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, std::vector<std::string>> by_key_ ABSL_GUARDED_BY(mu_);
};

class DispatcherTest : public sql::EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = OpenDatabase();
    ASSERT_NE(database_, nullptr);
    ASSERT_THAT(Migrate(*database_), IsOk());
    // Long enough that a test which depended on polling would run out of patience.
    options_.poll_interval = absl::Minutes(10);
    options_.min_backoff = absl::Milliseconds(1);
    options_.observer = [this](const Entry&, const absl::Status&, Outcome outcome) {
      absl::MutexLock lock(&mu_);
      ++outcomes_[outcome];
    };
  }

  static absl::Status Add(sql::Database& database, const std::string& key, const std::string& id,
                          const std::string& kind = "k") {
    return database.Write([&](sql::Tx& tx) {
      return Enqueue(tx, {.id = id, .key = key, .kind = kind, .created = absl::Now()});
    });
  }
  absl::Status Add(const std::string& key, const std::string& id, const std::string& kind = "k") {
    return Add(*database_, key, id, kind);
  }

  // Waits until so many deliveries have been recorded with that outcome.
  bool WaitFor(Outcome outcome, int count) {
    absl::MutexLock lock(&mu_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      return outcomes_[outcome] >= count;
    };
    return mu_.AwaitWithTimeout(absl::Condition(&enough), kPatience);
  }

  Depth GetDepth() { return ReadDepth(*database_).value_or(Depth{.pending = -1}); }

  std::unique_ptr<sql::Database> database_;
  Options options_;
  Receiver receiver_;
  const Handler receive_ = [this](const Entry& entry) { return receiver_.Receive(entry); };
  absl::Mutex mu_;
  std::map<Outcome, int> outcomes_ ABSL_GUARDED_BY(mu_);
};
FANGPIN_INSTANTIATE_ENGINES(DispatcherTest);

TEST_P(DispatcherTest, DeliversAtOnceWhatIsEnqueuedInThisProcess) {
  Dispatcher dispatcher(database_.get(), {{"k", receive_}}, options_);
  dispatcher.Start();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(Add("a", std::to_string(i)), IsOk());
    ASSERT_TRUE(WaitFor(Outcome::kDelivered, i + 1));
  }
  EXPECT_THAT(receiver_.ids(), ElementsAre("0", "1", "2", "3", "4"));
  EXPECT_EQ(GetDepth().pending, 0);
}

TEST_P(DispatcherTest, DeliversWhatWasThereBeforeAndKeepsOrderPerKey) {
  constexpr int kKeys = 20;
  constexpr int kEach = 10;
  std::vector<std::string> expected;
  for (int i = 0; i < kEach; ++i) {
    expected.clear();
    for (int key = 0; key < kKeys; ++key) {
      // Ids that do not sort as they are enqueued.
      ASSERT_THAT(Add(std::to_string(key), std::to_string(kEach - i) + "/" + std::to_string(key)),
                  IsOk());
    }
  }
  Dispatcher dispatcher(database_.get(), {{"k", receive_}}, options_);
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, kKeys * kEach));
  dispatcher.Stop();
  for (const auto& [key, ids] : receiver_.by_key()) {
    ASSERT_EQ(ids.size(), size_t{kEach});
    for (int i = 0; i < kEach; ++i) EXPECT_EQ(ids[i], std::to_string(kEach - i) + "/" + key);
  }
  EXPECT_EQ(GetDepth().pending, 0);
}

TEST_P(DispatcherTest, ConcurrentWritersOfOneKeyKeepTheirCommitOrder) {
  Dispatcher dispatcher(database_.get(), {{"k", receive_}}, options_);
  dispatcher.Start();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 10; ++i) {
        absl::Status status;
        do {
          status = Add("a", std::to_string(thread) + "/" + std::to_string(i));
        } while (status.code() == absl::StatusCode::kAborted);
        EXPECT_THAT(status, IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 40));
  std::map<char, int> next;
  for (const std::string& id : receiver_.ids()) EXPECT_EQ(id[2] - '0', next[id[0]]++) << id;
}

TEST_P(DispatcherTest, TransientErrorsAreTriedAgainAndHoldUpTheirKeyOnly) {
  absl::Mutex mu;
  int failures = 5;
  const absl::StatusCode codes[] = {absl::StatusCode::kUnavailable, absl::StatusCode::kAborted,
                                    absl::StatusCode::kDeadlineExceeded,
                                    absl::StatusCode::kResourceExhausted,
                                    absl::StatusCode::kCancelled};
  int64_t attempts = 0;
  Dispatcher dispatcher(database_.get(),
                        {{"k",
                          [&](const Entry& entry) -> absl::Status {
                            absl::MutexLock lock(&mu);
                            if (entry.id == "1") attempts = entry.attempts;
                            if (entry.id == "1" && failures > 0) {
                              return absl::Status(codes[--failures], "later");
                            }
                            return receiver_.Receive(entry);
                          }}},
                        options_);
  ASSERT_THAT(Add("a", "1"), IsOk());
  ASSERT_THAT(Add("a", "2"), IsOk());
  ASSERT_THAT(Add("b", "3"), IsOk());
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 3));
  EXPECT_THAT(receiver_.by_key()["a"], ElementsAre("1", "2"));
  absl::MutexLock lock(&mu);
  EXPECT_EQ(attempts, 5);
}

TEST_P(DispatcherTest, BackoffGrowsToItsCap) {
  testing::FakeClock clock(absl::FromUnixSeconds(1790000000));
  options_.clock = &clock;
  options_.min_backoff = absl::Seconds(10);
  options_.max_backoff = absl::Seconds(25);
  Dispatcher dispatcher(database_.get(),
                        {{"k", [](const Entry&) { return absl::UnavailableError("down"); }}},
                        options_);
  ASSERT_THAT(Add("a", "1"), IsOk());
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kRetried, 1));
  const absl::Duration upper[] = {absl::Seconds(10), absl::Seconds(20), absl::Seconds(25),
                                  absl::Seconds(25)};
  int retried = 1;
  for (const absl::Duration full : upper) {
    // At least half of it must pass, and the whole is always enough.
    clock.Advance(full / 2 - absl::Milliseconds(1));
    dispatcher.Wake();
    clock.Advance(full / 2 + absl::Milliseconds(1));
    dispatcher.Wake();
    ASSERT_TRUE(WaitFor(Outcome::kRetried, ++retried));
  }
  dispatcher.Stop();
  absl::MutexLock lock(&mu_);
  EXPECT_EQ(outcomes_[Outcome::kRetried], retried);
}

TEST_P(DispatcherTest, WhatIsRefusedIsDeliveredOnceTheReceiverAcceptsItAndInOrder) {
  absl::Mutex mu;
  bool refuse = true;
  Dispatcher dispatcher(database_.get(),
                        {{"k",
                          [&](const Entry& entry) -> absl::Status {
                            absl::MutexLock lock(&mu);
                            if (refuse && entry.id == "1") return absl::NotFoundError("gone");
                            return receiver_.Receive(entry);
                          }}},
                        options_);
  ASSERT_THAT(Add("a", "1"), IsOk());
  ASSERT_THAT(Add("a", "2"), IsOk());
  ASSERT_THAT(Add("b", "3"), IsOk());
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kRefused, 3));
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 1));
  EXPECT_THAT(receiver_.ids(), ElementsAre("3"));
  EXPECT_EQ(GetDepth().pending, 2);
  EXPECT_EQ(GetDepth().refused, 1);
  {
    absl::MutexLock lock(&mu);
    refuse = false;
  }
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 3));
  EXPECT_THAT(receiver_.ids(), ElementsAre("3", "1", "2"));
  dispatcher.Stop();
  EXPECT_EQ(GetDepth().pending, 0);
  EXPECT_EQ(GetDepth().refused, 0);
}

TEST_P(DispatcherTest, ABugAndAnUnknownKindAreRefusalsToo) {
  Dispatcher dispatcher(
      database_.get(),
      {{"bug", [](const Entry&) -> absl::Status { throw std::runtime_error("bug"); }}}, options_);
  ASSERT_THAT(Add("a", "1", "bug"), IsOk());
  ASSERT_THAT(Add("b", "2", "unheard of"), IsOk());
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kRefused, 4));
  dispatcher.Stop();
  EXPECT_EQ(GetDepth().refused, 2);
  // A later release knows the kind.
  Dispatcher later(database_.get(), {{"bug", receive_}, {"unheard of", receive_}}, options_);
  later.Start();
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 2));
}

TEST_P(DispatcherTest, RefusalsAreTriedAgainMoreSeldom) {
  testing::FakeClock clock(absl::FromUnixSeconds(1790000000));
  options_.clock = &clock;
  options_.min_backoff = absl::Minutes(8);
  options_.max_refused_backoff = absl::Minutes(30);
  Dispatcher dispatcher(
      database_.get(), {{"k", [](const Entry&) { return absl::NotFoundError("gone"); }}}, options_);
  ASSERT_THAT(Add("a", "1"), IsOk());
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kRefused, 1));
  int refused = 1;
  for (const absl::Duration full :
       {absl::Minutes(8), absl::Minutes(16), absl::Minutes(30), absl::Minutes(30)}) {
    // At least half of it must pass, and the whole is always enough.
    clock.Advance(full / 2 - absl::Milliseconds(1));
    dispatcher.Wake();
    clock.Advance(full / 2 + absl::Milliseconds(1));
    dispatcher.Wake();
    ASSERT_TRUE(WaitFor(Outcome::kRefused, ++refused));
  }
  dispatcher.Stop();
  absl::MutexLock lock(&mu_);
  EXPECT_EQ(outcomes_[Outcome::kRefused], refused);
}

TEST_P(DispatcherTest, StopGivesBackWhatItHolds) {
  absl::Notification entered;
  absl::Notification leave;
  options_.workers = 1;
  Dispatcher first(database_.get(),
                   {{"k",
                     [&](const Entry& entry) {
                       if (!entered.HasBeenNotified()) entered.Notify();
                       leave.WaitForNotification();
                       return receiver_.Receive(entry);
                     }}},
                   options_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(Add("a", std::to_string(i)), IsOk());
    ASSERT_THAT(Add("b", std::to_string(i + 10)), IsOk());
  }
  first.Start();
  entered.WaitForNotification();
  std::thread stop([&] { first.Stop(); });
  leave.Notify();
  stop.join();
  // Another one need not wait for a lease.
  Dispatcher second(database_.get(), {{"k", receive_}}, options_);
  second.Start();
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 6));
  EXPECT_EQ(receiver_.ids().size(), 6u);
  EXPECT_THAT(receiver_.by_key()["a"], ElementsAre("0", "1", "2"));
}

// A SQLite file has one process.
class SharedDispatcherTest : public DispatcherTest {};
INSTANTIATE_TEST_SUITE_P(Engines, SharedDispatcherTest, ::testing::Values(sql::Engine::kPostgres));

TEST_P(SharedDispatcherTest, TwoProcessesDeliverEachEntryOnce) {
  const auto other_database = OpenDatabase();
  // Enqueued through the one, so the other has to poll.
  options_.poll_interval = absl::Milliseconds(5);
  Dispatcher first(database_.get(), {{"k", receive_}}, options_);
  Dispatcher second(other_database.get(), {{"k", receive_}}, options_);
  first.Start();
  second.Start();
  constexpr int kEntries = 200;
  for (int i = 0; i < kEntries; ++i) {
    ASSERT_THAT(Add(std::to_string(i % 17), std::to_string(i)), IsOk());
  }
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, kEntries));
  first.Stop();
  second.Stop();
  const std::vector<std::string> ids = receiver_.ids();
  EXPECT_EQ(ids.size(), size_t{kEntries});
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), size_t{kEntries});
  for (const auto& [key, of_key] : receiver_.by_key()) {
    for (size_t i = 1; i < of_key.size(); ++i) {
      EXPECT_LT(std::stoi(of_key[i - 1]), std::stoi(of_key[i])) << key;
    }
  }
}

TEST_P(DispatcherTest, CrashBetweenDeliveryAndRecordDeliversAgain) {
  ASSERT_THAT(Add("a", "1"), IsOk());
  ASSERT_THAT(Add("a", "2"), IsOk());
  database_.reset();
  options_.lease = absl::Milliseconds(500);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // Dies inside the first delivery: the receiver has it, the outbox does not know.
    auto database = sql::Open(options());
    if (!database.ok()) _exit(1);
    Dispatcher dispatcher(database->get(),
                          {{"k",
                            [](const Entry&) -> absl::Status {
                              kill(getpid(), SIGKILL);
                              return absl::OkStatus();
                            }}},
                          options_);
    dispatcher.Start();
    pause();
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  database_ = OpenDatabase();
  EXPECT_EQ(GetDepth().pending, 2);
  Dispatcher dispatcher(database_.get(), {{"k", receive_}}, options_);
  dispatcher.Start();
  ASSERT_TRUE(WaitFor(Outcome::kDelivered, 2));
  EXPECT_THAT(receiver_.ids(), ElementsAre("1", "2"));
}

}  // namespace
}  // namespace fangpin::outbox
