#include "services/registry/core/divisions.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 华亭县 620824 became 华亭市 620881; below it everything kept its last digits. 嘉峪关 has no
// county but 620201, and 兰州新区 is one in statistics only.
DivisionTree Tree() {
  return *DivisionTree::Parse(
      "code,name,level,parent_code\n"
      "620000000000,甘肃省,province,\n"
      "620100000000,兰州市,city,620000000000\n"
      "620121000000,永登县,county,620100000000\n"
      "620171000000,兰州新区,county,620100000000\n"
      "620171101000,中川镇,township,620171000000\n"
      "620171101201,西槽村委会,village,620171101000\n"
      "620200000000,嘉峪关市,city,620000000000\n"
      "620201000000,嘉峪关市,county,620200000000\n"
      "620201100000,新城镇,township,620201000000\n"
      "620201100201,观蒲村委会,village,620201100000\n"
      "620800000000,平凉市,city,620000000000\n"
      "620821000000,泾川县,county,620800000000\n"
      "620881000000,华亭市,county,620800000000\n"
      "620881100000,东华镇,township,620881000000\n"
      "620881100201,东峡村委会,village,620881100000\n",
      "effective_on,old_code,old_name,new_code,basis\n"
      "2018-07-02,620824000000,华亭县,620881000000,民函〔2018〕109号\n");
}

class DivisionsTest : public ::testing::Test {
 protected:
  std::vector<std::string> List(std::string parent, std::string as_of, bool recursive = false) {
    v1::ListDivisionsRequest request;
    request.set_parent_code(std::move(parent));
    request.set_as_of(std::move(as_of));
    request.set_recursive(recursive);
    request.set_page_size(2);
    std::vector<std::string> codes;
    PageKey after;
    do {
      const auto page = divisions_.ListDivisions(TestContext(), request, after);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::Division& d : page->items) codes.push_back(d.code());
      after = page->next;
    } while (!after.empty());
    return codes;
  }
  absl::StatusOr<v1::Division> Get(std::string code, std::string as_of) {
    v1::GetDivisionRequest request;
    request.set_code(std::move(code));
    request.set_as_of(std::move(as_of));
    const auto response = divisions_.GetDivision(TestContext(), request);
    if (!response.ok()) return response.status();
    return response->division();
  }
  absl::StatusOr<v1::MapDivisionResponse> Map(std::string code, std::string from, std::string to) {
    v1::MapDivisionRequest request;
    request.set_code(std::move(code));
    request.set_from_day(std::move(from));
    request.set_to_day(std::move(to));
    return divisions_.MapDivision(TestContext(), request);
  }

  const DivisionTree tree_ = Tree();
  Divisions divisions_{&tree_};
};

