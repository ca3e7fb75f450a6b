#include "libs/outbox/outbox.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/outbox/lease.h"
#include "libs/sql/engine_test.h"
#include "libs/sql/errors.h"
#include "libs/sql/statement_check.h"
#include "libs/testing/status_matchers.h"
#include "sql/outbox_sql.h"

namespace fangpin::outbox {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::IsOkAndHolds;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kLease = absl::Minutes(1);
const absl::Time kNow = absl::FromUnixSeconds(1790000000);

class OutboxTest : public sql::EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    database_ = OpenDatabase();
    ASSERT_NE(database_, nullptr);
    ASSERT_THAT(Migrate(*database_), IsOk());
  }

  absl::Status Add(const std::string& key, const std::string& id) {
    return database_->Write([&](sql::Tx& tx) {
      return Enqueue(tx, {.id = id, .key = key, .kind = "k", .payload = "p", .created = kNow});
    });
  }

  std::unique_ptr<sql::Database> database_;
};
FANGPIN_INSTANTIATE_ENGINES(OutboxTest);

TEST_P(OutboxTest, EveryStatementPrepares) {
  sql::ExpectEveryStatementPrepares(*database_, outbox_sql::kAllStatements);
}

TEST_P(OutboxTest, NothingIsEnqueuedByAFailedTransaction) {
  EXPECT_FALSE(database_
                   ->Write([&](sql::Tx& tx) -> absl::Status {
                     FANGPIN_RETURN_IF_ERROR(Enqueue(tx, {.id = "1", .key = "a", .kind = "k"}));
                     return absl::AbortedError("stale");
                   })
                   .ok());
  FASSERT_OK_AND_ASSIGN(const Depth depth, ReadDepth(*database_));
  EXPECT_EQ(depth.pending, 0);
  EXPECT_EQ(depth.oldest_pending, absl::InfiniteFuture());
}

TEST_P(OutboxTest, IdIsTakenWhilePending) {
  ASSERT_THAT(Add("a", "1"), IsOk());
  EXPECT_TRUE(sql::IsUniqueViolation(Add("b", "1")));
  FASSERT_OK_AND_ASSIGN(const Depth depth, ReadDepth(*database_));
  EXPECT_EQ(depth.pending, 1);
  EXPECT_EQ(depth.oldest_pending, kNow);
}

TEST_P(OutboxTest, KeyBelongsToOneOwnerUntilItsLeaseEnds) {
  ASSERT_THAT(Add("a", "1"), IsOk());
  ASSERT_THAT(Add("b", "2"), IsOk());
  Leases first(database_.get(), "first");
  Leases second(database_.get(), "second");
  FASSERT_OK_AND_ASSIGN(const auto claimed, first.Claim(kNow, kNow + kLease, 10));
  EXPECT_THAT(claimed.keys, UnorderedElementsAre("a", "b"));
  FASSERT_OK_AND_ASSIGN(const auto nothing, second.Claim(kNow, kNow + kLease, 10));
  EXPECT_THAT(nothing.keys, IsEmpty());
  EXPECT_EQ(nothing.next_due, kNow + kLease);
  const absl::Time later = kNow + kLease;
  FASSERT_OK_AND_ASSIGN(const auto taken_over, second.Claim(later, later + kLease, 10));
  EXPECT_THAT(taken_over.keys, UnorderedElementsAre("a", "b"));
  EXPECT_THAT(first.Extend("a", later + kLease), IsOkAndHolds(Leases::Held::kNo));
  EXPECT_THAT(second.Extend("a", later + kLease), IsOkAndHolds(Leases::Held::kYes));
}

TEST_P(OutboxTest, OwnerThatLostItsLeaseCannotDelay) {
  ASSERT_THAT(Add("a", "1"), IsOk());
  Leases first(database_.get(), "first");
  Leases second(database_.get(), "second");
  ASSERT_THAT(first.Claim(kNow, kNow + kLease, 10), IsOk());
  FASSERT_OK_AND_ASSIGN(const auto queued, first.First("a"));
  const absl::Time later = kNow + kLease;
  ASSERT_THAT(second.Claim(later, later + kLease, 10), IsOk());
  EXPECT_THAT(first.Retry(*queued, "REASON", later), IsOk());
  EXPECT_THAT(first.Release("a"), IsOk());
  FASSERT_OK_AND_ASSIGN(const Depth depth, ReadDepth(*database_));
  EXPECT_EQ(depth.pending, 1);
  EXPECT_EQ(depth.refused, 0);
  FASSERT_OK_AND_ASSIGN(const auto again, second.First("a"));
  EXPECT_EQ(again->entry.attempts, 0);
  FASSERT_OK_AND_ASSIGN(const auto nothing, first.Claim(later, later + kLease, 10));
  EXPECT_THAT(nothing.keys, IsEmpty());
}

TEST_P(OutboxTest, EntryThatArrivesDuringDeliveryFollowsInTheSameLease) {
  ASSERT_THAT(Add("a", "1"), IsOk());
  Leases leases(database_.get(), "me");
  ASSERT_THAT(leases.Claim(kNow, kNow + kLease, 10), IsOk());
  FASSERT_OK_AND_ASSIGN(const auto first, leases.First("a"));
  EXPECT_EQ(first->entry.payload, "p");
  ASSERT_THAT(Add("a", "2"), IsOk());
  EXPECT_THAT(leases.Complete(*first, kNow + kLease), IsOkAndHolds(Leases::Held::kYes));
  FASSERT_OK_AND_ASSIGN(const auto second, leases.First("a"));
  EXPECT_EQ(second->entry.id, "2");
  EXPECT_THAT(leases.Complete(*second, kNow + kLease), IsOkAndHolds(Leases::Held::kNo));
  FASSERT_OK_AND_ASSIGN(const auto claimed, leases.Claim(kNow, kNow + kLease, 10));
  EXPECT_THAT(claimed.keys, IsEmpty());
  EXPECT_EQ(claimed.next_due, absl::InfiniteFuture());
}

TEST_P(OutboxTest, RefusedEntryIsCountedUntilItIsTakenOrCannotBe) {
  ASSERT_THAT(Add("a", "1"), IsOk());
  ASSERT_THAT(Add("a", "2"), IsOk());
  Leases leases(database_.get(), "me");
  for (const auto& [reason, refused] : {std::pair("HOUSEHOLD_NOT_FOUND", 1), std::pair("", 0)}) {
    ASSERT_THAT(leases.Claim(kNow, kNow + kLease, 10), IsOk());
    FASSERT_OK_AND_ASSIGN(const auto first, leases.First("a"));
    EXPECT_EQ(first->entry.id, "1");
    ASSERT_THAT(leases.Retry(*first, reason, kNow), IsOk());
    FASSERT_OK_AND_ASSIGN(const Depth depth, ReadDepth(*database_));
    EXPECT_EQ(depth.pending, 2);
    EXPECT_EQ(depth.refused, refused);
  }
}

}  // namespace
}  // namespace fangpin::outbox
