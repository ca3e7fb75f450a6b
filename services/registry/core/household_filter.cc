#include "services/registry/core/household_filter.h"

#include <algorithm>
#include <string>
#include <vector>

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/flags.h"
#include "services/registry/core/household.h"

namespace fangpin::registry {
namespace {

constexpr size_t kMaxName = 60;

template <typename Values>
absl::Status CheckValues(std::string_view name, const Values& values, bool (*valid)(int)) {
  for (int i = 0; i < values.size(); ++i) {
    if (values.Get(i) == 0 || !valid(values.Get(i))) {
      return base::InvalidField(base::StrCat("filter.", name, "[", i, "]"), "VALUE_UNKNOWN",
                                "不在规定的取值之内");
    }
  }
  return absl::OkStatus();
}

// An empty list takes every value.
template <typename Values>
bool Among(const Values& values, int value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

bool HasMember(const pb::Household& household, const std::string& name) {
  return std::any_of(household.members().begin(), household.members().end(),
                     [&](const pb::Person& person) {
                       return person.membership().active() && person.name() == name;
                     });
}

bool HasRisk(const pb::HouseholdFilter& filter, const pb::Household& household) {
  const auto& risks = household.monitoring().risks();
  return filter.risk_types().empty() ||
         std::any_of(risks.begin(), risks.end(),
                     [&](const auto& risk) { return Among(filter.risk_types(), risk.type()); });
}

bool HasFlags(const pb::HouseholdFilter& filter, const pb::Household& household) {
  if (filter.flags().empty()) return true;
  const std::vector<pb::HouseholdFlag> flags = FlagsOf(household);
  return std::all_of(filter.flags().begin(), filter.flags().end(), [&](int wanted) {
    return std::find(flags.begin(), flags.end(), wanted) != flags.end();
  });
}

bool Open(const pb::Household& household) {
  return household.lifecycle().state() != pb::LIFECYCLE_STATE_MERGED &&
         household.lifecycle().state() != pb::LIFECYCLE_STATE_CLOSED;
}

}  // namespace

absl::Status CheckFilter(const pb::HouseholdFilter& filter) {
  namespace vocab = ::fangpin::policy::v1;
  FANGPIN_RETURN_IF_ERROR(
      CheckValues("states", filter.states(), &vocab::MonitoringState_IsValid));
  FANGPIN_RETURN_IF_ERROR(
      CheckValues("categories", filter.categories(), &vocab::MonitoredCategory_IsValid));
  FANGPIN_RETURN_IF_ERROR(CheckValues("kinds", filter.kinds(), &vocab::HouseholdKind_IsValid));
  FANGPIN_RETURN_IF_ERROR(CheckValues("risk_types", filter.risk_types(), &vocab::RiskType_IsValid));
  FANGPIN_RETURN_IF_ERROR(CheckValues("flags", filter.flags(), &pb::HouseholdFlag_IsValid));
  if (base::CodePoints(filter.member_name()) > kMaxName) {
    return base::InvalidField("filter.member_name", "TEXT_TOO_LONG",
                              base::StrCat("最多", kMaxName, "个字"));
  }
  return absl::OkStatus();
}

bool Takes(const pb::HouseholdFilter& filter, const pb::Household& household) {
  return (filter.include_closed() || Open(household)) &&
         (filter.division().empty() ||
          base::DivisionWithin(household.division(), filter.division())) &&
         Among(filter.states(), household.monitoring().state()) &&
         Among(filter.categories(), household.monitoring().category()) &&
         Among(filter.kinds(), household.kind()) && HasRisk(filter, household) &&
         (!filter.has_changed_since() ||
          FromTimestamp(household.update_time()) >= FromTimestamp(filter.changed_since())) &&
         (filter.member_name().empty() || HasMember(household, filter.member_name())) &&
         HasFlags(filter, household);
}

}  // namespace fangpin::registry
