// Registry's searching and counting, on the fake store.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/household.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace vocab = ::fangpin::policy::v1;

constexpr char kProvince[] = "620000000000";
constexpr char kPrefecture[] = "621100000000";

class SearchTest : public ::testing::Test {
 protected:
  SearchTest() {
    Register("H1", kVillage, {1, 3});
    Register("H2", kOtherVillage, {5});
    Register("H3", kVillageElsewhere, {7});
    Determine("H2", vocab::RISK_TYPE_ILLNESS);
  }

  void Register(std::string number, std::string village, const std::vector<int>& people) {
    pb::CreateHouseholdRequest request;
    *request.mutable_household() = TestHousehold(people, number, std::move(village));
    const auto created = registry_.CreateHousehold(TestContext(kProvince), request);
    ASSERT_TRUE(created.ok()) << created.status();
    ids_[number] = created->household().id();
  }
  void Determine(const std::string& number, vocab::RiskType risk) {
    pb::TransitionMonitoringRequest request;
    request.set_household_id(ids_[number]);
    request.set_to_state(vocab::MONITORING_STATE_MONITORED);
    request.set_effective_on("2024-06-01");
    request.set_decided_by("case-" + number);
    request.set_category(vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);
    request.add_risks()->set_type(risk);
    FASSERT_OK(registry_.TransitionMonitoring(TestContext(kProvince), request));
  }

  static base::CallContext Granted(std::vector<std::string> divisions) {
    base::CallContext ctx = TestContext();
    ctx.principal.divisions = std::move(divisions);
    return ctx;
  }

  template <typename Request>
  static Request Parse(const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return request;
  }

