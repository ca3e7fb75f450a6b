#include "libs/rpc/module.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::rpc {
namespace {

constexpr int kReceiveBytes = 64 << 20;
constexpr int kKeepaliveMs = 60'000;
// A neighbour that was restarted is found again quickly.
constexpr int kMinReconnectMs = 100;
constexpr int kMaxReconnectMs = 2000;

std::shared_ptr<grpc::Channel> NetworkChannel(const config::v1::Neighbour& neighbour) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kMinReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!neighbour.ca_file().empty()) {
    std::ifstream in(neighbour.ca_file(), std::ios::binary);
    credentials = grpc::SslCredentials(
        {.pem_root_certs = std::string{std::istreambuf_iterator<char>(in), {}}});
  }
  return grpc::CreateCustomChannel(neighbour.address(), credentials, arguments);
}

}  // namespace

ModuleEnv::ModuleEnv(Options options) : options_(std::move(options)) {}
ModuleEnv::~ModuleEnv() = default;

Runtime& ModuleEnv::RuntimeFor(std::string_view service) {
  const auto [entry, added] = runtimes_.try_emplace(std::string(service));
  if (added) {
    auto audit = OpenAuditFile(base::StrCat(config().var_dir(), "/audit/", service, ".jsonl"));
    if (!audit.ok()) startup_.Update(audit.status());
    entry->second = std::make_unique<Runtime>(Runtime::Options{
        .service = std::string(service),
        .metrics = options_.metrics,
        .authenticator = options_.authenticator,
        .audit = audit.ok() ? std::shared_ptr<AuditSink>(*std::move(audit)) : nullptr,
        .simulated_time = simulated_time(),
        .executor_threads = config().limits().executor_threads(),
        .executor_queue = config().limits().executor_queue()});
  }
  return *entry->second;
}

std::shared_ptr<Neighbour> ModuleEnv::Channel(std::string_view caller, std::string_view service) {
  std::shared_ptr<ServiceIdentity>& identity = identities_[std::string(caller)];
  if (identity == nullptr) {
    identity =
        std::make_shared<ServiceIdentity>(options_.authenticator->key(), std::string(caller));
  }
  neighbours_.push_back(
      std::make_shared<Neighbour>(std::string(service), identity, simulated_time()));
  return neighbours_.back();
}

std::string ModuleEnv::DatabaseUri(std::string_view service) const {
  for (const config::v1::Database& database : config().databases()) {
    if (database.service() == service) return database.uri();
  }
  return base::StrCat("sqlite:", config().var_dir(), "/", service, ".db");
}

void ModuleEnv::Connect(
    const std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>>& in_process) {
  std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels = in_process;
  for (const config::v1::Neighbour& neighbour : config().neighbours()) {
    if (!channels.contains(neighbour.service())) {
      channels.emplace(neighbour.service(), NetworkChannel(neighbour));
    }
  }
  for (const std::shared_ptr<Neighbour>& neighbour : neighbours_) {
    if (const auto found = channels.find(neighbour->service()); found != channels.end()) {
      neighbour->set_channel(found->second);
    } else {
      startup_.Update(base::Error(absl::StatusCode::kFailedPrecondition, "NEIGHBOUR_UNKNOWN",
                                  "配置中缺少相邻服务的地址")
                          .WithMetadata("service", neighbour->service())
                          .Build());
    }
  }
}

absl::Status ModuleEnv::startup_status() const {
  absl::Status status = startup_;
  for (const auto& [service, runtime] : runtimes_) status.Update(runtime->startup_status());
  return status;
}

}  // namespace fangpin::rpc
