#ifndef FANGPIN_POLICY_GAPS_H_
#define FANGPIN_POLICY_GAPS_H_

#include <array>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/load.h"

namespace fangpin::policy {

// What the policy must say about every day, and every year has to be told anew: "calendar", the
// working days, without which no clue can be opened; "monitoring_line", the 监测范围, without which
// nothing can be determined or eliminated.
inline constexpr std::array<std::string_view, 2> kYearlyItems = {"calendar", "monitoring_line"};

struct Gap {
  std::string_view item;  // One of kYearlyItems.
  absl::CivilDay day;     // The first without it.
};

// The first day from `from` to `to`, both included, that lacks each item in `division`; items that
// lack none are left out. A monitoring line that only a smaller division has does not count.
std::vector<Gap> FindGaps(const PolicyData& policy, std::string_view division, absl::CivilDay from,
                          absl::CivilDay to);

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_GAPS_H_
