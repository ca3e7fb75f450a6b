#ifndef FANGPIN_FEEDCACHE_METRICS_OBSERVER_H_
#define FANGPIN_FEEDCACHE_METRICS_OBSERVER_H_

#include <array>

#include "libs/feedcache/resilient_feed_cache.h"
#include "libs/metrics/metrics.h"

namespace fangpin::feedcache {

// Counts what the cache does:
//   fangpin_feed_cache_calls_total{operation, outcome}
//   fangpin_feed_cache_lookups_total{operation, result="hit|miss"}
//   fangpin_feed_cache_call_seconds{operation}     histogram of calls made, waiting reads left out
//   fangpin_feed_cache_breaker_open                1 while the cache is left alone
class MetricsObserver : public Observer {
 public:
  // `registry` must outlive this.
  explicit MetricsObserver(metrics::Registry& registry);

  void OnCall(const Call& call) override;
  void OnBreaker(CircuitBreaker::State state) override;

 private:
  static constexpr size_t kOperations = static_cast<size_t>(Operation::kGetRecent) + 1;
  static constexpr size_t kOutcomes = static_cast<size_t>(Outcome::kSkipped) + 1;

  struct Instruments {
    std::array<metrics::Counter*, kOutcomes> calls{};
    metrics::Counter* hits = nullptr;  // where the operation looks something up
    metrics::Counter* misses = nullptr;
    metrics::Histogram* seconds = nullptr;
  };

  std::array<Instruments, kOperations> instruments_;
  metrics::Gauge& breaker_open_;
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_METRICS_OBSERVER_H_
