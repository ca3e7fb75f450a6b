#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_REHEARSE_COMMAND_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_REHEARSE_COMMAND_H_

#include "CLI/CLI.hpp"
#include "tools/fangpinctl/context.h"

namespace fangpin::ctl {

// rehearse: plays a generated county through a suite in simulated time, by its public API alone,
// and compares everything that comes of it with the county's manifest. Ends with kOk when nothing
// differs and kRefused otherwise.
void AddRehearseCommand(CLI::App& app, Context& context);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_REHEARSE_COMMAND_H_
