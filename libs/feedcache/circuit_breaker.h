#ifndef FANGPIN_FEEDCACHE_CIRCUIT_BREAKER_H_
#define FANGPIN_FEEDCACHE_CIRCUIT_BREAKER_H_

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

  explicit CircuitBreaker(const Options& options);

  enum class Permit { kCall, kProbe, kRefused };
  // Whether to ask now. A caller given kCall or kProbe must report the result exactly once.
  Permit Ask(absl::Time now);
  void Succeeded(Permit permit);
  void Failed(Permit permit, absl::Time now);

  State state() const;

 private:
  const Options options_;

  mutable absl::Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kClosed;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Duration backoff_ ABSL_GUARDED_BY(mutex_);
  absl::Time open_until_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_CIRCUIT_BREAKER_H_
