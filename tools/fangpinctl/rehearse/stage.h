#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_STAGE_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_STAGE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace fangpin::ctl {

// How many of one thing a stage did.
struct Count {
  std::string key;    // of JSON: stable, in lower_snake_case
  std::string title;  // for people
  int64_t value = 0;
};

// What one stage came to.
struct StageResult {
  std::string key;    // of JSON
  std::string title;  // for people
  std::vector<Count> counts;
  double seconds = 0;
  int64_t mismatches = 0;
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_STAGE_H_
