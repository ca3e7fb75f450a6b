#include "libs/testing/servers.h"

#include <libpq-fe.h>
#include <stdlib.h>

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "libs/base/error.h"
#include "libs/base/random.h"
#include "libs/base/strings.h"

namespace fangpin::testing {
namespace {

// Empty when it is not set. No test changes the environment, so getenv is safe.
std::string_view Environment(const char* name) {
  const char* value = getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string_view() : value;
}

absl::StatusOr<std::string> Variable(const char* name) {
  const std::string_view value = Environment(name);
  if (!value.empty()) return std::string(value);
  return base::Error(absl::StatusCode::kFailedPrecondition, "TEST_SERVER_ABSENT",
                     base::StrCat(name, " is not set"));
}

std::string UniqueName() { return absl::StrFormat("t_%016x", base::RandomUint64()); }

absl::Status Run(const std::string& uri, const std::string& command) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(uri.c_str()),
                                                                &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexec(connection.get(), command.c_str()), &PQclear);
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) return absl::OkStatus();
  return absl::UnavailableError(PQerrorMessage(connection.get()));
}

}  // namespace

PostgresSpace::~PostgresSpace() {
  // Left behind when the server is gone already, and then nobody minds.
  Run(uri_, base::StrCat("SET client_min_messages = warning; DROP SCHEMA IF EXISTS ", schema_,
                         " CASCADE"))
      .IgnoreError();
}

absl::StatusOr<std::unique_ptr<PostgresSpace>> TestPostgres() {
  FANGPIN_ASSIGN_OR_RETURN(const std::string uri, Variable("FANGPIN_TEST_POSTGRES"));
  const std::string schema = UniqueName();
  FANGPIN_RETURN_IF_ERROR(Run(uri, base::StrCat("CREATE SCHEMA ", schema)));
  return std::make_unique<PostgresSpace>(uri, schema);
}

absl::StatusOr<RedisSpace> TestRedis() {
  FANGPIN_ASSIGN_OR_RETURN(const std::string address, Variable("FANGPIN_TEST_REDIS"));
  return RedisSpace{.address = address, .key_prefix = UniqueName()};
}

bool ServersRequired() { return Environment("FANGPIN_REQUIRE_SERVERS") == "1"; }

}  // namespace fangpin::testing
