#include "libs/feedcache/redis_pool.h"

#include <utility>

#include "libs/base/error.h"
#include "libs/base/status.h"

namespace fangpin::feedcache {
namespace {

RedisConnection::Deadline In(absl::Duration timeout) {
  return std::chrono::steady_clock::now() + absl::ToChronoMicroseconds(timeout);
}

}  // namespace

RedisPool::RedisPool(RedisAddress address, RedisLogin login, absl::Duration connect_timeout,
                     int size)
    : address_(std::move(address)),
      login_(std::move(login)),
      connect_timeout_(connect_timeout),
      unopened_(size) {}

absl::StatusOr<std::vector<RedisReply>> RedisPool::Run(absl::Span<const RedisCommand> commands,
                                                       absl::Duration timeout) {
  const Deadline deadline = In(timeout);
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<RedisConnection> connection, Acquire(timeout));
  absl::StatusOr<std::vector<RedisReply>> replies = absl::UnavailableError("");
  if (connection != nullptr) replies = connection->Run(commands, deadline);
  if (absl::IsUnavailable(replies.status())) {
    absl::StatusOr<std::unique_ptr<RedisConnection>> fresh =
        RedisConnection::Connect(address_, login_, In(connect_timeout_));
    if (!fresh.ok()) {
      Release(nullptr);
      return fresh.status();
    }
    connection = *std::move(fresh);
    replies = connection->Run(commands, In(timeout));
  }
  Release(replies.ok() ? std::move(connection) : nullptr);
  return replies;
}

absl::StatusOr<std::unique_ptr<RedisConnection>> RedisPool::Acquire(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto available = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !idle_.empty() || unopened_ > 0;
  };
  if (!mutex_.AwaitWithTimeout(absl::Condition(&available), timeout)) {
    return base::Error(absl::StatusCode::kResourceExhausted, "REDIS_CONNECTIONS_BUSY",
                       "Redis 连接都在使用中");
  }
  if (idle_.empty()) {
    --unopened_;
    return nullptr;
  }
  std::unique_ptr<RedisConnection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void RedisPool::Release(std::unique_ptr<RedisConnection> connection) {
  absl::MutexLock lock(&mutex_);
  if (connection != nullptr) {
    idle_.push_back(std::move(connection));
    return;
  }
  // What ended this connection has likely ended the idle ones too.
  unopened_ += 1 + static_cast<int>(idle_.size());
  idle_.clear();
}

}  // namespace fangpin::feedcache
