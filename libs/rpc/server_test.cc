#include "libs/rpc/server.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/time/clock.h"
#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "gmock/gmock.h"
#include "grpcpp/create_channel.h"
#include "gtest/gtest.h"
#include "libs/rpc/config.h"
#include "libs/rpc/method.h"
#include "libs/rpc/status.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/subprocess.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;
namespace reflection = grpc::reflection::v1alpha;
using ::testing::ElementsAre;
using testing::ErrorIs;
using testing::IsOk;

config::v1::Config AnyPort() {
  config::v1::Config config = *LoadConfig("", "");
  config.clear_listen();
  config.add_listen("127.0.0.1:0");
  return config;
}

std::string Read(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Tells who called.
class WhoHandler final : public pb::EchoService::CallbackService {
 public:
  explicit WhoHandler(Runtime& runtime)
      : echo_(runtime, pb::EchoService::service_full_name(), "Echo", RunMode::kInline) {}
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* c, const pb::EchoRequest* q,
                                 pb::EchoResponse* r) override {
    return echo_.Run(
        c, q, r,
        [](const base::CallContext& ctx, const pb::EchoRequest&, pb::EchoResponse& response) {
          response.set_subject(ctx.principal.subject);
          return absl::OkStatus();
        });
  }

 private:
  Method<pb::EchoRequest, pb::EchoResponse> echo_;
};

TEST(ServerTest, BeyondLoopbackItRefusesToListenWithoutTls) {
  config::v1::Config config = AnyPort();
  config.add_listen("0.0.0.0:0");
  EXPECT_THAT(Server::Start(config, {}, {}).status(),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "LISTEN_WITHOUT_TLS"));
}

TEST(ServerTest, ATakenPortIsAnError) {
  auto first = Server::Start(AnyPort(), {}, {});
  ASSERT_THAT(first.status(), IsOk());
  config::v1::Config config = AnyPort();
  config.set_listen(0, (*first)->addresses()[0]);
  EXPECT_THAT(Server::Start(config, {}, {}).status(),
              ErrorIs(absl::StatusCode::kUnavailable, "LISTEN_FAILED"));
}

TEST(ServerTest, HealthFollowsWhatItIsTold) {
  auto server = Server::Start(AnyPort(), {}, {});
  ASSERT_THAT(server.status(), IsOk());
  const std::string address = (*server)->addresses()[0];
  EXPECT_FALSE(testing::WaitForHealth(address, "", absl::Milliseconds(200)).ok());
  (*server)->SetHealth("registry", true);
  EXPECT_THAT(testing::WaitForHealth(address, "registry", absl::Seconds(10)), IsOk());
  (*server)->TurnHealthOff();
  EXPECT_FALSE(testing::WaitForHealth(address, "registry", absl::Milliseconds(200)).ok());
}

