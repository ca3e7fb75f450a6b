#include "services/registry/core/registry.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::fangpin::testing::IsOkAndHolds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
namespace vocab = ::fangpin::policy::v1;

std::map<std::string, std::string> Violations(const absl::Status& status) {
  std::map<std::string, std::string> found;
  if (const auto bad = base::GetBadRequest(status)) {
    for (const auto& v : bad->field_violations()) found[v.field()] = v.reason();
  }
  return found;
}

class RegistryTest : public ::testing::Test {
 protected:
  absl::StatusOr<pb::Household> Create(const pb::Household& household, std::string request_id = "",
                                       const base::CallContext& ctx = TestContext()) {
    pb::CreateHouseholdRequest request;
    *request.mutable_household() = household;
    request.set_request_id(std::move(request_id));
    request.set_reason("新增");
    const auto response = registry_.CreateHousehold(ctx, request);
    if (!response.ok()) return response.status();
    return response->household();
  }
  absl::StatusOr<pb::Household> Get(const std::string& id,
                                    const base::CallContext& ctx = TestContext()) {
    pb::GetHouseholdRequest request;
    request.set_household_id(id);
    const auto response = registry_.GetHousehold(ctx, request);
    if (!response.ok()) return response.status();
    return response->household();
  }
  absl::StatusOr<pb::Household> Update(const pb::Household& household,
                                       const std::vector<std::string>& paths,
                                       std::string request_id = "") {
    pb::UpdateHouseholdRequest request;
    *request.mutable_household() = household;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_etag(household.etag());
    request.set_reason("更正");
    request.set_request_id(std::move(request_id));
    const auto response = registry_.UpdateHousehold(TestContext(), request);
    if (!response.ok()) return response.status();
    return response->household();
  }
  pb::TransitionMonitoringRequest Determination(const std::string& id) {
    pb::TransitionMonitoringRequest request;
    request.set_household_id(id);
    request.set_to_state(vocab::MONITORING_STATE_MONITORED);
    request.set_effective_on("2024-06-01");
    request.set_decided_by("case-1");
    request.set_category(vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);
    request.add_risks()->set_type(vocab::RISK_TYPE_ILLNESS);
    return request;
  }
  absl::StatusOr<pb::Household> Transition(const pb::TransitionMonitoringRequest& request) {
    const auto response = registry_.TransitionMonitoring(TestContext(), request);
    if (!response.ok()) return response.status();
    return response->household();
  }
  absl::StatusOr<pb::Household> Move(const std::string& id, vocab::MonitoringState to,
                                     std::string decided_by, std::string day = "2024-06-02") {
    pb::TransitionMonitoringRequest request;
    request.set_household_id(id);
    request.set_to_state(to);
    request.set_effective_on(std::move(day));
    request.set_decided_by(std::move(decided_by));
    if (to == vocab::MONITORING_STATE_ELIMINATED) {
      request.set_elimination_mode(vocab::ELIMINATION_MODE_BY_ASSISTANCE);
    }
    return Transition(request);
  }

  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
};

TEST_F(RegistryTest, CreatesAHouseholdWithIdsOfItsVillage) {
  FASSERT_OK_AND_ASSIGN(const pb::Household created, Create(TestHousehold({1, 3})));
  EXPECT_EQ(created.id(), "621126200201000001");
  EXPECT_EQ(created.members(0).id(), "621126200201000001-01");
  EXPECT_EQ(created.members(1).id(), "621126200201000001-02");
  EXPECT_EQ(created.members(0).relation().code(), "02");
  EXPECT_TRUE(created.members(0).membership().active());
  EXPECT_EQ(created.monitoring().state(), vocab::MONITORING_STATE_NOT_MONITORED);
  EXPECT_EQ(created.revision(), 1);
  EXPECT_EQ(created.etag(), "r1");
  EXPECT_EQ(created.create_time().seconds(), absl::ToUnixSeconds(TestContext().now));
  FASSERT_OK_AND_ASSIGN(const pb::Household got, Get(created.id()));
  EXPECT_THAT(got, EqualsProto(created));
  FASSERT_OK_AND_ASSIGN(const pb::Household second, Create(TestHousehold({5}, "H2")));
  EXPECT_EQ(second.id(), "621126200201000002");
}

