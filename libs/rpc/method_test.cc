#include "libs/rpc/method.h"

#include <stdexcept>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/create_channel.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/rpc/client.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::ErrorIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

constexpr char kMinxian[] = "621126000000";
constexpr char kOtherCounty[] = "621121000000";

// Answers as its members say.
class EchoHandler final : public pb::EchoService::CallbackService {
 public:
  EchoHandler(Runtime& runtime, RunMode mode)
      : echo_(runtime, pb::EchoService::service_full_name(), "Echo", mode),
        change_(runtime, pb::EchoService::service_full_name(), "Change", mode),
        get_person_(runtime, pb::EchoService::service_full_name(), "GetPerson", mode) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* c, const pb::EchoRequest* q,
                                 pb::EchoResponse* r) override {
    return echo_.Run(c, q, r,
                     [this](const base::CallContext& ctx,
                            const pb::EchoRequest& request) -> absl::StatusOr<pb::EchoResponse> {
                       ++calls;
                       if (on_echo) {
                         if (absl::Status status = on_echo(request); !status.ok()) return status;
                       }
                       pb::EchoResponse response;
                       response.set_text(request.text());
                       response.set_subject(ctx.principal.subject);
                       response.set_request_id(ctx.request_id);
                       response.set_now_rfc3339(
                           absl::FormatTime(absl::RFC3339_full, ctx.now, absl::UTCTimeZone()));
                       return response;
                     });
  }

  grpc::ServerUnaryReactor* Change(grpc::CallbackServerContext* c, const pb::ChangeRequest* q,
                                   pb::ChangeResponse* r) override {
    return change_.Run(c, q, r,
                       [this](const base::CallContext&, const pb::ChangeRequest&,
                              pb::ChangeResponse& response) -> absl::Status {
                         ++calls;
                         response.add_clue_ids("621126-C1");
                         return absl::OkStatus();
                       });
  }

  grpc::ServerUnaryReactor* GetPerson(grpc::CallbackServerContext* c, const pb::GetPersonRequest* q,
                                      pb::GetPersonResponse* r) override {
    return get_person_.Run(c, q, r,
                           [](const base::CallContext&, const pb::GetPersonRequest& request,
                              pb::GetPersonResponse& response) -> absl::Status {
                             response.mutable_person()->set_id(request.person_id());
                             response.mutable_person()->set_name("王小军");
                             return absl::OkStatus();
                           });
  }

  std::function<absl::Status(const pb::EchoRequest&)> on_echo;
  std::atomic<int> calls{0};

 private:
  Method<pb::EchoRequest, pb::EchoResponse> echo_;
  Method<pb::ChangeRequest, pb::ChangeResponse> change_;
  Method<pb::GetPersonRequest, pb::GetPersonResponse> get_person_;
};

// Every case runs in both modes: what a call meets on its way must not depend on the thread.
class MethodTest : public ::testing::TestWithParam<RunMode> {
 protected:
  void Start(TestServer::Options options = {}) {
    server_ = std::make_unique<TestServer>("echo", options);
    handler_ = std::make_unique<EchoHandler>(server_->runtime(), GetParam());
    server_->Start({handler_.get()});
    stub_ = pb::EchoService::NewStub(server_->channel());
  }
  void TearDown() override {
    stub_.reset();
    if (server_ != nullptr) server_->Stop(absl::Seconds(5));
  }

  absl::Status Echo(grpc::ClientContext* context, pb::EchoRequest request = {}) {
    return FromGrpc(stub_->Echo(context, request, &response_));
  }
  std::unique_ptr<grpc::ClientContext> Desk() const {
    return server_->Context(TestServer::Person("COUNTY_DESK", kMinxian));
  }
  // A context with this metadata value instead of a token.
  static std::unique_ptr<grpc::ClientContext> WithAuthorization(const std::string& value) {
    auto context = std::make_unique<grpc::ClientContext>();
    if (!value.empty()) context->AddMetadata(kAuthorizationKey, value);
    return context;
  }
  std::string Metrics() { return server_->runtime().metrics().Render(); }

