#include "services/registry/core/scope.h"

#include <algorithm>
#include <string>

#include "libs/base/division.h"
#include "services/registry/core/errors.h"

namespace fangpin::registry {

absl::Status CheckScope(const base::CallContext& ctx, std::string_view division) {
  return ctx.principal.MayAccess(division) ? absl::OkStatus() : ScopeDenied(division);
}

DivisionRange RangeOf(std::string_view division) {
  DivisionRange range;
  range.begin = std::string(base::DivisionPrefix(division));
  range.end = range.begin;
  // ':' follows '9', so the end is beyond every code with this prefix.
  if (!range.end.empty()) ++range.end.back();
  return range;
}

std::vector<DivisionRange> VisibleRanges(const base::Principal& principal,
                                         std::string_view division) {
  std::vector<std::string> roots;
  for (const std::string& root : principal.divisions) {
    if (division.empty() || base::DivisionWithin(root, division)) {
      roots.push_back(root);
    } else if (base::DivisionWithin(division, root)) {
      roots.assign(1, std::string(division));
      break;
    }
  }
  std::sort(roots.begin(), roots.end());
  std::vector<DivisionRange> ranges;
  std::string_view last;
  for (const std::string& root : roots) {
    if (!last.empty() && base::DivisionWithin(root, last)) continue;
    ranges.push_back(RangeOf(root));
    last = root;
  }
  return ranges;
}

}  // namespace fangpin::registry
