#include "services/registry/core/history.h"

#include <string>
#include <tuple>
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
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace vocab = ::fangpin::policy::v1;

using Difference = std::tuple<std::string, std::string, std::string>;

std::vector<Difference> Texts(const std::vector<pb::FieldDifference>& differences) {
  std::vector<Difference> texts;
  for (const auto& d : differences) texts.emplace_back(d.field(), d.before(), d.after());
  return texts;
}

TEST(DifferencesTest, EqualRecordsDoNotDiffer) {
  pb::Household before = TestHousehold({1, 3});
  pb::Household after = before;
  after.set_id("621126200201000001");
  after.set_revision(2);
  after.set_etag("r2");
  after.mutable_update_time()->set_seconds(1);
  EXPECT_THAT(Differences(before, after), IsEmpty());
}

TEST(DifferencesTest, FieldsComeInTheOrderOfTheRecord) {
  pb::Household before;
  before.set_address("上街12号");
  before.set_military_family(false);
  before.mutable_income()->set_wage_fen(0);
  before.mutable_income()->set_business_fen(5);
  pb::Household after;
  after.set_kind(vocab::HOUSEHOLD_KIND_ORDINARY);
  after.set_military_family(true);
  after.mutable_income()->set_wage_fen(700);
  after.mutable_living()->set_electricity(true);
  EXPECT_THAT(Texts(Differences(before, after)),
              ElementsAre(Difference("address", "\"上街12号\"", ""),
                          Difference("kind", "", "\"HOUSEHOLD_KIND_ORDINARY\""),
                          Difference("income.wage_fen", "\"0\"", "\"700\""),
                          Difference("income.business_fen", "\"5\"", ""),
                          Difference("living", "", "{\"electricity\":true}"),
                          Difference("military_family", "false", "true")));
}

TEST(DifferencesTest, MembersAreComparedPersonByPerson) {
  pb::Household before = TestHousehold({1, 3, 5});
  for (int i = 0; i < 3; ++i) before.mutable_members(i)->set_id("p-0" + std::to_string(i));
  pb::Household after = before;
  after.mutable_members(2)->set_name("测试丙");
  after.mutable_members(2)->add_health(vocab::HEALTH_CONDITION_HEALTHY);
  after.mutable_members()->SwapElements(0, 2);
  after.mutable_members()->DeleteSubrange(1, 1);
  pb::Person& added = *after.add_members();
  added.set_id("p-04");
  EXPECT_THAT(Texts(Differences(before, after)),
              ElementsAre(Difference("members[0].name", "\"测试甲\"", "\"测试丙\""),
                          Difference("members[0].health", "", "[\"HEALTH_CONDITION_HEALTHY\"]"),
                          Difference("members[2]", "", "{\"id\":\"p-04\"}"),
                          Difference("members[1]",
                                     "{\"id\":\"p-01\",\"name\":\"测试甲\",\"idNumber\":\"" +
                                         TestIdNumber(3) +
                                         "\",\"relation\":{\"label\":\"之子\"},"
                                         "\"labourCapacity\":\"LABOUR_CAPACITY_ORDINARY\"}",
                                     "")));
}

TEST(DifferencesTest, SafeguardsAreComparedByWhichTheyAre) {
  pb::Household before;
  before.add_safeguards()->set_safeguard(vocab::SAFEGUARD_HOUSING_SAFETY);
  before.mutable_safeguards(0)->set_state(vocab::SAFEGUARD_STATE_SECURED);
  pb::Household after;
  after.add_safeguards()->set_safeguard(vocab::SAFEGUARD_BASIC_MEDICAL_CARE);
  *after.add_safeguards() = before.safeguards(0);
  after.mutable_safeguards(1)->set_state(vocab::SAFEGUARD_STATE_NOT_SECURED);
  EXPECT_THAT(Texts(Differences(before, after)),
              ElementsAre(Difference("safeguards[0]", "",
                                     "{\"safeguard\":\"SAFEGUARD_BASIC_MEDICAL_CARE\"}"),
                          Difference("safeguards[1].state", "\"SAFEGUARD_STATE_SECURED\"",
                                     "\"SAFEGUARD_STATE_NOT_SECURED\"")));
}

TEST(DifferencesTest, ColumnsAreComparedByHeader) {
  pb::Household before;
  (*before.mutable_other_columns())["乙"] = "1";
  (*before.mutable_other_columns())["丙"] = "2";
  pb::Household after;
  (*after.mutable_other_columns())["乙"] = "1";
  (*after.mutable_other_columns())["甲"] = "\"3\"";
  EXPECT_THAT(Texts(Differences(before, after)),
              ElementsAre(Difference("other_columns[丙]", "\"2\"", ""),
                          Difference("other_columns[甲]", "", "\"\\\"3\\\"\"")));
}

