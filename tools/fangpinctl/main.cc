#include <iostream>

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
  return fangpin::ctl::Run(fangpin::ctl::kCommands, argc, argv, std::cout, std::cerr,
                           fangpin::ctl::ErrorIsTerminal());
}
