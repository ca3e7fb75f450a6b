#include "libs/base/id.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace fangpin::base {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1631203200123);

TEST(IdTest, CountyLeadsAndTheShapeIsKnown) {
  const std::string id = NewId("621126100201", kNow);
  EXPECT_EQ(id.size(), 33u);
  EXPECT_EQ(id.substr(0, 7), "621126-");
  EXPECT_TRUE(IsId(id));
  // 1631203200123 ms in base 32, as any ULID tool writes it.
  EXPECT_EQ(id.substr(7, 10), "01FF5MK33V");
}

TEST(IdTest, OtherShapesAreNoIds) {
  EXPECT_FALSE(IsId(""));
  EXPECT_FALSE(IsId("621126-01FF5MK33V"));
  EXPECT_FALSE(IsId("62112X-01FF5MK33V0000000000000000"));
  EXPECT_FALSE(IsId("621126-01FF5MK33V000000000000000I"));
  EXPECT_FALSE(IsId("621126-81FF6XW23V0000000000000000"));
  EXPECT_TRUE(IsId("621126-01FF5MK33V0000000000000000"));
}

TEST(IdTest, LaterIsGreaterAlsoWithinAMillisecond) {
  std::string last = NewId("621126", kNow);
  for (int i = 0; i < 10000; ++i) {
    std::string next = NewId("621126", kNow);
    ASSERT_LT(last, next);
    last = std::move(next);
  }
  EXPECT_LT(last, NewId("621126", kNow + absl::Milliseconds(1)));
}

TEST(IdTest, ManyThreadsNeverMakeTheSame) {
  absl::Mutex mutex;
  std::set<std::string> ids;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::string> mine;
      mine.reserve(2000);
      for (int i = 0; i < 2000; ++i) {
        mine.push_back(NewId("621126", kNow + absl::Milliseconds((i + t) % 3)));
      }
      absl::MutexLock lock(&mutex);
      ids.insert(mine.begin(), mine.end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 8u * 2000u);
}

}  // namespace
}  // namespace fangpin::base
