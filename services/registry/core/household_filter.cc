#include "services/registry/core/household_filter.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "google/protobuf/util/time_util.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::registry {
namespace {

namespace vocab = ::fangpin::policy::v1;
using google::protobuf::RepeatedField;

constexpr size_t kMaxName = 60;

absl::Status CheckValues(std::string_view field, const RepeatedField<int>& values,
                         bool (*is_valid)(int)) {
  for (int i = 0; i < values.size(); ++i) {
    if (values[i] == 0 || !is_valid(values[i])) {
      return base::InvalidField(base::StrCat("filter.", field, "[", i, "]"), "VALUE_UNKNOWN",
                                "不在规定的取值之内");
    }
  }
  return absl::OkStatus();
}

bool IsValid(const google::protobuf::Timestamp& time) {
  using google::protobuf::util::TimeUtil;
  return time.seconds() >= TimeUtil::kTimestampMinSeconds &&
         time.seconds() <= TimeUtil::kTimestampMaxSeconds && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

// An empty list takes all.
bool TakesValue(const RepeatedField<int>& values, int value) {
  return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

absl::StatusOr<v1::HouseholdFilter> CheckFilter(const v1::HouseholdFilter& filter) {
  FANGPIN_RETURN_IF_ERROR(CheckValues("states", filter.states(), vocab::MonitoringState_IsValid));
  FANGPIN_RETURN_IF_ERROR(
      CheckValues("categories", filter.categories(), vocab::MonitoredCategory_IsValid));
  FANGPIN_RETURN_IF_ERROR(CheckValues("kinds", filter.kinds(), vocab::HouseholdKind_IsValid));
  FANGPIN_RETURN_IF_ERROR(CheckValues("risk_types", filter.risk_types(), vocab::RiskType_IsValid));
  FANGPIN_RETURN_IF_ERROR(CheckValues("flags", filter.flags(), v1::HouseholdFlag_IsValid));
  if (!IsValid(filter.changed_since())) {
    return base::InvalidField("filter.changed_since", "TIME_FORMAT", "时间超出可表示的范围");
  }
  v1::HouseholdFilter checked = filter;
  if (!filter.member_name().empty()) {
    if (!base::IsValidUtf8(filter.member_name()) ||
        base::CodePoints(filter.member_name()) > kMaxName) {
      return base::InvalidField("filter.member_name", "TEXT_TOO_LONG",
                                base::StrCat("最多", kMaxName, "个字"));
    }
    checked.set_member_name(base::CleanCell(filter.member_name()));
    if (checked.member_name().empty()) {
      return base::InvalidField("filter.member_name", "NAME_MISSING", "姓名为空");
    }
  }
  return checked;
}

bool Takes(const v1::HouseholdFilter& filter, const v1::Household& household) {
  const v1::Monitoring& monitoring = household.monitoring();
  const auto since = [](const google::protobuf::Timestamp& time) {
    return std::tuple(time.seconds(), time.nanos());
  };
  return TakesValue(filter.states(), monitoring.state()) &&
         TakesValue(filter.categories(), monitoring.category()) &&
         TakesValue(filter.kinds(), household.kind()) &&
         (filter.risk_types().empty() ||
          std::any_of(
              monitoring.risks().begin(), monitoring.risks().end(),
              [&](const auto& risk) { return TakesValue(filter.risk_types(), risk.type()); })) &&
         std::all_of(filter.flags().begin(), filter.flags().end(),
                     [&](int flag) {
                       return std::find(household.flags().begin(), household.flags().end(), flag) !=
                              household.flags().end();
                     }) &&
         (!filter.has_changed_since() ||
          since(household.update_time()) >= since(filter.changed_since())) &&
         (filter.member_name().empty() ||
          std::any_of(household.members().begin(), household.members().end(),
                      [&](const auto& person) {
                        return person.membership().active() &&
                               person.name() == filter.member_name();
                      })) &&
         (filter.include_closed() || household.lifecycle().state() <= v1::LIFECYCLE_STATE_OPEN);
}

bool TakesMonitoredOnly(const v1::HouseholdFilter& filter) {
  return !filter.states().empty() &&
         std::all_of(filter.states().begin(), filter.states().end(),
                     [](int state) { return state > vocab::MONITORING_STATE_NOT_MONITORED; });
}

}  // namespace fangpin::registry
