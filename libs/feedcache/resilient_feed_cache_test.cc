#include "libs/feedcache/resilient_feed_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/feedcache/memory_feed_cache.h"
#include "libs/feedcache/metrics_observer.h"
#include "libs/feedcache/open.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::feedcache {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A memory cache that fails on request.
class FaultyCache : public FeedCache {
 public:
  explicit FaultyCache(const base::Clock& clock) : cache_({}, clock) {}

  absl::Status fault;
  int calls = 0;

  absl::StatusOr<std::vector<bool>> SeenBefore(std::string_view feed,
                                               absl::Span<const std::string> keys) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    return cache_.SeenBefore(feed, keys);
  }
  absl::Status MarkSeen(std::string_view feed, absl::Span<const std::string> keys) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    return cache_.MarkSeen(feed, keys);
  }
  absl::Status Publish(std::string_view county, absl::Span<const std::string> events) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    return cache_.Publish(county, events);
  }
  absl::Status PublishGap(std::string_view county) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    return cache_.PublishGap(county);
  }
  absl::StatusOr<EventBatch> ReadSince(std::string_view county, std::string_view token, size_t max,
                                       absl::Duration wait) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    last_wait = wait;
    return cache_.ReadSince(county, token, max, absl::ZeroDuration());
  }
  absl::Status PutRecentAlerts(std::string_view household, const RecentAlerts& recent) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    return cache_.PutRecentAlerts(household, recent);
  }
  absl::StatusOr<std::optional<RecentAlerts>> GetRecentAlerts(std::string_view household) override {
    FANGPIN_RETURN_IF_ERROR(Call());
    return cache_.GetRecentAlerts(household);
  }

  absl::Duration last_wait;

 private:
  absl::Status Call() {
    ++calls;
    return fault;
  }

  MemoryFeedCache cache_;
};

class ResilientFeedCacheTest : public ::testing::Test {
 protected:
  void CallEverything() {
    EXPECT_THAT(cache_.SeenBefore("medical", {"a", "b"}), SizeIs(2));
    cache_.MarkSeen("medical", {"a"});
    cache_.Publish("621126", {"x"});
    cache_.ReadSince("621126", FeedCache::kFromOldest, 10, absl::Seconds(5));
    cache_.PutRecentAlerts("1", {});
    cache_.GetRecentAlerts("1");
  }

  testing::FakeClock clock_{absl::Now()};
  metrics::Registry registry_;
  MetricsObserver observer_{registry_};
  FaultyCache* const faulty_ = new FaultyCache(clock_);
  ResilientFeedCache cache_{
      std::unique_ptr<FeedCache>(faulty_),
      {.failures = 3, .first_backoff = absl::Seconds(1), .max_backoff = absl::Seconds(8)},
      clock_,
      &observer_};
};

TEST_F(ResilientFeedCacheTest, PassesOnWhatTheCacheKnows) {
  cache_.MarkSeen("medical", {"a"});
  EXPECT_THAT(cache_.SeenBefore("medical", {"a", "b"}), ElementsAre(true, false));
  cache_.Publish("621126", {"x"});
  const auto watched = cache_.ReadSince("621126", FeedCache::kFromOldest, 10, absl::Seconds(5));
  EXPECT_TRUE(watched.available);
  EXPECT_THAT(watched.batch.events, SizeIs(1));
  EXPECT_EQ(faulty_->last_wait, absl::Seconds(5));
  cache_.PutRecentAlerts("1", {.version = "v"});
  EXPECT_EQ(cache_.GetRecentAlerts("1")->version, "v");
}

TEST_F(ResilientFeedCacheTest, FailuresAreMisses) {
  cache_.MarkSeen("medical", {"a"});
  cache_.PutRecentAlerts("1", {});
  for (const auto& fault : {absl::UnavailableError(""), absl::DeadlineExceededError(""),
                            absl::ResourceExhaustedError(""), absl::InternalError("")}) {
    faulty_->fault = fault;
    EXPECT_THAT(cache_.SeenBefore("medical", {"a", "b"}), Each(false));
    const auto watched = cache_.ReadSince("621126", "token", 10, {});
    EXPECT_FALSE(watched.available);
    EXPECT_EQ(watched.batch.next_token, "token");
    EXPECT_THAT(watched.batch.events, IsEmpty());
    EXPECT_EQ(cache_.GetRecentAlerts("1"), std::nullopt);
  }
}

TEST_F(ResilientFeedCacheTest, CacheInTroubleIsLeftAloneForAWhile) {
  faulty_->fault = absl::DeadlineExceededError("");
  CallEverything();
  EXPECT_EQ(faulty_->calls, 3);
  EXPECT_EQ(cache_.breaker_state(), CircuitBreaker::State::kOpen);
  CallEverything();
  EXPECT_EQ(faulty_->calls, 3);
  clock_.Advance(absl::Seconds(1));
  CallEverything();
  EXPECT_EQ(faulty_->calls, 4);  // the probe
  faulty_->fault = absl::OkStatus();
  clock_.Advance(absl::Seconds(2));
  cache_.MarkSeen("medical", {"a"});
  EXPECT_EQ(cache_.breaker_state(), CircuitBreaker::State::kClosed);
  EXPECT_THAT(cache_.SeenBefore("medical", {"a"}), ElementsAre(true));
}

