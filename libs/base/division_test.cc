#include "libs/base/division.h"

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/base/call_context.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::base {
namespace {

using testing::ErrorIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(DivisionTest, ShapeIsChecked) {
  EXPECT_THAT(CheckDivision("62112610020"), ErrorIs(kInvalid, "DIVISION_LENGTH"));
  EXPECT_THAT(CheckDivision("62112610020x"), ErrorIs(kInvalid, "DIVISION_CHARACTER"));
  EXPECT_THAT(CheckDivision("000000000000"), ErrorIs(kInvalid, "DIVISION_LEVEL_GAP"));
  EXPECT_THAT(CheckDivision("620000001000"), ErrorIs(kInvalid, "DIVISION_LEVEL_GAP"));
  EXPECT_THAT(CheckDivision("621126000200"), ErrorIs(kInvalid, "DIVISION_LEVEL_GAP"));
}

TEST(DivisionTest, JiayuguanHasAStatisticalCountyAndLanzhouNewAreaIsOne) {
  EXPECT_THAT(CheckDivision("620200100000"), ErrorIs(kInvalid, "DIVISION_LEVEL_GAP"));
  FEXPECT_OK(CheckDivision("620201100000"));
  FEXPECT_OK(CheckDivision("620171101000"));
  EXPECT_EQ(ParentDivision("620171000000"), "620100000000");
}

TEST(DivisionTest, LevelsAndParents) {
  EXPECT_EQ(LevelOf("620000000000"), DivisionLevel::kProvince);
  EXPECT_EQ(LevelOf("621100000000"), DivisionLevel::kPrefecture);
  EXPECT_EQ(LevelOf("621126000000"), DivisionLevel::kCounty);
  EXPECT_EQ(LevelOf("621126100000"), DivisionLevel::kTownship);
  EXPECT_EQ(LevelOf("621126100201"), DivisionLevel::kVillage);
  EXPECT_EQ(ParentDivision("620000000000"), "");
  EXPECT_EQ(ParentDivision("621126100201"), "621126100000");
  EXPECT_EQ(DivisionAt("621126100201", DivisionLevel::kPrefecture), "621100000000");
  EXPECT_EQ(DivisionAt("621100000000", DivisionLevel::kCounty), "");
  EXPECT_EQ(CountyOf("621126100201"), "621126");
}

TEST(DivisionTest, VillageIsAskedFor) {
  FEXPECT_OK(CheckVillage("621126100201"));
  EXPECT_THAT(CheckVillage("621126100000"), ErrorIs(kInvalid, "DIVISION_NOT_VILLAGE"));
}

TEST(DivisionTest, WithinIsByLevelNotByTextPrefix) {
  EXPECT_TRUE(DivisionWithin("621126100201", "621126000000"));
  EXPECT_TRUE(DivisionWithin("621126000000", "621126000000"));
  EXPECT_TRUE(DivisionWithin("620171101000", "620100000000"));
  EXPECT_FALSE(DivisionWithin("621126000000", "621126100000"));
  EXPECT_FALSE(DivisionWithin("621127100201", "621126000000"));
  EXPECT_FALSE(DivisionWithin("621126100201", ""));
  EXPECT_FALSE(DivisionWithin("621126", "620000000000"));
  EXPECT_FALSE(DivisionWithin("621126100201", "000000000000"));
}

TEST(DivisionTest, EveryDivisionOfGansuFitsItsParent) {
  std::ifstream in("deploy/data/gansu_divisions.csv");
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  int rows = 0;
  while (std::getline(in, line)) {
    const auto columns = Split(line, ',');
    ASSERT_EQ(columns.size(), 4u) << line;
    FASSERT_OK(CheckDivision(columns[0])) << line;
    EXPECT_EQ(ParentDivision(columns[0]), columns[3]) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 1 + 14 + 88 + 1403 + 17718);
}

TEST(PrincipalTest, AccessIsBySubtree) {
  const Principal clerk = {
      .subject = "u1", .roles = {"county.desk"}, .divisions = {"621126000000", "620171101000"}};
  EXPECT_TRUE(clerk.Has("county.desk"));
  EXPECT_FALSE(clerk.Has("county"));
  EXPECT_TRUE(clerk.MayAccess("621126100201"));
  EXPECT_TRUE(clerk.MayAccess("620171101201"));
  EXPECT_FALSE(clerk.MayAccess("621100000000"));
  EXPECT_FALSE(Principal{}.MayAccess("621126100201"));
}

}  // namespace
}  // namespace fangpin::base
