#ifndef FANGPIN_FEEDCACHE_CIRCUIT_BREAKER_H_
#define FANGPIN_FEEDCACHE_CIRCUIT_BREAKER_H_

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace fangpin::feedcache {

// Decides whether a neighbour that may be down is worth asking. Closed: ask. After a number of
// failures in a row open: do not ask for a while. Then half open: one caller asks; its success
// closes the breaker, its failure opens it again for twice as long. Thread safe.
class CircuitBreaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };

  struct Options {
    int failures = 5;
    absl::Duration first_backoff = absl::Seconds(1);
    absl::Duration max_backoff = absl::Seconds(30);
  };

  // `on_change` hears of every change of state, from the thread that caused it and without a lock.
  CircuitBreaker(const Options& options, std::function<void(State)> on_change);

  enum class Permit { kCall, kProbe, kRefused };
  // Whether to ask now. A caller that may must report the result exactly once.
  Permit Ask(absl::Time now);
  void Succeeded(Permit permit);
  void Failed(Permit permit, absl::Time now);

  State state() const;

 private:
  // Returns whether that is a change.
  bool Enter(State state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const std::function<void(State)> on_change_;

  mutable absl::Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kClosed;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration backoff_ ABSL_GUARDED_BY(mutex_);
  absl::Time open_until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_CIRCUIT_BREAKER_H_
