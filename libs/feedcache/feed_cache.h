#ifndef FANGPIN_FEEDCACHE_FEED_CACHE_H_
#define FANGPIN_FEEDCACHE_FEED_CACHE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace fangpin::feedcache {

// How much is kept. What goes beyond is forgotten, oldest first.
struct Retention {
  // Of the source ids seen, per feed.
  size_t seen_keys = 1'000'000;
  absl::Duration seen_age = absl::Hours(72);
  // Events of a county's stream.
  size_t stream_events = 10'000;
  absl::Duration stream_age = absl::Hours(24);
  // Households with recent alerts (in memory only; Redis has its own limit).
  size_t households = 100'000;
  absl::Duration recent_age = absl::Minutes(10);
};

struct Event {
  std::string token;    // its place in the stream
  std::string payload;  // as published
};

struct EventBatch {
  std::vector<Event> events;
  // Give this to the next call.
  std::string next_token;
  // Events between the given token and `events` may be missing: the watcher reads the store again.
  bool gap = false;
};

struct RecentAlerts {
  // Whatever the caller compares with its store to know that the copy is current.
  std::string version;
  std::vector<std::string> alerts;
};

// What the processes of one service share of the alert feed, for speed only. It may forget anything
// at any time: a miss means "not known here" and nothing is ever kept here alone. Implementations
// are thread safe and return a status for what went wrong; business code uses ResilientFeedCache,
// which turns that into misses.
//
// Payloads, alerts and keys are opaque bytes and are not encrypted here: the caller seals what
// could name or describe a person, and gives fingerprints instead of identity numbers.
class FeedCache {
 public:
  // Reads from the oldest event kept, without claiming that none is missing before it.
  static constexpr std::string_view kFromOldest = "";
  // Answers at once, without events, with the token of what comes from now on.
  static constexpr std::string_view kFromNow = "$";
  static constexpr size_t kMaxEvents = 1'000;
  static constexpr absl::Duration kMaxWait = absl::Minutes(1);

  virtual ~FeedCache() = default;

  // For each key, whether it was marked within the retention. False means nothing; true means that
  // the key was marked after its record was committed.
  virtual absl::StatusOr<std::vector<bool>> SeenBefore(std::string_view feed,
                                                       absl::Span<const std::string> keys) = 0;
  // Marks keys whose records are committed; never call it before the commit.
  virtual absl::Status MarkSeen(std::string_view feed, absl::Span<const std::string> keys) = 0;

  // Appends events to the stream of a county, in order.
  virtual absl::Status Publish(std::string_view county, absl::Span<const std::string> events) = 0;
  // Tells the watchers of a county that events were lost before this point.
  virtual absl::Status PublishGap(std::string_view county) = 0;
  // Up to `max` events after `token`, waiting up to `wait` for the first, both within the limits
  // above. No event is not an error.
  // A token that the stream does not know (restarted, emptied, cut) answers with `gap` and the
  // oldest events kept. `gap` may be set without need, never left out when it is needed.
  virtual absl::StatusOr<EventBatch> ReadSince(std::string_view county, std::string_view token,
                                               size_t max, absl::Duration wait) = 0;

  virtual absl::Status PutRecentAlerts(std::string_view household, const RecentAlerts& recent) = 0;
  // Empty when not known here.
  virtual absl::StatusOr<std::optional<RecentAlerts>> GetRecentAlerts(
      std::string_view household) = 0;
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_FEED_CACHE_H_
