#ifndef FANGPIN_RPC_MAIN_H_
#define FANGPIN_RPC_MAIN_H_

#include <initializer_list>

#include "absl/status/status.h"
#include "fangpin/config/v1/config.pb.h"
#include "libs/rpc/module.h"

namespace fangpin::rpc {

// A module that a process is made of.
struct ModuleSpec {
  // What --check_config looks at on the module's behalf beside the configuration itself: files that
  // it would read when started. It changes nothing.
  using Check = absl::Status (*)(const config::v1::Config& config);

  // NOLINTNEXTLINE(google-explicit-constructor): a module without a check is its factory.
  ModuleSpec(ModuleFactory make, Check check = nullptr) : make(make), check(check) {}

  ModuleFactory make;
  Check check;
};

// The main function of every server binary. Flags: --config FILE, --check_config, --var DIR,
// --version. Makes and starts the modules in the order given, lowest first, stops them in reverse.
// Writes <var>/<binary>.ports ("grpc 127.0.0.1:7100", "metrics 127.0.0.1:9100", a line each) once
// all are started, removes it on the way out. SIGTERM or SIGINT drains and returns 0.
int Main(int argc, char** argv, std::initializer_list<ModuleSpec> modules);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_MAIN_H_
