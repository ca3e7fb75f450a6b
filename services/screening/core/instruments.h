#ifndef FANGPIN_SCREENING_CORE_INSTRUMENTS_H_
#define FANGPIN_SCREENING_CORE_INSTRUMENTS_H_

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "fangpin/screening/v1/alert.pb.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "fangpin/screening/v1/determination.pb.h"
#include "libs/metrics/metrics.h"

namespace fangpin::screening {

class FeedCatalogue;

// What the service counts. Thread-safe.
class Instruments {
 public:
  // `registry` must outlive this.
  Instruments(metrics::Registry& registry, const FeedCatalogue& feeds);

  void AlertAnswered(std::string_view feed_id, v1::AlertAnswer answer);
  void AlertSettled(v1::AlertState state);
  void SettleLag(absl::Duration lag);
  void RiskReported(v1::DiscoveryChannel channel);
  void CluesOpened(v1::DiscoveryChannel channel, int count);
  void CaseDecided(v1::CaseState state);

  // Set from counts of the store now and then.
  void SetWaiting(std::string_view feed_id, int64_t pending);
  void SetCases(const std::map<int64_t, int64_t>& by_state);
  void SetTasksOpen(int64_t count);

 private:
  using Answers = std::array<metrics::Counter*, v1::AlertAnswer_ARRAYSIZE>;

  std::map<std::string, Answers, std::less<>> answered_;  // By feed.
  std::map<std::string, metrics::Gauge*, std::less<>> waiting_;
  std::array<metrics::Counter*, v1::AlertState_ARRAYSIZE> settled_{};
  metrics::Histogram& lag_;
  std::array<metrics::Counter*, v1::DiscoveryChannel_ARRAYSIZE> reports_{};
  std::array<metrics::Counter*, v1::DiscoveryChannel_ARRAYSIZE> clues_{};
  std::array<metrics::Counter*, v1::CaseState_ARRAYSIZE> decided_{};
  std::array<metrics::Gauge*, v1::CaseState_ARRAYSIZE> cases_{};
  metrics::Gauge& tasks_open_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_INSTRUMENTS_H_
