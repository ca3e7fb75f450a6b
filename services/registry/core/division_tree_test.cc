#include "services/registry/core/division_tree.h"

#include <string>
#include <vector>

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

// The list after years of changes: T1 was split into T1 and T2 in 2020, where a village went along;
// T3 took in T4 in 2015; the county was renumbered in 2010; one village ended, one began.
constexpr char kDated[] =
    "code,name,level,parent_code\n"
    "620000000000,甘肃省,province,\n"
    "621100000000,定西市,city,620000000000\n"
    "621126000000,岷县,county,621100000000\n"
    "621126101000,一镇,township,621126000000\n"
    "621126101201,甲村,village,621126101000\n"
    "621126102000,二镇,township,621126000000\n"
    "621126102202,乙村,village,621126102000\n"
    "621126103000,三镇,township,621126000000\n"
    "621126103201,丙村,village,621126103000\n"
    "621126103204,丁村,village,621126103000\n"
    "621126103205,新村,village,621126103000\n";
constexpr char kChanges[] =
    "effective_on,old_code,old_name,new_code,basis\n"
    "2010-05-01,621128000000,旧岷县,621126000000,甲文\n"
    "2015-03-01,621126103000,,621126103000,乙文\n"
    "2015-03-01,621126104000,四乡,621126103000,乙文\n"
    "2015-03-01,621126104201,,621126103204,乙文\n"
    "2020-01-01,621126101000,,621126101000,丙文\n"
    "2020-01-01,621126101000,,621126102000,丙文\n"
    "2020-01-01,621126101202,,621126102202,丙文\n"
    "2021-06-01,621126101203,没有了的村,,丁文\n"
    "2022-06-01,,,621126103205,戊文\n";

std::vector<std::string> CodesOf(const DivisionTree::Mapping& mapping) {
  std::vector<std::string> codes;
  for (const v1::Division* d : mapping.divisions) codes.push_back(d->code());
  return codes;
}

std::vector<std::string> BelowOn(const DivisionTree& tree, std::string_view code,
                                 absl::CivilDay day) {
  std::vector<std::string> codes;
  tree.VisitBelow(code, day, "", [&](const v1::Division& d) {
    codes.push_back(d.code());
    return true;
  });
  return codes;
}

class DatedTreeTest : public ::testing::Test {
 protected:
  const DivisionTree tree_ = *DivisionTree::Parse(kDated, kChanges);
  const absl::CivilDay today_{2024, 6, 10};
};

TEST_F(DatedTreeTest, EachDayHasItsList) {
  EXPECT_THAT(BelowOn(tree_, "621126000000", today_), SizeIs(8));
  EXPECT_THAT(BelowOn(tree_, "621126000000", absl::CivilDay(2022, 5, 31)), SizeIs(7));
  EXPECT_THAT(BelowOn(tree_, "621126000000", absl::CivilDay(2019, 12, 31)),
              ElementsAre("621126101000", "621126101201", "621126101202", "621126101203",
                          "621126103000", "621126103201", "621126103204"));
  EXPECT_THAT(BelowOn(tree_, "621126000000", absl::CivilDay(2010, 5, 1)),
              ElementsAre("621126101000", "621126101201", "621126101202", "621126101203",
                          "621126103000", "621126103201", "621126104000", "621126104201"));
  EXPECT_THAT(
      BelowOn(tree_, "621100000000", absl::CivilDay(2010, 4, 30)),
      ElementsAre("621128000000", "621128101000", "621128101201", "621128101202", "621128101203",
                  "621128103000", "621128103201", "621128104000", "621128104201"));
  EXPECT_THAT(BelowOn(tree_, "621126000000", absl::CivilDay(2010, 4, 30)), IsEmpty());
}

TEST_F(DatedTreeTest, TheListInForceKnowsNoPast) {
  EXPECT_THAT(tree_.Below("621126000000"), SizeIs(8));
  EXPECT_EQ(tree_.Find("621126104000"), nullptr);
  EXPECT_THAT(tree_.ChildrenNamed("621126000000", "四乡"), IsEmpty());
  EXPECT_EQ(tree_.Find("621126104000", absl::CivilDay(2015, 2, 28))->name(), "四乡");
  EXPECT_THAT(tree_.CheckVillage("621126104201"),
              ErrorIs(absl::StatusCode::kInvalidArgument, "VILLAGE_ENDED"));
  EXPECT_THAT(tree_.CheckVillage("621126104209"),
              ErrorIs(absl::StatusCode::kInvalidArgument, "VILLAGE_UNKNOWN"));
}

