// A Redis server of the test's own, killed, stopped, emptied and filled up.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/strings.h"
#include "libs/feedcache/open.h"
#include "libs/feedcache/redis_connection.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/subprocess.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::feedcache {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr absl::Duration kConnectTimeout = absl::Milliseconds(300);
constexpr absl::Duration kOperationTimeout = absl::Milliseconds(200);
// Waiting for a connection, a lost one, and a new one, on a machine that is busy.
const absl::Duration kBound = 2 * kOperationTimeout + kConnectTimeout + absl::Seconds(1);

class RedisFaultTest : public ::testing::Test {
 protected:
  void SetUp() override { StartServer(); }

  void StartServer(const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> argv = {
        "redis-server", "--port", base::StrCat(port_), "--bind", "127.0.0.1",
        "--save",       "",       "--appendonly",      "no",     "--dir",
        folder_.path()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    FASSERT_OK_AND_ASSIGN(server_, testing::Subprocess::Start({.argv = argv}));
    FASSERT_OK(server_->WaitForLine("Ready to accept connections", absl::Seconds(20)));
  }

  void KillServer() {
    server_->Signal(SIGKILL);
    FASSERT_OK(server_->Wait(absl::Seconds(20)));
  }

  RedisOptions Options() const {
    return {.address = base::StrCat("127.0.0.1:", port_),
            .service = "screening",
            .store_id = "1",
            .connect_timeout = kConnectTimeout,
            .operation_timeout = kOperationTimeout};
  }

  std::unique_ptr<FeedCache> Cache() const {
    auto cache = RedisFeedCache::Create(Options(), clock_);
    EXPECT_THAT(cache, testing::IsOk());
    return *std::move(cache);
  }

  std::unique_ptr<ResilientFeedCache> Resilient() const {
    auto cache = Open(Options(),
                      {.failures = 2,
                       .first_backoff = absl::Milliseconds(50),
                       .max_backoff = absl::Milliseconds(50)},
                      clock_, nullptr);
    EXPECT_THAT(cache, testing::IsOk());
    return *std::move(cache);
  }

  // Runs a command past the cache.
  absl::StatusOr<RedisReply> Raw(const RedisCommand& command) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    FANGPIN_ASSIGN_OR_RETURN(const RedisAddress address, RedisAddress::Parse(Options().address));
    FANGPIN_ASSIGN_OR_RETURN(const auto connection,
                             RedisConnection::Connect(address, {}, deadline));
    FANGPIN_ASSIGN_OR_RETURN(auto replies, connection->Run({command}, deadline));
    FANGPIN_RETURN_IF_ERROR(ReplyStatus(*replies[0]));
    return std::move(replies[0]);
  }

  // Asks until the cache answers again.
  static void AwaitRecovery(ResilientFeedCache& cache) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    do {
      ASSERT_LT(absl::Now(), end);
      std::this_thread::yield();
    } while (!cache.ReadSince("620000", "", 1, {}).available);
  }

  const base::SystemClock clock_;
  const testing::TempDir folder_;
  const int port_ = testing::FreePort();
  std::unique_ptr<testing::Subprocess> server_;
};

// Everything fails with `code`, in bounded time.
void ExpectAllFail(FeedCache& cache, absl::StatusCode code) {
  const absl::Time start = absl::Now();
  EXPECT_THAT(cache.SeenBefore("medical", {"a"}), StatusIs(code));
  EXPECT_THAT(cache.MarkSeen("medical", {"a"}), StatusIs(code));
  EXPECT_THAT(cache.Publish("621126", {"a"}), StatusIs(code));
  EXPECT_THAT(cache.PublishGap("621126"), StatusIs(code));
  EXPECT_THAT(cache.ReadSince("621126", "1-1", 1, absl::Seconds(30)), StatusIs(code));
  EXPECT_THAT(cache.PutRecentAlerts("1", {}), StatusIs(code));
  EXPECT_THAT(cache.GetRecentAlerts("1"), StatusIs(code));
  EXPECT_LT(absl::Now() - start, 7 * kBound);
}

TEST_F(RedisFaultTest, KilledServerIsUnavailableAndThenBack) {
  const auto cache = Cache();
  FASSERT_OK(cache->MarkSeen("medical", {"a"}));
  KillServer();
  ExpectAllFail(*cache, absl::StatusCode::kUnavailable);
  StartServer();
  EXPECT_THAT(cache->SeenBefore("medical", {"a"}), testing::IsOkAndHolds(ElementsAre(false)));
}

