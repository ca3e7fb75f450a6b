#ifndef FANGPIN_FEEDCACHE_MEMORY_FEED_CACHE_H_
#define FANGPIN_FEEDCACHE_MEMORY_FEED_CACHE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "libs/feedcache/feed_cache.h"

namespace fangpin::feedcache {

// The cache of one process, for an installation without Redis. Never fails.
class MemoryFeedCache : public FeedCache {
 public:
  using Clock = std::function<absl::Time()>;

  explicit MemoryFeedCache(const Retention& retention, Clock clock = &absl::Now);

  absl::StatusOr<std::vector<bool>> SeenBefore(std::string_view feed,
                                               absl::Span<const std::string> keys) override;
  absl::Status MarkSeen(std::string_view feed, absl::Span<const std::string> keys) override;
  absl::Status Publish(std::string_view county, absl::Span<const std::string> events) override;
  absl::Status PublishGap(std::string_view county) override;
  absl::StatusOr<EventBatch> ReadSince(std::string_view county, std::string_view token,
                                       size_t max, absl::Duration wait) override;
  absl::Status PutRecentAlerts(std::string_view household, const RecentAlerts& recent) override;
  absl::StatusOr<std::optional<RecentAlerts>> GetRecentAlerts(std::string_view household) override;

 private:
  // Keys with the time of their last mark; `order` is by that time, oldest first.
  struct Seen {
    using Order = std::list<std::pair<std::string, absl::Time>>;
    Order order;
    absl::flat_hash_map<std::string_view, Order::iterator> by_key;  // views into `order`
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
  struct Recent {
    using Order = std::list<std::pair<std::string, absl::Time>>;
    struct Value {
      RecentAlerts recent;
      Order::iterator place;
    };
    Order order;
    absl::flat_hash_map<std::string_view, Value> by_household;  // views into `order`
  };

  void Append(std::string_view county, absl::Span<const std::string> events, bool gap)
      ABSL_LOCKS_EXCLUDED(mutex_);
  std::string Token(uint64_t sequence) const;
  // The sequence in a token of this instance, or nothing for any other text.
  std::optional<uint64_t> Sequence(std::string_view token) const;
  EventBatch Collect(const Stream& stream, std::string_view token, size_t max) const;

  const Retention retention_;
  const Clock clock_;
  // Tells this instance's tokens from those of an earlier one.
  const std::string instance_;

  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Seen> seen_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Stream> streams_ ABSL_GUARDED_BY(mutex_);
  Recent recent_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_MEMORY_FEED_CACHE_H_