TEST(ServerTest, ReflectionTellsServicesAndFiles) {
  auto server = Server::Start(AnyPort(), {}, {"fangpin.rpc.testdata.v1.EchoService"});
  ASSERT_THAT(server.status(), IsOk());
  auto stub = reflection::ServerReflection::NewStub((*server)->InProcessChannel());
  grpc::ClientContext context;
  auto stream = stub->ServerReflectionInfo(&context);
  reflection::ServerReflectionRequest request;
  reflection::ServerReflectionResponse response;

  request.set_list_services("");
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  std::vector<std::string> names;
  for (const auto& service : response.list_services_response().service()) {
    names.push_back(service.name());
  }
  EXPECT_THAT(names, ElementsAre("fangpin.rpc.testdata.v1.EchoService", "grpc.health.v1.Health",
                                 "grpc.reflection.v1alpha.ServerReflection"));

  request.set_file_containing_symbol("fangpin.rpc.testdata.v1.EchoService.Echo");
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  const auto& files = response.file_descriptor_response().file_descriptor_proto();
  ASSERT_EQ(files.size(), 3) << "itself after its imports";
  google::protobuf::FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(files[2]));
  EXPECT_EQ(file.name(), "fangpin/rpc/testdata/v1/echo.proto");

  request.mutable_file_containing_extension()->set_containing_type("google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50201);
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_TRUE(response.has_file_descriptor_response());

  request.set_all_extension_numbers_of_type("google.protobuf.FieldOptions");
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_THAT(response.all_extension_numbers_response().extension_number(), ElementsAre(50202));

  request.set_file_by_filename("nothing.proto");
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_EQ(response.error_response().error_code(), grpc::StatusCode::NOT_FOUND);

  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

// A CA, a server certificate and client certificates, made with the openssl command.
class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.pem");
    Certificate("server", "subjectAltName=IP:127.0.0.1");
    Certificate("yibao", "extendedKeyUsage=clientAuth");
    Certificate("stranger", "extendedKeyUsage=clientAuth");

    config_ = AnyPort();
    config_.mutable_tls()->set_certificate_file(dir_.File("server.pem"));
    config_.mutable_tls()->set_key_file(dir_.File("server.key"));
    config_.mutable_tls()->set_client_ca_file(dir_.File("ca.pem"));
    config_.mutable_limits()->set_receive_bytes(10'000);
    auto authenticator = std::make_shared<Authenticator>(
        key_, std::make_shared<const RoleTable>(*RoleTable::Load("deploy/config/roles.textproto")));
    authenticator->AddCertificate(
        "yibao", {.subject = "yibao", .roles = {"EXTERNAL_SYSTEM"}, .divisions = {"621126000000"}});
    runtime_ = std::make_unique<Runtime>(
        Runtime::Options{.service = "echo",
                         .metrics = std::make_shared<metrics::Registry>(),
                         .authenticator = authenticator,
                         .audit = *OpenAuditFile(dir_.File("audit.jsonl"))});
    handler_ = std::make_unique<WhoHandler>(*runtime_);
    ASSERT_THAT(runtime_->startup_status(), IsOk());
    auto server = Server::Start(config_, {handler_.get()}, {});
    ASSERT_THAT(server.status(), IsOk());
    server_ = *std::move(server);
    runtime_->Admit(Runtime::Admission::kOpen);
  }

  void Openssl(const std::string& arguments) {
    const std::string command = "cd " + dir_.path() + " && openssl " + arguments + " 2>openssl.log";
    ASSERT_EQ(std::system(command.c_str()), 0) << Read(dir_.File("openssl.log"));
  }
  // NAME.pem and NAME.key, signed by the CA.
  void Certificate(const std::string& name, const std::string& extension) {
    std::ofstream(dir_.File("extension")) << extension << "\n";
    Openssl("req -newkey rsa:2048 -nodes -subj /CN=" + name + " -keyout " + name + ".key -out " +
            name + ".csr");
    Openssl("x509 -req -days 2 -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial " +
            "-extfile extension -out " + name + ".pem");
  }

  // Calls with this client certificate (none when empty) and authorization (none when empty).
  absl::StatusOr<std::string> Who(const std::string& certificate, const std::string& authorization,
                                  const std::string& text = "") {
    grpc::SslCredentialsOptions options{.pem_root_certs = Read(dir_.File("ca.pem"))};
    if (!certificate.empty()) {
      options.pem_cert_chain = Read(dir_.File(certificate + ".pem"));
      options.pem_private_key = Read(dir_.File(certificate + ".key"));
    }
    auto stub = pb::EchoService::NewStub(
        grpc::CreateChannel(server_->addresses()[0], grpc::SslCredentials(options)));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    if (!authorization.empty()) context.AddMetadata(kAuthorizationKey, authorization);
    pb::EchoRequest request;
    request.set_text(text);
    pb::EchoResponse response;
    const grpc::Status status = stub->Echo(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response.subject();
  }

  testing::TempDir dir_;
  TokenKey key_ = TokenKey::Random();
  config::v1::Config config_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<WhoHandler> handler_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsTest, CertificateOrTokenSaysWhoCalls) {
  const std::string token =
      "Bearer " +
      *MintToken(key_,
                 {.subject = "desk-1", .roles = {"COUNTY_DESK"}, .divisions = {"621126000000"}},
                 absl::Now(), absl::Hours(1));
  EXPECT_THAT(Who("yibao", ""), testing::IsOkAndHolds("yibao"));
  EXPECT_THAT(Who("", token), testing::IsOkAndHolds("desk-1"));
  EXPECT_THAT(Who("yibao", token), testing::IsOkAndHolds("desk-1"));
  EXPECT_THAT(Who("stranger", ""), ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(Who("", ""), ErrorIs(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(Who("", token, std::string(20'000, 'x')),
              testing::StatusIs(absl::StatusCode::kResourceExhausted));

  auto plain = pb::EchoService::NewStub(
      grpc::CreateChannel(server_->addresses()[0], grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  pb::EchoResponse response;
  EXPECT_EQ(plain->Echo(&context, {}, &response).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsTest, OnlyACertificateInPemIsOne) {
  EXPECT_TRUE(HoldsCertificate(Read(dir_.File("ca.pem"))));
  EXPECT_TRUE(HoldsCertificate("CA of the tests\n" + Read(dir_.File("ca.pem"))));
  EXPECT_FALSE(HoldsCertificate(Read(dir_.File("ca.key"))));
  EXPECT_FALSE(HoldsCertificate("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
  EXPECT_FALSE(HoldsCertificate(""));
}

TEST_F(TlsTest, AMissingCertificateFileIsAnError) {
  config_.mutable_tls()->set_key_file(dir_.File("none"));
  EXPECT_THAT(Server::Start(config_, {}, {}).status(),
              ErrorIs(absl::StatusCode::kFailedPrecondition, "TLS_FILE_UNREADABLE"));
}

}  // namespace
}  // namespace fangpin::rpc
