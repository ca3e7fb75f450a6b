#include "services/registry/core/division_tree.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::registry {
namespace {

using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kCsv[] =
    "code,name,level,parent_code\n"
    "620000000000,甘肃省,province,\n"
    "621100000000,定西市,city,620000000000\n"
    "621126000000,岷县,county,621100000000\n"
    "621126100000,岷阳镇,township,621126000000\n"
    "621126100001,和平居民委员会,village,621126100000\n"
    "621126100200,和平村民委员会,village,621126100000\n"
    "621126100201,西川村民委员会,village,621126100000\n"
    "621126200000,秦许乡,township,621126000000\n"
    "621126200201,西川村委会,village,621126200000\n"
    "621126200202,上阿阳村委会,village,621126200000\n";

DivisionTree Tree() { return *DivisionTree::Parse(kCsv); }

Place Resolve(std::string county, std::string township, std::string village,
              std::string_view within = "621126000000") {
  return ResolveVillage(Tree(), within, {"", "", county, township, village});
}

TEST(DivisionTreeTest, TheShippedFileHasEveryDivisionOfGansu) {
  const auto tree = DivisionTree::Load("deploy/data/gansu_divisions.csv");
  FASSERT_OK(tree);
  EXPECT_THAT(tree->Below("620000000000"), SizeIs(14 + 88 + 1403 + 17718));
  ASSERT_NE(tree->Find("621126000000"), nullptr);
  EXPECT_EQ(tree->Find("621126000000")->name(), "岷县");
}

TEST(DivisionTreeTest, SubtreesAreInCodeOrderWithoutTheirRoot) {
  const DivisionTree tree = Tree();
  EXPECT_THAT(tree.Below("621126200000"), SizeIs(2));
  EXPECT_EQ(tree.Below("621126200000")[0].code(), "621126200201");
  EXPECT_THAT(tree.Below("621126200201"), IsEmpty());
  EXPECT_THAT(tree.Below("629999000000"), IsEmpty());
}

TEST(DivisionTreeTest, RefusesWhatIsNoTree) {
  EXPECT_THAT(DivisionTree::Parse("h\n620000000000,甘肃省,province\n"),
              ErrorIs(absl::StatusCode::kInvalidArgument, "DIVISIONS_INVALID"));
  EXPECT_THAT(DivisionTree::Parse("h\n621100000000,定西市,city,620000000000\n"),
              ErrorIs(absl::StatusCode::kInvalidArgument, "DIVISIONS_INVALID"));
  EXPECT_THAT(DivisionTree::Load("/nonexistent"),
              ErrorIs(absl::StatusCode::kNotFound, "DIVISIONS_MISSING"));
}

TEST(DivisionTreeTest, OnlyVillagesThatExistAreVillages) {
  const DivisionTree tree = Tree();
  FEXPECT_OK(tree.CheckVillage("621126200201"));
  EXPECT_THAT(tree.CheckVillage("621126200299"),
              ErrorIs(absl::StatusCode::kInvalidArgument, "VILLAGE_UNKNOWN"));
  EXPECT_THAT(tree.CheckVillage("621126200000"),
              ErrorIs(absl::StatusCode::kInvalidArgument, "DIVISION_NOT_VILLAGE"));
}

TEST(ResolveVillageTest, FindsByNamesAsTheTreeHasThem) {
  EXPECT_EQ(Resolve("岷县", "秦许乡", "上阿阳村委会").code, "621126200202");
  EXPECT_EQ(Resolve("", "秦许乡", "上阿阳村委会").code, "621126200202");
}

TEST(ResolveVillageTest, EndingsMayDiffer) {
  EXPECT_EQ(Resolve("岷县", "秦许", "上阿阳村").code, "621126200202");
  EXPECT_EQ(Resolve("岷县", "秦许乡", "上阿阳村民委员会").code, "621126200202");
  EXPECT_EQ(Resolve("岷县", "岷阳镇", "西川").code, "621126100201");
}

TEST(ResolveVillageTest, AFullNameWinsOverOneThatIsOnlySimilar) {
  EXPECT_EQ(Resolve("岷县", "岷阳镇", "和平居民委员会").code, "621126100001");
  EXPECT_EQ(Resolve("岷县", "岷阳镇", "和平").reason, "VILLAGE_AMBIGUOUS");
}

TEST(ResolveVillageTest, TheSameNameInTwoTownshipsNeedsTheTownship) {
  EXPECT_EQ(Resolve("岷县", "", "西川村").reason, "VILLAGE_AMBIGUOUS");
  EXPECT_EQ(Resolve("岷县", "", "上阿阳").code, "621126200202");
  EXPECT_EQ(Resolve("岷县", "", "西川", "621126200000").code, "621126200201");
}

TEST(ResolveVillageTest, SaysWhereItFailed) {
  const Place village = Resolve("岷县", "秦许乡", "没有的村");
  EXPECT_EQ(village.reason, "VILLAGE_UNKNOWN");
  EXPECT_EQ(village.level, Place::Level::kVillage);
  const Place township = Resolve("岷县", "没有的乡", "西川村");
  EXPECT_EQ(township.reason, "VILLAGE_UNKNOWN");
  EXPECT_EQ(township.level, Place::Level::kTownship);
  const Place county = Resolve("漳县", "秦许乡", "西川村");
  EXPECT_EQ(county.reason, "OUTSIDE_DIVISION");
  EXPECT_EQ(county.level, Place::Level::kCounty);
  EXPECT_EQ(Resolve("岷县", "秦许乡", "").reason, "VILLAGE_MISSING");
}

TEST(ResolveVillageTest, ProvinceAndPrefectureAreCompared) {
  const auto resolve = [](std::string province, std::string prefecture,
                          std::string_view within = "621126000000") {
    return ResolveVillage(Tree(), within, {province, prefecture, "岷县", "秦许乡", "上阿阳村"});
  };
  EXPECT_EQ(resolve("甘肃省", "定西市").code, "621126200202");
  EXPECT_EQ(resolve("甘肃", "定西").code, "621126200202");
  EXPECT_EQ(resolve("陕西省", "定西市").reason, "OUTSIDE_DIVISION");
  EXPECT_EQ(resolve("陕西省", "定西市").level, Place::Level::kProvince);
  EXPECT_EQ(resolve("甘肃省", "天水市").level, Place::Level::kPrefecture);
  EXPECT_EQ(resolve("甘肃省", "天水市").reason, "OUTSIDE_DIVISION");
  EXPECT_EQ(resolve("", "定西市", "620000000000").code, "621126200202");
  EXPECT_EQ(resolve("", "天水市", "620000000000").reason, "OUTSIDE_DIVISION");
}

TEST(ResolveVillageTest, ACodeStandsForItsVillage) {
  EXPECT_EQ(Resolve("", "", "621126200202").code, "621126200202");
  EXPECT_EQ(Resolve("", "", "621126200202", "621126200201").reason, "OUTSIDE_DIVISION");
  EXPECT_EQ(Resolve("", "", "621126200999").reason, "VILLAGE_UNKNOWN");
}

TEST(ResolveVillageTest, RowsOutsideTheImportsDivisionAreRefused) {
  EXPECT_EQ(Resolve("岷县", "岷阳镇", "和平村民委员会", "621126200000").reason, "OUTSIDE_DIVISION");
  EXPECT_EQ(Resolve("岷县", "秦许乡", "上阿阳村", "621126200201").reason, "OUTSIDE_DIVISION");
  EXPECT_EQ(Resolve("岷县", "秦许乡", "上阿阳村", "620000000000").code, "621126200202");
}

}  // namespace
}  // namespace fangpin::registry
