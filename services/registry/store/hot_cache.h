#ifndef FANGPIN_REGISTRY_STORE_HOT_CACHE_H_
#define FANGPIN_REGISTRY_STORE_HOT_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace fangpin::registry {

// What a store keeps in memory of what is asked for often, never older than what it has answered to
// a writer. Thread-safe. The store is written by this process alone, and does as follows:
//
//   - a writer calls BeginWrite for the key before it writes and EndWrite once it has committed or
//     given up: in between, and for readers who began before, nothing is kept;
//   - a reader who misses reads what was committed when Find returned, or later, and calls Fill
//   with
//     the ticket that Find gave.
//
// In bounded memory: values that nobody asks for are dropped by generations.
template <typename Value>
class HotCache {
 public:
  using Key = uint64_t;
  // How many writes its part of the keys had seen.
  using Ticket = uint64_t;

  explicit HotCache(size_t max_bytes) : generation_bytes_(max_bytes / kShards / 2) {}

  // The value; without one, sets the ticket.
  std::optional<Value> Find(Key key, Ticket* ticket) {
    Shard& shard = ShardOf(key);
    absl::MutexLock lock(&shard.mutex);
    if (const auto hot = shard.recent.find(key); hot != shard.recent.end()) {
      return hot->second.value;
    }
    if (auto old = shard.older.extract(key); !old.empty()) {
      std::optional<Value> value(old.mapped().value);
      Insert(shard, key, std::move(old.mapped()));
      return value;
    }
    *ticket = shard.writes;
    return std::nullopt;
  }

  // Keeps the value unless it may be older than what a writer has committed since. `bytes`: memory
  // that it takes.
  void Fill(Key key, Ticket ticket, Value value, size_t bytes) {
    Shard& shard = ShardOf(key);
    absl::MutexLock lock(&shard.mutex);
    if (shard.writes != ticket || shard.writing.contains(key)) return;
    shard.older.erase(key);
    Insert(shard, key, Kept{std::move(value), bytes + kEntryBytes});
  }

  void BeginWrite(Key key) {
    Shard& shard = ShardOf(key);
    absl::MutexLock lock(&shard.mutex);
    ++shard.writing[key];
    if (const auto hot = shard.recent.find(key); hot != shard.recent.end()) {
      shard.recent_bytes -= hot->second.bytes;
      shard.recent.erase(hot);
    }
    shard.older.erase(key);
  }

  void EndWrite(Key key) {
    Shard& shard = ShardOf(key);
    absl::MutexLock lock(&shard.mutex);
    ++shard.writes;
    const auto writing = shard.writing.find(key);
    if (--writing->second == 0) shard.writing.erase(writing);
  }

 private:
  static constexpr int kShardBits = 6;
  static constexpr size_t kShards = size_t{1} << kShardBits;

  struct Kept {
    Value value;
    size_t bytes = 0;
  };
  using Generation = absl::flat_hash_map<Key, Kept>;
  // What the map itself takes for an entry, half empty.
  static constexpr size_t kEntryBytes = 2 * (sizeof(typename Generation::value_type) + 1);

  struct Shard {
    absl::Mutex mutex;
    // Asked for since the last change of generations, and in the one before.
    Generation recent ABSL_GUARDED_BY(mutex);
    Generation older ABSL_GUARDED_BY(mutex);
    size_t recent_bytes ABSL_GUARDED_BY(mutex) = 0;
    absl::flat_hash_map<Key, int> writing ABSL_GUARDED_BY(mutex);  // writers by key
    Ticket writes ABSL_GUARDED_BY(mutex) = 0;                      // that have ended
  };

  Shard& ShardOf(Key key) {
    constexpr uint64_t kGolden = 0x9E3779B97F4A7C15;
    return shards_[(key * kGolden) >> (64 - kShardBits)];
  }

  void Insert(Shard& shard, Key key, Kept kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex) {
    if (kept.bytes > generation_bytes_) return;
    if (shard.recent_bytes + kept.bytes > generation_bytes_) {
      shard.older = std::exchange(shard.recent, {});
      shard.recent_bytes = 0;
    }
    const auto [at, fresh] = shard.recent.try_emplace(key);
    if (!fresh) shard.recent_bytes -= at->second.bytes;
    shard.recent_bytes += kept.bytes;
    at->second = std::move(kept);
  }

  const size_t generation_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_HOT_CACHE_H_
