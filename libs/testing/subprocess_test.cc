#include "libs/testing/subprocess.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <signal.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/strings.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::testing {
namespace {

using absl::StatusCode;

constexpr absl::Duration kLong = absl::Seconds(20);
constexpr absl::Duration kShort = absl::Milliseconds(50);

TEST(SubprocessTest, FindsALineAndTheExitCode) {
  FASSERT_OK_AND_ASSIGN(
      const auto shell,
      Subprocess::Start({.argv = {"sh", "-c", "echo one; echo port=$PORT >&2; exit 3"},
                         .env = {{"PORT", "7100"}}}));
  EXPECT_THAT(shell->WaitForLine("port=", kLong), IsOkAndHolds("port=7100"));
  EXPECT_THAT(shell->Wait(kLong), IsOkAndHolds(Subprocess::Exit{.code = 3}));
  EXPECT_THAT(shell->Wait(kLong), IsOkAndHolds(Subprocess::Exit{.code = 3}));
}

TEST(SubprocessTest, OutputThatEndsWithoutTheLineIsUnavailable) {
  FASSERT_OK_AND_ASSIGN(const auto shell, Subprocess::Start({.argv = {"sh", "-c", "echo one"}}));
  EXPECT_THAT(shell->WaitForLine("two", kLong), StatusIs(StatusCode::kUnavailable));
}

TEST(SubprocessTest, ASilentProcessIsWaitedForAndKilled) {
  FASSERT_OK_AND_ASSIGN(const auto sleeper, Subprocess::Start({.argv = {"sleep", "600"}}));
  EXPECT_THAT(sleeper->WaitForLine("x", kShort), StatusIs(StatusCode::kDeadlineExceeded));
  EXPECT_THAT(sleeper->Wait(kShort), StatusIs(StatusCode::kDeadlineExceeded));
  sleeper->Signal(SIGKILL);
  EXPECT_THAT(sleeper->Wait(kLong), IsOkAndHolds(Subprocess::Exit{.signal = SIGKILL}));
}

TEST(SubprocessTest, AProgramThatIsNotThereIsAnError) {
  EXPECT_THAT(Subprocess::Start({.argv = {"/no/such/program"}}), StatusIs(StatusCode::kNotFound));
}

TEST(SubprocessTest, WaitForPortGivesUp) {
  EXPECT_THAT(WaitForPort(FreePort(), kShort), StatusIs(StatusCode::kDeadlineExceeded));
}

TEST(SubprocessTest, WaitForHealthSeesAServiceBecomeReady) {
  grpc::EnableDefaultHealthCheckService(true);
  int port = 0;
  grpc::CallbackGenericService no_methods;  // A server without any service does not start.
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&no_methods);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  const std::string address = base::StrCat("127.0.0.1:", port);
  FEXPECT_OK(WaitForPort(port, kLong));
  FEXPECT_OK(WaitForHealth(address, "", kLong));
  const std::string service = "fangpin.registry.v1.RegistryService";
  server->GetHealthCheckService()->SetServingStatus(service, false);
  EXPECT_THAT(WaitForHealth(address, service, kShort), StatusIs(StatusCode::kDeadlineExceeded));
  server->GetHealthCheckService()->SetServingStatus(service, true);
  FEXPECT_OK(WaitForHealth(address, service, kLong));
}

}  // namespace
}  // namespace fangpin::testing
