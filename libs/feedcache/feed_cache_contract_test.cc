// What every FeedCache promises, on each of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "libs/base/strings.h"
#include "libs/feedcache/feed_cache.h"
#include "libs/feedcache/memory_feed_cache.h"
#include "libs/feedcache/redis_feed_cache.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/servers.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::feedcache {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using testing::IsOkAndHolds;
using ::testing::SizeIs;

enum class Kind { kMemory, kRedis };
void PrintTo(Kind kind, std::ostream* out) { *out << (kind == Kind::kMemory ? "memory" : "redis"); }

constexpr absl::Duration kNoWait = absl::ZeroDuration();
constexpr absl::Duration kLong = absl::Seconds(20);

class FeedCacheContractTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    retention_.seen_keys = 100;
    retention_.seen_age = absl::Hours(72);
    retention_.stream_events = 50;
    if (GetParam() == Kind::kMemory) {
      cache_ = std::make_unique<MemoryFeedCache>(retention_, clock_);
      return;
    }
    FANGPIN_TEST_SERVER(const auto space, testing::TestRedis());
    const RedisOptions options{.address = space.address,
                               .service = "screening",
                               .store_id = space.key_prefix,
                               .operation_timeout = absl::Seconds(5),
                               .retention = retention_};
    FASSERT_OK_AND_ASSIGN(cache_, RedisFeedCache::Create(options, clock_));
  }

  std::vector<std::string> Payloads(const EventBatch& batch) {
    std::vector<std::string> payloads;
    for (const Event& event : batch.events) payloads.push_back(event.payload);
    return payloads;
  }

  EventBatch Read(std::string_view token, size_t max = 1000, absl::Duration wait = kNoWait) {
    auto batch = cache_->ReadSince("621126", token, max, wait);
    EXPECT_THAT(batch, testing::IsOk());
    return batch.value_or(EventBatch{});
  }

  Retention retention_;
  testing::FakeClock clock_{absl::Now()};
  std::unique_ptr<FeedCache> cache_;
};

TEST_P(FeedCacheContractTest, OnlyMarkedKeysOfTheSameFeedAreSeen) {
  FASSERT_OK(cache_->MarkSeen("medical", {"a", std::string("\0\xff\r\n", 4), ""}));
  EXPECT_THAT(cache_->SeenBefore("medical", {"a", "b", std::string("\0\xff\r\n", 4), "", "A"}),
              IsOkAndHolds(ElementsAre(true, false, true, true, false)));
  EXPECT_THAT(cache_->SeenBefore("disability", {"a"}), IsOkAndHolds(ElementsAre(false)));
}

TEST_P(FeedCacheContractTest, NoKeysAreFine) {
  FEXPECT_OK(cache_->MarkSeen("medical", {}));
  EXPECT_THAT(cache_->SeenBefore("medical", {}), IsOkAndHolds(IsEmpty()));
  FEXPECT_OK(cache_->Publish("621126", {}));
  EXPECT_THAT(Read(FeedCache::kFromOldest).events, IsEmpty());
}

TEST_P(FeedCacheContractTest, KeysAreForgottenByAgeUnlessMarkedAgain) {
  FASSERT_OK(cache_->MarkSeen("medical", {"once", "twice"}));
  clock_.Advance(absl::Hours(71));
  FASSERT_OK(cache_->MarkSeen("medical", {"twice"}));
  EXPECT_THAT(cache_->SeenBefore("medical", {"once", "twice"}),
              IsOkAndHolds(ElementsAre(true, true)));
  clock_.Advance(absl::Hours(2));
  EXPECT_THAT(cache_->SeenBefore("medical", {"once", "twice"}),
              IsOkAndHolds(ElementsAre(false, true)));
  FASSERT_OK(cache_->MarkSeen("medical", {"other"}));
  EXPECT_THAT(cache_->SeenBefore("medical", {"once", "twice"}),
              IsOkAndHolds(ElementsAre(false, true)));
}

TEST_P(FeedCacheContractTest, KeysAreForgottenByNumberOldestFirst) {
  for (int i = 0; i < 150; ++i) {
    clock_.Advance(absl::Seconds(1));
    FASSERT_OK(cache_->MarkSeen("medical", {base::StrCat(i)}));
  }
  EXPECT_THAT(cache_->SeenBefore("medical", {"0", "49", "50", "149"}),
              IsOkAndHolds(ElementsAre(false, false, true, true)));
}

