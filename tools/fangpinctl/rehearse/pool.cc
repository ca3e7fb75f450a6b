#include "tools/fangpinctl/rehearse/pool.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace fangpin::ctl {

absl::Status ForEachIndex(int threads, size_t count,
                          absl::FunctionRef<absl::Status(size_t index)> work) {
  struct Shared {
    std::atomic<size_t> next{0};
    std::atomic<bool> ended{false};
    absl::Mutex mutex;
    absl::Status status ABSL_GUARDED_BY(mutex);
  } shared;
  const auto run = [&shared, count, work] {
    while (!shared.ended.load(std::memory_order_relaxed)) {
      const size_t index = shared.next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      if (absl::Status status = work(index); !status.ok()) {
        absl::MutexLock lock(&shared.mutex);
        shared.status.Update(status);
        shared.ended = true;
      }
    }
  };
  std::vector<std::thread> pool;
  const size_t wanted = std::min(static_cast<size_t>(std::max(threads, 1)), count);
  for (size_t i = 1; i < wanted; ++i) pool.emplace_back(run);
  run();
  for (std::thread& thread : pool) thread.join();
  absl::MutexLock lock(&shared.mutex);
  return shared.status;
}

}  // namespace fangpin::ctl
