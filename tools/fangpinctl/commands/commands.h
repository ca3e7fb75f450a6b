#ifndef FANGPIN_TOOLS_FANGPINCTL_COMMANDS_COMMANDS_H_
#define FANGPIN_TOOLS_FANGPINCTL_COMMANDS_COMMANDS_H_

#include "CLI/CLI.hpp"
#include "tools/fangpinctl/context.h"

// The everyday commands, a function a group.
namespace fangpin::ctl {

void AddGenCommand(CLI::App& app, Context& context);
void AddTokenCommand(CLI::App& app, Context& context);
void AddImportCommand(CLI::App& app, Context& context);
void AddPushCommand(CLI::App& app, Context& context);
void AddAuditCommands(CLI::App& app, Context& context);
void AddRegistryCommands(CLI::App& app, Context& context);     // household, division
void AddHouseholdStreams(CLI::App& group, Context& context);   // of household: export, watch
void AddScreeningCommands(CLI::App& app, Context& context);    // feed, alert, clue, visit, case
void AddAssistanceCommands(CLI::App& app, Context& context);   // plan
void AddEliminationCommands(CLI::App& app, Context& context);  // eliminate

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_COMMANDS_COMMANDS_H_
