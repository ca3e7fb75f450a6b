#include "services/registry/store/hot_cache.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace fangpin::registry {
namespace {

using Cache = HotCache<int64_t>;

constexpr size_t kMegabyte = 1 << 20;

TEST(HotCacheTest, KeepsWhatWasFilledIn) {
  Cache cache(kMegabyte);
  Cache::Ticket ticket = 0;
  EXPECT_EQ(cache.Find(7, &ticket), std::nullopt);
  cache.Fill(7, ticket, 70, 0);
  EXPECT_EQ(cache.Find(7, &ticket), 70);
  EXPECT_EQ(cache.Find(8, &ticket), std::nullopt);
}

TEST(HotCacheTest, AWriterTakesTheValueOut) {
  Cache cache(kMegabyte);
  Cache::Ticket ticket = 0;
  cache.Find(7, &ticket);
  cache.Fill(7, ticket, 70, 0);
  cache.BeginWrite(7);
  EXPECT_EQ(cache.Find(7, &ticket), std::nullopt);
  cache.EndWrite(7);
  EXPECT_EQ(cache.Find(7, &ticket), std::nullopt);
  cache.Fill(7, ticket, 71, 0);
  EXPECT_EQ(cache.Find(7, &ticket), 71);
}

TEST(HotCacheTest, NothingIsFilledInWhileAWriterIsAtIt) {
  Cache cache(kMegabyte);
  Cache::Ticket ticket = 0;
  cache.BeginWrite(7);
  cache.BeginWrite(7);
  cache.Find(7, &ticket);
  cache.EndWrite(7);
  Cache::Ticket later = 0;
  cache.Find(7, &later);
  cache.Fill(7, later, 70, 0);  // the other writer is still there
  EXPECT_EQ(cache.Find(7, &later), std::nullopt);
  cache.EndWrite(7);
  cache.Fill(7, later, 70, 0);  // he has ended since
  EXPECT_EQ(cache.Find(7, &later), std::nullopt);
}

TEST(HotCacheTest, AReaderWhoBeganBeforeAWritePutsNothingBack) {
  Cache cache(kMegabyte);
  Cache::Ticket ticket = 0;
  cache.Find(7, &ticket);
  cache.BeginWrite(7);
  cache.EndWrite(7);
  cache.Fill(7, ticket, 70, 0);
  EXPECT_EQ(cache.Find(7, &ticket), std::nullopt);
}

TEST(HotCacheTest, MemoryIsBounded) {
  // Values count their own memory when they live and when they die.
  struct Value {
    explicit Value(std::atomic<size_t>& held) : held(held), bytes(1000) { held += bytes.size(); }
    ~Value() { held -= bytes.size(); }
    std::atomic<size_t>& held;
    std::vector<char> bytes;
  };
  std::atomic<size_t> held{0};
  HotCache<std::shared_ptr<Value>> cache(4 * kMegabyte);
  size_t most = 0;
  for (uint64_t key = 0; key < 20'000; ++key) {
    HotCache<std::shared_ptr<Value>>::Ticket ticket = 0;
    cache.Find(key, &ticket);
    cache.Fill(key, ticket, std::make_shared<Value>(held), 1000);
    most = std::max(most, held.load());
  }
  EXPECT_LE(most, 4 * kMegabyte);
  EXPECT_GT(most, 1 * kMegabyte);
}

TEST(HotCacheTest, WhatIsAskedForStays) {
  HotCache<int64_t> cache(kMegabyte);
  HotCache<int64_t>::Ticket ticket = 0;
  cache.Find(1, &ticket);
  cache.Fill(1, ticket, 1, 500);
  int lost = 0;
  for (uint64_t key = 2; key < 100'000; ++key) {
    cache.Find(key, &ticket);
    cache.Fill(key, ticket, 0, 500);
    lost += cache.Find(1, &ticket).has_value() ? 0 : 1;
  }
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(cache.Find(2, &ticket), std::nullopt);
}

TEST(HotCacheTest, AValueLargerThanItsPartIsNotKept) {
  Cache cache(kMegabyte);
  Cache::Ticket ticket = 0;
  cache.Find(7, &ticket);
  cache.Fill(7, ticket, 70, kMegabyte);
  EXPECT_EQ(cache.Find(7, &ticket), std::nullopt);
}

// Writers raise a number and publish what they have committed; whoever looks afterwards must not
// find less, by cache or by filling it.
TEST(HotCacheTest, NobodyFindsLessThanWasCommittedBeforeHeLooked) {
  constexpr int kKeys = 4;
  constexpr int kRounds = 20'000;
  Cache cache(kMegabyte);
  std::array<std::atomic<int64_t>, kKeys> stored{};    // the "database"
  std::array<std::atomic<int64_t>, kKeys> answered{};  // what a writer has answered
  std::atomic<bool> stop{false};
  std::atomic<int> stale{0};
  std::atomic<int64_t> hits{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&, r] {
      for (uint64_t i = r; !stop; ++i) {
        const uint64_t key = i % kKeys;
        const int64_t least = answered[key];
        Cache::Ticket ticket = 0;
        if (const auto hot = cache.Find(key, &ticket)) {
          ++hits;
          if (*hot < least) ++stale;
          continue;
        }
        const int64_t read = stored[key];
        if (read < least) ++stale;
        std::this_thread::yield();  // a writer may come in between
        cache.Fill(key, ticket, read, 0);
      }
    });
  }
  std::vector<std::thread> writers;
  for (int w = 0; w < kKeys; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 1; i <= kRounds; ++i) {
        cache.BeginWrite(w);
        stored[w] = i;
        cache.EndWrite(w);
        answered[w] = i;
        if (i % 16 == 0) std::this_thread::yield();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(stale, 0);
  EXPECT_GT(hits, 0);
}

}  // namespace
}  // namespace fangpin::registry
