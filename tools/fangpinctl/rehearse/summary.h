#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_SUMMARY_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_SUMMARY_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tools/fangpinctl/output.h"
#include "tools/fangpinctl/rehearse/comparison.h"
#include "tools/fangpinctl/rehearse/stage.h"

namespace fangpin::ctl {

// What one rehearsal came to.
struct Summary {
  std::string county;
  int64_t households = 0;
  int64_t persons = 0;
  bool resumed = false;
  std::vector<StageResult> stages;
  double seconds = 0;
  int64_t calls = 0;
  std::optional<int64_t> server_peak_kib;  // resident, of the server's process
  int64_t differences = 0;
  std::vector<Difference> first_differences;

  bool ok() const { return differences == 0; }
};

// kTable: a table of the stages in Chinese, totals, and either that all equals the manifest or the
// first differences. kJson: one object. kCsv: a row a stage and count.
void Print(const Summary& summary, Format format, std::ostream& out);

// Peak resident memory of a process in KiB, from /proc; nothing when there is no such process.
std::optional<int64_t> PeakMemoryKib(int64_t pid);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_SUMMARY_H_