TEST_F(ResilientFeedCacheTest, CacheThatIsFullIsStillAsked) {
  faulty_->fault = absl::ResourceExhaustedError("");
  for (int i = 0; i < 5; ++i) CallEverything();
  EXPECT_EQ(cache_.breaker_state(), CircuitBreaker::State::kClosed);
}

TEST_F(ResilientFeedCacheTest, ProbeByAWaitingReadDoesNotWait) {
  faulty_->fault = absl::UnavailableError("");
  for (int i = 0; i < 3; ++i) cache_.MarkSeen("medical", {"a"});
  faulty_->fault = absl::OkStatus();
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(cache_.ReadSince("621126", "", 10, absl::Seconds(5)).available);
  EXPECT_EQ(faulty_->last_wait, absl::ZeroDuration());
}

TEST_F(ResilientFeedCacheTest, LostEventsBecomeAGapOnceTheCacheIsBack) {
  cache_.Publish("621126", {"1"});
  const std::string token = cache_.ReadSince("621126", "", 10, {}).batch.next_token;
  faulty_->fault = absl::UnavailableError("");
  for (int i = 0; i < 5; ++i) cache_.Publish("621126", {"lost"});
  faulty_->fault = absl::OkStatus();
  clock_.Advance(absl::Seconds(1));
  // Any call may notice that the cache is back.
  cache_.GetRecentAlerts("1");
  const auto watched = cache_.ReadSince("621126", token, 10, {});
  EXPECT_TRUE(watched.batch.gap);
  EXPECT_THAT(watched.batch.events, IsEmpty());
  clock_.Advance(absl::Minutes(1));
  EXPECT_FALSE(cache_.ReadSince("621126", watched.batch.next_token, 10, {}).batch.gap);
}

TEST_F(ResilientFeedCacheTest, GapIsAnnouncedWithTheNextEventsToo) {
  faulty_->fault = absl::ResourceExhaustedError("");
  cache_.Publish("621126", {"lost"});
  faulty_->fault = absl::OkStatus();
  cache_.Publish("621126", {"kept"});
  const auto watched = cache_.ReadSince("621126", "", 10, {});
  EXPECT_TRUE(watched.batch.gap);
  EXPECT_THAT(watched.batch.events, SizeIs(1));
}

TEST_F(ResilientFeedCacheTest, MetricsCountCallsLookupsAndTheBreaker) {
  cache_.MarkSeen("medical", {"a"});
  cache_.SeenBefore("medical", {"a", "b", "c"});
  faulty_->fault = absl::UnavailableError("");
  for (int i = 0; i < 4; ++i) cache_.MarkSeen("medical", {"a"});
  const std::string text = registry_.Render();
  for (const char* line : {
           R"(fangpin_feed_cache_calls_total{operation="mark_seen",outcome="ok"} 1)",
           R"(fangpin_feed_cache_calls_total{operation="mark_seen",outcome="failed"} 3)",
           R"(fangpin_feed_cache_calls_total{operation="mark_seen",outcome="skipped"} 1)",
           R"(fangpin_feed_cache_lookups_total{operation="seen_before",result="hit"} 1)",
           R"(fangpin_feed_cache_lookups_total{operation="seen_before",result="miss"} 2)",
           R"(fangpin_feed_cache_call_seconds_count{operation="mark_seen"} 4)",
           R"(fangpin_feed_cache_breaker_open 1)",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(OpenTest, EmptyAddressMeansMemory) {
  const base::SystemClock clock;
  FASSERT_OK_AND_ASSIGN(const auto cache, Open({}, {}, clock, nullptr));
  cache->MarkSeen("medical", {"a"});
  EXPECT_THAT(cache->SeenBefore("medical", {"a"}), ElementsAre(true));
}

TEST(OpenTest, AddressThatIsNoneIsRefused) {
  const base::SystemClock clock;
  for (const char* address :
       {"x", ":6379", "host:", "host:0", "host:65536", "host:x", "unix:", "::1:6379", "[]:1"}) {
    EXPECT_THAT(Open({.address = address}, {}, clock, nullptr),
                testing::ErrorIs(absl::StatusCode::kInvalidArgument, "REDIS_ADDRESS_INVALID"))
        << address;
  }
  for (const char* address : {"host:6379", "[::1]:6379", "unix:/run/redis.sock"}) {
    FEXPECT_OK(Open({.address = address}, {}, clock, nullptr));
  }
}

}  // namespace
}  // namespace fangpin::feedcache