  std::unique_ptr<TestServer> server_;
  std::unique_ptr<EchoHandler> handler_;
  std::unique_ptr<pb::EchoService::Stub> stub_;
  pb::EchoResponse response_;
};

INSTANTIATE_TEST_SUITE_P(Modes, MethodTest, ::testing::Values(RunMode::kInline, RunMode::kExecutor),
                         [](const auto& info) {
                           return info.param == RunMode::kInline ? "Inline" : "Executor";
                         });

TEST_P(MethodTest, ACallReachesTheBodyWithItsContext) {
  Start();
  auto context = Desk();
  context->AddMetadata(kRequestIdKey, "r-42");
  pb::EchoRequest request;
  request.set_text("你好");
  ASSERT_THAT(Echo(context.get(), request), IsOk());
  EXPECT_EQ(response_.text(), "你好");
  EXPECT_EQ(response_.subject(), "test-COUNTY_DESK");
  EXPECT_EQ(response_.request_id(), "r-42");
  absl::Time now;
  std::string error;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, response_.now_rfc3339(), &now, &error));
  EXPECT_LT(absl::AbsDuration(absl::Now() - now), absl::Minutes(1));
}

TEST_P(MethodTest, WithoutAProperRequestIdOneIsMade) {
  Start();
  ASSERT_THAT(Echo(Desk().get()), IsOk());
  const std::string first = response_.request_id();
  EXPECT_THAT(first, Not(IsEmpty()));
  for (const std::string& bad : {std::string("a b"), std::string(65, 'x'), std::string("\"")}) {
    auto context = Desk();
    context->AddMetadata(kRequestIdKey, bad);
    ASSERT_THAT(Echo(context.get()), IsOk());
    EXPECT_NE(response_.request_id(), bad);
    EXPECT_NE(response_.request_id(), first);
  }
}

TEST_P(MethodTest, WithoutATokenTheCallIsUnauthenticated) {
  Start();
  EXPECT_THAT(Echo(WithAuthorization("").get()),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_EQ(handler_->calls, 0);
}

TEST_P(MethodTest, AnInvalidTokenIsUnauthenticated) {
  Start();
  const std::string good = server_->Token(TestServer::Person("COUNTY_DESK", kMinxian));
  std::string changed = good;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  const auto other = MintToken(TokenKey::Random(), TestServer::Person("OPERATOR", kMinxian),
                               absl::Now(), absl::Hours(1));
  for (const std::string& value :
       {std::string("Basic abc"), std::string("Bearer"), std::string("Bearer x.y.z"),
        "Bearer " + changed, "Bearer " + *other, good}) {
    EXPECT_THAT(Echo(WithAuthorization(value).get()),
                ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"))
        << value;
  }
}

TEST_P(MethodTest, AnExpiredTokenIsUnauthenticated) {
  Start();
  const std::string token = server_->Token(TestServer::Person("COUNTY_DESK", kMinxian),
                                           absl::Now() - absl::Hours(2), absl::Hours(1));
  EXPECT_THAT(Echo(WithAuthorization("Bearer " + token).get()),
              ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST_P(MethodTest, ARoleWithoutThePermissionIsRefused) {
  Start();
  auto context = server_->Context(TestServer::Person("DEPARTMENT_FEED", kMinxian));
  const absl::Status status = Echo(context.get());
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("permission"), "registry.households.read");
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("roles"), "DEPARTMENT_FEED");
  EXPECT_EQ(handler_->calls, 0);
}

TEST_P(MethodTest, ARoleThatNobodyKnowsIsNamed) {
  Start();
  base::Principal principal = TestServer::Person("NOPE", kMinxian);
  const absl::Status status = Echo(server_->Context(principal).get());
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kPermissionDenied, "ROLE_UNKNOWN"));
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("roles"), "NOPE");
  // Beside one that is known it grants nothing and hinders nothing.
  principal.roles.insert("COUNTY_DESK");
  EXPECT_THAT(Echo(server_->Context(principal).get()), IsOk());
}

