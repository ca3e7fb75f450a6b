#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_COMPARISON_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_COMPARISON_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace fangpin::ctl {

// One thing that is not as the manifest says. Holds no personal data.
struct Difference {
  std::string stage;     // title of the stage
  std::string subject;   // 户编号, file or feed
  std::string what;      // what was compared, in Chinese
  std::string expected;  // by the manifest
  std::string actual;

  friend bool operator==(const Difference&, const Difference&) = default;
};

// The differences of a run: all are counted, the first ones kept. Thread-safe.
class Differences {
 public:
  explicit Differences(size_t kept) : kept_(kept) {}

  void Add(Difference difference);

  int64_t total() const;
  // In order of discovery.
  std::vector<Difference> first() const;

 private:
  const size_t kept_;
  mutable absl::Mutex mutex_;
  int64_t total_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Difference> first_ ABSL_GUARDED_BY(mutex_);
};

// Compares what one stage brought about with the manifest. Thread-safe.
class Comparison {
 public:
  // `differences` must outlive it.
  Comparison(std::string stage, Differences* differences)
      : stage_(std::move(stage)), differences_(differences) {}

  // True when equal; otherwise a difference is kept.
  bool Same(std::string_view subject, std::string_view what, std::string_view expected,
            std::string_view actual);
  bool Same(std::string_view subject, std::string_view what, int64_t expected, int64_t actual);
  // In this order.
  bool Same(std::string_view subject, std::string_view what,
            const std::vector<std::string>& expected, const std::vector<std::string>& actual);
  // In any order: each item that only one side has is a difference of its own.
  bool SameItems(std::string_view subject, std::string_view what, std::vector<std::string> expected,
                 std::vector<std::string> actual);
  // Something that must not have happened.
  void Wrong(std::string_view subject, std::string_view what, std::string_view expected,
             std::string_view actual);

  int64_t mismatches() const { return mismatches_.load(std::memory_order_relaxed); }

 private:
  const std::string stage_;
  Differences* const differences_;
  std::atomic<int64_t> mismatches_{0};
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_COMPARISON_H_
