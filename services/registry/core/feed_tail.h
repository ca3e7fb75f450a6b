#ifndef FANGPIN_REGISTRY_CORE_FEED_TAIL_H_
#define FANGPIN_REGISTRY_CORE_FEED_TAIL_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The newest rows of the feed in memory: however many watch, each row is read from the store once.
// Thread-safe.
class FeedTail {
 public:
  // Rows kept; who is further behind reads the store.
  static constexpr int kKept = 8192;

  // `store` must outlive this.
  explicit FeedTail(RegistryStore* store) : store_(store) {}

  // The feed reaches at least to `head`. Quick.
  void Grown(int64_t head);

  // Up to `limit` rows behind `position`, in order. Empty when there is none up to the head that
  // Grown told last.
  absl::StatusOr<std::vector<FeedRow>> After(int64_t position, int limit)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  absl::Status Load() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  RegistryStore* const store_;
  std::atomic<int64_t> head_{0};
  absl::Mutex mutex_;
  int64_t last_ ABSL_GUARDED_BY(mutex_) = 0;  // position of the last row kept, or read and dropped
  std::deque<FeedRow> rows_ ABSL_GUARDED_BY(mutex_);  // up to last_, without gaps
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_FEED_TAIL_H_
