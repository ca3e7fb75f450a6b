#include "libs/base/household_id.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::base {
namespace {

using testing::ErrorIs;
using testing::IsOkAndHolds;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(HouseholdIdTest, MadeAndParsed) {
  EXPECT_THAT(MakeHouseholdId("621126100201", 17), IsOkAndHolds("621126100201000017"));
  FASSERT_OK_AND_ASSIGN(const HouseholdId id, ParseHouseholdId("621126100201999999"));
  EXPECT_EQ(id.village, "621126100201");
  EXPECT_EQ(id.serial, kMaxHouseholdSerial);
}

TEST(HouseholdIdTest, OnlyVillagesAndSerialsInRange) {
  EXPECT_THAT(MakeHouseholdId("621126100000", 1), ErrorIs(kInvalid, "DIVISION_NOT_VILLAGE"));
  EXPECT_THAT(MakeHouseholdId("621126100201", 0), ErrorIs(kInvalid, "HOUSEHOLD_SERIAL_RANGE"));
  EXPECT_THAT(MakeHouseholdId("621126100201", 1000000),
              ErrorIs(kInvalid, "HOUSEHOLD_SERIAL_RANGE"));
  for (const auto* text : {"", "62112610020100001", "621126100000000001", "621126100201000000",
                           "62112610020100001x", "621126100201-00001"}) {
    EXPECT_THAT(ParseHouseholdId(text), ErrorIs(kInvalid, "HOUSEHOLD_ID_FORMAT")) << text;
  }
}

}  // namespace
}  // namespace fangpin::base
