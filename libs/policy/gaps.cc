#include "libs/policy/gaps.h"

namespace fangpin::policy {
namespace {

bool Has(const PolicyData& policy, std::string_view item, std::string_view division,
         absl::CivilDay day) {
  if (item == "calendar") return policy.calendar.IsWorkingDay(day).ok();
  return policy.parameters.Value(item, division, day).has_value();
}

}  // namespace

std::vector<Gap> FindGaps(const PolicyData& policy, std::string_view division, absl::CivilDay from,
                          absl::CivilDay to) {
  std::vector<Gap> gaps;
  for (const std::string_view item : kYearlyItems) {
    absl::CivilDay day = from;
    while (day <= to && Has(policy, item, division, day)) ++day;
    if (day <= to) gaps.push_back({.item = item, .day = day});
  }
  return gaps;
}

}  // namespace fangpin::policy