TEST_P(MethodTest, AnotherDivisionIsRefused) {
  Start();
  pb::EchoRequest request;
  request.mutable_filter()->set_division(kOtherCounty);
  EXPECT_THAT(Echo(Desk().get(), request),
              ErrorIs(absl::StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  request.mutable_filter()->set_division("620000000000");
  EXPECT_THAT(Echo(Desk().get(), request),
              ErrorIs(absl::StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  EXPECT_EQ(handler_->calls, 0);
  request.mutable_filter()->set_division("621126100201");
  EXPECT_THAT(Echo(Desk().get(), request), IsOk());
  request.mutable_filter()->clear_division();
  EXPECT_THAT(Echo(Desk().get(), request), IsOk());
}

TEST_P(MethodTest, AMalformedDivisionNamesItsField) {
  Start();
  pb::EchoRequest request;
  request.mutable_filter()->set_division("62112");
  const absl::Status status = Echo(Desk().get(), request);
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInvalidArgument, "DIVISION_LENGTH"));
  EXPECT_EQ(base::GetBadRequest(status)->field_violations(0).field(), "filter.division");
}

TEST_P(MethodTest, ErrorDetailsCrossTheWire) {
  Start();
  handler_->on_echo = [](const pb::EchoRequest&) -> absl::Status {
    return base::Error(absl::StatusCode::kFailedPrecondition, "HELD", "尚不满足条件")
        .WithMetadata("case", "c-1")
        .WithPrecondition("HOLD_A", "h-1", "甲")
        .WithPrecondition("HOLD_B", "h-1", "乙")
        .WithFieldViolation("text", "TOO_LONG", "过长")
        .WithResource("household", "h-1");
  };
  grpc::Status raw;
  auto context = Desk();
  context->AddMetadata(kRequestIdKey, "r-7");
  raw = stub_->Echo(context.get(), {}, &response_);
  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(raw.error_details()));
  EXPECT_EQ(wire.code(), raw.error_code());
  EXPECT_EQ(wire.message(), "尚不满足条件");
  EXPECT_EQ(wire.details_size(), 4);
  const absl::Status status = FromGrpc(raw);
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kFailedPrecondition, "HELD"));
  EXPECT_EQ(base::GetErrorInfo(status)->domain(), "echo.fangpin");
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("case"), "c-1");
  EXPECT_EQ(base::GetPreconditionFailure(status)->violations_size(), 2);
  EXPECT_EQ(base::GetBadRequest(status)->field_violations(0).reason(), "TOO_LONG");
  EXPECT_EQ(base::GetResourceInfo(status)->resource_name(), "h-1");
  EXPECT_EQ(context->GetServerTrailingMetadata().find(kRequestIdKey)->second, "r-7");
}

TEST_P(MethodTest, AnExceptionBecomesInternalWithoutItsText) {
  Start();
  handler_->on_echo = [](const pb::EchoRequest&) -> absl::Status {
    throw std::runtime_error("table households");
  };
  const absl::Status status = Echo(Desk().get());
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("households")));
}

TEST_P(MethodTest, AnErrorWithoutAReasonKeepsItsCodeAndLosesItsText) {
  Start();
  handler_->on_echo = [](const pb::EchoRequest&) {
    return absl::DataLossError("table households");
  };
  const absl::Status status = Echo(Desk().get());
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kDataLoss, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("households")));
}

TEST_P(MethodTest, SimulatedTimeIsTheCallsNow) {
  Start();
  const absl::Time then = absl::FromCivil(absl::CivilDay(2025, 3, 1), absl::UTCTimeZone());
  auto context = server_->Context(TestServer::Person("COUNTY_DESK", kMinxian), then);
  ASSERT_THAT(Echo(context.get()), IsOk());
  EXPECT_EQ(response_.now_rfc3339(), "2025-03-01T00:00:00+00:00");

  auto bad = Desk();
  bad->AddMetadata(kSimulatedTimeKey, "yesterday");
  EXPECT_THAT(Echo(bad.get()),
              ErrorIs(absl::StatusCode::kInvalidArgument, "SIMULATED_TIME_INVALID"));
}