  // 户编号 of what is listed.
  std::vector<std::string> List(const base::CallContext& ctx, const std::string& filter) {
    auto request = Parse<pb::ListHouseholdsRequest>("filter { " + filter + " } page_size: 100");
    const auto page = registry_.ListHouseholds(ctx, request, {});
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> numbers;
    if (page.ok()) {
      EXPECT_THAT(page->next, IsEmpty());
      for (const pb::Household& h : page->items) numbers.push_back(h.national_id());
    }
    return numbers;
  }
  absl::StatusOr<pb::CountHouseholdsResponse> Count(const base::CallContext& ctx,
                                                    const std::string& request) {
    return registry_.CountHouseholds(ctx, Parse<pb::CountHouseholdsRequest>(request));
  }
  pb::CountHouseholdsResponse Counted(const base::CallContext& ctx, const std::string& request) {
    const auto response = Count(ctx, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : pb::CountHouseholdsResponse();
  }

  std::map<std::string, std::string> ids_;  // by 户编号
  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
};

TEST_F(SearchTest, FiltersAreJoined) {
  const auto ctx = Granted({kProvince});
  EXPECT_THAT(List(ctx, ""), ElementsAre("H3", "H1", "H2"));
  EXPECT_THAT(List(ctx, "states: MONITORING_STATE_MONITORED"), ElementsAre("H2"));
  EXPECT_THAT(List(ctx, "states: MONITORING_STATE_MONITORED risk_types: RISK_TYPE_DISABILITY"),
              IsEmpty());
  EXPECT_THAT(List(ctx, "division: '621126000000' kinds: HOUSEHOLD_KIND_ORDINARY"),
              ElementsAre("H1", "H2"));
  EXPECT_THAT(List(ctx, "flags: HOUSEHOLD_FLAG_SAFEGUARD_UNKNOWN member_name: ' 测试甲 '"),
              ElementsAre("H3", "H1", "H2"))
      << "flags are computed when a household is registered";
}

TEST_F(SearchTest, WrongFiltersAreRefusedByBoth) {
  const auto list = Parse<pb::ListHouseholdsRequest>("filter { states: 0 } page_size: 1");
  EXPECT_THAT(registry_.ListHouseholds(TestContext(), list, {}).status(),
              ErrorIs(StatusCode::kInvalidArgument, "VALUE_UNKNOWN"));
  EXPECT_THAT(Count(TestContext(), "filter { flags: 99 }"),
              ErrorIs(StatusCode::kInvalidArgument, "VALUE_UNKNOWN"));
  EXPECT_THAT(Count(TestContext(), "group_by: COUNT_BY_UNSPECIFIED"),
              ErrorIs(StatusCode::kInvalidArgument, "VALUE_UNKNOWN"));
}

TEST_F(SearchTest, OnlyWhatTheCallerMaySeeIsListedAndCounted) {
  EXPECT_THAT(List(Granted({kOtherCounty}), ""), ElementsAre("H3"));
  EXPECT_THAT(List(Granted({kOtherVillage}), "member_name: '测试甲'"), ElementsAre("H2"));
  EXPECT_THAT(List(Granted({}), ""), IsEmpty());
  EXPECT_THAT(Counted(Granted({kOtherCounty}), ""),
              EqualsProto("counts { households: 1 persons: 1 }"));
  EXPECT_THAT(Counted(Granted({}), ""), EqualsProto(""));
  // A division that only contains what the caller may see is not the caller's.
  for (const char* division : {kPrefecture, kOtherCounty}) {
    const std::string filter = std::string("filter { division: '") + division + "' }";
    EXPECT_THAT(Count(TestContext(), filter),
                ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
    EXPECT_THAT(registry_.ListHouseholds(
                    TestContext(), Parse<pb::ListHouseholdsRequest>(filter + " page_size: 1"), {}),
                ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  }
}

TEST_F(SearchTest, NobodyIsCountedTwiceOverNestedGrants) {
  const auto ctx = Granted({kVillage, kCounty, kOtherVillage, kCounty, kOtherCounty});
  EXPECT_THAT(Counted(ctx, ""), EqualsProto("counts { households: 3 persons: 4 }"));
  EXPECT_THAT(Counted(Granted({kVillage, kOtherCounty}), ""),
              EqualsProto("counts { households: 2 persons: 3 }"));
}

TEST_F(SearchTest, CountsGroupByWhatIsAsked) {
  const auto ctx = Granted({kProvince});
  EXPECT_THAT(Counted(ctx, "group_by: COUNT_BY_STATE"), EqualsProto(R"pb(
                counts { state: MONITORING_STATE_NOT_MONITORED households: 2 persons: 3 }
                counts { state: MONITORING_STATE_MONITORED households: 1 persons: 1 })pb"));
  EXPECT_THAT(Counted(ctx, "group_by: COUNT_BY_CATEGORY group_by: COUNT_BY_KIND"), EqualsProto(R"pb(
                counts { kind: HOUSEHOLD_KIND_ORDINARY households: 2 persons: 3 }
                counts {
                  category: MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY
                  kind: HOUSEHOLD_KIND_ORDINARY
                  households: 1
                  persons: 1
                })pb"));
  EXPECT_THAT(
      Counted(ctx, "filter { states: MONITORING_STATE_ELIMINATED } group_by: COUNT_BY_KIND"),
      EqualsProto(""));
}

TEST_F(SearchTest, CountsByTheChildrenOfADivision) {
  const auto ctx = Granted({kProvince});
  EXPECT_THAT(Counted(ctx, "group_by: COUNT_BY_CHILD_DIVISION"),
              EqualsProto("counts { division: '621100000000' households: 3 persons: 4 }"));
  EXPECT_THAT(Counted(ctx, "filter { division: '621100000000' } group_by: COUNT_BY_CHILD_DIVISION"),
              EqualsProto(R"pb(
                counts { division: "621125000000" households: 1 persons: 1 }
                counts { division: "621126000000" households: 2 persons: 3 })pb"));
  EXPECT_THAT(Counted(ctx,
                      "filter { division: '621126200000' }"
                      "group_by: COUNT_BY_STATE group_by: COUNT_BY_CHILD_DIVISION"),
              EqualsProto(R"pb(
                counts {
                  division: "621126200201"
                  state: MONITORING_STATE_NOT_MONITORED
                  households: 1
                  persons: 2
                }
                counts {
                  division: "621126200202"
                  state: MONITORING_STATE_MONITORED
                  households: 1
                  persons: 1
                })pb"));
  EXPECT_THAT(Count(ctx, "filter { division: '621126200201' } group_by: COUNT_BY_CHILD_DIVISION"),
              ErrorIs(StatusCode::kInvalidArgument, "DIVISION_WITHOUT_CHILDREN"));
}

TEST_F(SearchTest, CountsByName) {
  for (int i = 0; i < 3; ++i) Register("N" + std::to_string(i), kVillage, {101 + 2 * i});
  EXPECT_THAT(Counted(Granted({kCounty}),
                      "filter { member_name: '测试甲' } group_by: COUNT_BY_CHILD_DIVISION"),
              EqualsProto("counts { division: '621100000000' households: 5 persons: 6 }"));
  EXPECT_THAT(Counted(Granted({kCounty}), "filter { member_name: '没有' }"), EqualsProto(""));
}

TEST_F(SearchTest, APageThatIsCutShortGoesOn) {
  // More households than a search looks at in one go, the last of them the only one wanted.
  constexpr int kMany = 20'100;
  std::vector<HouseholdChange> changes;
  for (int i = 0; i < kMany; ++i) {
    pb::Household h;
    h.set_id(kVillage + std::to_string(200'000 + i));
    h.set_division(kVillage);
    if (i == kMany - 1) h.add_flags(pb::HOUSEHOLD_FLAG_TEKUN);
    changes.push_back({nullptr, MakeRevision(nullptr, std::move(h), TestContext().now, "", "")});
  }
  FASSERT_OK(store_.Write([&](RegistryWriter& writer) { return writer.Put(changes); }));
  const auto request = Parse<pb::ListHouseholdsRequest>(
      "filter { flags: HOUSEHOLD_FLAG_TEKUN division: '621126000000' } page_size: 5");
  FASSERT_OK_AND_ASSIGN(const auto first, registry_.ListHouseholds(TestContext(), request, {}));
  EXPECT_THAT(first.items, IsEmpty());
  ASSERT_FALSE(first.next.empty());
  FASSERT_OK_AND_ASSIGN(const auto second,
                        registry_.ListHouseholds(TestContext(), request, first.next));
  EXPECT_EQ(second.items.size(), 1u);
  EXPECT_THAT(second.next, IsEmpty());
}

TEST_F(SearchTest, RevisionsAreOfTheCallersHouseholdsOnly) {
  pb::ListRevisionsRequest request;
  request.set_household_id(ids_["H3"]);
  request.set_page_size(10);
  EXPECT_THAT(registry_.ListRevisions(TestContext(), request, {}).status(),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  FEXPECT_OK(registry_.ListRevisions(TestContext(kOtherCounty), request, {}));
}

TEST_F(SearchTest, BatchesAreOfTheCallersDivisionsAndBounded) {
  pb::BatchLookUpPersonsRequest people;
  people.set_purpose("核对");
  for (const int person : {1, 5, 7}) people.add_id_numbers(TestIdNumber(person));
  const auto found = registry_.BatchLookUpPersons(Granted({kVillage, kOtherCounty}), people);
  FASSERT_OK(found);
  EXPECT_EQ(found->results(0).match().household_id(), ids_["H1"]);
  EXPECT_EQ(found->results(1).reason(), "PERSON_NOT_FOUND");
  EXPECT_EQ(found->results(2).match().household_id(), ids_["H3"]);

  pb::BatchGetHouseholdsRequest households;
  for (const char* number : {"H1", "H2", "H3"}) households.add_household_ids(ids_[number]);
  const auto got = registry_.BatchGetHouseholds(Granted({kVillage, kOtherCounty}), households);
  FASSERT_OK(got);
  EXPECT_EQ(got->households_size(), 2);
  EXPECT_THAT(got->missing_ids(), ElementsAre(ids_["H2"]));

  people.clear_id_numbers();
  EXPECT_THAT(registry_.BatchLookUpPersons(TestContext(), people),
              ErrorIs(StatusCode::kInvalidArgument, "BATCH_EMPTY"));
  for (int i = 0; i < 2000; ++i) people.add_id_numbers(TestIdNumber(1));
  FEXPECT_OK(registry_.BatchLookUpPersons(TestContext(), people));
  people.add_id_numbers(TestIdNumber(1));
  EXPECT_THAT(registry_.BatchLookUpPersons(TestContext(), people),
              ErrorIs(StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  households.clear_household_ids();
  for (int i = 0; i < 1000; ++i) households.add_household_ids(ids_["H1"]);
  FEXPECT_OK(registry_.BatchGetHouseholds(TestContext(), households));
  households.add_household_ids(ids_["H1"]);
  EXPECT_THAT(registry_.BatchGetHouseholds(TestContext(), households),
              ErrorIs(StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
}

}  // namespace
}  // namespace fangpin::registry
