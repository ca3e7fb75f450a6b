#include "libs/rpc/test_server.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/strings.h"
#include "libs/rpc/config.h"

namespace fangpin::rpc {
namespace {

// Tests cannot go on without what they set up.
void CheckOk(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "TestServer: %s\n", status.ToString().c_str());
  std::abort();
}

}  // namespace

class TestServer::MemoryAudit final : public AuditSink {
 public:
  absl::Status Append(const AuditEntry& entry) override {
    absl::MutexLock lock(&mutex_);
    std::string line(entry.subject);
    if (!entry.on_behalf_of.empty()) base::StrAppend(&line, " for ", entry.on_behalf_of);
    base::StrAppend(&line, " ", entry.method, " ", entry.outcome);
    for (const std::string& id : entry.ids) base::StrAppend(&line, " ", id);
    lines_.push_back(std::move(line));
    return absl::OkStatus();
  }
  bool Healthy() const override { return healthy; }
  absl::Status Flush() override { return absl::OkStatus(); }

  std::vector<std::string> lines() const {
    absl::MutexLock lock(&mutex_);
    return lines_;
  }

  std::atomic<bool> healthy{true};

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

TestServer::TestServer(std::string service, Options options)
    : key_(TokenKey::Random()), audit_(std::make_shared<MemoryAudit>()) {
  config::v1::Roles config;
  CheckOk(LoadTextProto(FindDeployed("deploy/config/roles.textproto"), &config));
  config::v1::Role* masked = config.add_roles();
  masked->set_name("MASKED_READER");
  masked->add_permissions("registry.*");
  absl::StatusOr<RoleTable> roles = RoleTable::FromConfig(config);
  CheckOk(roles.status());
  runtime_ = std::make_unique<Runtime>(
      Runtime::Options{.service = std::move(service),
                       .metrics = std::make_shared<metrics::Registry>(),
                       .authenticator = std::make_shared<const Authenticator>(
                           key_, std::make_shared<const RoleTable>(*std::move(roles))),
                       .audit = audit_,
                       .simulated_time = options.simulated_time,
                       .executor_threads = options.executor_threads,
                       .executor_queue = options.executor_queue});
}

TestServer::~TestServer() { Stop(absl::ZeroDuration()); }

void TestServer::Start(const std::vector<grpc::Service*>& services) {
  CheckOk(runtime_->startup_status());
  absl::StatusOr<config::v1::Config> config = LoadConfig("", "");
  CheckOk(config.status());
  config->clear_listen();
  config->add_listen("127.0.0.1:0");
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(*config, services, runtime_->grpc_services());
  CheckOk(server.status());
  server_ = *std::move(server);
  channel_ = server_->InProcessChannel();
  runtime_->Admit(Runtime::Admission::kOpen);
}

void TestServer::Stop(absl::Duration grace) {
  const absl::Time deadline = absl::Now() + grace;
  runtime_->Drain(deadline);
  if (server_ != nullptr) server_->Drain(deadline - absl::Now());
  channel_.reset();
  server_.reset();
}

const std::string& TestServer::address() const { return server_->addresses().front(); }

void TestServer::set_audit_healthy(bool healthy) { audit_->healthy = healthy; }

std::vector<std::string> TestServer::audit() const { return audit_->lines(); }

std::shared_ptr<Neighbour> TestServer::NeighbourFor(std::string caller) const {
  auto neighbour = std::make_shared<Neighbour>(
      runtime_->service(), std::make_shared<ServiceIdentity>(key_, std::move(caller)),
      runtime_->simulated_time());
  neighbour->set_channel(channel_);
  return neighbour;
}

base::Principal TestServer::Person(std::string role, std::string division) {
  return {.subject = "test-" + role, .roles = {role}, .divisions = {std::move(division)}};
}

std::unique_ptr<grpc::ClientContext> TestServer::Context(const base::Principal& principal,
                                                         absl::Time now) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata(kAuthorizationKey, "Bearer " + Token(principal));
  if (now != absl::InfinitePast()) {
    context->AddMetadata(kSimulatedTimeKey,
                         absl::FormatTime(absl::RFC3339_full, now, absl::UTCTimeZone()));
  }
  context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  return context;
}

std::string TestServer::Token(const base::Principal& principal, absl::Time issued,
                              absl::Duration lifetime) const {
  absl::StatusOr<std::string> token = MintToken(key_, principal, issued, lifetime);
  CheckOk(token.status());
  return *std::move(token);
}

std::string TestServer::Token(const base::Principal& principal) const {
  return Token(principal, absl::Now(), absl::Hours(1));
}

}  // namespace fangpin::rpc
