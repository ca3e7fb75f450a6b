#include "libs/feedcache/circuit_breaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace fangpin::feedcache {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Permit = CircuitBreaker::Permit;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  void Fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.Failed(breaker_.Ask(now_), now_);
  }

  absl::Time now_ = absl::UnixEpoch();
  std::vector<State> changes_;
  CircuitBreaker breaker_{
      {.failures = 3, .first_backoff = absl::Seconds(1), .max_backoff = absl::Seconds(3)},
      [this](State state) { changes_.push_back(state); }};
};

TEST_F(CircuitBreakerTest, OpensAfterFailuresInARow) {
  Fail(2);
  breaker_.Succeeded(breaker_.Ask(now_));
  Fail(2);
  EXPECT_EQ(breaker_.state(), State::kClosed);
  EXPECT_THAT(changes_, IsEmpty());
  Fail(1);
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kRefused);
  EXPECT_THAT(changes_, ElementsAre(State::kOpen));
}

TEST_F(CircuitBreakerTest, OneProbeAtATimeAfterTheBackoff) {
  Fail(3);
  now_ += absl::Milliseconds(999);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kRefused);
  now_ += absl::Milliseconds(1);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kProbe);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kRefused);
  breaker_.Succeeded(Permit::kProbe);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kCall);
  EXPECT_THAT(changes_, ElementsAre(State::kOpen, State::kHalfOpen, State::kClosed));
}

TEST_F(CircuitBreakerTest, FailedProbesDoubleTheBackoffUpToItsLimit) {
  Fail(3);
  for (const int seconds : {1, 2, 3, 3}) {
    now_ += absl::Seconds(seconds) - absl::Milliseconds(1);
    EXPECT_EQ(breaker_.Ask(now_), Permit::kRefused) << seconds;
    now_ += absl::Milliseconds(1);
    EXPECT_EQ(breaker_.Ask(now_), Permit::kProbe) << seconds;
    breaker_.Failed(Permit::kProbe, now_);
  }
  now_ += absl::Seconds(3);
  ASSERT_EQ(breaker_.Ask(now_), Permit::kProbe);
  breaker_.Succeeded(Permit::kProbe);
  Fail(3);
  now_ += absl::Seconds(1);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kProbe);
}

TEST_F(CircuitBreakerTest, LateAnswersOfEarlierCallsChangeNothing) {
  const Permit early = breaker_.Ask(now_);
  Fail(3);
  breaker_.Succeeded(early);
  EXPECT_EQ(breaker_.state(), State::kOpen);
  breaker_.Failed(early, now_ + absl::Hours(1));
  now_ += absl::Seconds(1);
  EXPECT_EQ(breaker_.Ask(now_), Permit::kProbe);
}

}  // namespace
}  // namespace fangpin::feedcache