class HistoryTest : public ::testing::Test {
 protected:
  // Registered on 10 June at 09:00; changed on 10 June 23:59:59.999999 and on 11 June at 00:00.
  void SetUp() override {
    pb::CreateHouseholdRequest create;
    *create.mutable_household() = TestHousehold({1, 3});
    household_ = registry_.CreateHousehold(TestContext(), create)->household();
    Address("一", base::StartOf(absl::CivilDay(2024, 6, 11)) - absl::Microseconds(1));
    Address("二", base::StartOf(absl::CivilDay(2024, 6, 11)));
  }
  void Address(const std::string& address, absl::Time now) {
    base::CallContext ctx = TestContext();
    ctx.now = now;
    pb::UpdateHouseholdRequest request;
    *request.mutable_household() = household_;
    request.mutable_household()->set_address(address);
    request.mutable_update_mask()->add_paths("address");
    request.set_etag(household_.etag());
    request.set_reason("更正");
    const auto response = registry_.UpdateHousehold(ctx, request);
    ASSERT_TRUE(response.ok()) << response.status();
    household_ = response->household();
  }
  absl::StatusOr<pb::Household> AsOf(std::string day, int64_t revision = 0) {
    pb::GetHouseholdRequest request;
    request.set_household_id(household_.id());
    request.set_as_of(std::move(day));
    request.set_revision(revision);
    const auto response = registry_.GetHousehold(Later(), request);
    if (!response.ok()) return response.status();
    return response->household();
  }
  absl::StatusOr<pb::CompareHouseholdResponse> Compare(int64_t from, std::string from_day,
                                                       int64_t to, std::string to_day) {
    pb::CompareHouseholdRequest request;
    request.set_household_id(household_.id());
    request.set_from_revision(from);
    request.set_from_day(std::move(from_day));
    request.set_to_revision(to);
    request.set_to_day(std::move(to_day));
    return history_.CompareHousehold(Later(), request);
  }
  static base::CallContext Later() { return TestContext(kCounty, absl::CivilDay(2024, 6, 12)); }

  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
  History history_{&store_};
  pb::Household household_;
};

TEST_F(HistoryTest, ADayEndsAtMidnightInChina) {
  EXPECT_THAT(AsOf("2024-06-09"), ErrorIs(StatusCode::kNotFound, "REVISION_NOT_FOUND"));
  EXPECT_EQ(AsOf("2024-06-10")->address(), "一");
  EXPECT_EQ(AsOf("2024-06-10")->revision(), 2);
  EXPECT_EQ(AsOf("2024-06-11")->address(), "二");
  EXPECT_EQ(AsOf("2024-06-12")->revision(), 3);
}

TEST_F(HistoryTest, ARevisionIsNamedOneWay) {
  EXPECT_THAT(AsOf("2024-06-10", 1), ErrorIs(StatusCode::kInvalidArgument, "REVISION_NAMED_TWICE"));
  EXPECT_THAT(AsOf("2024-06-13"), ErrorIs(StatusCode::kInvalidArgument, "DATE_IN_FUTURE"));
  EXPECT_THAT(AsOf("10.6.2024"), ErrorIs(StatusCode::kInvalidArgument, "DATE_FORMAT"));
}

TEST_F(HistoryTest, ComparesRevisionsAndDays) {
  FASSERT_OK_AND_ASSIGN(auto response, Compare(1, "", 0, ""));
  EXPECT_EQ(response.from().number(), 1);
  EXPECT_EQ(response.to().number(), 3);
  EXPECT_EQ(response.to().reason(), "更正");
  EXPECT_FALSE(response.to().has_household());
  ASSERT_THAT(response.differences(), SizeIs(1));
  EXPECT_EQ(response.differences(0).field(), "address");
  EXPECT_EQ(response.differences(0).before(), "");
  EXPECT_EQ(response.differences(0).after(), "\"二\"");
  FASSERT_OK_AND_ASSIGN(response, Compare(0, "2024-06-10", 0, "2024-06-11"));
  EXPECT_EQ(response.from().number(), 2);
  ASSERT_THAT(response.differences(), SizeIs(1));
  EXPECT_EQ(response.differences(0).before(), "\"一\"");
  FASSERT_OK_AND_ASSIGN(response, Compare(3, "", 0, "2024-06-12"));
  EXPECT_THAT(response.differences(), IsEmpty());
}

TEST_F(HistoryTest, TheLaterOneIsLater) {
  EXPECT_THAT(Compare(2, "", 1, ""), ErrorIs(StatusCode::kInvalidArgument, "REVISION_ORDER"));
  EXPECT_THAT(Compare(0, "", 1, ""), ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
  EXPECT_THAT(Compare(4, "", 0, ""), ErrorIs(StatusCode::kNotFound, "REVISION_NOT_FOUND"));
  EXPECT_THAT(Compare(0, "2024-06-09", 0, ""),
              ErrorIs(StatusCode::kNotFound, "REVISION_NOT_FOUND"));
}

TEST_F(HistoryTest, HistoryIsForWhoCoversTheHousehold) {
  pb::CompareHouseholdRequest request;
  request.set_household_id(household_.id());
  request.set_from_revision(1);
  EXPECT_THAT(history_.CompareHousehold(TestContext(kOtherCounty), request),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

}  // namespace
}  // namespace fangpin::registry
