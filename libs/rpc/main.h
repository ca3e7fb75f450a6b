#ifndef FANGPIN_RPC_MAIN_H_
#define FANGPIN_RPC_MAIN_H_

#include <initializer_list>

#include "libs/rpc/module.h"

namespace fangpin::rpc {

// The main function of every server binary. Flags: --config FILE, --check_config, --var DIR,
// --version. Makes and starts the modules in the order given, lowest first, stops them in reverse.
// Writes <var>/<binary>.ports ("grpc 127.0.0.1:7100", "metrics 127.0.0.1:9100", a line each) once
// all are started, removes it on the way out. SIGTERM or SIGINT drains and returns 0.
int Main(int argc, char** argv, std::initializer_list<ModuleFactory> factories);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_MAIN_H_
