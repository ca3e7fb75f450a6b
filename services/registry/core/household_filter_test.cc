#include "services/registry/core/household_filter.h"

#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::registry {
namespace {

using ::fangpin::testing::ErrorIs;
using ::fangpin::testing::IsOk;

pb::HouseholdFilter Filter(const std::string& text) {
  pb::HouseholdFilter filter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &filter)) << text;
  return filter;
}

pb::Household Household() {
  pb::Household household;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"pb(
    id: "621126200201000001"
    division: "621126200201"
    kind: HOUSEHOLD_KIND_LIFTED_OUT
    monitoring {
      state: MONITORING_STATE_MONITORED
      category: MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT
      risks { type: RISK_TYPE_ILLNESS }
      risks { type: RISK_TYPE_SCHOOLING }
    }
    members {
      name: "测试甲"
      health: HEALTH_CONDITION_SEVERE_ILLNESS
      membership { active: true }
    }
    members { name: "测试乙" health: HEALTH_CONDITION_CHRONIC_ILLNESS }
    relocated: true
    update_time { seconds: 1700000000 nanos: 500000 }
  )pb",
                                                            &household));
  return household;
}

TEST(HouseholdFilterTest, EveryFieldNarrows) {
  const struct {
    const char* filter;
    bool takes;
  } kCases[] = {
      {"", true},
      {"division: '621126000000'", true},
      {"division: '621126200201'", true},
      {"division: '621126200202'", false},
      {"states: MONITORING_STATE_MONITORED", true},
      {"states: [MONITORING_STATE_ELIMINATED, MONITORING_STATE_MONITORED]", true},
      {"states: MONITORING_STATE_ELIMINATED", false},
      {"categories: MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT", true},
      {"categories: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE", false},
      {"kinds: HOUSEHOLD_KIND_LIFTED_OUT", true},
      {"kinds: HOUSEHOLD_KIND_ORDINARY", false},
      {"risk_types: [RISK_TYPE_DISABILITY, RISK_TYPE_SCHOOLING]", true},
      {"risk_types: RISK_TYPE_DISABILITY", false},
      {"flags: HOUSEHOLD_FLAG_SEVERE_ILLNESS", true},
      {"flags: [HOUSEHOLD_FLAG_SEVERE_ILLNESS, HOUSEHOLD_FLAG_RELOCATED]", true},
      {"flags: [HOUSEHOLD_FLAG_SEVERE_ILLNESS, HOUSEHOLD_FLAG_CHRONIC_ILLNESS]", false},
      {"changed_since {seconds: 1700000000 nanos: 500000}", true},
      {"changed_since {seconds: 1700000000 nanos: 500001}", false},
      {"member_name: '测试甲'", true},
      {"member_name: '测试'", false},
      {"member_name: '测试乙'", false},
      {"kinds: HOUSEHOLD_KIND_LIFTED_OUT risk_types: RISK_TYPE_DISABILITY", false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Takes(Filter(c.filter), Household()), c.takes) << c.filter;
    EXPECT_THAT(CheckFilter(Filter(c.filter)), IsOk()) << c.filter;
  }
}

TEST(HouseholdFilterTest, MergedAndClosedHouseholdsOnlyWhenAskedFor) {
  for (const pb::LifecycleState state :
       {pb::LIFECYCLE_STATE_OPEN, pb::LIFECYCLE_STATE_MERGED, pb::LIFECYCLE_STATE_CLOSED}) {
    pb::Household household = Household();
    household.mutable_lifecycle()->set_state(state);
    EXPECT_EQ(Takes({}, household), state == pb::LIFECYCLE_STATE_OPEN) << state;
    EXPECT_TRUE(Takes(Filter("include_closed: true"), household)) << state;
  }
}

TEST(HouseholdFilterTest, WrongValuesNameTheirField) {
  const struct {
    pb::HouseholdFilter filter;
    const char* reason;
    const char* field;
  } kCases[] = {
      {Filter("states: [MONITORING_STATE_MONITORED, MONITORING_STATE_UNSPECIFIED]"),
       "VALUE_UNKNOWN", "filter.states[1]"},
      {Filter("categories: 99"), "VALUE_UNKNOWN", "filter.categories[0]"},
      {Filter("kinds: 99"), "VALUE_UNKNOWN", "filter.kinds[0]"},
      {Filter("risk_types: 99"), "VALUE_UNKNOWN", "filter.risk_types[0]"},
      {Filter("flags: 99"), "VALUE_UNKNOWN", "filter.flags[0]"},
      {Filter("member_name: '" + std::string(61, 'x') + "'"), "TEXT_TOO_LONG",
       "filter.member_name"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = CheckFilter(c.filter);
    EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInvalidArgument, c.reason));
    EXPECT_EQ(base::GetBadRequest(status)->field_violations(0).field(), c.field);
  }
}

}  // namespace
}  // namespace fangpin::registry
