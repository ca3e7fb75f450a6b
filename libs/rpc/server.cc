#include "libs/rpc/server.h"

#include <grpc/grpc.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "absl/time/clock.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "openssl/pem.h"
#include "openssl/x509.h"

namespace fangpin::rpc {
namespace {

// A peer that vanished is noticed within this time; clients may ask as often.
constexpr int kKeepaliveMs = 60'000;
constexpr int kMinPingMs = 10'000;
// Bulk reads between services answer with up to this much.
constexpr int kInProcessReceiveBytes = 64 << 20;

absl::StatusOr<std::string> ReadFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || text.empty()) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "TLS_FILE_UNREADABLE",
                       base::StrCat("TLS 文件无法读取：", file))
        .WithMetadata("file", file)
        .Build();
  }
  return text;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const config::v1::Config& config) {
  if (!config.has_tls()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  FANGPIN_ASSIGN_OR_RETURN(pair.private_key, ReadFile(config.tls().key_file()));
  FANGPIN_ASSIGN_OR_RETURN(pair.cert_chain, ReadFile(config.tls().certificate_file()));
  // People come with a token and no certificate, systems with either.
  const bool certificates = !config.tls().client_ca_file().empty();
  grpc::SslServerCredentialsOptions options(certificates
                                                ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY
                                                : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  if (certificates) {
    FANGPIN_ASSIGN_OR_RETURN(options.pem_root_certs, ReadFile(config.tls().client_ca_file()));
  }
  options.pem_key_cert_pairs.push_back(std::move(pair));
  return grpc::SslServerCredentials(options);
}

// The address with the port that was taken.
std::string WithPort(const std::string& address, int port) {
  if (address.starts_with("unix:")) return address;
  return base::StrCat(address.substr(0, address.rfind(':') + 1), port);
}

}  // namespace

bool IsLoopback(std::string_view address) {
  if (address.starts_with("unix:")) return true;
  const std::string_view host = address.substr(0, address.rfind(':'));
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

bool HoldsCertificate(std::string_view pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  char no_password[] = "";  // nobody is asked for one
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, no_password), &X509_free);
  return certificate != nullptr;
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const config::v1::Config& config, const std::vector<grpc::Service*>& services,
    std::set<std::string, std::less<>> service_names) {
  grpc::EnableDefaultHealthCheckService(true);
  FANGPIN_ASSIGN_OR_RETURN(std::shared_ptr<grpc::ServerCredentials> credentials,
                           MakeCredentials(config));
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(config.limits().receive_bytes());
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A second process on the same port is a mistake, not a way to share the load.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  std::vector<int> ports(config.listen_size(), 0);
  for (int i = 0; i < config.listen_size(); ++i) {
    const std::string& address = config.listen(i);
    if (!config.has_tls() && !IsLoopback(address)) {
      return base::Error(absl::StatusCode::kFailedPrecondition, "LISTEN_WITHOUT_TLS",
                         "回环地址之外的监听须配置 TLS")
          .WithMetadata("address", address)
          .Build();
    }
    builder.AddListeningPort(address, credentials, &ports[i]);
  }
  std::unique_ptr<Server> server(new Server);
  service_names.insert(
      {"grpc.health.v1.Health", grpc::reflection::v1alpha::ServerReflection::service_full_name()});
  server->reflection_ = std::make_unique<ReflectionService>(std::move(service_names));
  builder.RegisterService(server->reflection_.get());
  for (grpc::Service* service : services) builder.RegisterService(service);
  server->server_ = builder.BuildAndStart();
  for (int i = 0; i < config.listen_size(); ++i) {
    if (server->server_ == nullptr || ports[i] == 0) {
      return base::Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED", "地址无法监听")
          .WithMetadata("address", config.listen(i))
          .Build();
    }
    server->addresses_.push_back(WithPort(config.listen(i), ports[i]));
  }
  server->server_->GetHealthCheckService()->SetServingStatus(false);
  return server;
}

Server::~Server() {
  if (server_ != nullptr) Drain(absl::ZeroDuration());
}

void Server::SetHealth(const std::string& name, bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(name, serving);
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kInProcessReceiveBytes);
  return server_->InProcessChannel(arguments);
}

void Server::TurnHealthOff() { server_->GetHealthCheckService()->Shutdown(); }

void Server::Drain(absl::Duration grace) {
  TurnHealthOff();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
}

}  // namespace fangpin::rpc
