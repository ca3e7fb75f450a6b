#include "libs/feedcache/metrics_observer.h"

#include <string>

namespace fangpin::feedcache {

MetricsObserver::MetricsObserver(metrics::Registry& registry)
    : breaker_open_(registry.AddGauge("fangpin_feed_cache_breaker_open",
                                      "1 while the feed cache is left alone after failures.")) {
  for (size_t i = 0; i < kOperations; ++i) {
    const auto operation = static_cast<Operation>(i);
    const std::string name(OperationName(operation));
    Instruments& instruments = instruments_[i];
    for (size_t j = 0; j < kOutcomes; ++j) {
      instruments.calls[j] = &registry.AddCounter(
          "fangpin_feed_cache_calls_total", "Calls to the feed cache.",
          {{"operation", name}, {"outcome", std::string(OutcomeName(static_cast<Outcome>(j)))}});
    }
    if (operation == Operation::kSeenBefore || operation == Operation::kGetRecent) {
      const auto lookups = [&](const char* result) {
        return &registry.AddCounter("fangpin_feed_cache_lookups_total",
                                    "Things looked up in the feed cache.",
                                    {{"operation", name}, {"result", result}});
      };
      instruments.hits = lookups("hit");
      instruments.misses = lookups("miss");
    }
    if (operation != Operation::kReadSince) {
      instruments.seconds = &registry.AddHistogram(
          "fangpin_feed_cache_call_seconds", "Time spent in calls to the feed cache.",
          metrics::LatencyBuckets(), {{"operation", name}});
    }
  }
}

void MetricsObserver::OnCall(const Call& call) {
  const Instruments& instruments = instruments_[static_cast<size_t>(call.operation)];
  instruments.calls[static_cast<size_t>(call.outcome)]->Increment();
  if (call.outcome == Outcome::kSkipped) return;
  if (instruments.seconds != nullptr) {
    instruments.seconds->Observe(absl::ToDoubleSeconds(call.spent));
  }
  if (instruments.hits != nullptr) {
    instruments.hits->Increment(call.hits);
    instruments.misses->Increment(call.asked - call.hits);
  }
}

void MetricsObserver::OnBreaker(CircuitBreaker::State state) {
  breaker_open_.Set(state == CircuitBreaker::State::kClosed ? 0 : 1);
}

}  // namespace fangpin::feedcache
