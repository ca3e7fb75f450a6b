// A process with two modules for main_test: "lower" serves Echo, "upper" calls it at its start and
// again at its stop, and logs what it saw.

#include <memory>
#include <utility>

#include "fangpin/rpc/testdata/v1/echo.grpc.pb.h"
#include "libs/log/log.h"
#include "libs/policy/load.h"
#include "libs/rpc/client.h"
#include "libs/rpc/main.h"
#include "libs/rpc/method.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;

class Lower final : public Module, private pb::EchoService::CallbackService {
 public:
  explicit Lower(ModuleEnv& env)
      : echo_(env.RuntimeFor("lower"), pb::EchoService::service_full_name(), "Echo") {}

  std::string_view name() const override { return "lower"; }
  std::vector<grpc::Service*> services() override { return {this}; }
  absl::Status Start() override {
    log::Info("lower started");
    return absl::OkStatus();
  }
  void Stop() override { log::Info("lower stopped"); }

 private:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* c, const pb::EchoRequest* q,
                                 pb::EchoResponse* r) override {
    return echo_.Run(c, q, r,
                     [](const base::CallContext& ctx, const pb::EchoRequest& request,
                        pb::EchoResponse& response) {
                       response.set_text(request.text());
                       response.set_subject(ctx.principal.subject);
                       return absl::OkStatus();
                     });
  }

  Method<pb::EchoRequest, pb::EchoResponse> echo_;
};

class Upper final : public Module {
 public:
  explicit Upper(ModuleEnv& env) : lower_(env.Channel("upper", "lower")) {
    env.RuntimeFor("upper");
  }

  std::string_view name() const override { return "upper"; }
  std::vector<grpc::Service*> services() override { return {}; }
  absl::Status Start() override {
    pb::EchoRequest request;
    auto response = lower_.Call({}, &pb::EchoService::Stub::Echo, request);
    if (!response.ok()) return response.status();
    log::Info("upper started", {{"as", response->subject()}});
    return absl::OkStatus();
  }
  void Stop() override { log::Info("upper stopped"); }

 private:
  Client<pb::EchoService> lower_;
};

absl::StatusOr<std::unique_ptr<Module>> MakeLower(ModuleEnv& env) {
  return std::make_unique<Lower>(env);
}

absl::StatusOr<std::unique_ptr<Module>> MakeUpper(ModuleEnv& env) {
  return std::make_unique<Upper>(env);
}

absl::Status CheckUpper(const config::v1::Config& config) {
  return policy::LoadPolicy(config.policy_dir()).status();
}

}  // namespace
}  // namespace fangpin::rpc

int main(int argc, char** argv) {
  return fangpin::rpc::Main(
      argc, argv,
      {&fangpin::rpc::MakeLower, {&fangpin::rpc::MakeUpper, &fangpin::rpc::CheckUpper}});
}