TEST_P(MethodTest, SimulatedTimeIsRefusedWhereItIsOff) {
  Start({.simulated_time = false});
  auto context = server_->Context(TestServer::Person("COUNTY_DESK", kMinxian), absl::Now());
  EXPECT_THAT(Echo(context.get()),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "SIMULATED_TIME_OFF"));
}

TEST_P(MethodTest, BeforeAdmissionEveryCallIsUnavailable) {
  Start();
  server_->runtime().Admit(Runtime::Admission::kStarting);
  EXPECT_THAT(Echo(Desk().get()), ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STARTING"));
}

TEST_P(MethodTest, WritesAndReadsLeaveAnAuditEntryWithTheirIds) {
  Start();
  pb::ChangeRequest request;
  request.set_household_id("621126100201000123");
  pb::ChangeResponse response;
  auto cadre = server_->Context(TestServer::Person("VILLAGE_CADRE", kMinxian));
  EXPECT_THAT(FromGrpc(stub_->Change(cadre.get(), request, &response)),
              ErrorIs(absl::StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  auto service = server_->Context(TestServer::Person("SERVICE", kMinxian));
  service->AddMetadata(kOnBehalfOfKey, "desk-1");
  ASSERT_THAT(FromGrpc(stub_->Change(service.get(), request, &response)), IsOk());
  ASSERT_THAT(Echo(Desk().get()), IsOk());
  EXPECT_THAT(FromGrpc(stub_->Change(WithAuthorization("").get(), request, &response)),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(
      server_->audit(),
      ElementsAre("test-VILLAGE_CADRE fangpin.rpc.testdata.v1.EchoService/Change PermissionDenied "
                  "621126100201000123",
                  "test-SERVICE for desk-1 fangpin.rpc.testdata.v1.EchoService/Change OK "
                  "621126100201000123 621126-C1"));
}

TEST_P(MethodTest, WithoutAWorkingAuditLogNothingIsDone) {
  Start();
  server_->set_audit_healthy(false);
  pb::ChangeResponse response;
  auto context = server_->Context(TestServer::Person("SERVICE", kMinxian));
  EXPECT_THAT(FromGrpc(stub_->Change(context.get(), {}, &response)),
              ErrorIs(absl::StatusCode::kUnavailable, "AUDIT_UNAVAILABLE"));
  EXPECT_EQ(handler_->calls, 0);
  EXPECT_THAT(Echo(Desk().get()), IsOk());
}

TEST_P(MethodTest, PersonalFieldsAreMaskedForWhoMayNotSeeThem) {
  Start();
  pb::GetPersonResponse response;
  auto desk = Desk();
  ASSERT_THAT(FromGrpc(stub_->GetPerson(desk.get(), {}, &response)), IsOk());
  EXPECT_EQ(response.person().name(), "王小军");
  auto auditor = server_->Context(TestServer::Person("MASKED_READER", kMinxian));
  ASSERT_THAT(FromGrpc(stub_->GetPerson(auditor.get(), {}, &response)), IsOk());
  EXPECT_EQ(response.person().name(), "王*军");
}

TEST_P(MethodTest, CallsAreCountedByCode) {
  Start();
  ASSERT_THAT(Echo(Desk().get()), IsOk());
  ASSERT_FALSE(Echo(WithAuthorization("").get()).ok());
  const std::string text = Metrics();
  const std::string labels =
      "grpc_method=\"Echo\",grpc_service=\"fangpin.rpc.testdata.v1.EchoService\",grpc_type="
      "\"unary\"} ";
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{" + labels + "2\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"OK\"," + labels + "1\n"));
  EXPECT_THAT(
      text, HasSubstr("grpc_server_handled_total{grpc_code=\"Unauthenticated\"," + labels + "1\n"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{" + labels + "2\n"));
}

TEST_P(MethodTest, ACallPastItsDeadlineIsNotRun) {
  Start();
  auto context = Desk();
  context->set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  EXPECT_THAT(Echo(context.get()), StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(handler_->calls, 0);
}

TEST_P(MethodTest, DrainLetsCallsInProgressFinish) {
  Start();
  absl::Notification entered, leave;
  handler_->on_echo = [&](const pb::EchoRequest&) {
    entered.Notify();
    leave.WaitForNotification();
    return absl::OkStatus();
  };
  absl::Status status;
  std::thread caller([&] { status = Echo(Desk().get()); });
  entered.WaitForNotification();
  std::thread stopper([&] { server_->runtime().Drain(absl::Now() + absl::Seconds(30)); });
  pb::ChangeResponse response;
  absl::Status refusal;
  do {
    auto context = Desk();
    refusal = FromGrpc(stub_->Change(context.get(), {}, &response));
    // Until the drain begins the desk is refused for another reason.
  } while (base::Reason(refusal) == "PERMISSION_MISSING");
  EXPECT_THAT(refusal, ErrorIs(absl::StatusCode::kUnavailable, "SERVICE_STOPPING"));
  auto service = server_->Context(TestServer::Person("SERVICE", kMinxian));
  EXPECT_THAT(FromGrpc(stub_->Change(service.get(), {}, &response)), IsOk());
  leave.Notify();
  caller.join();
  stopper.join();
  EXPECT_THAT(status, IsOk());
}

using ExecutorTest = MethodTest;
INSTANTIATE_TEST_SUITE_P(Modes, ExecutorTest, ::testing::Values(RunMode::kExecutor),
                         [](const auto&) { return "Executor"; });

// One thread, held; one place in the queue. What waits is dropped when its caller has gone, what
// does not fit is refused at once.
TEST_P(ExecutorTest, AFullQueueRefusesAndAGoneCallerIsSkipped) {
  Start({.executor_threads = 1, .executor_queue = 1});
  absl::Notification entered, leave;
  handler_->on_echo = [&](const pb::EchoRequest& request) {
    if (request.text() == "hold") {
      entered.Notify();
      leave.WaitForNotification();
    }
    return absl::OkStatus();
  };
  absl::Status held;
  std::thread holder([&] {
    pb::EchoRequest request;
    request.set_text("hold");
    pb::EchoResponse response;
    auto context = Desk();
    held = FromGrpc(stub_->Echo(context.get(), request, &response));
  });
  entered.WaitForNotification();

  auto gone = Desk();
  absl::Notification gone_done;
  pb::EchoRequest gone_request;
  pb::EchoResponse gone_response;
  absl::Status gone_status;
  stub_->async()->Echo(gone.get(), &gone_request, &gone_response, [&](grpc::Status status) {
    gone_status = FromGrpc(status);
    gone_done.Notify();
  });
  while (server_->runtime().executor().queued() == 0) std::this_thread::yield();

  EXPECT_THAT(Echo(Desk().get()), ErrorIs(absl::StatusCode::kResourceExhausted, "QUEUE_FULL"));
  gone->TryCancel();
  gone_done.WaitForNotification();
  EXPECT_THAT(gone_status, StatusIs(absl::StatusCode::kCancelled));

  leave.Notify();
  holder.join();
  EXPECT_THAT(held, IsOk());
  while (server_->runtime().executor().queued() > 0) std::this_thread::yield();
  EXPECT_THAT(Echo(Desk().get()), IsOk());
  EXPECT_EQ(handler_->calls, 2) << "the cancelled call reached the body";
}

TEST(MethodStartupTest, AMethodThatIsNotThereIsAStartupError) {
  TestServer server("echo");
  Method<pb::EchoRequest, pb::EchoResponse> method(server.runtime(),
                                                   "fangpin.rpc.testdata.v1.EchoService", "Ecko");
  EXPECT_THAT(server.runtime().startup_status(),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "METHOD_INVALID"));
}

TEST(MethodStartupTest, OtherMessageTypesAreAStartupError) {
  TestServer server("echo");
  Method<pb::EchoRequest, pb::ChangeResponse> method(server.runtime(),
                                                     "fangpin.rpc.testdata.v1.EchoService", "Echo");
  EXPECT_THAT(server.runtime().startup_status(),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "METHOD_INVALID"));
}

TEST(ClientTest, AServiceCallsAnotherWithItsOwnTokenRequestIdAndTime) {
  TestServer server("echo");
  EchoHandler handler(server.runtime(), RunMode::kExecutor);
  server.Start({&handler});
  Client<pb::EchoService> client(server.NeighbourFor("screening"));
  const base::CallContext ctx{
      .principal = TestServer::Person("COUNTY_DESK", kMinxian),
      .request_id = "r-9",
      .now = absl::FromCivil(absl::CivilDay(2025, 3, 1), absl::UTCTimeZone())};
  pb::EchoRequest request;
  request.set_text("hi");
  const auto response = client.Call(ctx, &pb::EchoService::Stub::Echo, request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->subject(), "service:screening");
  EXPECT_EQ(response->request_id(), "r-9");
  EXPECT_EQ(response->now_rfc3339(), "2025-03-01T00:00:00+00:00");
  pb::ChangeRequest change;
  change.set_household_id("h");
  ASSERT_THAT(client.Call(ctx, &pb::EchoService::Stub::Change, change), IsOk());
  EXPECT_THAT(server.audit(),
              ElementsAre("service:screening for test-COUNTY_DESK "
                          "fangpin.rpc.testdata.v1.EchoService/Change OK h 621126-C1"));
}

TEST(ClientTest, UnavailableIsTriedAgainWhenTheMethodIsIdempotent) {
  TestServer server("echo");
  EchoHandler handler(server.runtime(), RunMode::kInline);
  std::atomic<int> left{2};
  handler.on_echo = [&](const pb::EchoRequest&) -> absl::Status {
    if (left-- > 0) return absl::UnavailableError("");
    return absl::OkStatus();
  };
  server.Start({&handler});
  Client<pb::EchoService> client(server.NeighbourFor("screening"));
  EXPECT_THAT(client.Call({}, &pb::EchoService::Stub::Echo, pb::EchoRequest()), IsOk());
  EXPECT_EQ(handler.calls, 3);
}

TEST(ClientTest, AMethodThatIsNotIdempotentIsTriedOnce) {
  int attempts = 0;
  const auto fail = [&] {
    ++attempts;
    return absl::UnavailableError("");
  };
  EXPECT_THAT(internal::WithRetry(nullptr, fail), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(attempts, 1);
}

TEST(ClientTest, ANeighbourThatIsNotConnectedIsUnavailable) {
  Client<pb::EchoService> client(std::make_shared<Neighbour>("echo", nullptr, false));
  EXPECT_THAT(client.Call({}, &pb::EchoService::Stub::Echo, pb::EchoRequest()),
              ErrorIs(absl::StatusCode::kUnavailable, "NEIGHBOUR_ABSENT"));
}

TEST(ClientTest, CallOverTcpWorksAsInProcess) {
  TestServer server("echo");
  EchoHandler handler(server.runtime(), RunMode::kInline);
  server.Start({&handler});
  auto channel = grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials());
  auto stub = pb::EchoService::NewStub(channel);
  pb::EchoResponse response;
  auto context = server.Context(TestServer::Person("COUNTY_DESK", kMinxian));
  EXPECT_THAT(FromGrpc(stub->Echo(context.get(), {}, &response)), IsOk());
}

}  // namespace
}  // namespace fangpin::rpc