TEST_F(RegistryTest, OutputOnlyFieldsOfTheRequestAreNotRead) {
  pb::Household sent = TestHousehold({1});
  sent.set_id("621126200201000777");
  sent.set_revision(9);
  sent.mutable_monitoring()->set_state(vocab::MONITORING_STATE_ELIMINATED);
  sent.add_snapshots()->set_kind(pb::SNAPSHOT_KIND_ELIMINATION);
  sent.mutable_income()->set_net_income_fen(5);
  FASSERT_OK_AND_ASSIGN(const pb::Household created, Create(sent));
  EXPECT_EQ(created.id(), "621126200201000001");
  EXPECT_EQ(created.revision(), 1);
  EXPECT_EQ(created.monitoring().state(), vocab::MONITORING_STATE_NOT_MONITORED);
  EXPECT_THAT(created.snapshots(), IsEmpty());
  EXPECT_FALSE(created.income().has_net_income_fen());
}

TEST_F(RegistryTest, EveryWrongFieldIsNamed) {
  pb::Household sent = TestHousehold({1, 3});
  sent.set_division("621126200299");
  sent.mutable_members(0)->clear_name();
  sent.mutable_members(0)->mutable_relation()->set_label("之女");
  sent.mutable_members(1)->set_id_number("62112619800312103X");
  sent.mutable_members(1)->set_birth_date("1980-3-12");
  sent.mutable_income()->set_wage_fen(-1);
  sent.mutable_income()->set_period_start("2023-06");
  const absl::Status status = Create(sent).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kInvalidArgument, "HOUSEHOLD_INVALID"));
  EXPECT_THAT(Violations(status),
              UnorderedElementsAre(Pair("household.division", "VILLAGE_UNKNOWN"),
                                   Pair("household.members", "HOUSEHOLD_WITHOUT_HEAD"),
                                   Pair("household.members[0].name", "NAME_MISSING"),
                                   Pair("household.members[1].id_number", "ID_NUMBER_CHECK_DIGIT"),
                                   Pair("household.members[1].birth_date", "DATE_FORMAT"),
                                   Pair("household.income", "INCOME_NEGATIVE"),
                                   Pair("household.income.period_end", "INCOME_PERIOD")));
  EXPECT_THAT(Get("621126200201000001"), ErrorIs(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

TEST_F(RegistryTest, IncomeIsComputedNeverTyped) {
  pb::Household sent = TestHousehold({1, 3});
  pb::IncomeAccount& income = *sent.mutable_income();
  income.set_wage_fen(2'000'000);
  income.set_business_fen(1'000'000);
  income.set_property_fen(0);
  income.set_transfer_fen(100'000);
  income.set_business_expenditure_fen(400'001);
  income.set_compliant_self_paid_fen(500'000);
  FASSERT_OK_AND_ASSIGN(const pb::Household created, Create(sent));
  EXPECT_EQ(created.income().population(), 2);
  EXPECT_EQ(created.income().net_income_fen(), 2'699'999);
  EXPECT_EQ(created.income().per_capita_net_fen(), 1'350'000);
  EXPECT_FALSE(created.income().has_income_reference_fen());
}

TEST_F(RegistryTest, DisabilityComesFromTheCertificate) {
  pb::Household sent = TestHousehold({1});
  sent.mutable_members(0)->set_id_number(TestIdNumber(1) + "42B1");
  sent.mutable_members(0)->set_disability_grade(4);
  FASSERT_OK_AND_ASSIGN(const pb::Household created, Create(sent));
  EXPECT_EQ(created.members(0).id_number(), TestIdNumber(1));
  EXPECT_EQ(created.members(0).disability_number(), TestIdNumber(1) + "42B1");
  EXPECT_EQ(created.members(0).disability_category(), 4);
  EXPECT_EQ(created.members(0).disability_grade(), 2);
}

TEST_F(RegistryTest, APersonOfAnotherHouseholdIsRefused) {
  FASSERT_OK(Create(TestHousehold({1, 3})));
  EXPECT_THAT(Create(TestHousehold({5, 3}, "H2")),
              ErrorIs(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
  EXPECT_THAT(Create(TestHousehold({7}, "H1")),
              ErrorIs(StatusCode::kAlreadyExists, "HOUSEHOLD_NUMBER_EXISTS"));
}

TEST_F(RegistryTest, ARepeatedRequestReturnsTheFirstAnswer) {
  FASSERT_OK_AND_ASSIGN(const pb::Household first, Create(TestHousehold({1}), "r-1"));
  FASSERT_OK_AND_ASSIGN(const pb::Household again, Create(TestHousehold({1}), "r-1"));
  EXPECT_THAT(again, EqualsProto(first));
  EXPECT_THAT(Create(TestHousehold({3}, "H2"), "r-1"),
              ErrorIs(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_THAT(Create(TestHousehold({5}, "H3"), std::string(65, 'x')),
              ErrorIs(StatusCode::kInvalidArgument, "REQUEST_ID_TOO_LONG"));
}

TEST_F(RegistryTest, ValidateOnlyStoresNothing) {
  pb::CreateHouseholdRequest request;
  *request.mutable_household() = TestHousehold({1});
  request.set_validate_only(true);
  FEXPECT_OK(registry_.CreateHousehold(TestContext(), request));
  pb::ListHouseholdsRequest list;
  list.set_page_size(10);
  EXPECT_THAT(registry_.ListHouseholds(TestContext(), list, {})->items, IsEmpty());
  FASSERT_OK(Create(TestHousehold({1})));
  EXPECT_THAT(registry_.CreateHousehold(TestContext(), request),
              ErrorIs(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
}

TEST_F(RegistryTest, OnlyTheCallersDivisionsAreSeen) {
  FASSERT_OK_AND_ASSIGN(const pb::Household created, Create(TestHousehold({1})));
  const base::CallContext elsewhere = TestContext(kOtherCounty);
  EXPECT_THAT(Get(created.id(), elsewhere), ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  EXPECT_THAT(Create(TestHousehold({3}, "H2"), "", elsewhere),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  pb::BatchGetHouseholdsRequest batch;
  batch.add_household_ids(created.id());
  const auto got = registry_.BatchGetRecords(elsewhere, batch);
  FASSERT_OK(got);
  EXPECT_THAT(got->records, IsEmpty());
  EXPECT_THAT(got->missing, ElementsAre(created.id()));
  EXPECT_THAT(registry_.GetRecord(elsewhere, created.id()),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  pb::LookUpPersonRequest look_up;
  look_up.set_id_number(TestIdNumber(1));
  look_up.set_purpose("核对");
  EXPECT_THAT(registry_.LookUpPerson(elsewhere, look_up),
              ErrorIs(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  pb::ListHouseholdsRequest list;
  list.set_page_size(10);
  EXPECT_THAT(registry_.ListHouseholds(elsewhere, list, {})->items, IsEmpty());
  list.mutable_filter()->set_division(kCounty);
  EXPECT_THAT(registry_.ListHouseholds(elsewhere, list, {}).status(),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

TEST_F(RegistryTest, BatchGetAnswersRepeatsOnceInTheOrderAsked) {
  FASSERT_OK_AND_ASSIGN(const pb::Household a, Create(TestHousehold({1}, "H1")));
  FASSERT_OK_AND_ASSIGN(const pb::Household b, Create(TestHousehold({3}, "H2")));
  pb::BatchGetHouseholdsRequest request;
  for (const std::string& id : {b.id(), a.id(), b.id(), std::string("621126200201000999")}) {
    request.add_household_ids(id);
  }
  const auto got = registry_.BatchGetRecords(TestContext(), request);
  FASSERT_OK(got);
  ASSERT_THAT(got->records, SizeIs(2));
  EXPECT_EQ(got->records[0]->id, b.id());
  EXPECT_EQ(got->records[1]->id, a.id());
  EXPECT_THAT(got->records[1]->Parse(), IsOkAndHolds(EqualsProto(a)));
  EXPECT_THAT(got->missing, ElementsAre("621126200201000999"));
  for (int i = 0; i < 1000; ++i) request.add_household_ids(std::to_string(i));
  EXPECT_THAT(registry_.BatchGetRecords(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
}

TEST_F(RegistryTest, ListsPageByPageOverAllOfTheCallersDivisions) {
  FASSERT_OK(Create(TestHousehold({1}, "H1")));
  FASSERT_OK(Create(TestHousehold({3}, "H2", kOtherVillage)));
  FASSERT_OK(Create(TestHousehold({5}, "H3", kVillageElsewhere), "", TestContext(kOtherCounty)));
  base::CallContext ctx = TestContext();
  ctx.principal.divisions = {kOtherVillage, kCounty, kOtherCounty, kCounty};
  pb::ListHouseholdsRequest request;
  request.set_page_size(2);
  FASSERT_OK_AND_ASSIGN(const auto first, registry_.ListHouseholds(ctx, request, {}));
  ASSERT_THAT(first.items, SizeIs(2));
  EXPECT_EQ(first.items[0].national_id(), "H3");
  EXPECT_EQ(first.items[1].national_id(), "H1");
  FASSERT_OK_AND_ASSIGN(const auto second, registry_.ListHouseholds(ctx, request, first.next));
  ASSERT_THAT(second.items, SizeIs(1));
  EXPECT_EQ(second.items[0].national_id(), "H2");
  EXPECT_THAT(second.next, IsEmpty());
  request.mutable_filter()->set_division("621126200000");
  EXPECT_THAT(registry_.ListHouseholds(ctx, request, {})->items, SizeIs(2));
}

TEST_F(RegistryTest, UpdatesWhatTheMaskNamesAndNothingElse) {
  FASSERT_OK_AND_ASSIGN(pb::Household household, Create(TestHousehold({1})));
  household.set_address("上街12号");
  household.set_natural_village("上街");
  FASSERT_OK_AND_ASSIGN(const pb::Household updated, Update(household, {"address"}));
  EXPECT_EQ(updated.address(), "上街12号");
  EXPECT_EQ(updated.natural_village(), "");
  EXPECT_EQ(updated.revision(), 2);
  EXPECT_EQ(updated.create_time().seconds(), household.create_time().seconds());
}

TEST_F(RegistryTest, AStaleEtagIsAborted) {
  FASSERT_OK_AND_ASSIGN(pb::Household household, Create(TestHousehold({1})));
  household.set_address("一");
  FASSERT_OK(Update(household, {"address"}));
  household.set_address("二");
  EXPECT_THAT(Update(household, {"address"}), ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Get(household.id())->address(), "一");
}

TEST_F(RegistryTest, ARepeatedUpdateIsNotStale) {
  FASSERT_OK_AND_ASSIGN(pb::Household household, Create(TestHousehold({1})));
  household.set_address("一");
  FASSERT_OK_AND_ASSIGN(const pb::Household first, Update(household, {"address"}, "u-1"));
  FASSERT_OK_AND_ASSIGN(const pb::Household again, Update(household, {"address"}, "u-1"));
  EXPECT_THAT(again, EqualsProto(first));
}

TEST_F(RegistryTest, AnUpdateThatChangesNothingMakesNoRevision) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  FASSERT_OK_AND_ASSIGN(const pb::Household same, Update(household, {"address", "members"}));
  EXPECT_EQ(same.revision(), 1);
}

TEST_F(RegistryTest, SomeFieldsMoveByProcedureOnly) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  for (const char* path : {"division", "monitoring", "snapshots", "id", "no_such_field"}) {
    EXPECT_THAT(Update(household, {path}),
                ErrorIs(StatusCode::kInvalidArgument, "UPDATE_MASK_FIELD"))
        << path;
  }
  EXPECT_THAT(Update(household, {}), ErrorIs(StatusCode::kInvalidArgument, "UPDATE_MASK_EMPTY"));
}

TEST_F(RegistryTest, MembersJoinAndLeaveButAreNeverDropped) {
  FASSERT_OK_AND_ASSIGN(pb::Household household, Create(TestHousehold({1, 3})));
  pb::Household dropped = household;
  dropped.mutable_members()->RemoveLast();
  EXPECT_THAT(Update(dropped, {"members"}),
              ErrorIs(StatusCode::kInvalidArgument, "MEMBER_OMITTED"));

  pb::Membership& left = *household.mutable_members(1)->mutable_membership();
  left.set_active(false);
  EXPECT_THAT(Update(household, {"members"}),
              ErrorIs(StatusCode::kInvalidArgument, "LEFT_ON_MISSING"));
  left.set_left_on("2024-05-01");
  left.set_change_reason("嫁出");
  *household.add_members() = TestHousehold({9, 5}).members(1);
  FASSERT_OK_AND_ASSIGN(const pb::Household updated, Update(household, {"members"}));
  EXPECT_EQ(updated.members(2).id(), household.id() + "-03");
  FEXPECT_OK(Create(TestHousehold({7, 3}, "H2")));
}

TEST_F(RegistryTest, RevisionsTellWhoChangedWhatAndWhy) {
  FASSERT_OK_AND_ASSIGN(pb::Household household, Create(TestHousehold({1, 3})));
  household.set_address("一");
  household.mutable_members(1)->set_name("测试乙");
  FASSERT_OK(Update(household, {"address", "members"}));
  pb::ListRevisionsRequest request;
  request.set_household_id(household.id());
  request.set_page_size(1);
  FASSERT_OK_AND_ASSIGN(const auto first, registry_.ListRevisions(TestContext(), request, {}));
  ASSERT_THAT(first.items, SizeIs(1));
  EXPECT_EQ(first.items[0].number(), 1);
  EXPECT_EQ(first.items[0].reason(), "新增");
  EXPECT_FALSE(first.items[0].has_household());
  request.set_include_household(true);
  FASSERT_OK_AND_ASSIGN(const auto second,
                        registry_.ListRevisions(TestContext(), request, first.next));
  ASSERT_THAT(second.items, SizeIs(1));
  EXPECT_EQ(second.items[0].actor(), "desk");
  EXPECT_EQ(second.items[0].reason(), "更正");
  EXPECT_THAT(second.items[0].changed_fields(), ElementsAre("address", "members[1].name"));
  EXPECT_EQ(second.items[0].household().address(), "一");
  EXPECT_THAT(second.next, IsEmpty());

  pb::GetHouseholdRequest past;
  past.set_household_id(household.id());
  past.set_revision(1);
  EXPECT_EQ(registry_.GetHousehold(TestContext(), past)->household().address(), "");
  past.set_revision(3);
  EXPECT_THAT(registry_.GetHousehold(TestContext(), past),
              ErrorIs(StatusCode::kNotFound, "REVISION_NOT_FOUND"));
}

TEST_F(RegistryTest, LooksPeopleUpByAnyFormOfTheirNumber) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  pb::BatchLookUpPersonsRequest request;
  request.set_purpose("医疗救助核对");
  request.add_id_numbers(" " + TestIdNumber(1) + " ");
  request.add_id_numbers(TestIdNumber(3));
  request.add_id_numbers("123");
  request.add_id_numbers(TestIdNumber(1) + "42");
  const auto found = registry_.BatchLookUpPersons(TestContext(), request);
  FASSERT_OK(found);
  ASSERT_THAT(found->results(), SizeIs(4));
  EXPECT_EQ(found->results(0).match().household_id(), household.id());
  EXPECT_EQ(found->results(1).reason(), "PERSON_NOT_FOUND");
  EXPECT_EQ(found->results(2).reason(), "ID_NUMBER_LENGTH");
  EXPECT_EQ(found->results(3).match().person_id(), household.members(0).id());
  request.clear_purpose();
  EXPECT_THAT(registry_.BatchLookUpPersons(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
}

TEST_F(RegistryTest, MatchesByFingerprint) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  pb::MatchPersonsRequest request;
  request.add_fingerprints(FakeStore::FingerprintOf(TestIdNumber(3)));
  request.add_fingerprints(FakeStore::FingerprintOf(TestIdNumber(1)));
  const auto found = registry_.MatchPersons(TestContext(), request);
  FASSERT_OK(found);
  EXPECT_FALSE(found->results(0).has_match());
  EXPECT_EQ(found->results(1).match().household_id(), household.id());
  request.add_fingerprints("short");
  EXPECT_THAT(registry_.MatchPersons(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "FINGERPRINT_LENGTH"));
}

TEST_F(RegistryTest, AHouseholdGoesThroughTheWholeLife) {
  pb::Household sent = TestHousehold({1});
  sent.mutable_income()->set_wage_fen(100);
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(sent));
  const std::string id = household.id();
  FASSERT_OK_AND_ASSIGN(const pb::Household monitored, Transition(Determination(id)));
  EXPECT_EQ(monitored.monitoring().determined_on(), "2024-06-01");
  EXPECT_EQ(monitored.monitoring().decided_by(), "case-1");
  ASSERT_THAT(monitored.snapshots(), SizeIs(1));
  EXPECT_EQ(monitored.snapshots(0).kind(), pb::SNAPSHOT_KIND_DETERMINATION);
  EXPECT_EQ(monitored.snapshots(0).income().wage_fen(), 100);
  FASSERT_OK(Move(id, vocab::MONITORING_STATE_UNDER_ASSISTANCE, "plan-1"));
  FASSERT_OK(Move(id, vocab::MONITORING_STATE_ELIMINATION_PROPOSED, "elimination-1"));
  FASSERT_OK_AND_ASSIGN(const pb::Household eliminated,
                        Move(id, vocab::MONITORING_STATE_ELIMINATED, "elimination-1"));
  EXPECT_EQ(eliminated.monitoring().eliminated_on(), "2024-06-02");
  EXPECT_THAT(eliminated.snapshots(), SizeIs(2));
  FASSERT_OK_AND_ASSIGN(const pb::Household back,
                        Move(id, vocab::MONITORING_STATE_UNDER_ASSISTANCE, "look-back-1"));
  EXPECT_EQ(back.monitoring().eliminated_on(), "");
  EXPECT_EQ(back.monitoring().determined_on(), "2024-06-01");
  EXPECT_EQ(back.revision(), 6);
}

TEST_F(RegistryTest, ARepeatedDecisionAnswersWithTheHouseholdAsItIs) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  FASSERT_OK(Transition(Determination(household.id())));
  FASSERT_OK(Move(household.id(), vocab::MONITORING_STATE_UNDER_ASSISTANCE, "plan-1"));
  FASSERT_OK_AND_ASSIGN(const pb::Household again, Transition(Determination(household.id())));
  EXPECT_EQ(again.monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  EXPECT_EQ(again.revision(), 3);
}

TEST_F(RegistryTest, AStepOutOfOrderIsRefused) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  const absl::Status status =
      Move(household.id(), vocab::MONITORING_STATE_ELIMINATED, "elimination-1").status();
  EXPECT_THAT(status,
              ErrorIs(StatusCode::kFailedPrecondition, "MONITORING_TRANSITION_NOT_ALLOWED"));
  ASSERT_TRUE(base::GetPreconditionFailure(status).has_value());
  EXPECT_THAT(base::GetPreconditionFailure(status)->violations(), SizeIs(1));
  EXPECT_EQ(Get(household.id())->revision(), 1);
}

TEST_F(RegistryTest, DeterminationNeedsCategoryAndRisksThatFit) {
  FASSERT_OK_AND_ASSIGN(const pb::Household household, Create(TestHousehold({1})));
  pb::TransitionMonitoringRequest request = Determination(household.id());
  request.clear_category();
  EXPECT_THAT(Transition(request), ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
  request = Determination(household.id());
  request.set_category(vocab::MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT);
  EXPECT_THAT(Transition(request), ErrorIs(StatusCode::kInvalidArgument, "CATEGORY_KIND_MISMATCH"));
  request = Determination(household.id());
  request.clear_risks();
  EXPECT_THAT(Transition(request), ErrorIs(StatusCode::kInvalidArgument, "RISK_COUNT"));
  request.add_risks()->set_type(vocab::RISK_TYPE_NATURAL_DISASTER);
  EXPECT_THAT(Transition(request), ErrorIs(StatusCode::kInvalidArgument, "DISASTER_KIND"));
  request.clear_risks();
  request.add_risks()->set_type(vocab::RISK_TYPE_OTHER);
  EXPECT_THAT(Transition(request), ErrorIs(StatusCode::kInvalidArgument, "RISK_REMARK_MISSING"));
  request = Determination(household.id());
  request.set_effective_on("2024-06-11");
  EXPECT_THAT(Transition(request), ErrorIs(StatusCode::kInvalidArgument, "DATE_IN_FUTURE"));
  request.set_effective_on("2024-06-10");
  FEXPECT_OK(Transition(request));
}

TEST_F(RegistryTest, AFailedStoreIsPassedOn) {
  store_.FailWrite(1, absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(Create(TestHousehold({1})).status()));
  FEXPECT_OK(Create(TestHousehold({1})));
}

}  // namespace
}  // namespace fangpin::registry
