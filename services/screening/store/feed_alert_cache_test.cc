#include "services/screening/store/feed_alert_cache.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/feedcache/memory_feed_cache.h"
#include "libs/seal/key_ring.h"

namespace fangpin::screening {
namespace {

using ::testing::ElementsAre;

constexpr char kKeys[] =
    "seal 00000001 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "active 00000001\n"
    "fingerprint 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n";

class FeedAlertCacheTest : public ::testing::Test {
 protected:
  const seal::Sealer sealer_{seal::KeyRing::Parse(kKeys).value()};
  const base::SystemClock clock_;
  feedcache::ResilientFeedCache memory_{
      std::make_unique<feedcache::MemoryFeedCache>(feedcache::Retention(), clock_),
      {},
      clock_,
      nullptr};
  FeedAlertCache cache_{&memory_, &sealer_};
};

TEST_F(FeedAlertCacheTest, KnowsTheVersionsThatWereMarkedAndNoOthers) {
  cache_.MarkSeen("employment", {{"a", 1}, {"b", 2}});
  EXPECT_THAT(cache_.SeenBefore("employment", {{"a", 1}, {"a", 2}, {"b", 2}, {"c", 1}}),
              ElementsAre(true, false, true, false));
  EXPECT_THAT(cache_.SeenBefore("housing", {{"a", 1}}), ElementsAre(false));
}

TEST_F(FeedAlertCacheTest, SettledAlertsGoSealedToTheStreamOfTheirCounty) {
  v1::Alert alert;
  alert.set_id("621126-A");
  alert.set_division("621126100201");
  alert.set_judgement("新登记大病或慢性病");
  cache_.Publish({alert});
  const auto read =
      memory_.ReadSince("621126", feedcache::FeedCache::kFromOldest, 10, absl::ZeroDuration());
  ASSERT_EQ(read.batch.events.size(), 1u);
  const std::string& payload = read.batch.events[0].payload;
  EXPECT_EQ(payload.find("621126-A"), std::string::npos);
  v1::Alert opened;
  ASSERT_TRUE(opened.ParseFromString(sealer_.Unseal(payload, "stream/621126").value()));
  EXPECT_EQ(opened.id(), "621126-A");
}

}  // namespace
}  // namespace fangpin::screening
