#ifndef FANGPIN_TOOLS_FANGPINCTL_APP_H_
#define FANGPIN_TOOLS_FANGPINCTL_APP_H_

#include <ostream>

#include "CLI/CLI.hpp"
#include "absl/types/span.h"
#include "tools/fangpinctl/context.h"

namespace fangpin::ctl {

// Registers a group of commands. The callback of a command ends it by Context::Finish, or throws
// CLI::RuntimeError with an exit code.
using AddCommands = void (*)(CLI::App& app, Context& context);

// Runs one command line; returns the exit code. Progress lines go to `err` when `progress`.
int Run(absl::Span<const AddCommands> groups, int argc, const char* const* argv, std::ostream& out,
        std::ostream& err, bool progress);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_APP_H_