TEST_F(RedisFaultTest, RestartBetweenTwoCallsIsNotNoticed) {
  const auto cache = Cache();
  FASSERT_OK(cache->MarkSeen("medical", {"a"}));
  KillServer();
  StartServer();
  FEXPECT_OK(cache->MarkSeen("medical", {"a"}));
}

TEST_F(RedisFaultTest, WritingToAClosedConnectionIsSurvived) {
  const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  FASSERT_OK_AND_ASSIGN(const RedisAddress address, RedisAddress::Parse(Options().address));
  FASSERT_OK_AND_ASSIGN(const auto connection, RedisConnection::Connect(address, {}, soon));
  KillServer();
  // The first write is answered by a reset, the second would raise SIGPIPE.
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(connection->Run({{"PING"}}, soon), StatusIs(absl::StatusCode::kUnavailable));
  }
}

TEST_F(RedisFaultTest, StoppedServerIsTooSlowAndThenBack) {
  const auto cache = Cache();
  FASSERT_OK(cache->MarkSeen("medical", {"a"}));
  server_->Signal(SIGSTOP);
  ExpectAllFail(*cache, absl::StatusCode::kDeadlineExceeded);
  server_->Signal(SIGCONT);
  EXPECT_THAT(cache->SeenBefore("medical", {"a"}), testing::IsOkAndHolds(ElementsAre(true)));
}

