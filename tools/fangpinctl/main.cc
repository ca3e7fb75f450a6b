#include <cstdlib>
#include <iostream>

#include "grpc/support/log.h"
#include "tools/fangpinctl/app.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/progress.h"
#include "tools/fangpinctl/rehearse/rehearse_command.h"

namespace fangpin::ctl {
namespace {

// In the order of --help.
constexpr AddCommands kCommands[] = {
    &AddTokenCommand,      &AddImportCommand,      &AddRegistryCommands,    &AddPushCommand,
    &AddScreeningCommands, &AddAssistanceCommands, &AddEliminationCommands, &AddAuditCommands,
    &AddGenCommand,        &AddRehearseCommand,
};

}  // namespace
}  // namespace fangpin::ctl

int main(int argc, char** argv) {
  // What matters of gRPC's log is in the status of a call. GRPC_VERBOSITY asks for all of it.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
  return fangpin::ctl::Run(fangpin::ctl::kCommands, argc, argv, std::cout, std::cerr,
                           fangpin::ctl::ErrorIsTerminal());
}
