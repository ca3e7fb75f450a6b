#include "libs/rpc/encoded_method.h"

#include <functional>
#include <memory>
#include <stdexcept>

#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;

using ::absl::StatusCode;
using ::testing::ElementsAre;
using testing::ErrorIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kMinxian[] = "621126000000";

class PersonHandler final
    : public pb::EchoService::WithRawCallbackMethod_GetPerson<pb::EchoService::CallbackService> {
 public:
  PersonHandler(Runtime& runtime, RunMode mode)
      : get_person_(runtime, "fangpin.rpc.testdata.v1.EchoService", "GetPerson", mode) {}

  grpc::ServerUnaryReactor* GetPerson(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    return get_person_.Run(
        context, request, response,
        [this](const base::CallContext&,
               const pb::GetPersonRequest& asked) -> absl::StatusOr<Encoded> {
          if (on_get) FANGPIN_RETURN_IF_ERROR(on_get(asked));
          pb::GetPersonResponse answer;
          answer.mutable_person()->set_id(asked.person_id());
          answer.mutable_person()->set_name("王小军");
          return Encoded{ToBytes(answer), std::vector<std::string>(ids, asked.person_id())};
        });
  }

  std::function<absl::Status(const pb::GetPersonRequest&)> on_get;
  size_t ids = 1;

 private:
  EncodedMethod<pb::GetPersonRequest, pb::GetPersonResponse> get_person_;
};

// Every case runs in both modes.
class EncodedMethodTest : public ::testing::TestWithParam<RunMode> {
 protected:
  void SetUp() override {
    server_ = std::make_unique<TestServer>("echo");
    handler_ = std::make_unique<PersonHandler>(server_->runtime(), GetParam());
    server_->Start({handler_.get()});
    stub_ = pb::EchoService::NewStub(server_->channel());
  }
  void TearDown() override {
    stub_.reset();
    server_->Stop(absl::Seconds(5));
  }

  absl::Status Get(const std::string& role = "COUNTY_DESK", const std::string& id = "p-1") {
    pb::GetPersonRequest request;
    request.set_person_id(id);
    const auto context = server_->Context(TestServer::Person(role, kMinxian));
    response_.Clear();
    return FromGrpc(stub_->GetPerson(context.get(), request, &response_));
  }

  std::unique_ptr<TestServer> server_;
  std::unique_ptr<PersonHandler> handler_;
  std::unique_ptr<pb::EchoService::Stub> stub_;
  pb::GetPersonResponse response_;
};

INSTANTIATE_TEST_SUITE_P(Modes, EncodedMethodTest,
                         ::testing::Values(RunMode::kInline, RunMode::kExecutor),
                         [](const auto& info) {
                           return info.param == RunMode::kInline ? "Inline" : "Executor";
                         });

TEST_P(EncodedMethodTest, BytesArriveAsTheyAre) {
  ASSERT_THAT(Get(), IsOk());
  EXPECT_EQ(response_.person().id(), "p-1");
  EXPECT_EQ(response_.person().name(), "王小军");
}

TEST_P(EncodedMethodTest, PersonalFieldsAreMaskedForWhoMayNotSeeThem) {
  ASSERT_THAT(Get("MASKED_READER"), IsOk());
  EXPECT_EQ(response_.person().id(), "p-1");
  EXPECT_EQ(response_.person().name(), "王*军");
}

TEST_P(EncodedMethodTest, AuditNamesWhatWasAskedAndAnswered) {
  ASSERT_THAT(Get(), IsOk());
  ASSERT_THAT(Get("MASKED_READER"), IsOk());
  EXPECT_THAT(
      server_->audit(),
      ElementsAre("test-COUNTY_DESK fangpin.rpc.testdata.v1.EchoService/GetPerson OK p-1 p-1",
                  "test-MASKED_READER fangpin.rpc.testdata.v1.EchoService/GetPerson OK p-1 "
                  "p-1"));
}

TEST_P(EncodedMethodTest, AuditNamesTwentyIdsAtMost) {
  handler_->ids = 50;
  ASSERT_THAT(Get("COUNTY_DESK", "x"), IsOk());
  ASSERT_THAT(server_->audit(), SizeIs(1));
  EXPECT_THAT(server_->audit()[0], ::testing::EndsWith(" OK" + [] {
                std::string ids;
                for (int i = 0; i < 20; ++i) ids += " x";
                return ids;
              }()));
}

TEST_P(EncodedMethodTest, ErrorsAndExceptionsAreThoseOfEveryMethod) {
  handler_->on_get = [](const auto&) -> absl::Status {
    return base::Error(StatusCode::kNotFound, "PERSON_NOT_FOUND", "查无此人");
  };
  EXPECT_THAT(Get(), ErrorIs(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  handler_->on_get = [](const auto&) -> absl::Status { throw std::runtime_error("table persons"); };
  const absl::Status status = Get();
  EXPECT_THAT(status, ErrorIs(StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("persons")));
}

TEST_P(EncodedMethodTest, WhoMayNotCallIsRefusedBeforeTheBody) {
  handler_->on_get = [](const auto&) -> absl::Status {
    ADD_FAILURE() << "called";
    return absl::OkStatus();
  };
  EXPECT_THAT(Get("NOBODY"), ErrorIs(StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
}

TEST_P(EncodedMethodTest, ARequestThatDoesNotParseIsRefused) {
  grpc::GenericStub stub(server_->channel());
  const auto call = [&](std::unique_ptr<grpc::ClientContext> context) {
    const grpc::Slice slice(std::string("\xff\xff\xff"));
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    absl::Notification done;
    absl::Status result;
    stub.UnaryCall(context.get(), "/fangpin.rpc.testdata.v1.EchoService/GetPerson", {}, &request,
                   &response, [&](grpc::Status status) {
                     result = FromGrpc(status);
                     done.Notify();
                   });
    done.WaitForNotification();
    return result;
  };
  EXPECT_THAT(call(server_->Context(TestServer::Person("COUNTY_DESK", kMinxian))),
              ErrorIs(StatusCode::kInvalidArgument, "MESSAGE_MALFORMED"));
  // Who is not known learns that first.
  EXPECT_THAT(call(std::make_unique<grpc::ClientContext>()),
              ErrorIs(StatusCode::kUnauthenticated, "TOKEN_MISSING"));
}

}  // namespace
}  // namespace fangpin::rpc
