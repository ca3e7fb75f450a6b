#ifndef FANGPIN_FEEDCACHE_REDIS_CONNECTION_H_
#define FANGPIN_FEEDCACHE_REDIS_CONNECTION_H_

#include <hiredis/hiredis.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace fangpin::feedcache {

struct RedisAddress {
  std::string host;
  int port = 0;
  std::string socket_path;  // instead of host and port

  // From host:port, [v6]:port or unix:/path. INVALID_ARGUMENT, REDIS_ADDRESS_INVALID.
  static absl::StatusOr<RedisAddress> Parse(std::string_view text);
};

struct RedisLogin {
  std::string username;
  std::string password;
  int database = 0;
};

using RedisCommand = std::vector<std::string>;

struct FreeRedisReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeRedisReply>;

// The status that an error reply stands for, OK for any other reply.
absl::Status ReplyStatus(const redisReply& reply);

// One connection. Everything ends by the deadline given, also against a server that neither answers
// nor closes. Not thread safe.
class RedisConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // UNAVAILABLE: no server, or it refuses the login. DEADLINE_EXCEEDED.
  static absl::StatusOr<std::unique_ptr<RedisConnection>> Connect(const RedisAddress& address,
                                                                  const RedisLogin& login,
                                                                  Deadline deadline);

  // Sends all commands at once and returns all replies in order, error replies included.
  // UNAVAILABLE or DEADLINE_EXCEEDED: the connection is of no use any more.
  absl::StatusOr<std::vector<RedisReply>> Run(absl::Span<const RedisCommand> commands,
                                              Deadline deadline);

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  explicit RedisConnection(redisContext* context) : context_(context) {}
  absl::Status Await(short events, Deadline deadline);
  absl::Status Flush(Deadline deadline);
  absl::StatusOr<RedisReply> NextReply(Deadline deadline);

  const std::unique_ptr<redisContext, FreeContext> context_;
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_REDIS_CONNECTION_H_
