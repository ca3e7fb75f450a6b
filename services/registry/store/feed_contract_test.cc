#include <atomic>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/seal/key_ring.h"
#include "libs/sql/database.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/servers.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/household.h"
#include "services/registry/store/sql_registry_store.h"

namespace fangpin::registry {
namespace {

using ::fangpin::testing::EqualsProto;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

constexpr char kKeys[] =
    "seal 00000001 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "active 00000001\n"
    "fingerprint 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n";

constexpr char kVillage[] = "621126200201";
constexpr char kOtherVillage[] = "621126200202";

// kDelayed: the fake with positions given behind the writes, as on PostgreSQL.
enum class Kind { kFake, kDelayed, kSqlite, kPostgres };

void PrintTo(Kind kind, std::ostream* out) {
  constexpr const char* kNames[] = {"Fake", "Delayed", "Sqlite", "Postgres"};
  *out << kNames[static_cast<int>(kind)];
}

// Promises of FeedReader and FeedStore, on every implementation.
class FeedStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    switch (GetParam()) {
      case Kind::kFake:
      case Kind::kDelayed: {
        auto fake = std::make_unique<FakeStore>();
        fake->DelayFeed(GetParam() == Kind::kDelayed);
        store_ = std::move(fake);
        return;
      }
      case Kind::kSqlite:
        options_.uri = "sqlite:" + directory_.File("registry.db");
        break;
      case Kind::kPostgres:
        FANGPIN_TEST_SERVER(space_, testing::TestPostgres());
        options_.uri = space_->uri();
        options_.schema = space_->schema();
        break;
    }
    FASSERT_OK_AND_ASSIGN(database_, sql::Open(options_));
    FASSERT_OK(MigrateRegistry(*database_));
    store_ = OpenStore(database_.get());
  }

  std::unique_ptr<SqlRegistryStore> OpenStore(sql::Database* database) {
    return std::make_unique<SqlRegistryStore>(database, &sealer_);
  }
  RegistryStore& store() { return *store_; }
  SqlRegistryStore* sql_store() { return dynamic_cast<SqlRegistryStore*>(store_.get()); }

