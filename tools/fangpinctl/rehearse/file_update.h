#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_FILE_UPDATE_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_FILE_UPDATE_H_

#include <string_view>

#include "absl/status/status.h"
#include "tools/fangpinctl/rehearse/play.h"

namespace fangpin::ctl {

// Brings a household file up to date as noted, on the version that is there. What an earlier run
// did is left as it is.
absl::Status UpdateFile(Play& play, const Story& story, absl::CivilDay day,
                        registry::v1::UpdateHouseholdRequest request, std::string_view step);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_FILE_UPDATE_H_