TEST_P(FeedCacheContractTest, EventsAreReadInOrderAndResumed) {
  FASSERT_OK(cache_->Publish("621126", {"1", std::string("\0\xff", 2), "3"}));
  FASSERT_OK(cache_->Publish("621126", {"4"}));
  FASSERT_OK(cache_->Publish("621121", {"elsewhere"}));
  const EventBatch first = Read(FeedCache::kFromOldest, 2);
  EXPECT_THAT(Payloads(first), ElementsAre("1", std::string("\0\xff", 2)));
  EXPECT_FALSE(first.gap);
  EXPECT_EQ(first.next_token, first.events.back().token);
  const EventBatch second = Read(first.next_token);
  EXPECT_THAT(Payloads(second), ElementsAre("3", "4"));
  EXPECT_FALSE(second.gap);
  const EventBatch third = Read(second.next_token);
  EXPECT_THAT(third.events, IsEmpty());
  EXPECT_FALSE(third.gap);
  EXPECT_EQ(third.next_token, second.next_token);
  EXPECT_THAT(Payloads(Read(first.events[0].token)),
              ElementsAre(std::string("\0\xff", 2), "3", "4"));
}

TEST_P(FeedCacheContractTest, FromNowSkipsWhatIsThere) {
  FASSERT_OK(cache_->Publish("621126", {"old"}));
  const EventBatch now = Read(FeedCache::kFromNow, 1000, kLong);
  EXPECT_THAT(now.events, IsEmpty());
  FASSERT_OK(cache_->Publish("621126", {"new"}));
  const EventBatch next = Read(now.next_token);
  EXPECT_THAT(Payloads(next), ElementsAre("new"));
  EXPECT_FALSE(next.gap);
}

TEST_P(FeedCacheContractTest, FromNowOnAStreamNotYetThere) {
  const EventBatch now = Read(FeedCache::kFromNow);
  FASSERT_OK(cache_->Publish("621126", {"new"}));
  EXPECT_THAT(Payloads(Read(now.next_token)), ElementsAre("new"));
}

TEST_P(FeedCacheContractTest, WaitingEndsWithTheFirstEvent) {
  for (const std::string_view token : {FeedCache::kFromOldest, FeedCache::kFromNow}) {
    const std::string start(token == FeedCache::kFromNow ? Read(token).next_token : "");
    std::thread publisher([this] { FEXPECT_OK(cache_->Publish("621126", {"x"})); });
    const EventBatch batch = Read(start, 1000, kLong);
    publisher.join();
    EXPECT_THAT(Payloads(batch), ElementsAre("x"));
    EXPECT_FALSE(batch.gap);
  }
}

TEST_P(FeedCacheContractTest, WaitingEndsWithoutEvents) {
  FASSERT_OK(cache_->Publish("621126", {"x"}));
  const std::string token = Read(FeedCache::kFromNow).next_token;
  const EventBatch batch = Read(token, 1000, absl::Milliseconds(20));
  EXPECT_THAT(batch.events, IsEmpty());
  EXPECT_FALSE(batch.gap);
  EXPECT_EQ(batch.next_token, token);
}

TEST_P(FeedCacheContractTest, UnknownTokenIsAGapAndStartsWithTheOldest) {
  FASSERT_OK(cache_->Publish("621126", {"1", "2"}));
  for (const char* token : {"x", "-", "1", "m0123456789abcdef-1", "99999999999999-0-0", "$$"}) {
    const EventBatch batch = Read(token, 1000, kLong);
    EXPECT_TRUE(batch.gap) << token;
    EXPECT_THAT(Payloads(batch), ElementsAre("1", "2")) << token;
    EXPECT_FALSE(Read(batch.next_token).gap);
  }
}

TEST_P(FeedCacheContractTest, UnknownTokenOfAnEmptyStreamAnswersAtOnce) {
  const EventBatch batch = Read("1234-5-x", 1000, kLong);
  EXPECT_TRUE(batch.gap);
  EXPECT_THAT(batch.events, IsEmpty());
  FASSERT_OK(cache_->Publish("621126", {"1"}));
  EXPECT_THAT(Payloads(Read(batch.next_token)), ElementsAre("1"));
}

