#include "libs/metrics/instruments.h"

#include <algorithm>
#include <utility>

namespace fangpin::metrics {
namespace internal {

size_t Stripe() {
  static std::atomic<size_t> next{0};
  thread_local const size_t stripe = next.fetch_add(1, std::memory_order_relaxed) % kStripes;
  return stripe;
}

}  // namespace internal

using internal::kStripes;
using internal::Stripe;

uint64_t Counter::Value() const {
  uint64_t sum = 0;
  for (const Cell& cell : cells_) sum += cell.value.load(std::memory_order_relaxed);
  return sum;
}

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)),
      cells_per_stripe_((bounds_.size() + 1 + 7) / 8 * 8 + 8),
      counts_(std::make_unique<std::atomic<uint64_t>[]>(cells_per_stripe_ * kStripes)) {}

void Histogram::Observe(double value) {
  const size_t bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  const size_t stripe = Stripe();
  counts_[stripe * cells_per_stripe_ + bucket].fetch_add(1, std::memory_order_relaxed);
  sums_[stripe].value.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::Read() const {
  Snapshot snapshot{.bounds = bounds_, .counts = std::vector<uint64_t>(bounds_.size() + 1)};
  for (size_t stripe = 0; stripe < kStripes; ++stripe) {
    for (size_t bucket = 0; bucket < snapshot.counts.size(); ++bucket) {
      snapshot.counts[bucket] +=
          counts_[stripe * cells_per_stripe_ + bucket].load(std::memory_order_relaxed);
    }
    snapshot.sum += sums_[stripe].value.load(std::memory_order_relaxed);
  }
  return snapshot;
}

uint64_t Histogram::Count() const {
  uint64_t count = 0;
  for (uint64_t bucket : Read().counts) count += bucket;
  return count;
}

}  // namespace fangpin::metrics
