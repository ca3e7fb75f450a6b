#include "services/registry/core/divisions.h"

#include <string>
#include <string_view>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "services/registry/core/errors.h"

namespace fangpin::registry {
namespace {

constexpr char kProvince[] = "620000000000";

// The day that a field names; today when it is empty.
absl::StatusOr<absl::CivilDay> DayOf(const base::CallContext& ctx, std::string_view field,
                                     const std::string& text) {
  if (text.empty()) return base::Today(ctx.now);
  const auto day = base::ParseDay(text);
  if (!day.ok()) return base::InvalidField(field, "DATE_FORMAT", "日期应为YYYY-MM-DD");
  return *day;
}

}  // namespace

absl::StatusOr<v1::GetDivisionResponse> Divisions::GetDivision(
    const base::CallContext& ctx, const v1::GetDivisionRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(ctx, "as_of", request.as_of()));
  const v1::Division* division = tree_->Find(request.code(), day);
  if (division == nullptr) return DivisionNotFound(request.code());
  v1::GetDivisionResponse response;
  *response.mutable_division() = *division;
  return response;
}

absl::StatusOr<Page<v1::Division>> Divisions::ListDivisions(const base::CallContext& ctx,
                                                            const v1::ListDivisionsRequest& request,
                                                            const PageKey& after) {
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(ctx, "as_of", request.as_of()));
  const std::string parent = request.parent_code().empty() ? kProvince : request.parent_code();
  if (tree_->Find(parent, day) == nullptr) return DivisionNotFound(parent);
  Page<v1::Division> page;
  tree_->VisitBelow(parent, day, after.empty() ? "" : after[0], [&](const v1::Division& division) {
    if (!request.recursive() && division.parent_code() != parent) return true;
    if (static_cast<int>(page.items.size()) == request.page_size()) {
      page.next = {page.items.back().code()};
      return false;
    }
    page.items.push_back(division);
    return true;
  });
  return page;
}

absl::StatusOr<v1::MapDivisionResponse> Divisions::MapDivision(
    const base::CallContext& ctx, const v1::MapDivisionRequest& request) {
  if (request.from_day().empty()) {
    return base::InvalidField("from_day", "REQUIRED", "必须填写");
  }
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay from, DayOf(ctx, "from_day", request.from_day()));
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay to, DayOf(ctx, "to_day", request.to_day()));
  if (tree_->Find(request.code(), from) == nullptr) return DivisionNotFound(request.code());
  const DivisionTree::Mapping mapping = tree_->Map(request.code(), from, to);
  v1::MapDivisionResponse response;
  for (const v1::Division* division : mapping.divisions) *response.add_divisions() = *division;
  for (const v1::DivisionChange* change : mapping.changes) *response.add_changes() = *change;
  return response;
}

}  // namespace fangpin::registry