TEST_P(FeedCacheContractTest, WhatIsCutOffShowsAsAGap) {
  FASSERT_OK(cache_->Publish("621126", {"first"}));
  const std::string token = Read(FeedCache::kFromOldest).next_token;
  for (int i = 0; i < 60; ++i) FASSERT_OK(cache_->Publish("621126", {base::StrCat(i)}));
  const EventBatch batch = Read(token);
  EXPECT_TRUE(batch.gap);
  EXPECT_THAT(batch.events, SizeIs(50));
  EXPECT_EQ(batch.events.back().payload, "59");
  EXPECT_FALSE(Read(batch.next_token).gap);
  EXPECT_FALSE(Read(FeedCache::kFromOldest).gap);
}

TEST_P(FeedCacheContractTest, PublishedGapReachesTheWatchersOnce) {
  FASSERT_OK(cache_->Publish("621126", {"1"}));
  const std::string token = Read(FeedCache::kFromOldest).next_token;
  FASSERT_OK(cache_->PublishGap("621126"));
  const EventBatch gap = Read(token, 1000, kLong);
  EXPECT_TRUE(gap.gap);
  EXPECT_THAT(gap.events, IsEmpty());
  EXPECT_NE(gap.next_token, token);
  EXPECT_FALSE(Read(gap.next_token).gap);
  FASSERT_OK(cache_->Publish("621126", {"2"}));
  const EventBatch both = Read(token);
  EXPECT_TRUE(both.gap);
  EXPECT_THAT(Payloads(both), ElementsAre("2"));
}

TEST_P(FeedCacheContractTest, ManyPublishersAndAWatcherLoseNothing) {
  constexpr int kWriters = 4;
  constexpr int kEach = 10;  // all together within the stream's limit
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this, w] {
      for (int i = 0; i < kEach; ++i) {
        FEXPECT_OK(cache_->Publish("621126", {base::StrCat(w, "/", i)}));
      }
    });
  }
  std::set<std::string> seen;
  std::string token(FeedCache::kFromOldest);
  while (seen.size() < kWriters * kEach) {
    const EventBatch batch = Read(token, 7, kLong);
    ASSERT_THAT(batch.events, ::testing::Not(IsEmpty()));
    for (const Event& event : batch.events) EXPECT_TRUE(seen.insert(event.payload).second);
    token = batch.next_token;
  }
  for (std::thread& writer : writers) writer.join();
}

TEST_P(FeedCacheContractTest, RecentAlertsAreKeptPerHouseholdAndReplaced) {
  EXPECT_THAT(cache_->GetRecentAlerts("621126001001000001"), IsOkAndHolds(Eq(std::nullopt)));
  FASSERT_OK(cache_->PutRecentAlerts(
      "621126001001000001", {.version = "7", .alerts = {"a", "", std::string("\0\xff", 2)}}));
  FASSERT_OK(cache_->PutRecentAlerts("621126001001000002", {.version = "", .alerts = {}}));
  FASSERT_OK_AND_ASSIGN(auto recent, cache_->GetRecentAlerts("621126001001000001"));
  ASSERT_TRUE(recent);
  EXPECT_EQ(recent->version, "7");
  EXPECT_THAT(recent->alerts, ElementsAre("a", "", std::string("\0\xff", 2)));
  FASSERT_OK(cache_->PutRecentAlerts("621126001001000001",
                                     {.version = "8", .alerts = {std::string(100'000, 'x')}}));
  FASSERT_OK_AND_ASSIGN(recent, cache_->GetRecentAlerts("621126001001000001"));
  ASSERT_TRUE(recent);
  EXPECT_EQ(recent->version, "8");
  EXPECT_THAT(recent->alerts, ElementsAre(std::string(100'000, 'x')));
  FASSERT_OK_AND_ASSIGN(recent, cache_->GetRecentAlerts("621126001001000002"));
  ASSERT_TRUE(recent);
  EXPECT_THAT(recent->alerts, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Caches, FeedCacheContractTest,
                         ::testing::Values(Kind::kMemory, Kind::kRedis),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace fangpin::feedcache
