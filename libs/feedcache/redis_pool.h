#ifndef FANGPIN_FEEDCACHE_REDIS_POOL_H_
#define FANGPIN_FEEDCACHE_REDIS_POOL_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/feedcache/redis_connection.h"

namespace fangpin::feedcache {

// A bounded number of connections to one server, opened as needed and kept. Thread safe.
class RedisPool {
 public:
  RedisPool(RedisAddress address, RedisLogin login, absl::Duration connect_timeout, int size);

  // Runs the commands on one connection, one batch at a time each. Waiting for a connection counts
  // against `timeout`, opening one is bounded by its own. When a connection that had been idle
  // turns out to be lost, the batch is sent once more on a new one. RESOURCE_EXHAUSTED: no
  // connection became free. Else as RedisConnection::Run.
  absl::StatusOr<std::vector<RedisReply>> Run(absl::Span<const RedisCommand> commands,
                                              absl::Duration timeout);

 private:
  using Deadline = RedisConnection::Deadline;

  // An idle connection, or null when the caller is to open one.
  absl::StatusOr<std::unique_ptr<RedisConnection>> Acquire(absl::Duration timeout)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Gives back what Acquire granted; null for a connection that is lost or was never made.
  void Release(std::unique_ptr<RedisConnection> connection) ABSL_LOCKS_EXCLUDED(mutex_);

  const RedisAddress address_;
  const RedisLogin login_;
  const absl::Duration connect_timeout_;

  absl::Mutex mutex_;
  std::vector<std::unique_ptr<RedisConnection>> idle_ ABSL_GUARDED_BY(mutex_);
  int unopened_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_REDIS_POOL_H_
