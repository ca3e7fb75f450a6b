#include "services/screening/settlement_worker.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "libs/testing/fake_clock.h"
#include "services/screening/core/core_testing.h"

namespace fangpin::screening {
namespace {

class SettlementWorkerTest : public CoreTest {
 protected:
  SettlementWorkerTest() {
    SettlementWorker::Options options;
    options.again_interval = absl::Milliseconds(20);
    options.poll_interval = absl::Milliseconds(20);
    options.min_backoff = absl::Milliseconds(5);
    options.max_backoff = absl::Milliseconds(20);
    options.gauge_interval = absl::ZeroDuration();
    worker_ = std::make_unique<SettlementWorker>(&settlement_, &store_, &store_.records(),
                                                 &instruments_, &clock_, options);
  }

  // Waits until the only alert is in this state.
  bool Becomes(v1::AlertState state) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (absl::Now() < deadline) {
      const auto alerts = AllAlerts();
      if (alerts.size() == 1 && alerts[0].state() == state) return true;
      absl::SleepFor(absl::Milliseconds(2));
    }
    return false;
  }

  testing::FakeClock clock_{At("2024-03-08", "").now + absl::Seconds(3)};
  std::unique_ptr<SettlementWorker> worker_;
};

TEST_F(SettlementWorkerTest, SettlesWhatIsTakenAndWhatWasTakenBeforeItStarted) {
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  worker_->Start();
  EXPECT_TRUE(Becomes(v1::ALERT_STATE_CLUE));
  worker_->Stop();
  EXPECT_THAT(metrics_.Render(),
              ::testing::HasSubstr("fangpin_screening_settle_lag_seconds_sum 3"));
}

TEST_F(SettlementWorkerTest, CarriesOnOnceTheRegistryIsBack) {
  households_.SetStatus(absl::UnavailableError("registry away"));
  worker_->Start();
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  worker_->Wake();
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_TRUE(Becomes(v1::ALERT_STATE_PENDING));
  households_.SetStatus(absl::OkStatus());
  EXPECT_TRUE(Becomes(v1::ALERT_STATE_CLUE));
}

TEST_F(SettlementWorkerTest, MatchesAgainOnceTheRegistryHasGrown) {
  const std::string person = Person(1);
  Push(Department("2024-03-08", "health"), Illness({{"a", "1", person, "20240301", "大病"}}));
  worker_->Start();
  EXPECT_TRUE(Becomes(v1::ALERT_STATE_UNMATCHED));
  Person(1, kHousehold);
  EXPECT_TRUE(Becomes(v1::ALERT_STATE_CLUE));
}

}  // namespace
}  // namespace fangpin::screening
