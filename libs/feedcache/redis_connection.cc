#include "libs/feedcache/redis_connection.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::feedcache {
namespace {

absl::Status Unavailable(std::string_view why) {
  return base::Error(absl::StatusCode::kUnavailable, "REDIS_UNAVAILABLE", "Redis 无法连接")
      .WithMetadata("cause", why);
}

absl::Status TooSlow() {
  return base::Error(absl::StatusCode::kDeadlineExceeded, "REDIS_TOO_SLOW", "Redis 没有及时应答");
}

// hiredis writes without MSG_NOSIGNAL, so a connection that the server has closed raises SIGPIPE,
// which ends a process that does not ignore it. Held back while this lives, and swallowed.
class SigpipeGuard {
 public:
  SigpipeGuard() {
    sigset_t pending;
    sigpending(&pending);
    already_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeGuard() {
    constexpr timespec kNow{};
    if (!already_pending_) {
      while (sigtimedwait(&sigpipe_, nullptr, &kNow) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SigpipeGuard(const SigpipeGuard&) = delete;
  SigpipeGuard& operator=(const SigpipeGuard&) = delete;

 private:
  bool already_pending_;
  sigset_t sigpipe_;
  sigset_t before_;
};

}  // namespace

absl::StatusOr<RedisAddress> RedisAddress::Parse(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix) && text.size() > kUnix.size()) {
    return RedisAddress{.socket_path = std::string(text.substr(kUnix.size()))};
  }
  const size_t colon = text.rfind(':');
  const auto port = colon == text.npos ? std::nullopt : base::ParseInt(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon == text.npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != host.npos) {
    host = {};
  }
  if (host.empty() || !port || *port < 1 || *port > 65535) {
    return base::InvalidField("redis.address", "REDIS_ADDRESS_INVALID",
                              "Redis 地址应为 host:port 或 unix:/path");
  }
  return RedisAddress{.host = std::string(host), .port = static_cast<int>(*port)};
}

absl::Status ReplyStatus(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ERROR) return absl::OkStatus();
  // "OOM command not allowed…": the first word is the kind; the rest may name keys.
  const std::string_view message(reply.str, reply.len);
  const std::string_view kind = message.substr(0, message.find(' '));
  if (kind == "OOM") {
    return base::Error(absl::StatusCode::kResourceExhausted, "REDIS_OUT_OF_MEMORY",
                       "Redis 内存已满");
  }
  for (const std::string_view passing : {"LOADING", "BUSY", "MASTERDOWN", "READONLY", "TRYAGAIN",
                                         "CLUSTERDOWN", "MISCONF", "NOREPLICAS"}) {
    if (kind == passing) return Unavailable(kind);
  }
  return base::Error(absl::StatusCode::kInternal, "REDIS_REFUSED", "Redis 拒绝了请求")
      .WithMetadata("kind", kind);
}

absl::StatusOr<std::unique_ptr<RedisConnection>> RedisConnection::Connect(
    const RedisAddress& address, const RedisLogin& login, Deadline deadline) {
  redisContext* const context = address.socket_path.empty()
                                    ? redisConnectNonBlock(address.host.c_str(), address.port)
                                    : redisConnectUnixNonBlock(address.socket_path.c_str());
  if (context == nullptr) return Unavailable("memory");
  std::unique_ptr<RedisConnection> connection(new RedisConnection(context));
  if (context->err != 0) return Unavailable(context->errstr);
  FANGPIN_RETURN_IF_ERROR(connection->Await(POLLOUT, deadline));
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(context->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    return Unavailable("connect");
  }

  std::vector<RedisCommand> greeting;
  if (!login.username.empty()) {
    greeting.push_back({"AUTH", login.username, login.password});
  } else if (!login.password.empty()) {
    greeting.push_back({"AUTH", login.password});
  }
  if (login.database != 0) greeting.push_back({"SELECT", base::StrCat(login.database)});
  FANGPIN_ASSIGN_OR_RETURN(const auto replies, connection->Run(greeting, deadline));
  for (const RedisReply& reply : replies) {
    if (!ReplyStatus(*reply).ok()) return Unavailable("login");
  }
  return connection;
}

absl::StatusOr<std::vector<RedisReply>> RedisConnection::Run(
    absl::Span<const RedisCommand> commands, Deadline deadline) {
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const RedisCommand& command : commands) {
    words.clear();
    sizes.clear();
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(),
                               sizes.data()) != REDIS_OK) {
      return Unavailable(context_->errstr);
    }
  }
  FANGPIN_RETURN_IF_ERROR(Flush(deadline));
  std::vector<RedisReply> replies;
  while (replies.size() < commands.size()) {
    FANGPIN_ASSIGN_OR_RETURN(RedisReply reply, NextReply(deadline));
    replies.push_back(std::move(reply));
  }
  return replies;
}

absl::Status RedisConnection::Await(short events, Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd socket{.fd = context_->fd, .events = events, .revents = 0};
    const int ready = poll(&socket, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (ready > 0) return absl::OkStatus();
    if (ready == 0) return TooSlow();
    if (errno != EINTR) return Unavailable("poll");
  }
}

absl::Status RedisConnection::Flush(Deadline deadline) {
  const SigpipeGuard guard;
  while (true) {
    int done = 0;
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return Unavailable(context_->errstr);
    if (done == 1) return absl::OkStatus();
    FANGPIN_RETURN_IF_ERROR(Await(POLLOUT, deadline));
  }
}

absl::StatusOr<RedisReply> RedisConnection::NextReply(Deadline deadline) {
  while (true) {
    void* reply = nullptr;
    if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) {
      return Unavailable(context_->errstr);
    }
    if (reply != nullptr) return RedisReply(static_cast<redisReply*>(reply));
    FANGPIN_RETURN_IF_ERROR(Await(POLLIN, deadline));
    if (redisBufferRead(context_.get()) != REDIS_OK) return Unavailable(context_->errstr);
  }
}

}  // namespace fangpin::feedcache
