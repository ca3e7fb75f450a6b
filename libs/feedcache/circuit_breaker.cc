#include "libs/feedcache/circuit_breaker.h"

#include <algorithm>
#include <utility>

namespace fangpin::feedcache {

CircuitBreaker::CircuitBreaker(const Options& options, std::function<void(State)> on_change)
    : options_(options), on_change_(std::move(on_change)), backoff_(options.first_backoff) {}

CircuitBreaker::Permit CircuitBreaker::Ask(absl::Time now) {
  {
    absl::MutexLock lock(&mutex_);
    if (state_ == State::kClosed) return Permit::kCall;
    if (state_ == State::kHalfOpen || now < open_until_) return Permit::kRefused;
    Enter(State::kHalfOpen);
  }
  on_change_(State::kHalfOpen);
  return Permit::kProbe;
}

void CircuitBreaker::Succeeded(Permit permit) {
  {
    absl::MutexLock lock(&mutex_);
    // A call from before the breaker opened says nothing about the time after.
    if (state_ != State::kClosed && permit != Permit::kProbe) return;
    failures_ = 0;
    backoff_ = options_.first_backoff;
    if (!Enter(State::kClosed)) return;
  }
  on_change_(State::kClosed);
}

void CircuitBreaker::Failed(Permit permit, absl::Time now) {
  {
    absl::MutexLock lock(&mutex_);
    if (permit == Permit::kProbe) {
      backoff_ = std::min(backoff_ * 2, options_.max_backoff);
    } else if (state_ != State::kClosed || ++failures_ < options_.failures) {
      return;
    }
    failures_ = 0;
    open_until_ = now + backoff_;
    Enter(State::kOpen);
  }
  on_change_(State::kOpen);
}

CircuitBreaker::State CircuitBreaker::state() const {
  absl::MutexLock lock(&mutex_);
  return state_;
}

bool CircuitBreaker::Enter(State state) { return std::exchange(state_, state) != state; }

}  // namespace fangpin::feedcache
