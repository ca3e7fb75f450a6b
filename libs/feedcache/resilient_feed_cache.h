#ifndef FANGPIN_FEEDCACHE_RESILIENT_FEED_CACHE_H_
#define FANGPIN_FEEDCACHE_RESILIENT_FEED_CACHE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/clock.h"
#include "libs/feedcache/circuit_breaker.h"
#include "libs/feedcache/feed_cache.h"

namespace fangpin::feedcache {

enum class Operation { kSeenBefore, kMarkSeen, kPublish, kReadSince, kPutRecent, kGetRecent };
std::string_view OperationName(Operation operation);  // "seen_before" …

enum class Outcome {
  kOk,
  kFailed,   // the cache answered with an error
  kSkipped,  // not asked: the breaker is open
};
std::string_view OutcomeName(Outcome outcome);  // "ok", "failed", "skipped"

// What the cache did, for metrics. Called from any thread; must be quick and must not call back.
class Observer {
 public:
  struct Call {
    Operation operation;
    Outcome outcome;
    absl::Status status;   // why it failed
    absl::Duration spent;  // by the clock of this machine; a waiting read includes its wait
    size_t asked = 0;      // keys or households looked up
    size_t hits = 0;       // of these found
  };

  virtual ~Observer() = default;
  virtual void OnCall(const Call& call) = 0;
  virtual void OnBreaker(CircuitBreaker::State state) = 0;
};

// The face of the cache for business code: never fails, only misses. After repeated failures the
// cache is left alone for a while (see CircuitBreaker), so that a dead or slow server costs
// nothing. Events lost meanwhile are made known to the watchers as a gap once the cache is back.
// Thread safe.
class ResilientFeedCache {
 public:
  struct Watched {
    EventBatch batch;
    // False: the cache could not be asked. The watcher polls its store for a while; `next_token` is
    // the token given.
    bool available = true;
  };

  // `observer` may be null. `clock` and `observer` must outlive this.
  ResilientFeedCache(std::unique_ptr<FeedCache> cache, const CircuitBreaker::Options& options,
                     const base::Clock& clock, Observer* observer);

  // One answer per key; false where not known.
  std::vector<bool> SeenBefore(std::string_view feed, absl::Span<const std::string> keys);
  void MarkSeen(std::string_view feed, absl::Span<const std::string> keys);
  void Publish(std::string_view county, absl::Span<const std::string> events);
  // Does not wait when the cache is not available: the caller paces itself.
  Watched ReadSince(std::string_view county, std::string_view token, size_t max,
                    absl::Duration wait);
  void PutRecentAlerts(std::string_view household, const RecentAlerts& recent);
  std::optional<RecentAlerts> GetRecentAlerts(std::string_view household);

  CircuitBreaker::State breaker_state() const { return breaker_.state(); }

 private:
  struct Counts {
    size_t asked = 0;
    size_t hits = 0;
  };

  using Call = absl::FunctionRef<absl::Status(Counts&, CircuitBreaker::Permit)>;

  // Makes `call` if the breaker lets it, and reports to breaker and observer. False: missed.
  bool Attempt(Operation operation, Call call);
  // The same, and after a success tells of the events lost before.
  bool Run(Operation operation, Call call) ABSL_LOCKS_EXCLUDED(mutex_);
  void AnnounceGaps() ABSL_LOCKS_EXCLUDED(mutex_);

  const std::unique_ptr<FeedCache> cache_;
  Observer* const observer_;
  const base::Clock& clock_;
  CircuitBreaker breaker_;

  absl::Mutex mutex_;
  // Counties with events that never reached the stream.
  absl::flat_hash_set<std::string> gaps_ ABSL_GUARDED_BY(mutex_);
  // Not to try anew with every call while the cache takes no events.
  absl::Time next_announcement_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_RESILIENT_FEED_CACHE_H_
