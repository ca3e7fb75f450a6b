#include "libs/feedcache/memory_feed_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "libs/base/strings.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::feedcache {
namespace {

using ::testing::Eq;
using testing::IsOkAndHolds;
using ::testing::SizeIs;

TEST(MemoryFeedCacheTest, RecentAlertsAreForgottenByAgeAndNumber) {
  testing::FakeClock clock(absl::Now());
  MemoryFeedCache cache({.households = 2, .recent_age = absl::Minutes(10)}, clock);
  for (const char* household : {"1", "2", "1", "3"}) {
    FASSERT_OK(cache.PutRecentAlerts(household, {.version = household}));
  }
  EXPECT_THAT(cache.GetRecentAlerts("2"), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_TRUE(cache.GetRecentAlerts("1")->has_value());
  clock.Advance(absl::Minutes(11));
  EXPECT_THAT(cache.GetRecentAlerts("1"), IsOkAndHolds(Eq(std::nullopt)));
}

TEST(MemoryFeedCacheTest, EventsAreForgottenByAgeWhichShowsAsAGap) {
  testing::FakeClock clock(absl::Now());
  MemoryFeedCache cache({.stream_age = absl::Hours(24)}, clock);
  FASSERT_OK_AND_ASSIGN(const EventBatch start,
                        cache.ReadSince("621126", FeedCache::kFromNow, 1, {}));
  FASSERT_OK(cache.Publish("621126", {"old"}));
  clock.Advance(absl::Hours(25));
  FASSERT_OK(cache.Publish("621126", {"new"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch batch,
                        cache.ReadSince("621126", start.next_token, 10, {}));
  EXPECT_TRUE(batch.gap);
  ASSERT_THAT(batch.events, SizeIs(1));
  EXPECT_EQ(batch.events[0].payload, "new");
}

TEST(MemoryFeedCacheTest, TokensOfAnEarlierInstanceAreAGap) {
  testing::FakeClock clock(absl::Now());
  MemoryFeedCache before({}, clock);
  MemoryFeedCache after({}, clock);
  FASSERT_OK(before.Publish("621126", {"1", "2"}));
  FASSERT_OK(after.Publish("621126", {"3"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch old, before.ReadSince("621126", "", 1, {}));
  FASSERT_OK_AND_ASSIGN(const EventBatch batch, after.ReadSince("621126", old.next_token, 9, {}));
  EXPECT_TRUE(batch.gap);
  EXPECT_THAT(batch.events, SizeIs(1));
}

}  // namespace
}  // namespace fangpin::feedcache
