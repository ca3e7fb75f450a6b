// Searching and counting households: the part of Registry that reads many of them.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/household_filter.h"
#include "services/registry/core/labels.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/scope.h"

namespace fangpin::registry {
namespace {

constexpr std::string_view kProvince = "620000000000";
// Households by name that a count reads at once.
constexpr int kNamedAtOnce = 500;

// The filter as the store takes it, for a division that the caller may see.
absl::StatusOr<pb::HouseholdFilter> FilterFor(const base::CallContext& ctx,
                                              const pb::HouseholdFilter& asked) {
  if (!asked.division().empty()) FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, asked.division()));
  return CheckFilter(asked);
}

// The groups of a count: what is not counted by has no value.
class Groups {
 public:
  // Child divisions are told apart by their first `child_digits` digits.
  Groups(const std::set<pb::CountBy>& by, size_t child_digits)
      : by_(by), child_digits_(child_digits) {}

  void Add(const HouseholdGroup& group) {
    const auto kept = [&](pb::CountBy by, int value) { return by_.contains(by) ? value : 0; };
    Sums& sums =
        sums_[{group.division.substr(0, child_digits_), kept(pb::COUNT_BY_STATE, group.state),
               kept(pb::COUNT_BY_CATEGORY, group.category), kept(pb::COUNT_BY_KIND, group.kind)}];
    sums.households += group.households;
    sums.persons += group.persons;
  }

  pb::CountHouseholdsResponse Response() const {
    constexpr size_t kDigits = 12;
    pb::CountHouseholdsResponse response;
    for (const auto& [key, sums] : sums_) {
      const auto& [prefix, state, category, kind] = key;
      pb::HouseholdCount& count = *response.add_counts();
      if (!prefix.empty()) {
        count.set_division(prefix + std::string(kDigits - prefix.size(), '0'));
      }
      count.set_state(static_cast<vocab::MonitoringState>(state));
      count.set_category(static_cast<vocab::MonitoredCategory>(category));
      count.set_kind(static_cast<vocab::HouseholdKind>(kind));
      count.set_households(sums.households);
      count.set_persons(sums.persons);
    }
    return response;
  }

 private:
  struct Sums {
    int64_t households = 0;
    int64_t persons = 0;
  };

  const std::set<pb::CountBy>& by_;
  const size_t child_digits_;
  std::map<std::tuple<std::string, int, int, int>, Sums> sums_;
};

absl::StatusOr<std::set<pb::CountBy>> GroupedBy(const pb::CountHouseholdsRequest& request) {
  std::set<pb::CountBy> by;
  for (int i = 0; i < request.group_by_size(); ++i) {
    if (request.group_by(i) == 0 || !pb::CountBy_IsValid(request.group_by(i))) {
      return base::InvalidField(base::StrCat("group_by[", i, "]"), "VALUE_UNKNOWN",
                                "不在规定的取值之内");
    }
    by.insert(request.group_by(i));
  }
  return by;
}

// How many digits tell the children of a division apart. INVALID_ARGUMENT for a village.
absl::StatusOr<size_t> ChildDigits(std::string_view division) {
  constexpr std::array<size_t, 4> kDigits = {4, 6, 9, 12};  // children of a province, prefecture …
  const auto level = static_cast<size_t>(base::LevelOf(division.empty() ? kProvince : division));
  if (level >= kDigits.size()) {
    return base::InvalidField("filter.division", "DIVISION_WITHOUT_CHILDREN",
                              "行政村没有下级区划，不能按下级区划统计");
  }
  return kDigits[level];
}

// Names are not counted by the store: the few households that have one are read.
absl::Status AddNamed(RegistryReader& reader, const DivisionRange& range,
                      const pb::HouseholdFilter& filter, Groups* groups) {
  HouseholdQuery query{.range = range, .filter = filter, .limit = kNamedAtOnce};
  HouseholdPart part;
  do {
    FANGPIN_ASSIGN_OR_RETURN(part, reader.ListHouseholds(query));
    for (const pb::Household& household : part.households) groups->Add(GroupOf(household));
    query.after_division = part.last_division;
    query.after_id = part.last_id;
  } while (!part.complete);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Page<pb::Household>> Registry::ListHouseholds(
    const base::CallContext& ctx, const pb::ListHouseholdsRequest& request, const PageKey& after) {
  HouseholdQuery query;
  FANGPIN_ASSIGN_OR_RETURN(query.filter, FilterFor(ctx, request.filter()));
  if (after.size() == 2) {
    query.after_division = after[0];
    query.after_id = after[1];
  }
  const auto wanted = static_cast<size_t>(request.page_size());
  Page<pb::Household> page;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    page = {};
    for (const DivisionRange& range : VisibleRanges(ctx.principal, query.filter.division())) {
      if (!query.after_division.empty() && range.end <= query.after_division) continue;
      query.range = range;
      // One more than asked for tells whether there is a next page.
      query.limit = static_cast<int>(wanted + 1 - page.items.size());
      FANGPIN_ASSIGN_OR_RETURN(HouseholdPart part, reader.ListHouseholds(query));
      std::move(part.households.begin(), part.households.end(), std::back_inserter(page.items));
      if (page.items.size() > wanted) break;
      if (!part.complete) {
        page.next = {part.last_division, part.last_id};
        break;
      }
    }
    return absl::OkStatus();
  }));
  if (page.items.size() > wanted) {
    page.items.resize(wanted);
    page.next = {page.items.back().division(), page.items.back().id()};
  }
  return page;
}

absl::StatusOr<pb::CountHouseholdsResponse> Registry::CountHouseholds(
    const base::CallContext& ctx, const pb::CountHouseholdsRequest& request) {
  FANGPIN_ASSIGN_OR_RETURN(const pb::HouseholdFilter filter, FilterFor(ctx, request.filter()));
  FANGPIN_ASSIGN_OR_RETURN(const std::set<pb::CountBy> by, GroupedBy(request));
  size_t child_digits = 0;
  if (by.contains(pb::COUNT_BY_CHILD_DIVISION)) {
    FANGPIN_ASSIGN_OR_RETURN(child_digits, ChildDigits(filter.division()));
  }
  pb::CountHouseholdsResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    Groups groups(by, child_digits);
    // Ranges do not overlap, so nobody is counted twice.
    for (const DivisionRange& range : VisibleRanges(ctx.principal, filter.division())) {
      if (!filter.member_name().empty()) {
        FANGPIN_RETURN_IF_ERROR(AddNamed(reader, range, filter, &groups));
        continue;
      }
      FANGPIN_ASSIGN_OR_RETURN(const std::vector<HouseholdGroup> found,
                               reader.CountHouseholds(range, filter));
      for (const HouseholdGroup& group : found) groups.Add(group);
    }
    response = groups.Response();
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace fangpin::registry