TEST_F(RedisFaultTest, WaitingReadEndsWhenTheServerStops) {
  const auto cache = Cache();
  FASSERT_OK(cache->Publish("621126", {"a"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch start,
                        cache->ReadSince("621126", FeedCache::kFromNow, 1, {}));
  std::thread watcher([&] {
    EXPECT_THAT(cache->ReadSince("621126", start.next_token, 1, absl::Milliseconds(300)),
                StatusIs(absl::StatusCode::kDeadlineExceeded));
  });
  // Blocked clients are seen from outside, so the stop falls into the wait.
  while (true) {
    FASSERT_OK_AND_ASSIGN(const RedisReply info, Raw({"INFO", "clients"}));
    if (std::string_view(info->str, info->len).find("blocked_clients:1") != std::string::npos)
      break;
  }
  server_->Signal(SIGSTOP);
  watcher.join();
  server_->Signal(SIGCONT);
}

TEST_F(RedisFaultTest, DeadServerCostsNothingOnceTheBreakerIsOpen) {
  const auto cache = Resilient();
  cache->MarkSeen("medical", {"a"});
  EXPECT_THAT(cache->SeenBefore("medical", {"a"}), ElementsAre(true));
  server_->Signal(SIGSTOP);
  for (int i = 0; i < 2; ++i) EXPECT_THAT(cache->SeenBefore("medical", {"a"}), Each(false));
  EXPECT_EQ(cache->breaker_state(), CircuitBreaker::State::kOpen);
  // A probe every 50 ms costs 200 ms more each; without a breaker this would take minutes.
  const absl::Time start = absl::Now();
  int calls = 0;
  while (absl::Now() - start < absl::Milliseconds(500)) {
    EXPECT_THAT(cache->SeenBefore("medical", {"a"}), Each(false));
    ++calls;
  }
  EXPECT_GT(calls, 1000);
  server_->Signal(SIGCONT);
  AwaitRecovery(*cache);
  EXPECT_THAT(cache->SeenBefore("medical", {"a"}), ElementsAre(true));
}

TEST_F(RedisFaultTest, EventsLostWhileTheServerIsAwayBecomeAGap) {
  const auto cache = Resilient();
  cache->Publish("621126", {"before"});
  const std::string token = cache->ReadSince("621126", "", 10, {}).batch.next_token;
  server_->Signal(SIGSTOP);
  for (int i = 0; i < 3; ++i) cache->Publish("621126", {"lost"});
  server_->Signal(SIGCONT);
  AwaitRecovery(*cache);
  const auto watched = cache->ReadSince("621126", token, 10, absl::Seconds(10));
  EXPECT_TRUE(watched.available);
  EXPECT_TRUE(watched.batch.gap);
}

TEST_F(RedisFaultTest, EmptiedServerForgetsAndSaysSo) {
  const auto cache = Cache();
  FASSERT_OK(cache->MarkSeen("medical", {"a"}));
  FASSERT_OK(cache->Publish("621126", {"1", "2"}));
  FASSERT_OK(cache->PutRecentAlerts("1", {.version = "v"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch before, cache->ReadSince("621126", "", 10, {}));
  FASSERT_OK(Raw({"FLUSHALL"}));
  EXPECT_THAT(cache->SeenBefore("medical", {"a"}), testing::IsOkAndHolds(ElementsAre(false)));
  FASSERT_OK_AND_ASSIGN(const auto recent, cache->GetRecentAlerts("1"));
  EXPECT_FALSE(recent);
  // At once, although the stream has nothing after the token to wait for.
  FASSERT_OK_AND_ASSIGN(const EventBatch after,
                        cache->ReadSince("621126", before.next_token, 10, absl::Minutes(1)));
  EXPECT_TRUE(after.gap);
  EXPECT_THAT(after.events, IsEmpty());
  FASSERT_OK(cache->Publish("621126", {"3"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch anew,
                        cache->ReadSince("621126", after.next_token, 10, {}));
  EXPECT_THAT(anew.events, SizeIs(1));
}

TEST_F(RedisFaultTest, StreamThatBeganAnewWithSmallerIdsIsAGap) {
  const auto cache = Cache();
  FASSERT_OK(cache->Publish("621126", {"1"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch before, cache->ReadSince("621126", "", 10, {}));
  FASSERT_OK(Raw({"FLUSHALL"}));
  FASSERT_OK(Raw({"XADD", "fangpin:screening:1:stream:621126", "5-1", "e", "after"}));
  FASSERT_OK_AND_ASSIGN(const EventBatch gap,
                        cache->ReadSince("621126", before.next_token, 10, absl::Minutes(1)));
  EXPECT_TRUE(gap.gap);
  FASSERT_OK_AND_ASSIGN(const EventBatch anew, cache->ReadSince("621126", gap.next_token, 10, {}));
  EXPECT_THAT(anew.events, SizeIs(1));
}

TEST_F(RedisFaultTest, FullServerRefusesWritesAndStillReads) {
  const auto cache = Resilient();
  cache->MarkSeen("medical", {"a"});
  FASSERT_OK(Raw({"CONFIG", "SET", "maxmemory-policy", "noeviction"}));
  FASSERT_OK(Raw({"CONFIG", "SET", "maxmemory", "1"}));
  const auto plain = Cache();
  EXPECT_THAT(plain->MarkSeen("medical", {"b"}),
              testing::ErrorIs(absl::StatusCode::kResourceExhausted, "REDIS_OUT_OF_MEMORY"));
  for (int i = 0; i < 5; ++i) {
    cache->MarkSeen("medical", {"b"});
    cache->Publish("621126", {"lost"});
  }
  EXPECT_EQ(cache->breaker_state(), CircuitBreaker::State::kClosed);
  EXPECT_THAT(cache->SeenBefore("medical", {"a", "b"}), ElementsAre(true, false));
  FASSERT_OK(Raw({"CONFIG", "SET", "maxmemory", "0"}));
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (!cache->ReadSince("621126", "", 10, {}).batch.gap) ASSERT_LT(absl::Now(), end);
}

TEST_F(RedisFaultTest, WaitingReadsLeaveShortCallsAlone) {
  RedisOptions options = Options();
  options.connections = 1;
  options.waiting_connections = 1;
  FASSERT_OK_AND_ASSIGN(const auto cache, RedisFeedCache::Create(options, clock_));
  std::thread watcher([&] { FEXPECT_OK(cache->ReadSince("621126", "", 1, absl::Seconds(30))); });
  while (true) {
    FASSERT_OK_AND_ASSIGN(const RedisReply info, Raw({"INFO", "clients"}));
    if (std::string_view(info->str, info->len).find("blocked_clients:1") != std::string::npos)
      break;
  }
  FEXPECT_OK(cache->MarkSeen("medical", {"a"}));
  // The only waiting connection is taken; this one waits for it as long as it would for an event.
  EXPECT_THAT(cache->ReadSince("621126", "", 1, absl::Milliseconds(10)),
              testing::ErrorIs(absl::StatusCode::kResourceExhausted, "REDIS_CONNECTIONS_BUSY"));
  FEXPECT_OK(cache->Publish("621126", {"wake"}));
  watcher.join();
}

TEST_F(RedisFaultTest, ManyThreadsShareFewConnections) {
  RedisOptions options = Options();
  options.connections = 2;
  options.operation_timeout = absl::Seconds(10);
  FASSERT_OK_AND_ASSIGN(const auto cache, RedisFeedCache::Create(options, clock_));
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&cache, t] {
      const std::string feed = base::StrCat("feed", t);
      for (int i = 0; i < 50; ++i) {
        const std::string key = base::StrCat(i);
        FEXPECT_OK(cache->MarkSeen(feed, {key}));
        EXPECT_THAT(cache->SeenBefore(feed, {key, "never"}),
                    testing::IsOkAndHolds(ElementsAre(true, false)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RedisFaultTest, EveryKeyIsPrefixedAndEnds) {
  const auto cache = Cache();
  FASSERT_OK(cache->MarkSeen("medical", {"a"}));
  FASSERT_OK(cache->Publish("621126", {"a"}));
  FASSERT_OK(cache->PutRecentAlerts("1", {}));
  FASSERT_OK_AND_ASSIGN(const RedisReply keys, Raw({"KEYS", "*"}));
  ASSERT_EQ(keys->elements, 3u);
  for (size_t i = 0; i < keys->elements; ++i) {
    const std::string key(keys->element[i]->str, keys->element[i]->len);
    EXPECT_THAT(key, ::testing::StartsWith("fangpin:screening:1:"));
    FASSERT_OK_AND_ASSIGN(const RedisReply ttl, Raw({"TTL", key}));
    EXPECT_GT(ttl->integer, 0) << key;
  }
}

TEST_F(RedisFaultTest, LoginIsAskedFor) {
  FASSERT_OK(Raw({"CONFIG", "SET", "requirepass", "secret"}));
  RedisOptions options = Options();
  for (const auto& [password, code] : {std::pair("", absl::StatusCode::kInternal),
                                       std::pair("wrong", absl::StatusCode::kUnavailable),
                                       std::pair("secret", absl::StatusCode::kOk)}) {
    options.login = {.password = password, .database = 2};
    if (std::string(password).empty()) options.login.database = 0;
    FASSERT_OK_AND_ASSIGN(const auto cache, RedisFeedCache::Create(options, clock_));
    EXPECT_THAT(cache->MarkSeen("medical", {"a"}), StatusIs(code)) << password;
  }
}

// Something that accepts connections and answers each with `greeting`.
class FakeServer {
 public:
  explicit FakeServer(std::string greeting) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, greeting = std::move(greeting)] {
      for (int peer; (peer = accept(listener_, nullptr, nullptr)) >= 0;) {
        EXPECT_EQ(send(peer, greeting.data(), greeting.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(greeting.size()));
        peers_.push_back(peer);
      }
    });
  }
  ~FakeServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    for (const int peer : peers_) close(peer);
  }

  int port() const { return port_; }

 private:
  const int listener_;
  int port_ = 0;
  std::vector<int> peers_;
  std::thread thread_;
};

TEST_F(RedisFaultTest, WhatIsNoRedisIsUnavailableOrTooSlow) {
  RedisOptions options = Options();
  for (const auto& [greeting, code] :
       {std::pair("HTTP/1.1 400 Bad Request\r\n", absl::StatusCode::kUnavailable),
        std::pair("*1\r\n$1000000\r\nhalf an ans", absl::StatusCode::kDeadlineExceeded),
        std::pair("", absl::StatusCode::kDeadlineExceeded)}) {
    const FakeServer server(greeting);
    options.address = base::StrCat("127.0.0.1:", server.port());
    FASSERT_OK_AND_ASSIGN(const auto cache, RedisFeedCache::Create(options, clock_));
    const absl::Time start = absl::Now();
    EXPECT_THAT(cache->SeenBefore("medical", {"a"}), StatusIs(code)) << greeting;
    EXPECT_LT(absl::Now() - start, kBound);
  }
}

TEST_F(RedisFaultTest, AnswersOfTheWrongShapeAreMisses) {
  FASSERT_OK(Raw({"SET", "fangpin:screening:1:recent:1", "\xff\xff\xff\xff no length"}));
  FASSERT_OK(Raw({"XADD", "fangpin:screening:1:stream:621126", "*", "other", "field"}));
  const auto cache = Cache();
  FASSERT_OK_AND_ASSIGN(const auto recent, cache->GetRecentAlerts("1"));
  EXPECT_FALSE(recent);
  FASSERT_OK_AND_ASSIGN(const EventBatch batch, cache->ReadSince("621126", "", 10, {}));
  EXPECT_THAT(batch.events, IsEmpty());
  EXPECT_TRUE(batch.gap);
}

}  // namespace
}  // namespace fangpin::feedcache
