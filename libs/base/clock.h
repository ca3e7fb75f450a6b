#ifndef FANGPIN_BASE_CLOCK_H_
#define FANGPIN_BASE_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace fangpin::base {

// Where the time comes from. Only the edges (rpc wrapper, background threads) hold one; use cases
// read CallContext::now. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_CLOCK_H_