TEST_F(DatedTreeTest, MapsThroughSplitsMergersAndSubtrees) {
  const absl::CivilDay long_ago(2009, 1, 1);
  const auto map = [&](std::string_view code, absl::CivilDay from, absl::CivilDay to) {
    return CodesOf(tree_.Map(code, from, to));
  };
  EXPECT_THAT(map("621128101000", long_ago, today_), ElementsAre("621126101000", "621126102000"));
  EXPECT_THAT(map("621128101202", long_ago, today_), ElementsAre("621126102202"));
  EXPECT_THAT(map("621128104201", long_ago, today_), ElementsAre("621126103204"));
  EXPECT_THAT(map("621128101203", long_ago, today_), IsEmpty());
  EXPECT_THAT(map("621126103000", today_, long_ago), ElementsAre("621128103000", "621128104000"));
  EXPECT_THAT(map("621126102000", today_, absl::CivilDay(2019, 12, 31)),
              ElementsAre("621126101000"));
  EXPECT_THAT(map("621126103205", today_, long_ago), IsEmpty());
  const DivisionTree::Mapping twice = tree_.Map("621128101202", long_ago, today_);
  ASSERT_THAT(twice.changes, SizeIs(2));
  EXPECT_EQ(twice.changes[0]->basis(), "甲文");
  EXPECT_EQ(twice.changes[1]->basis(), "丙文");
  const DivisionTree::Mapping back = tree_.Map("621126102202", today_, long_ago);
  ASSERT_THAT(back.changes, SizeIs(2));
  EXPECT_EQ(back.changes[0]->basis(), "甲文") << "oldest first";
}

TEST_F(DatedTreeTest, ThereAndBackAgainIsWhereItWas) {
  // Every division of each day that neither ended nor was merged.
  for (const v1::Division& d : tree_.Below("620000000000")) {
    for (const absl::CivilDay day : {absl::CivilDay(2009, 1, 1), absl::CivilDay(2018, 1, 1)}) {
      for (const std::string& then : CodesOf(tree_.Map(d.code(), today_, day))) {
        EXPECT_THAT(CodesOf(tree_.Map(then, day, today_)), ::testing::Contains(d.code()));
      }
    }
  }
}

TEST(DivisionTreeTest, ACodeMayComeBack) {
  const auto tree = DivisionTree::Parse(kDated,
                                        "h\n"
                                        "2011-01-01,621126103205,,621126103206,甲文\n"
                                        "2012-01-01,621126103206,,621126103205,乙文\n");
  FASSERT_OK(tree);
  const auto at = [&](int year) {
    return BelowOn(*tree, "621126103000", absl::CivilDay(year, 6, 1)).back();
  };
  EXPECT_EQ(at(2010), "621126103205");
  EXPECT_EQ(at(2011), "621126103206");
  EXPECT_EQ(at(2012), "621126103205");
  EXPECT_THAT(
      CodesOf(tree->Map("621126103205", absl::CivilDay(2010, 1, 1), absl::CivilDay(2011, 6, 1))),
      ElementsAre("621126103206"));
}

TEST(DivisionTreeTest, RefusesChangesThatDoNotLeadToTheList) {
  const auto refused = [](std::string changes) {
    return DivisionTree::Parse(kDated, "header\n" + changes).status();
  };
  const auto invalid = ErrorIs(absl::StatusCode::kInvalidArgument, "DIVISION_CHANGES_INVALID");
  EXPECT_THAT(refused("2020-1-1,621126104000,四乡,621126103000,甲文\n"), invalid) << "the day";
  EXPECT_THAT(refused("2020-01-01,621126104000,四乡,621126103000\n"), invalid) << "no basis";
  EXPECT_THAT(refused("2020-01-01,621126104000,四乡,621126103000,\n"), invalid) << "empty basis";
  EXPECT_THAT(refused("2020-01-01,,,,甲文\n"), invalid) << "nothing changed";
  EXPECT_THAT(refused("2020-01-01,621126104000,四乡,621126109000,甲文\n"), invalid)
      << "the new code is not in the list";
  EXPECT_THAT(refused("2020-01-01,621126102000,,621126103000,甲文\n"), invalid)
      << "the old code still is";
  EXPECT_THAT(refused("2020-01-01,621126104201,,621126103000,甲文\n"), invalid) << "the level";
  EXPECT_THAT(refused("2020-01-01,621126104201,,,甲文\n"), invalid) << "what was it called";
  EXPECT_THAT(refused("2020-01-01,,,621126103000,甲文\n"), invalid)
      << "its villages would be older than itself";
  EXPECT_THAT(refused("2020-01-01,621126104201,旧村,621126103204,甲文\n"), invalid)
      << "a village of no township";
  FEXPECT_OK(DivisionTree::Parse(kDated, "header only\n"));
}

TEST(DivisionTreeTest, TheShippedChangesLeadToTheShippedList) {
  const auto tree = DivisionTree::Load("deploy/data/gansu_divisions.csv");
  FASSERT_OK(tree);
  const absl::CivilDay before(2018, 7, 1);
  ASSERT_NE(tree->Find("620824000000", before), nullptr);
  EXPECT_EQ(tree->Find("620824000000", before)->name(), "华亭县");
  EXPECT_THAT(CodesOf(tree->Map("620824000000", before, absl::CivilDay(2024, 1, 1))),
              ElementsAre("620881000000"));
  EXPECT_EQ(BelowOn(*tree, "620824000000", before).size(), tree->Below("620881000000").size());
  EXPECT_THAT(BelowOn(*tree, "620881000000", before), IsEmpty());
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
