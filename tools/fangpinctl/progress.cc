#include "tools/fangpinctl/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/strings.h"

namespace fangpin::ctl {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(100);
constexpr int kBarCells = 24;
constexpr std::string_view kEraseLine = "\r\x1b[2K";

}  // namespace

Progress::Progress(std::ostream& err, bool enabled, std::string label, int64_t total)
    : err_(err), enabled_(enabled), label_(std::move(label)), total_(total) {}

Progress::~Progress() {
  if (drawn_) err_ << kEraseLine << std::flush;
}

void Progress::Update(int64_t done) {
  if (!enabled_) return;
  const absl::Time now = absl::Now();
  if (now < next_draw_) return;
  next_draw_ = now + kInterval;
  Draw(done);
}

void Progress::Draw(int64_t done) {
  err_ << kEraseLine << ProgressLine(label_, done, total_) << std::flush;
  drawn_ = true;
}

std::string ProgressLine(std::string_view label, int64_t done, int64_t total) {
  if (total <= 0) return base::StrCat(label, " ", done);
  const int64_t part = std::clamp<int64_t>(done, 0, total);
  const int64_t full = part * kBarCells / total;
  std::string bar;
  for (int64_t i = 0; i < kBarCells; ++i) bar += i < full ? "█" : "░";
  return base::StrCat(label, " [", bar, "] ", part * 100 / total, "% ", part, "/", total);
}

bool ErrorIsTerminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace fangpin::ctl
