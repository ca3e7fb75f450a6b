#ifndef FANGPIN_FEEDCACHE_MEMORY_FEED_CACHE_H_
#define FANGPIN_FEEDCACHE_MEMORY_FEED_CACHE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/clock.h"
#include "libs/feedcache/feed_cache.h"

namespace fangpin::feedcache {

// The cache of one process, for an installation without Redis. Never fails.
class MemoryFeedCache : public FeedCache {
 public:
  // `clock` must outlive this.
  MemoryFeedCache(const Retention& retention, const base::Clock& clock);

  absl::StatusOr<std::vector<bool>> SeenBefore(std::string_view feed,
                                               absl::Span<const std::string> keys) override;
  absl::Status MarkSeen(std::string_view feed, absl::Span<const std::string> keys) override;
  absl::Status Publish(std::string_view county, absl::Span<const std::string> events) override;
  absl::Status PublishGap(std::string_view county) override;
  absl::StatusOr<EventBatch> ReadSince(std::string_view county, std::string_view token, size_t max,
                                       absl::Duration wait) override;
  absl::Status PutRecentAlerts(std::string_view household, const RecentAlerts& recent) override;
  absl::StatusOr<std::optional<RecentAlerts>> GetRecentAlerts(std::string_view household) override;

 private:
  // Keys with what is kept under them, forgotten by the age of their last setting.
  template <typename Value>
  class Aging {
   public:
    void Set(std::string_view key, Value value, absl::Time now);
    // Null when the key is not there or was set before `oldest`.
    const Value* Find(std::string_view key, absl::Time oldest) const;
    void Trim(size_t size, absl::Time oldest);

   private:
    struct Entry {
      std::string key;
      absl::Time set;
      Value value;
    };
    std::list<Entry> entries_;  // the one set longest ago first
    absl::flat_hash_map<absl::string_view, typename std::list<Entry>::iterator> by_key_;
  };
  struct Entry {
    uint64_t sequence;
    absl::Time time;
    bool gap;
    std::string payload;
  };
  struct Stream {
    uint64_t last_sequence = 0;
    std::deque<Entry> entries;
  };
  struct Mark {};

  Stream& StreamOf(std::string_view county) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Append(std::string_view county, absl::Span<const std::string> payloads, bool gap)
      ABSL_LOCKS_EXCLUDED(mutex_);
  std::string Token(uint64_t sequence) const;
  // The sequence in a token of this instance, or nothing for any other text.
  std::optional<uint64_t> Sequence(std::string_view token) const;
  EventBatch Collect(const Stream& stream, std::string_view token, size_t max) const;

  const Retention retention_;
  const base::Clock& clock_;
  // Tells this instance's tokens from those of an earlier one.
  const std::string instance_;

  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Aging<Mark>> seen_ ABSL_GUARDED_BY(mutex_);
  // A map whose values stay where they are, because readers wait on them.
  std::map<std::string, Stream, std::less<>> streams_ ABSL_GUARDED_BY(mutex_);
  Aging<RecentAlerts> recent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_MEMORY_FEED_CACHE_H_