  static std::string Id(int serial) { return kVillage + std::to_string(100'000 + serial); }
  static pb::Household Household(int serial, const std::string& division = kVillage) {
    pb::Household h;
    h.set_id(Id(serial));
    h.set_division(division);
    return h;
  }
  // `second`: the time of the call that makes the change.
  static HouseholdChange Change(const pb::Household* before, pb::Household after, int second = 0) {
    return {before, MakeRevision(before, std::move(after),
                                 absl::FromUnixSeconds(1'700'000'000 + second), "desk", "测试")};
  }

  static absl::Status Put(RegistryStore& store, const std::vector<HouseholdChange>& changes) {
    return store.Write([&](RegistryWriter& writer) { return writer.Put(changes); });
  }
  absl::Status Create(int serial, int second = 0) {
    return Put(store(), {Change(nullptr, Household(serial), second)});
  }
  // Adds a revision to the household as it is.
  static absl::Status Update(RegistryStore& store, int serial, int second = 0,
                             const std::string& division = "") {
    return store.Write([&](RegistryWriter& writer) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(const auto found, writer.Households({Id(serial)}));
      pb::Household after = *found[0];
      if (!division.empty()) after.set_division(division);
      return writer.Put({Change(&*found[0], std::move(after), second)});
    });
  }

  template <typename T>
  static T Read(RegistryStore& store, std::function<absl::StatusOr<T>(RegistryReader&)> get) {
    T result{};
    const absl::Status status = store.Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(result, get(reader));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }
  int64_t Head() {
    return Read<int64_t>(store(), [](RegistryReader& r) { return r.FeedHead(); });
  }
  static std::vector<FeedRow> Feed(RegistryStore& store, int64_t after = 0, int limit = 1000) {
    return Read<std::vector<FeedRow>>(store,
                                      [&](RegistryReader& r) { return r.Feed(after, limit); });
  }
  std::vector<FeedRow> Pending() {
    return Read<std::vector<FeedRow>>(store(), [](RegistryReader& r) { return r.FeedPending(); });
  }

  sql::Options options_;
  std::unique_ptr<sql::Database> database_;

 private:
  testing::TempDir directory_;
  std::unique_ptr<testing::PostgresSpace> space_;
  const seal::Sealer sealer_{*seal::KeyRing::Parse(kKeys)};
  std::unique_ptr<RegistryStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Stores, FeedStoreTest,
                         ::testing::Values(Kind::kFake, Kind::kDelayed, Kind::kSqlite,
                                           Kind::kPostgres),
                         [](const auto& info) { return ::testing::PrintToString(info.param); });

TEST_P(FeedStoreTest, ANewFeedIsEmpty) {
  FASSERT_OK(store().PositionFeed());
  EXPECT_EQ(Head(), 0);
  EXPECT_THAT(Feed(store()), IsEmpty());
  EXPECT_THAT(Pending(), IsEmpty());
}

TEST_P(FeedStoreTest, EveryRevisionHasOnePositionInTheOrderOfCalls) {
  const bool behind = GetParam() == Kind::kDelayed || GetParam() == Kind::kPostgres;
  FASSERT_OK(Create(2, 1));
  FASSERT_OK(Create(1, 2));
  FASSERT_OK(Update(store(), 2, 3, kOtherVillage));
  const std::vector<FeedRow> expected = {{1, Id(2), 1, kVillage, ""},
                                         {2, Id(1), 1, kVillage, ""},
                                         {3, Id(2), 2, kOtherVillage, kVillage}};
  EXPECT_EQ(Head(), behind ? 0 : 3);
  EXPECT_THAT(Pending(), SizeIs(behind ? 3 : 0));
  if (behind) {
    std::vector<FeedRow> pending = Pending();
    for (size_t i = 0; i < pending.size(); ++i) pending[i].position = static_cast<int64_t>(i) + 1;
    EXPECT_EQ(pending, expected);
  }
  FASSERT_OK(store().PositionFeed());
  FASSERT_OK(store().PositionFeed());
  EXPECT_EQ(Head(), 3);
  EXPECT_THAT(Pending(), IsEmpty());
  EXPECT_EQ(Feed(store()), expected);
  EXPECT_THAT(Feed(store(), 1, 1), ElementsAre(expected[1]));
  EXPECT_THAT(Feed(store(), 3), IsEmpty());

  FASSERT_OK(Update(store(), 1, 4));
  FASSERT_OK(store().PositionFeed());
  EXPECT_THAT(Feed(store(), 3), ElementsAre(FeedRow{4, Id(1), 2, kVillage, ""}));
}

TEST_P(FeedStoreTest, ChangesOfOneWriteStandTogether) {
  std::vector<HouseholdChange> changes;
  for (int i = 0; i < 120; ++i) changes.push_back(Change(nullptr, Household(i)));
  FASSERT_OK(Put(store(), changes));
  FASSERT_OK(store().PositionFeed());
  const std::vector<FeedRow> rows = Feed(store());
  ASSERT_THAT(rows, SizeIs(120));
  for (int i = 0; i < 120; ++i) {
    EXPECT_EQ(rows[static_cast<size_t>(i)], (FeedRow{i + 1, Id(i), 1, kVillage, ""}));
  }
}

TEST_P(FeedStoreTest, AWriteThatFailsLeavesNoTrace) {
  FASSERT_OK(Create(1));
  EXPECT_FALSE(store()
                   .Write([&](RegistryWriter& writer) -> absl::Status {
                     FANGPIN_RETURN_IF_ERROR(writer.Put({Change(nullptr, Household(2))}));
                     return absl::FailedPreconditionError("no");
                   })
                   .ok());
  FASSERT_OK(Create(3));
  FASSERT_OK(store().PositionFeed());
  EXPECT_THAT(Feed(store()),
              ElementsAre(FeedRow{1, Id(1), 1, kVillage, ""}, FeedRow{2, Id(3), 1, kVillage, ""}));
}

// The clocks of two processes differ: a later revision carries the earlier time.
TEST_P(FeedStoreTest, AHouseholdsRevisionsKeepTheirOrderWhateverTheClocksSay) {
  FASSERT_OK(Create(1, 100));
  FASSERT_OK(Create(2, 50));
  FASSERT_OK(Update(store(), 1, 20));
  FASSERT_OK(Update(store(), 1, 10));
  FASSERT_OK(store().PositionFeed());
  std::map<std::string, int64_t> last;
  for (const FeedRow& row : Feed(store())) EXPECT_EQ(row.number, ++last[row.household_id]);
  EXPECT_EQ(last[Id(1)], 3);
}

TEST_P(FeedStoreTest, RevisionsAreFoundByKeyInTheOrderAsked) {
  std::vector<HouseholdChange> changes;
  for (int i = 0; i < 50; ++i) changes.push_back(Change(nullptr, Household(i)));
  FASSERT_OK(Put(store(), changes));
  FASSERT_OK(Update(store(), 7));
  std::vector<RevisionKey> keys = {{Id(7), 2}, {Id(7), 3}, {Id(7), 1}};
  for (int i = 49; i >= 0; --i) keys.push_back({Id(i), 1});
  const auto found = Read<std::vector<std::optional<pb::Revision>>>(
      store(), [&](RegistryReader& r) { return r.RevisionsAt(keys); });
  ASSERT_THAT(found, SizeIs(keys.size()));
  ASSERT_TRUE(found[0].has_value());
  EXPECT_EQ(found[0]->household().revision(), 2);
  EXPECT_EQ(found[1], std::nullopt);
  for (size_t i = 2; i < keys.size(); ++i) {
    ASSERT_TRUE(found[i].has_value()) << i;
    EXPECT_EQ(found[i]->household_id(), keys[i].household_id);
    EXPECT_EQ(found[i]->number(), 1);
  }
  EXPECT_THAT(Read<std::vector<std::optional<pb::Revision>>>(
                  store(), [&](RegistryReader& r) { return r.RevisionsAt({}); }),
              IsEmpty());
}

// What a listener has heard.
class Heard {
 public:
  std::function<void(int64_t)> fn() {
    return [this](int64_t head) {
      absl::MutexLock lock(&mutex_);
      head_ = head;
    };
  }
  void Await(int64_t head) {
    absl::MutexLock lock(&mutex_);
    const auto reached = [&] {
      mutex_.AssertHeld();
      return head_ >= head;
    };
    mutex_.Await(absl::Condition(&reached));
  }
  int64_t head() {
    absl::MutexLock lock(&mutex_);
    return head_;
  }

 private:
  absl::Mutex mutex_;
  int64_t head_ ABSL_GUARDED_BY(mutex_) = -1;
};

TEST_P(FeedStoreTest, ListenersHearWhereTheFeedIsAndThatItHasGrown) {
  if (GetParam() == Kind::kDelayed) return;  // nothing gives positions in the background
  FASSERT_OK(Create(1));
  if (sql_store() != nullptr) sql_store()->StartFeed();
  Heard first, second;
  const auto listener = store().ListenToFeed(first.fn());
  first.Await(1);
  FASSERT_OK(Create(2));
  first.Await(2);
  auto late = store().ListenToFeed(second.fn());
  second.Await(2);
  late.reset();
  FASSERT_OK(Create(3));
  first.Await(3);
  EXPECT_EQ(second.head(), 2);
  EXPECT_THAT(Feed(store()), SizeIs(3));
}

// What only PostgreSQL can do: writers that commit side by side, and processes.
using SharedFeedTest = FeedStoreTest;
INSTANTIATE_TEST_SUITE_P(Stores, SharedFeedTest, ::testing::Values(Kind::kPostgres),
                         [](const auto& info) { return ::testing::PrintToString(info.param); });

TEST_P(SharedFeedTest, AnEarlierTransactionThatCommitsLaterIsNotSkipped) {
  FASSERT_OK_AND_ASSIGN(const auto other_database, sql::Open(options_));
  const auto other = OpenStore(other_database.get());
  FASSERT_OK(store().Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(writer.Put({Change(nullptr, Household(1), 1)}));
    // Begun later, committed and read earlier.
    FANGPIN_RETURN_IF_ERROR(Put(*other, {Change(nullptr, Household(2), 2)}));
    FANGPIN_RETURN_IF_ERROR(other->PositionFeed());
    EXPECT_THAT(Feed(*other), ElementsAre(FeedRow{1, Id(2), 1, kVillage, ""}));
    return absl::OkStatus();
  }));
  FASSERT_OK(other->PositionFeed());
  EXPECT_THAT(Feed(store(), 1), ElementsAre(FeedRow{2, Id(1), 1, kVillage, ""}));
}

TEST_P(SharedFeedTest, AnotherProcessGivesPositionsToWhatADeadOneLeft) {
  FASSERT_OK(Create(1));
  FASSERT_OK_AND_ASSIGN(const auto other_database, sql::Open(options_));
  const auto other = OpenStore(other_database.get());
  other->StartFeed();
  Heard heard;
  const auto listener = other->ListenToFeed(heard.fn());
  heard.Await(1);
  FASSERT_OK(Create(2));  // this process gives none
  heard.Await(2);
  EXPECT_THAT(Feed(*other), SizeIs(2));
}

// Eight writers in two processes that both give positions, and a reader that only ever asks for
// what is behind the last position it has seen.
TEST_P(SharedFeedTest, AReaderMissesNothingBesideManyWriters) {
  constexpr int kWriters = 8;
  constexpr int kHouseholds = 6;
  constexpr int kWrites = 60;
  FASSERT_OK_AND_ASSIGN(const auto other_database, sql::Open(options_));
  const auto other = OpenStore(other_database.get());
  for (int i = 0; i < kHouseholds; ++i) FASSERT_OK(Create(i));
  sql_store()->StartFeed();
  other->StartFeed();

  std::atomic<bool> done{false};
  std::vector<FeedRow> seen;
  std::thread reader([&] {
    while (true) {
      const bool last = done;
      if (last) {
        FASSERT_OK(store().PositionFeed());
      }
      for (FeedRow& row : Feed(store(), seen.empty() ? 0 : seen.back().position)) {
        seen.push_back(std::move(row));
      }
      if (last) return;
    }
  });
  std::vector<std::thread> writers;
  std::atomic<int> written{0};
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      RegistryStore& mine = w % 2 == 0 ? store() : static_cast<RegistryStore&>(*other);
      for (int i = 0; i < kWrites; ++i) {
        const absl::Status status = Update(mine, (w + i) % kHouseholds, i);
        // A write may lose against the others again and again; then it has not happened.
        if (status.ok()) ++written;
        EXPECT_TRUE(status.ok() || absl::IsAborted(status)) << status;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  reader.join();

  ASSERT_EQ(static_cast<int>(seen.size()), kHouseholds + written);
  EXPECT_GT(written, kWriters * kWrites / 2);
  std::map<std::string, int64_t> last;
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].position, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(seen[i].number, ++last[seen[i].household_id]) << seen[i].household_id;
  }
  EXPECT_EQ(Feed(store()), seen);
  sql_store()->StopFeed();
}

}  // namespace
}  // namespace fangpin::registry
