#ifndef FANGPIN_TESTING_SERVERS_H_
#define FANGPIN_TESTING_SERVERS_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "libs/base/status.h"

namespace fangpin::testing {

// A schema of its own on the server named by FANGPIN_TEST_POSTGRES (a libpq URI). The schema is
// created, and dropped with all in it when this goes away.
class PostgresSpace {
 public:
  PostgresSpace(std::string uri, std::string schema)
      : uri_(std::move(uri)), schema_(std::move(schema)) {}
  ~PostgresSpace();
  PostgresSpace(const PostgresSpace&) = delete;
  PostgresSpace& operator=(const PostgresSpace&) = delete;

  const std::string& uri() const { return uri_; }
  const std::string& schema() const { return schema_; }

 private:
  std::string uri_;
  std::string schema_;
};

// A key prefix of its own on the server named by FANGPIN_TEST_REDIS (host:port). Keys stay behind;
// the server of a test run is thrown away.
struct RedisSpace {
  std::string address;
  std::string key_prefix;
};

// FAILED_PRECONDITION TEST_SERVER_ABSENT when the variable is not set; UNAVAILABLE when the server
// does not answer.
absl::StatusOr<std::unique_ptr<PostgresSpace>> TestPostgres();
absl::StatusOr<RedisSpace> TestRedis();

// True with FANGPIN_REQUIRE_SERVERS=1: an absent server is a failure, not a reason to skip.
bool ServersRequired();

}  // namespace fangpin::testing

// In a test body or SetUp():
//   FANGPIN_TEST_SERVER(auto space, testing::TestPostgres());
// Skips the test visibly without the server, and fails it where servers are required. A server that
// is named but does not answer always fails.
#define FANGPIN_TEST_SERVER(lhs, ...) \
  FANGPIN_TEST_SERVER_IMPL_(FANGPIN_STATUS_CONCAT_(fangpin_server_, __LINE__), lhs, __VA_ARGS__)

#define FANGPIN_TEST_SERVER_IMPL_(statusor, lhs, ...)                        \
  auto statusor = (__VA_ARGS__);                                             \
  if (!statusor.ok()) {                                                      \
    if (::fangpin::testing::ServersRequired() ||                             \
        statusor.status().code() != absl::StatusCode::kFailedPrecondition) { \
      FAIL() << statusor.status();                                           \
    }                                                                        \
    GTEST_SKIP() << statusor.status().message();                             \
  }                                                                          \
  lhs = *std::move(statusor) /* NOLINT(bugprone-macro-parentheses) */

#endif  // FANGPIN_TESTING_SERVERS_H_