TEST_F(DivisionsTest, TheListIsThatOfTheDay) {
  EXPECT_EQ(Get("620881000000", "")->name(), "华亭市");
  EXPECT_EQ(Get("620881000000", "2018-07-02")->valid_from(), "2018-07-02");
  EXPECT_THAT(Get("620881000000", "2018-07-01"),
              ErrorIs(StatusCode::kNotFound, "DIVISION_NOT_FOUND"));
  FASSERT_OK_AND_ASSIGN(const v1::Division past, Get("620824000000", "2018-07-01"));
  EXPECT_THAT(past, EqualsProto(R"pb(code: "620824000000"
                                     name: "华亭县"
                                     level: DIVISION_LEVEL_COUNTY
                                     parent_code: "620800000000"
                                     valid_until: "2018-07-02")pb"));
  EXPECT_THAT(Get("620824000000", ""), ErrorIs(StatusCode::kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(Get("620881000000", "2018-7-1"),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_FORMAT"));
}

TEST_F(DivisionsTest, SubtreesAreThoseOfTheDay) {
  EXPECT_THAT(List("620800000000", ""), ElementsAre("620821000000", "620881000000"));
  EXPECT_THAT(List("620800000000", "2018-07-01"), ElementsAre("620821000000", "620824000000"));
  EXPECT_THAT(List("620800000000", "2018-07-01", true),
              ElementsAre("620821000000", "620824000000", "620824100000", "620824100201"));
  EXPECT_THAT(List("620800000000", "2018-07-02", true),
              ElementsAre("620821000000", "620881000000", "620881100000", "620881100201"));
  EXPECT_THAT(List("620824000000", "2010-01-01"), ElementsAre("620824100000"));
  v1::ListDivisionsRequest gone;
  gone.set_parent_code("620824000000");
  gone.set_page_size(10);
  EXPECT_THAT(divisions_.ListDivisions(TestContext(), gone, {}).status(),
              ErrorIs(StatusCode::kNotFound, "DIVISION_NOT_FOUND"));
}

TEST_F(DivisionsTest, CodesAreFollowedBothWays) {
  FASSERT_OK_AND_ASSIGN(const v1::MapDivisionResponse village,
                        Map("620824100201", "2015-01-01", ""));
  EXPECT_THAT(village, EqualsProto(R"pb(divisions {
                                          code: "620881100201"
                                          name: "东峡村委会"
                                          level: DIVISION_LEVEL_VILLAGE
                                          parent_code: "620881100000"
                                          valid_from: "2018-07-02"
                                        }
                                        changes {
                                          effective_on: "2018-07-02"
                                          old_code: "620824100201"
                                          new_code: "620881100201"
                                          basis: "民函〔2018〕109号"
                                        })pb"));
  FASSERT_OK_AND_ASSIGN(const v1::MapDivisionResponse back,
                        Map("620881000000", "2024-01-01", "2018-07-01"));
  ASSERT_EQ(back.divisions_size(), 1);
  EXPECT_EQ(back.divisions(0).code(), "620824000000");
  FASSERT_OK_AND_ASSIGN(const v1::MapDivisionResponse same,
                        Map("620821000000", "2010-01-01", "2024-01-01"));
  ASSERT_EQ(same.divisions_size(), 1);
  EXPECT_EQ(same.divisions(0).code(), "620821000000");
  EXPECT_THAT(same.changes(), IsEmpty());
  EXPECT_THAT(Map("620824000000", "2020-01-01", ""),
              ErrorIs(StatusCode::kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(Map("620824000000", "", ""), ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
}

// 620201 and 620171 are counties here: subtree, scope and counts know them as such.
class StatisticalCountiesTest : public DivisionsTest {
 protected:
  StatisticalCountiesTest() {
    for (const char* village : {"620171101201", "620201100201"}) {
      pb::CreateHouseholdRequest request;
      *request.mutable_household() = TestHousehold({++people_}, village, village);
      FEXPECT_OK(registry_.CreateHousehold(TestContext("620000000000"), request));
    }
  }
  std::vector<std::string> Seen(std::string grant) {
    pb::ListHouseholdsRequest request;
    request.set_page_size(10);
    std::vector<std::string> villages;
    const auto page = registry_.ListHouseholds(TestContext(std::move(grant)), request, {});
    EXPECT_TRUE(page.ok()) << page.status();
    for (const pb::Household& h : page->items) villages.push_back(h.division());
    return villages;
  }

  int people_ = 0;
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  FakeStore store_;
  Registry registry_{&store_, &tree_, &metrics_};
};

TEST_F(StatisticalCountiesTest, AreCountyLevelRowsOfTheirPrefecture) {
  EXPECT_THAT(List("620200000000", ""), ElementsAre("620201000000"));
  EXPECT_THAT(List("620201000000", ""), ElementsAre("620201100000"));
  EXPECT_THAT(List("620100000000", ""), ElementsAre("620121000000", "620171000000"));
  EXPECT_EQ(Get("620201000000", "")->level(), v1::DIVISION_LEVEL_COUNTY);
  EXPECT_EQ(ResolveVillage(tree_, "620200000000",
                           {.county = "嘉峪关市", .township = "新城镇", .village = "观蒲村"})
                .code,
            "620201100201");
  EXPECT_EQ(ResolveVillage(tree_, "620171000000",
                           {.county = "兰州新区", .township = "中川镇", .village = "西槽村"})
                .code,
            "620171101201");
}

TEST_F(StatisticalCountiesTest, AreScopesOfTheirOwn) {
  EXPECT_THAT(Seen("620201000000"), ElementsAre("620201100201"));
  EXPECT_THAT(Seen("620200000000"), ElementsAre("620201100201"));
  EXPECT_THAT(Seen("620171000000"), ElementsAre("620171101201"));
  EXPECT_THAT(Seen("620100000000"), ElementsAre("620171101201"));
  EXPECT_THAT(Seen("620121000000"), IsEmpty()) << "永登县 is not 兰州新区";
}

TEST_F(StatisticalCountiesTest, AreCountedAsCounties) {
  pb::CountHouseholdsRequest request;
  request.mutable_filter()->set_division("620200000000");
  request.add_group_by(pb::COUNT_BY_CHILD_DIVISION);
  const auto counted = registry_.CountHouseholds(TestContext("620000000000"), request);
  FASSERT_OK(counted);
  EXPECT_THAT(*counted,
              EqualsProto("counts { division: '620201000000' households: 1 persons: 1 }"));
}

// A household whose village's code has ended is found where it is, and may be changed and counted;
// nobody is registered there anew.
TEST_F(DivisionsTest, HouseholdsStayInACodeThatHasEnded) {
  constexpr char kPast[] = "620824100201";
  metrics::Registry metric_registry;
  RegistryMetrics metrics(metric_registry);
  FakeStore store;
  const DivisionTree before = *DivisionTree::Parse(
      "code,name,level,parent_code\n"
      "620000000000,甘肃省,province,\n"
      "620800000000,平凉市,city,620000000000\n"
      "620824000000,华亭县,county,620800000000\n"
      "620824100000,东华镇,township,620824000000\n"
      "620824100201,东峡村委会,village,620824100000\n");
  const base::CallContext ctx = TestContext("620800000000");
  pb::CreateHouseholdRequest create;
  *create.mutable_household() = TestHousehold({1}, "H1", kPast);
  Registry then(&store, &before, &metrics);
  const auto created = then.CreateHousehold(ctx, create);
  FASSERT_OK(created);

  Registry now(&store, &tree_, &metrics);
  pb::ListHouseholdsRequest list;
  list.set_page_size(10);
  list.mutable_filter()->set_division("620824000000");
  ASSERT_EQ(now.ListHouseholds(ctx, list, {})->items.size(), 1u);
  pb::CountHouseholdsRequest count;
  count.mutable_filter()->set_division("620800000000");
  count.add_group_by(pb::COUNT_BY_CHILD_DIVISION);
  EXPECT_EQ(now.CountHouseholds(ctx, count)->counts(0).division(), "620824000000");

  pb::UpdateHouseholdRequest update;
  *update.mutable_household() = created->household();
  update.mutable_household()->set_address("一");
  update.mutable_update_mask()->add_paths("address");
  update.set_etag(created->household().etag());
  update.set_reason("更正");
  const auto updated = now.UpdateHousehold(ctx, update);
  FASSERT_OK(updated);
  EXPECT_EQ(updated->household().division(), kPast);

  *create.mutable_household() = TestHousehold({3}, "H2", kPast);
  EXPECT_THAT(now.CreateHousehold(ctx, create),
              ErrorIs(StatusCode::kInvalidArgument, "VILLAGE_ENDED"));
}

}  // namespace
}  // namespace fangpin::registry
