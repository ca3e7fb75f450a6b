#include "services/registry/core/household_filter.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::ErrorIs;

v1::HouseholdFilter Filter(const std::string& text) {
  v1::HouseholdFilter filter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &filter)) << text;
  return filter;
}

v1::Household Example() {
  v1::Household household;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        division: "621126200201"
        kind: HOUSEHOLD_KIND_ORDINARY
        members {
          name: "测试甲"
          membership { active: true }
        }
        members { name: "测试乙" }
        monitoring {
          state: MONITORING_STATE_MONITORED
          category: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE
          risks { type: RISK_TYPE_ILLNESS }
          risks { type: RISK_TYPE_SCHOOLING }
        }
        flags: HOUSEHOLD_FLAG_DIBAO
        flags: HOUSEHOLD_FLAG_RELOCATED
        update_time { seconds: 1000 nanos: 500000 }
      )pb",
      &household));
  return household;
}

bool TakesExample(const std::string& filter) { return Takes(Filter(filter), Example()); }

TEST(HouseholdFilterTest, AnEmptyFieldTakesAll) { EXPECT_TRUE(TakesExample("")); }

TEST(HouseholdFilterTest, ValuesOfOneFieldAreAlternatives) {
  EXPECT_TRUE(TakesExample("states: MONITORING_STATE_MONITORED"));
  EXPECT_TRUE(
      TakesExample("states: MONITORING_STATE_ELIMINATED states: MONITORING_STATE_MONITORED"));
  EXPECT_FALSE(TakesExample("states: MONITORING_STATE_ELIMINATED"));
  EXPECT_TRUE(TakesExample("categories: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE"));
  EXPECT_FALSE(TakesExample("categories: MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY"));
  EXPECT_TRUE(TakesExample("kinds: HOUSEHOLD_KIND_ORDINARY kinds: HOUSEHOLD_KIND_LIFTED_OUT"));
  EXPECT_FALSE(TakesExample("kinds: HOUSEHOLD_KIND_LIFTED_OUT"));
  EXPECT_TRUE(TakesExample("risk_types: RISK_TYPE_OTHER risk_types: RISK_TYPE_SCHOOLING"));
  EXPECT_FALSE(TakesExample("risk_types: RISK_TYPE_OTHER"));
}

TEST(HouseholdFilterTest, FieldsAndFlagsMustAllFit) {
  EXPECT_FALSE(TakesExample("states: MONITORING_STATE_MONITORED risk_types: RISK_TYPE_OTHER"));
  EXPECT_TRUE(TakesExample("flags: HOUSEHOLD_FLAG_RELOCATED flags: HOUSEHOLD_FLAG_DIBAO"));
  EXPECT_FALSE(TakesExample("flags: HOUSEHOLD_FLAG_RELOCATED flags: HOUSEHOLD_FLAG_TEKUN"));
}

TEST(HouseholdFilterTest, ChangedSinceIncludesItsInstant) {
  EXPECT_TRUE(TakesExample("changed_since { seconds: 1000 nanos: 500000 }"));
  EXPECT_TRUE(TakesExample("changed_since { seconds: 999 nanos: 999999999 }"));
  EXPECT_FALSE(TakesExample("changed_since { seconds: 1000 nanos: 500001 }"));
}

TEST(HouseholdFilterTest, NamesAreExactAndOfActiveMembers) {
  EXPECT_TRUE(TakesExample("member_name: '测试甲'"));
  EXPECT_FALSE(TakesExample("member_name: '测试'"));
  EXPECT_FALSE(TakesExample("member_name: '测试乙'")) << "has left";
}

TEST(HouseholdFilterTest, ClosedHouseholdsAreAskedFor) {
  v1::Household household = Example();
  for (const auto state : {v1::LIFECYCLE_STATE_MERGED, v1::LIFECYCLE_STATE_CLOSED}) {
    household.mutable_lifecycle()->set_state(state);
    EXPECT_FALSE(Takes(Filter(""), household));
    EXPECT_TRUE(Takes(Filter("include_closed: true"), household));
  }
  household.mutable_lifecycle()->set_state(v1::LIFECYCLE_STATE_OPEN);
  EXPECT_TRUE(Takes(Filter(""), household));
}

TEST(HouseholdFilterTest, RefusesValuesThatAreNone) {
  for (const char* text : {"states: MONITORING_STATE_UNSPECIFIED", "states: 77",
                           "categories: MONITORED_CATEGORY_UNSPECIFIED", "kinds: 9",
                           "risk_types: RISK_TYPE_UNSPECIFIED", "flags: 99"}) {
    EXPECT_THAT(CheckFilter(Filter(text)), ErrorIs(StatusCode::kInvalidArgument, "VALUE_UNKNOWN"))
        << text;
  }
  EXPECT_THAT(CheckFilter(Filter("changed_since { nanos: -1 }")),
              ErrorIs(StatusCode::kInvalidArgument, "TIME_FORMAT"));
  EXPECT_THAT(CheckFilter(Filter("changed_since { seconds: 999999999999999 }")),
              ErrorIs(StatusCode::kInvalidArgument, "TIME_FORMAT"));
  EXPECT_THAT(CheckFilter(Filter("member_name: '  '")),
              ErrorIs(StatusCode::kInvalidArgument, "NAME_MISSING"));
  v1::HouseholdFilter long_name;
  for (int i = 0; i < 61; ++i) long_name.mutable_member_name()->append("测");
  EXPECT_THAT(CheckFilter(long_name), ErrorIs(StatusCode::kInvalidArgument, "TEXT_TOO_LONG"));
}

TEST(HouseholdFilterTest, NamesComeInTheFormInWhichTheyAreStored) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdFilter checked,
                        CheckFilter(Filter("member_name: ' 测试甲　'")));
  EXPECT_EQ(checked.member_name(), "测试甲");
}

TEST(HouseholdFilterTest, MonitoredOnlyMeansEveryState) {
  EXPECT_FALSE(TakesMonitoredOnly(Filter("")));
  EXPECT_TRUE(TakesMonitoredOnly(
      Filter("states: MONITORING_STATE_MONITORED states: MONITORING_STATE_ELIMINATED")));
  EXPECT_FALSE(TakesMonitoredOnly(
      Filter("states: MONITORING_STATE_MONITORED states: MONITORING_STATE_NOT_MONITORED")));
}

}  // namespace
}  // namespace fangpin::registry
