#ifndef FANGPIN_RPC_MODULE_H_
#define FANGPIN_RPC_MODULE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/config/v1/config.pb.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "libs/metrics/metrics.h"
#include "libs/rpc/neighbour.h"
#include "libs/rpc/runtime.h"

namespace fangpin::rpc {

// One service of the suite, alone in a process or beside others.
class Module {
 public:
  virtual ~Module() = default;

  // "registry". Names its health status beside the full names of its gRPC services.
  virtual std::string_view name() const = 0;

  // gRPC services to serve; owned by the module.
  virtual std::vector<grpc::Service*> services() = 0;

  // Called once the server listens and every module before this one has started; neighbours in the
  // process can be called from here on. Calls are refused until it has returned.
  virtual absl::Status Start() { return absl::OkStatus(); }

  // Whether it can serve now; asked every second, shown as health.
  virtual bool Ready() const { return true; }

  // Called once no call is in progress, in reverse order of Start, when Start succeeded.
  virtual void Stop() {}
};

// What a module is made from. Lives as long as the modules.
class ModuleEnv {
 public:
  struct Options {
    config::v1::Config config;  // complete, as LoadConfig returns it
    std::shared_ptr<metrics::Registry> metrics;
    std::shared_ptr<const Authenticator> authenticator;
  };
  explicit ModuleEnv(Options options);
  ~ModuleEnv();

  const config::v1::Config& config() const { return options_.config; }
  metrics::Registry& metrics() { return *options_.metrics; }

  // The runtime of the service; made by the first call, which also opens its audit file.
  Runtime& RuntimeFor(std::string_view service);

  // The way to the other service as seen by `caller`: in process when that service is in this
  // process, over the network otherwise. The channel itself is there from Module::Start on.
  // The caller is the service that asks; its identity goes with every call.
  std::shared_ptr<Neighbour> Channel(std::string_view caller, std::string_view service);

  // "sqlite:…" or "postgresql://…".
  std::string DatabaseUri(std::string_view service) const;
  // Empty: no Redis.
  const std::string& redis_address() const { return config().redis_address(); }
  const std::string& policy_dir() const { return config().policy_dir(); }
  const std::string& seal_key_file() const { return config().seal_key_file(); }
  const std::string& var_dir() const { return config().var_dir(); }
  bool simulated_time() const { return config().simulated_time(); }

  // For the server: gives every neighbour that `in_process` holds its channel.
  void Connect(
      const std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>>& in_process);
  // What is wrong with the methods, audit files and neighbours asked for.
  absl::Status startup_status() const;
  // Every runtime, by service name.
  const std::map<std::string, std::unique_ptr<Runtime>, std::less<>>& runtimes() const {
    return runtimes_;
  }

 private:
  const Options options_;
  std::map<std::string, std::unique_ptr<Runtime>, std::less<>> runtimes_;
  std::map<std::string, std::shared_ptr<ServiceIdentity>, std::less<>> identities_;
  std::vector<std::shared_ptr<Neighbour>> neighbours_;
  absl::Status startup_;
};

// Makes a module: opens and migrates its store, wires its layers. No threads yet; see Start.
using ModuleFactory = absl::StatusOr<std::unique_ptr<Module>> (*)(ModuleEnv& env);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_MODULE_H_
