#ifndef FANGPIN_RPC_EXECUTOR_H_
#define FANGPIN_RPC_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

namespace fangpin::rpc {

// Threads that run handlers which block, behind a bounded queue. One per service: a service that
// waits for another never takes the threads that would answer it.
class Executor {
 public:
  // Called once: with true on a thread of the executor, with false by a submitter it was refused
  // to.
  using Task = absl::AnyInvocable<void(bool run)>;

  // Threads are started by the first task.
  Executor(size_t threads, size_t queue);
  // Runs what is queued, then joins.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False, and the task is not taken, when the queue is full.
  [[nodiscard]] bool Submit(Task&& task);

  size_t queued() const;

 private:
  void Work();

  const size_t max_threads_;
  const size_t max_queue_;
  mutable absl::Mutex mutex_;
  absl::CondVar work_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  size_t idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_EXECUTOR_H_
