#include "services/registry/core/divisions.h"

#include <algorithm>
#include <string>

#include "services/registry/core/errors.h"

namespace fangpin::registry {
namespace {

constexpr char kProvince[] = "620000000000";

}  // namespace

absl::StatusOr<v1::GetDivisionResponse> Divisions::GetDivision(
    const base::CallContext& /*ctx*/, const v1::GetDivisionRequest& request) {
  const v1::Division* division = tree_->Find(request.code());
  if (division == nullptr) return DivisionNotFound(request.code());
  v1::GetDivisionResponse response;
  *response.mutable_division() = *division;
  return response;
}

absl::StatusOr<Page<v1::Division>> Divisions::ListDivisions(const base::CallContext& /*ctx*/,
                                                            const v1::ListDivisionsRequest& request,
                                                            const PageKey& after) {
  const std::string parent = request.parent_code().empty() ? kProvince : request.parent_code();
  if (tree_->Find(parent) == nullptr) return DivisionNotFound(parent);
  const absl::Span<const v1::Division> below = tree_->Below(parent);
  auto next = below.begin();
  if (!after.empty()) {
    next = std::upper_bound(below.begin(), below.end(), after[0],
                            [](const std::string& code, const auto& d) { return code < d.code(); });
  }
  Page<v1::Division> page;
  for (; next != below.end(); ++next) {
    if (!request.recursive() && next->parent_code() != parent) continue;
    if (static_cast<int>(page.items.size()) == request.page_size()) {
      page.next = {page.items.back().code()};
      break;
    }
    page.items.push_back(*next);
  }
  return page;
}

}  // namespace fangpin::registry
