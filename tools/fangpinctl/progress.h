#ifndef FANGPIN_TOOLS_FANGPINCTL_PROGRESS_H_
#define FANGPIN_TOOLS_FANGPINCTL_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace fangpin::ctl {

// A line about long work that is rewritten in place: on a terminal only, so that files and pipes
// get nothing of it. Erased at the end.
class Progress {
 public:
  // Writes to `err` when `enabled`; without a total (0) it counts instead of drawing a bar.
  Progress(std::ostream& err, bool enabled, std::string label, int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Draws at most ten times a second.
  void Update(int64_t done);

 private:
  void Draw(int64_t done);

  std::ostream& err_;
  const bool enabled_;
  const std::string label_;
  const int64_t total_;
  absl::Time next_draw_ = absl::InfinitePast();
  bool drawn_ = false;
};

// "岷县.xlsx [██████░░░░] 60% 3000/5000", or "岷县.xlsx 3000" without a total.
std::string ProgressLine(std::string_view label, int64_t done, int64_t total);

// True when standard error is a terminal.
bool ErrorIsTerminal();

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_PROGRESS_H_
