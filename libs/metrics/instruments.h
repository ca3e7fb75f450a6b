#ifndef FANGPIN_METRICS_INSTRUMENTS_H_
#define FANGPIN_METRICS_INSTRUMENTS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// Instruments for hot paths: an update is one or two relaxed atomic additions in a cell that few
// threads share, without a lock. Reading sums the cells and may miss updates in flight.
namespace fangpin::metrics {

namespace internal {
inline constexpr size_t kStripes = 8;
// The stripe of the calling thread.
size_t Stripe();
}  // namespace internal

// A count that only grows.
class Counter {
 public:
  void Increment(uint64_t by = 1) {
    cells_[internal::Stripe()].value.fetch_add(by, std::memory_order_relaxed);
  }
  uint64_t Value() const;

 private:
  struct alignas(64) Cell {
    std::atomic<uint64_t> value{0};
  };
  std::array<Cell, internal::kStripes> cells_;
};

// A value that goes up and down.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Increment(double by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  void Decrement(double by = 1) { value_.fetch_sub(by, std::memory_order_relaxed); }
  double Value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// A distribution over fixed buckets.
class Histogram {
 public:
  // `bounds`: upper bounds, ascending.
  explicit Histogram(std::vector<double> bounds);

  void Observe(double value);

  struct Snapshot {
    std::vector<double> bounds;
    std::vector<uint64_t> counts;  // one per bound and one for +Inf; not cumulative
    double sum = 0;
  };
  Snapshot Read() const;
  uint64_t Count() const;

 private:
  std::vector<double> bounds_;
  size_t cells_per_stripe_;
  // Bucket counts of each stripe, padded to cache lines so that stripes do not share one.
  std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  struct alignas(64) Sum {
    std::atomic<double> value{0};
  };
  std::array<Sum, internal::kStripes> sums_;
};

}  // namespace fangpin::metrics

#endif  // FANGPIN_METRICS_INSTRUMENTS_H_
