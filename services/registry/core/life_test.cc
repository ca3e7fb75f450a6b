#include "services/registry/core/life.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
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

std::vector<std::string> Preconditions(const absl::Status& status) {
  std::vector<std::string> types;
  if (const auto failure = base::GetPreconditionFailure(status)) {
    for (const auto& v : failure->violations()) types.push_back(v.type());
  }
  return types;
}

pb::CodedLabel Label(std::string label) {
  pb::CodedLabel coded;
  coded.set_label(std::move(label));
  return coded;
}

template <typename Request>
void Relate(const std::string& person_id, std::string label, Request* request) {
  pb::RelationChange& change = *request->add_relations();
  change.set_person_id(person_id);
  *change.mutable_relation() = Label(std::move(label));
}

class LifeTest : public ::testing::Test {
 protected:
  pb::Household Create(const pb::Household& household,
                       const base::CallContext& ctx = TestContext()) {
    pb::CreateHouseholdRequest request;
    *request.mutable_household() = household;
    const auto response = registry_.CreateHousehold(ctx, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->household() : pb::Household();
  }
  pb::Household Get(const std::string& id, base::CallContext ctx = TestContext()) {
    ctx.principal.divisions = {"620000000000"};
    pb::GetHouseholdRequest request;
    request.set_household_id(id);
    return registry_.GetHousehold(ctx, request)->household();
  }
  // Moves the household into monitoring and on to `state`.
  pb::Household Monitor(const std::string& id, vocab::MonitoringState state) {
    pb::Household household;
    for (int to = vocab::MONITORING_STATE_MONITORED; to <= state; ++to) {
      pb::TransitionMonitoringRequest request;
      request.set_household_id(id);
      request.set_to_state(static_cast<vocab::MonitoringState>(to));
      request.set_effective_on("2024-06-01");
      request.set_decided_by("case-" + std::to_string(to));
      request.set_category(vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);
      request.add_risks()->set_type(vocab::RISK_TYPE_ILLNESS);
      request.set_elimination_mode(vocab::ELIMINATION_MODE_NATURAL);
      const auto response = registry_.TransitionMonitoring(TestContext(), request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (response.ok()) household = response->household();
    }
    return household;
  }

  // Requests that are in order.
  static pb::JoinMemberRequest Join(const pb::Household& h, int sequence) {
    pb::JoinMemberRequest request;
    request.set_household_id(h.id());
    *request.mutable_person() = TestHousehold({999, sequence}).members(1);
    request.set_joined_on("2024-06-01");
    request.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
    request.set_etag(h.etag());
    request.set_reason("办理");
    return request;
  }
  static pb::LeaveMemberRequest Leave(const pb::Household& h, int member) {
    pb::LeaveMemberRequest request;
    request.set_household_id(h.id());
    request.set_person_id(h.members(member).id());
    request.set_left_on("2024-06-02");
    request.set_cause(pb::MEMBER_CHANGE_CAUSE_DEATH);
    request.set_etag(h.etag());
    request.set_reason("办理");
    return request;
  }
  static pb::ChangeHeadRequest ChangeHead(const pb::Household& h, int member) {
    pb::ChangeHeadRequest request;
    request.set_household_id(h.id());
    request.set_new_head_id(h.members(member).id());
    request.set_etag(h.etag());
    request.set_reason("办理");
    return request;
  }
  static pb::TransferMemberRequest Transfer(const pb::Household& from, int member,
                                            const pb::Household& to) {
    pb::TransferMemberRequest request;
    request.set_household_id(from.id());
    request.set_person_id(from.members(member).id());
    request.set_other_household_id(to.id());
    *request.mutable_relation() = Label("之女婿");
    request.set_moved_on("2024-06-03");
    request.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
    request.set_etag(from.etag());
    request.set_other_etag(to.etag());
    request.set_reason("办理");
    return request;
  }
  static pb::SplitHouseholdRequest Split(const pb::Household& h, std::vector<int> members) {
    pb::SplitHouseholdRequest request;
    request.set_household_id(h.id());
    for (const int i : members) {
      request.add_person_ids(h.members(i).id());
      if (i != members[0]) Relate(h.members(i).id(), "之兄弟姐妹", &request);
    }
    request.set_head_id(h.members(members[0]).id());
    request.set_split_on("2024-06-04");
    request.set_etag(h.etag());
    request.set_reason("办理");
    return request;
  }
  static pb::MergeHouseholdsRequest Merge(const pb::Household& ending,
                                          const pb::Household& taking) {
    pb::MergeHouseholdsRequest request;
    request.set_household_id(ending.id());
    request.set_other_household_id(taking.id());
    for (const pb::Person& person : ending.members()) {
      if (person.membership().active()) Relate(person.id(), "之兄弟姐妹", &request);
    }
    request.set_merged_on("2024-06-05");
    request.set_etag(ending.etag());
    request.set_other_etag(taking.etag());
    request.set_reason("办理");
    return request;
  }
  static pb::TransferHouseholdRequest Move(const pb::Household& h, std::string division) {
    pb::TransferHouseholdRequest request;
    request.set_household_id(h.id());
    request.set_division(std::move(division));
    request.set_moved_on("2024-06-06");
    request.set_etag(h.etag());
    request.set_reason("办理");
    return request;
  }
  static base::CallContext Everywhere() { return TestContext("621100000000"); }

  std::vector<pb::Revision> Revisions(const std::string& id) {
    pb::ListRevisionsRequest request;
    request.set_household_id(id);
    request.set_page_size(100);
    return registry_.ListRevisions(Everywhere(), request, {})->items;
  }
  std::string WhereIs(int sequence) {
    pb::LookUpPersonRequest request;
    request.set_id_number(TestIdNumber(sequence));
    request.set_purpose("核对");
    const auto response = registry_.LookUpPerson(Everywhere(), request);
    return response.ok() ? response->match().person_id() : "";
  }

  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
  Life life_{&store_, &divisions_, &metrics_};
};

TEST_F(LifeTest, SomebodyJoins) {
  const pb::Household before = Create(TestHousehold({1}));
  pb::JoinMemberRequest request = Join(before, 2);
  *request.mutable_person()->mutable_relation() = Label("配偶");
  request.mutable_person()->set_id("621126200201000009-01");
  request.mutable_person()->mutable_membership()->set_left_on("2001-01-01");
  const auto response = life_.JoinMember(TestContext(), request);
  FASSERT_OK(response);
  const pb::Person& spouse = response->household().members(1);
  EXPECT_EQ(spouse.id(), before.id() + "-02");
  EXPECT_EQ(spouse.relation().code(), "10");
  EXPECT_THAT(spouse.membership(), EqualsProto(R"pb(active: true
                                                    since: "2024-06-01"
                                                    change_reason: "嫁入"
                                                    cause: MEMBER_CHANGE_CAUSE_MARRIED_IN)pb"));
  EXPECT_THAT(Get(before.id()), EqualsProto(response->household()));
  const auto revisions = Revisions(before.id());
  ASSERT_THAT(revisions, SizeIs(2));
  EXPECT_EQ(revisions[1].reason(), "办理");
  EXPECT_THAT(revisions[1].changed_fields(), ElementsAre("members[1]"));
  EXPECT_EQ(WhereIs(2), spouse.id());
}

TEST_F(LifeTest, EveryWrongFieldOfAJoinIsNamed) {
  const pb::Household before = Create(TestHousehold({1}));
  pb::JoinMemberRequest request = Join(before, 3);
  request.set_joined_on("2024-06-11");
  request.set_cause(pb::MEMBER_CHANGE_CAUSE_DEATH);
  *request.mutable_person()->mutable_relation() = Label("户主");
  EXPECT_THAT(
      Violations(life_.JoinMember(TestContext(), request).status()),
      UnorderedElementsAre(Pair("joined_on", "DATE_IN_FUTURE"), Pair("cause", "CAUSE_NOT_JOINING"),
                           Pair("person.relation", "RELATION_IS_HEAD")));
  request = Join(before, 3);
  request.mutable_person()->set_id_number("123");
  request.mutable_person()->clear_name();
  EXPECT_THAT(Violations(life_.JoinMember(TestContext(), request).status()),
              UnorderedElementsAre(Pair("person.id_number", "ID_NUMBER_LENGTH"),
                                   Pair("person.name", "NAME_MISSING")));
  request = Join(before, 3);
  request.set_joined_on("1980-03-11");
  EXPECT_THAT(life_.JoinMember(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_BEFORE_BIRTH"));
  request.set_joined_on("yesterday");
  EXPECT_THAT(life_.JoinMember(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_FORMAT"));
  request = Join(before, 3);
  request.clear_reason();
  EXPECT_THAT(Violations(life_.JoinMember(TestContext(), request).status()),
              ElementsAre(Pair("reason", "REQUIRED")));
  request = Join(before, 3);
  request.clear_etag();
  EXPECT_THAT(Violations(life_.JoinMember(TestContext(), request).status()),
              ElementsAre(Pair("etag", "REQUIRED")));
  request.set_etag("r7");
  EXPECT_THAT(life_.JoinMember(TestContext(), request),
              ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Get(before.id()).revision(), 1);
}

TEST_F(LifeTest, AMemberDoesNotJoinTwice) {
  const pb::Household before = Create(TestHousehold({1, 3}));
  EXPECT_THAT(life_.JoinMember(TestContext(), Join(before, 3)),
              ErrorIs(StatusCode::kAlreadyExists, "PERSON_ALREADY_MEMBER"));
}

TEST_F(LifeTest, WhoLeavesStaysOnFileAndIsTakenInAgainUnderTheSameId) {
  const pb::Household before = Create(TestHousehold({1, 3}));
  pb::LeaveMemberRequest leave = Leave(before, 1);
  leave.set_cause(pb::MEMBER_CHANGE_CAUSE_IMPRISONED);
  const auto left = life_.LeaveMember(TestContext(), leave);
  FASSERT_OK(left);
  EXPECT_THAT(left->household().members(1).membership(),
              EqualsProto(R"pb(left_on: "2024-06-02"
                               change_reason: "判刑收监"
                               cause: MEMBER_CHANGE_CAUSE_IMPRISONED)pb"));
  EXPECT_EQ(WhereIs(3), "");
  EXPECT_EQ(left->household().lifecycle().state(), pb::LIFECYCLE_STATE_OPEN);

  pb::JoinMemberRequest join = Join(left->household(), 3);
  join.set_cause(pb::MEMBER_CHANGE_CAUSE_OTHER_IN);
  EXPECT_THAT(life_.JoinMember(TestContext(), join),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_BEFORE_LEFT"));
  join.set_joined_on("2024-06-02");
  join.mutable_person()->set_phone("13893212345");
  join.mutable_person()->clear_labour_capacity();
  const auto again = life_.JoinMember(TestContext(), join);
  FASSERT_OK(again);
  ASSERT_THAT(again->household().members(), SizeIs(2));
  EXPECT_EQ(again->household().members(1).id(), before.members(1).id());
  EXPECT_EQ(again->household().members(1).phone(), "13893212345");
  EXPECT_EQ(again->household().members(1).labour_capacity(), vocab::LABOUR_CAPACITY_ORDINARY);
  EXPECT_EQ(WhereIs(3), before.members(1).id());
}

TEST_F(LifeTest, IdsAreNeverGivenTwice) {
  pb::Household household = Create(TestHousehold({1, 3}));
  household = life_.LeaveMember(TestContext(), Leave(household, 1))->household();
  household = life_.JoinMember(TestContext(), Join(household, 5))->household();
  EXPECT_EQ(household.members(2).id(), household.id() + "-03");
}

TEST_F(LifeTest, TheHeadLeavesOnlyWhenAnotherIsNamed) {
  const pb::Household before = Create(TestHousehold({1, 3, 5}));
  pb::LeaveMemberRequest request = Leave(before, 0);
  EXPECT_THAT(Violations(life_.LeaveMember(TestContext(), request).status()),
              ElementsAre(Pair("new_head_id", "HEAD_MISSING")));
  request.set_new_head_id(before.members(0).id());
  EXPECT_THAT(Violations(life_.LeaveMember(TestContext(), request).status()),
              ElementsAre(Pair("new_head_id", "HEAD_NOT_A_MEMBER")));
  request.set_new_head_id(before.members(2).id());
  EXPECT_THAT(Violations(life_.LeaveMember(TestContext(), request).status()),
              ElementsAre(Pair("relations", "RELATION_MISSING")));
  Relate(before.members(1).id(), "之兄弟姐妹", &request);
  const auto response = life_.LeaveMember(TestContext(), request);
  FASSERT_OK(response);
  EXPECT_EQ(response->household().members(2).relation().code(), "02");
  EXPECT_EQ(response->household().members(1).relation().code(), "70");
  EXPECT_FALSE(response->household().members(0).membership().active());
}

TEST_F(LifeTest, RelationsThatDoNotChangeAreNotStated) {
  const pb::Household before = Create(TestHousehold({1, 3, 5}));
  pb::LeaveMemberRequest request = Leave(before, 1);
  request.set_new_head_id(before.members(2).id());
  Relate(before.members(2).id(), "户主", &request);
  Relate(before.members(2).id(), "邻居", &request);
  EXPECT_THAT(Violations(life_.LeaveMember(TestContext(), request).status()),
              UnorderedElementsAre(Pair("new_head_id", "HEAD_STAYS"),
                                   Pair("relations[0].relation", "RELATION_IS_HEAD"),
                                   Pair("relations[0].person_id", "RELATION_NOT_EXPECTED"),
                                   Pair("relations[1].relation", "RELATION_UNKNOWN"),
                                   Pair("relations[1].person_id", "RELATION_REPEATED")));
}

TEST_F(LifeTest, OnlyMembersLeave) {
  pb::Household household = Create(TestHousehold({1, 3}));
  pb::LeaveMemberRequest request = Leave(household, 1);
  request.set_person_id("621126200201000009-01");
  EXPECT_THAT(life_.LeaveMember(TestContext(), request),
              ErrorIs(StatusCode::kNotFound, "MEMBER_NOT_FOUND"));
  household = life_.LeaveMember(TestContext(), Leave(household, 1))->household();
  EXPECT_THAT(life_.LeaveMember(TestContext(), Leave(household, 1)),
              ErrorIs(StatusCode::kFailedPrecondition, "MEMBER_HAS_LEFT"));
}

TEST_F(LifeTest, PerCapitaFiguresFollowTheMembers) {
  pb::Household sent = TestHousehold({1, 3});
  for (auto set : {&pb::IncomeAccount::set_wage_fen, &pb::IncomeAccount::set_business_fen,
                   &pb::IncomeAccount::set_property_fen, &pb::IncomeAccount::set_transfer_fen,
                   &pb::IncomeAccount::set_business_expenditure_fen}) {
    (sent.mutable_income()->*set)(0);
  }
  sent.mutable_income()->set_wage_fen(600);
  pb::Household household = Create(sent);
  EXPECT_EQ(household.income().per_capita_net_fen(), 300);
  household = life_.JoinMember(TestContext(), Join(household, 5))->household();
  EXPECT_EQ(household.income().population(), 3);
  EXPECT_EQ(household.income().per_capita_net_fen(), 200);
}

TEST_F(LifeTest, AHouseholdWhoseLastMemberLeftIsClosed) {
  const pb::Household before = Create(TestHousehold({1}));
  const auto left = life_.LeaveMember(TestContext(), Leave(before, 0));
  FASSERT_OK(left);
  EXPECT_THAT(left->household().lifecycle(), EqualsProto(R"pb(state: LIFECYCLE_STATE_CLOSED
                                                              since: "2024-06-02")pb"));
  const pb::Household closed = left->household();
  const pb::Household other = Create(TestHousehold({5, 7}, "H2"));
  EXPECT_THAT(life_.JoinMember(TestContext(), Join(closed, 9)),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  EXPECT_THAT(life_.TransferMember(TestContext(), Transfer(other, 1, closed)),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  EXPECT_THAT(life_.TransferHousehold(TestContext(), Move(closed, kOtherVillage)),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  pb::TransitionMonitoringRequest determination;
  determination.set_household_id(closed.id());
  determination.set_to_state(vocab::MONITORING_STATE_MONITORED);
  determination.set_effective_on("2024-06-10");
  determination.set_decided_by("case-1");
  determination.set_category(vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);
  determination.add_risks()->set_type(vocab::RISK_TYPE_ILLNESS);
  EXPECT_THAT(registry_.TransitionMonitoring(TestContext(), determination),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  EXPECT_THAT(Get(closed.id()), EqualsProto(closed));
}

TEST_F(LifeTest, AClosedHouseholdOpensForWhoLeftItByMistake) {
  pb::Household closed =
      life_.LeaveMember(TestContext(), Leave(Create(TestHousehold({1})), 0))->household();
  pb::JoinMemberRequest request = Join(closed, 1);
  request.set_cause(pb::MEMBER_CHANGE_CAUSE_OTHER_IN);
  request.set_joined_on("2024-06-02");
  EXPECT_THAT(life_.JoinMember(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "RELATION_NOT_HEAD"));
  *request.mutable_person()->mutable_relation() = Label("户主");
  const auto response = life_.JoinMember(TestContext(), request);
  FASSERT_OK(response);
  EXPECT_THAT(response->household().lifecycle(), EqualsProto(R"pb(state: LIFECYCLE_STATE_OPEN
                                                                  since: "2024-06-02")pb"));
  EXPECT_EQ(WhereIs(1), closed.members(0).id());
}

TEST_F(LifeTest, WhoIsRecordedDeadComesBackOnlyWhereThatWasRecorded) {
  pb::Household household = Create(TestHousehold({1, 3}));
  const pb::Household other = Create(TestHousehold({5}, "H2"));
  household = life_.LeaveMember(TestContext(), Leave(household, 1))->household();
  EXPECT_THAT(life_.JoinMember(TestContext(), Join(other, 3)),
              ErrorIs(StatusCode::kFailedPrecondition, "PERSON_RECORDED_DEAD"));
  pb::CreateHouseholdRequest create;
  *create.mutable_household() = TestHousehold({3}, "H3");
  EXPECT_THAT(registry_.CreateHousehold(TestContext(), create),
              ErrorIs(StatusCode::kFailedPrecondition, "PERSON_RECORDED_DEAD"));
  pb::JoinMemberRequest correction = Join(household, 3);
  correction.set_joined_on("2024-06-02");
  FEXPECT_OK(life_.JoinMember(TestContext(), correction));
}

TEST_F(LifeTest, TheHeadChanges) {
  const pb::Household before = Create(TestHousehold({1, 3, 5}));
  pb::ChangeHeadRequest request = ChangeHead(before, 1);
  Relate(before.members(0).id(), "之父", &request);
  Relate(before.members(2).id(), "之兄弟姐妹", &request);
  const auto response = life_.ChangeHead(TestContext(), request);
  FASSERT_OK(response);
  EXPECT_EQ(response->household().members(0).relation().code(), "51");
  EXPECT_EQ(response->household().members(1).relation().code(), "02");
  EXPECT_EQ(response->household().members(1).relation().label(), "户主");
  const auto revisions = Revisions(before.id());
  EXPECT_THAT(revisions.back().changed_fields(),
              ElementsAre("members[0].relation", "members[1].relation", "members[2].relation"));
  request = ChangeHead(response->household(), 1);
  Relate(before.members(0).id(), "之父", &request);
  Relate(before.members(2).id(), "之兄弟姐妹", &request);
  EXPECT_THAT(life_.ChangeHead(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "HEAD_UNCHANGED"));
}

TEST_F(LifeTest, AChildDoesNotHeadAHouseholdWithAnAdult) {
  pb::Household sent = TestHousehold({1, 3});
  sent.mutable_members(1)->set_id_number(
      testing::MakeIdNumber("621126", absl::CivilDay(2015, 1, 1), 3));
  const pb::Household before = Create(sent);
  pb::ChangeHeadRequest request = ChangeHead(before, 1);
  Relate(before.members(0).id(), "之父", &request);
  const absl::Status status = life_.ChangeHead(TestContext(), request).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kFailedPrecondition, "HEAD_IS_MINOR"));
  EXPECT_THAT(Preconditions(status), ElementsAre("HEAD_IS_MINOR"));
  // As an orphan it does.
  pb::LeaveMemberRequest death = Leave(before, 0);
  death.set_new_head_id(before.members(1).id());
  FEXPECT_OK(life_.LeaveMember(TestContext(), death));
}

TEST_F(LifeTest, AMemberMovesToAnotherHousehold) {
  pb::Household sent = TestHousehold({1, 3});
  sent.mutable_members(1)->add_health(vocab::HEALTH_CONDITION_CHRONIC_ILLNESS);
  const pb::Household from = Create(sent);
  const pb::Household to = Create(TestHousehold({5}, "H2"));
  const auto response = life_.TransferMember(TestContext(), Transfer(from, 1, to));
  FASSERT_OK(response);
  const pb::Person& left = response->household().members(1);
  const pb::Person& joined = response->other_household().members(1);
  EXPECT_THAT(left.membership(), EqualsProto(R"pb(
                left_on: "2024-06-03"
                change_reason: "嫁出"
                cause: MEMBER_CHANGE_CAUSE_MARRIED_OUT
                other_household_id: "621126200201000002")pb"));
  EXPECT_THAT(joined.membership(), EqualsProto(R"pb(
                active: true
                since: "2024-06-03"
                change_reason: "嫁入"
                cause: MEMBER_CHANGE_CAUSE_MARRIED_IN
                other_household_id: "621126200201000001")pb"));
  EXPECT_EQ(joined.id(), to.id() + "-02");
  EXPECT_EQ(joined.relation().code(), "28");
  EXPECT_EQ(joined.health(0), vocab::HEALTH_CONDITION_CHRONIC_ILLNESS);
  EXPECT_EQ(WhereIs(3), joined.id());
  EXPECT_EQ(response->household().revision(), 2);
  EXPECT_EQ(response->other_household().revision(), 2);

  // And back, to the same id.
  pb::TransferMemberRequest back = Transfer(response->other_household(), 1, response->household());
  back.set_cause(pb::MEMBER_CHANGE_CAUSE_OTHER_IN);
  *back.mutable_relation() = Label("之子");
  const auto returned = life_.TransferMember(TestContext(), back);
  FASSERT_OK(returned);
  EXPECT_EQ(WhereIs(3), left.id());
  EXPECT_THAT(returned->other_household().members(), SizeIs(2));
}

TEST_F(LifeTest, BothHouseholdsOfATransferAreAsTheyWereRead) {
  const pb::Household from = Create(TestHousehold({1, 3}));
  const pb::Household to = Create(TestHousehold({5}, "H2"));
  pb::TransferMemberRequest request = Transfer(from, 1, to);
  request.set_other_etag("r9");
  EXPECT_THAT(life_.TransferMember(TestContext(), request),
              ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  request = Transfer(from, 1, from);
  EXPECT_THAT(life_.TransferMember(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "SAME_HOUSEHOLD"));
  request = Transfer(from, 1, to);
  request.set_cause(pb::MEMBER_CHANGE_CAUSE_BIRTH);
  EXPECT_THAT(life_.TransferMember(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "CAUSE_NOT_JOINING"));
  EXPECT_EQ(Get(from.id()).revision(), 1);
  EXPECT_EQ(Get(to.id()).revision(), 1);
}

TEST_F(LifeTest, ASecondSpouseOfTheOtherHeadIsNamedThere) {
  const pb::Household from = Create(TestHousehold({1, 3}));
  pb::Household sent = TestHousehold({5, 2}, "H2");
  *sent.mutable_members(1)->mutable_relation() = Label("配偶");
  const pb::Household to = Create(sent);
  pb::TransferMemberRequest request = Transfer(from, 1, to);
  *request.mutable_relation() = Label("配偶");
  EXPECT_THAT(
      Violations(life_.TransferMember(TestContext(), request).status()),
      ElementsAre(Pair("other_household.members[2].relation", "HOUSEHOLD_WITH_TWO_SPOUSES")));
}

TEST_F(LifeTest, SomeMembersBecomeAHouseholdOfTheirOwn) {
  pb::Household sent = TestHousehold({1, 3, 5, 7});
  sent.set_kind(vocab::HOUSEHOLD_KIND_LIFTED_OUT);
  sent.set_natural_village("上街");
  sent.set_address("上街12号");
  sent.mutable_income()->set_wage_fen(100);
  pb::SafeguardStatus& housing = *sent.add_safeguards();
  housing.set_safeguard(vocab::SAFEGUARD_HOUSING_SAFETY);
  housing.set_state(vocab::SAFEGUARD_STATE_SECURED);
  sent.add_rigid_expenditures()->set_kind("MEDICAL");
  pb::Asset& car = *sent.add_assets();
  car.set_exclusion("VEHICLE_OR_MACHINERY");
  car.set_source("车辆管理");
  car.set_adjudication("EXCEPTION_APPROVED");
  car.set_reason("营运车辆");
  Create(sent);
  const pb::Household before =
      Monitor("621126200201000001", vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  ASSERT_THAT(before.snapshots(), SizeIs(1));

  pb::SplitHouseholdRequest request = Split(before, {1, 2});
  request.set_national_id(" H2 ");
  const auto response = life_.SplitHousehold(TestContext(), request);
  FASSERT_OK(response);
  const pb::Household& staying = response->household();
  const pb::Household& created = response->new_household();
  EXPECT_THAT(Get(staying.id()), EqualsProto(staying));
  EXPECT_THAT(Get(created.id()), EqualsProto(created));

  EXPECT_EQ(ActiveMembers(staying), 2);
  EXPECT_EQ(staying.members(1).membership().other_household_id(), created.id());
  EXPECT_EQ(staying.members(1).membership().cause(), pb::MEMBER_CHANGE_CAUSE_SPLIT);
  EXPECT_EQ(staying.monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  EXPECT_THAT(staying.snapshots(), SizeIs(1));
  EXPECT_THAT(staying.safeguards(), SizeIs(1));
  EXPECT_THAT(staying.rigid_expenditures(), SizeIs(1));
  EXPECT_EQ(staying.assets(0).adjudication(), "EXCEPTION_APPROVED");
  EXPECT_FALSE(staying.has_income());

  EXPECT_EQ(created.id(), "621126200201000002");
  EXPECT_EQ(created.national_id(), "H2");
  EXPECT_EQ(created.kind(), vocab::HOUSEHOLD_KIND_LIFTED_OUT);
  EXPECT_EQ(created.natural_village(), "上街");
  EXPECT_EQ(created.address(), "");
  EXPECT_EQ(created.monitoring().state(), vocab::MONITORING_STATE_NOT_MONITORED);
  EXPECT_THAT(created.lifecycle(), EqualsProto(R"pb(state: LIFECYCLE_STATE_OPEN
                                                    split_from: "621126200201000001")pb"));
  ASSERT_THAT(created.members(), SizeIs(2));
  EXPECT_EQ(created.members(0).id(), created.id() + "-01");
  EXPECT_EQ(created.members(0).relation().code(), "02");
  EXPECT_EQ(created.members(1).relation().code(), "70");
  EXPECT_EQ(created.members(1).membership().other_household_id(), staying.id());
  EXPECT_THAT(created.snapshots(), IsEmpty());
  EXPECT_THAT(created.safeguards(), IsEmpty());
  EXPECT_FALSE(created.has_income());
  ASSERT_THAT(created.assets(), SizeIs(1));
  EXPECT_EQ(created.assets(0).adjudication(), "PENDING");
  EXPECT_EQ(created.assets(0).reason(), "");
  EXPECT_EQ(created.revision(), 1);
  EXPECT_EQ(WhereIs(5), created.members(1).id());
}

TEST_F(LifeTest, TheHeadMayBeAmongThoseWhoSplitOff) {
  const pb::Household before = Create(TestHousehold({1, 3, 5, 7}));
  pb::SplitHouseholdRequest request = Split(before, {0, 1});
  request.clear_relations();
  EXPECT_THAT(Violations(life_.SplitHousehold(TestContext(), request).status()),
              UnorderedElementsAre(Pair("remaining_head_id", "HEAD_MISSING"),
                                   Pair("relations", "RELATION_MISSING")));
  request.set_remaining_head_id(before.members(2).id());
  Relate(before.members(1).id(), "之子", &request);
  Relate(before.members(3).id(), "之兄弟姐妹", &request);
  const auto response = life_.SplitHousehold(TestContext(), request);
  FASSERT_OK(response);
  EXPECT_EQ(response->household().members(2).relation().code(), "02");
  EXPECT_EQ(response->household().members(3).relation().code(), "70");
  EXPECT_EQ(response->new_household().members(0).relation().code(), "02");
  EXPECT_EQ(response->new_household().members(1).relation().code(), "20");
}

TEST_F(LifeTest, ASplitTakesSomeOfTheMembers) {
  const pb::Household before = Create(TestHousehold({1, 3}));
  pb::SplitHouseholdRequest request = Split(before, {0, 1});
  EXPECT_THAT(life_.SplitHousehold(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "SPLIT_TAKES_ALL"));
  request = Split(before, {1});
  request.add_person_ids(before.members(1).id());
  request.set_head_id(before.members(0).id());
  EXPECT_THAT(Violations(life_.SplitHousehold(TestContext(), request).status()),
              UnorderedElementsAre(Pair("person_ids[1]", "PERSON_REPEATED"),
                                   Pair("head_id", "HEAD_NOT_A_MEMBER"),
                                   Pair("relations", "RELATION_MISSING")));
  request = Split(before, {1});
  request.set_national_id("H1");
  EXPECT_THAT(life_.SplitHousehold(TestContext(), request),
              ErrorIs(StatusCode::kAlreadyExists, "HOUSEHOLD_NUMBER_EXISTS"));
  request.set_validate_only(true);
  EXPECT_THAT(life_.SplitHousehold(TestContext(), request),
              ErrorIs(StatusCode::kAlreadyExists, "HOUSEHOLD_NUMBER_EXISTS"));
  request = Split(before, {1});
  request.set_division("621126200000");
  EXPECT_THAT(Violations(life_.SplitHousehold(TestContext(), request).status()),
              ElementsAre(Pair("division", "DIVISION_NOT_VILLAGE")));
  request.set_division(kOtherVillage);
  const auto response = life_.SplitHousehold(TestContext(), request);
  FASSERT_OK(response);
  EXPECT_EQ(response->new_household().id(), "621126200202000001");
}

TEST_F(LifeTest, TwoHouseholdsBecomeOne) {
  pb::Household ending_sent = TestHousehold({1, 3}, "H1");
  pb::Household taking_sent = TestHousehold({5}, "H2", kOtherVillage);
  for (pb::Household* h : {&ending_sent, &taking_sent}) {
    h->mutable_income()->set_period_start("2023-06");
    h->mutable_income()->set_period_end("2024-05");
    h->mutable_income()->set_wage_fen(100);
  }
  taking_sent.mutable_income()->set_business_fen(7);
  const auto item = [](pb::Household* h, std::string group, int64_t fen) {
    pb::IncomeItem& income_item = *h->mutable_income()->add_items();
    income_item.set_group(std::move(group));
    income_item.set_item("细项");
    income_item.set_amount_fen(fen);
  };
  item(&ending_sent, "A", 100);
  item(&taking_sent, "A", 100);
  item(&taking_sent, "B", 7);
  const auto safeguard = [](pb::Household* h, vocab::Safeguard which, vocab::SafeguardState state) {
    pb::SafeguardStatus& status = *h->add_safeguards();
    status.set_safeguard(which);
    status.set_state(state);
    status.set_since("2020-01-01");
  };
  safeguard(&ending_sent, vocab::SAFEGUARD_BASIC_MEDICAL_CARE, vocab::SAFEGUARD_STATE_NOT_SECURED);
  safeguard(&ending_sent, vocab::SAFEGUARD_HOUSING_SAFETY, vocab::SAFEGUARD_STATE_NOT_SECURED);
  for (const auto which : {vocab::SAFEGUARD_COMPULSORY_EDUCATION,
                           vocab::SAFEGUARD_BASIC_MEDICAL_CARE, vocab::SAFEGUARD_HOUSING_SAFETY}) {
    safeguard(&taking_sent, which, vocab::SAFEGUARD_STATE_SECURED);
  }
  ending_sent.add_rigid_expenditures()->set_kind("MEDICAL");
  pb::Asset& car = *ending_sent.add_assets();
  car.set_exclusion("VEHICLE_OR_MACHINERY");
  car.set_source("车辆管理");
  car.set_adjudication("EXCLUDED_IN_PRINCIPLE");
  car.set_reason("查实");
  const pb::Household ending = Create(ending_sent);
  const pb::Household taking = Create(taking_sent);

  const auto response = life_.MergeHouseholds(TestContext(), Merge(ending, taking));
  FASSERT_OK(response);
  const pb::Household& ended = response->household();
  const pb::Household& taken = response->other_household();
  EXPECT_THAT(ended.lifecycle(), EqualsProto(R"pb(state: LIFECYCLE_STATE_MERGED
                                                  since: "2024-06-05"
                                                  merged_into: "621126200202000001")pb"));
  EXPECT_EQ(ActiveMembers(ended), 0);
  EXPECT_EQ(ended.members(0).membership().other_household_id(), taking.id());
  EXPECT_EQ(ended.income().wage_fen(), 100);
  EXPECT_EQ(ended.income().population(), 2);
  EXPECT_EQ(ActiveMembers(taken), 3);
  EXPECT_EQ(taken.members(1).membership().other_household_id(), ending.id());
  EXPECT_EQ(taken.members(2).membership().cause(), pb::MEMBER_CHANGE_CAUSE_MERGE);
  EXPECT_EQ(taken.members(0).relation().code(), "02");
  EXPECT_EQ(taken.income().wage_fen(), 200);
  EXPECT_FALSE(taken.income().has_business_fen());
  ASSERT_THAT(taken.income().items(), SizeIs(2));
  EXPECT_EQ(taken.income().items(1).group(), "A");
  EXPECT_EQ(taken.income().population(), 3);
  std::map<int, int> states;
  for (const auto& s : taken.safeguards()) states[s.safeguard()] = s.state();
  EXPECT_THAT(states,
              UnorderedElementsAre(
                  Pair(vocab::SAFEGUARD_BASIC_MEDICAL_CARE, vocab::SAFEGUARD_STATE_NOT_SECURED),
                  Pair(vocab::SAFEGUARD_HOUSING_SAFETY, vocab::SAFEGUARD_STATE_SECURED)));
  EXPECT_THAT(taken.rigid_expenditures(), SizeIs(1));
  EXPECT_EQ(taken.assets(0).adjudication(), "PENDING");
  EXPECT_EQ(WhereIs(3), taken.members(2).id());

  // What ended is on file and stays as it is.
  pb::UpdateHouseholdRequest update;
  *update.mutable_household() = ended;
  update.mutable_update_mask()->add_paths("address");
  update.set_etag(ended.etag());
  update.set_reason("更正");
  const absl::Status refused = registry_.UpdateHousehold(TestContext(), update).status();
  EXPECT_THAT(refused, ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  EXPECT_EQ(base::GetErrorInfo(refused)->metadata().at("merged_into"), taking.id());
  EXPECT_THAT(life_.JoinMember(TestContext(), Join(ended, 9)),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  EXPECT_THAT(life_.MergeHouseholds(TestContext(), Merge(taken, ended)),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  EXPECT_THAT(Get(ended.id()), EqualsProto(ended));
}

TEST_F(LifeTest, AccountsOfOtherMonthsDoNotAddUp) {
  pb::Household sent = TestHousehold({5}, "H2");
  sent.mutable_income()->set_wage_fen(100);
  sent.mutable_income()->set_period_start("2023-06");
  sent.mutable_income()->set_period_end("2024-05");
  const pb::Household taking = Create(sent);
  const pb::Household ending = Create(TestHousehold({1}));
  const auto response = life_.MergeHouseholds(TestContext(), Merge(ending, taking));
  FASSERT_OK(response);
  EXPECT_FALSE(response->other_household().has_income());
}

TEST_F(LifeTest, AMonitoredHouseholdDoesNotEndByMerge) {
  Create(TestHousehold({1}));
  const pb::Household taking = Create(TestHousehold({5}, "H2"));
  const std::string id = "621126200201000001";
  pb::Household monitored = Monitor(id, vocab::MONITORING_STATE_MONITORED);
  const absl::Status status =
      life_.MergeHouseholds(TestContext(), Merge(monitored, taking)).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_IS_MONITORED"));
  EXPECT_THAT(Preconditions(status), ElementsAre("HOUSEHOLD_IS_MONITORED"));
  // It may take others in, and keeps its monitoring.
  const auto other_way = life_.MergeHouseholds(TestContext(), Merge(taking, monitored));
  FASSERT_OK(other_way);
  EXPECT_THAT(other_way->other_household().monitoring(), EqualsProto(monitored.monitoring()));
}

TEST_F(LifeTest, TheLastMemberDoesNotTakeAHouseholdOutOfMonitoring) {
  Create(TestHousehold({1}));
  const pb::Household other = Create(TestHousehold({5}, "H2"));
  const pb::Household monitored =
      Monitor("621126200201000001", vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  pb::LeaveMemberRequest leave = Leave(monitored, 0);
  leave.set_cause(pb::MEMBER_CHANGE_CAUSE_OTHER_OUT);
  EXPECT_THAT(life_.LeaveMember(TestContext(), leave),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_IS_MONITORED"));
  pb::TransferMemberRequest transfer = Transfer(monitored, 0, other);
  transfer.set_cause(pb::MEMBER_CHANGE_CAUSE_OTHER_IN);
  EXPECT_THAT(life_.TransferMember(TestContext(), transfer),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_IS_MONITORED"));
  transfer.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
  FEXPECT_OK(life_.TransferMember(TestContext(), transfer));
}

TEST_F(LifeTest, AHouseholdWhoseLastMemberDiedGoesOnToNaturalElimination) {
  const std::string id = Create(TestHousehold({1})).id();
  const pb::Household monitored = Monitor(id, vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  const auto closed = life_.LeaveMember(TestContext(), Leave(monitored, 0));
  FASSERT_OK(closed);
  EXPECT_EQ(closed->household().monitoring().state(), vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  pb::TransitionMonitoringRequest request;
  request.set_household_id(id);
  request.set_effective_on("2024-06-10");
  request.set_decided_by("elimination-1");
  request.set_to_state(vocab::MONITORING_STATE_ELIMINATION_PROPOSED);
  FASSERT_OK(registry_.TransitionMonitoring(TestContext(), request));
  request.set_to_state(vocab::MONITORING_STATE_ELIMINATED);
  request.set_elimination_mode(vocab::ELIMINATION_MODE_BY_ASSISTANCE);
  EXPECT_THAT(registry_.TransitionMonitoring(TestContext(), request),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
  request.set_elimination_mode(vocab::ELIMINATION_MODE_NATURAL);
  FASSERT_OK(registry_.TransitionMonitoring(TestContext(), request));
  request.set_to_state(vocab::MONITORING_STATE_UNDER_ASSISTANCE);
  request.set_decided_by("look-back-1");
  EXPECT_THAT(registry_.TransitionMonitoring(TestContext(), request),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_OPEN"));
}

TEST_F(LifeTest, AHouseholdMovesWithItsIdAndHistory) {
  pb::Household sent = TestHousehold({1, 3});
  sent.set_address("上街12号");
  sent.set_natural_village("上街");
  sent.mutable_living()->set_farmland_centimu(100);
  sent.mutable_living()->set_floor_area_centisqm(5000);
  for (const auto which : {vocab::SAFEGUARD_BASIC_MEDICAL_CARE, vocab::SAFEGUARD_HOUSING_SAFETY,
                           vocab::SAFEGUARD_DRINKING_WATER_SAFETY}) {
    sent.add_safeguards()->set_safeguard(which);
    sent.mutable_safeguards(sent.safeguards_size() - 1)->set_state(vocab::SAFEGUARD_STATE_SECURED);
  }
  const pb::Household before = Create(sent);
  const auto response = life_.TransferHousehold(Everywhere(), Move(before, kVillageElsewhere));
  FASSERT_OK(response);
  const pb::Household& moved = response->household();
  EXPECT_EQ(moved.id(), before.id());
  EXPECT_EQ(moved.division(), kVillageElsewhere);
  EXPECT_EQ(moved.lifecycle().division_since(), "2024-06-06");
  EXPECT_EQ(moved.address(), "");
  EXPECT_EQ(moved.natural_village(), "");
  EXPECT_EQ(moved.living().farmland_centimu(), 100);
  EXPECT_FALSE(moved.living().has_floor_area_centisqm());
  ASSERT_THAT(moved.safeguards(), SizeIs(1));
  EXPECT_EQ(moved.safeguards(0).safeguard(), vocab::SAFEGUARD_BASIC_MEDICAL_CARE);
  EXPECT_THAT(Revisions(before.id()), SizeIs(2));

  pb::TransferHouseholdRequest back = Move(moved, kVillage);
  back.set_moved_on("2024-06-05");
  EXPECT_THAT(life_.TransferHousehold(Everywhere(), back),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_BEFORE_MOVED"));
  EXPECT_THAT(life_.TransferHousehold(Everywhere(), Move(moved, kVillageElsewhere)),
              ErrorIs(StatusCode::kInvalidArgument, "DIVISION_UNCHANGED"));
  EXPECT_THAT(life_.TransferHousehold(Everywhere(), Move(moved, "621126200299")),
              ErrorIs(StatusCode::kInvalidArgument, "VILLAGE_UNKNOWN"));
}

TEST_F(LifeTest, EverythingThatAnEventTouchesIsTheCallers) {
  const pb::Household here = Create(TestHousehold({1, 3}));
  const pb::Household there =
      Create(TestHousehold({5, 7}, "H2", kVillageElsewhere), TestContext(kOtherCounty));
  const auto denied = ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED");
  const base::CallContext ctx = TestContext();
  EXPECT_THAT(life_.JoinMember(ctx, Join(there, 9)), denied);
  EXPECT_THAT(life_.LeaveMember(ctx, Leave(there, 1)), denied);
  EXPECT_THAT(life_.ChangeHead(ctx, ChangeHead(there, 1)), denied);
  EXPECT_THAT(life_.TransferMember(ctx, Transfer(here, 1, there)), denied);
  EXPECT_THAT(life_.TransferMember(ctx, Transfer(there, 1, here)), denied);
  EXPECT_THAT(life_.MergeHouseholds(ctx, Merge(here, there)), denied);
  EXPECT_THAT(life_.MergeHouseholds(ctx, Merge(there, here)), denied);
  EXPECT_THAT(life_.TransferHousehold(ctx, Move(here, kVillageElsewhere)), denied);
  EXPECT_THAT(life_.TransferHousehold(ctx, Move(there, kVillage)), denied);
  pb::SplitHouseholdRequest split = Split(here, {1});
  split.set_division(kVillageElsewhere);
  EXPECT_THAT(life_.SplitHousehold(ctx, split), denied);
  EXPECT_THAT(Get(here.id()), EqualsProto(here));
  EXPECT_THAT(Get(there.id()), EqualsProto(there));
}

TEST_F(LifeTest, ARepeatedRequestReturnsTheFirstAnswer) {
  const pb::Household before = Create(TestHousehold({1, 3, 5}));
  pb::SplitHouseholdRequest request = Split(before, {1});
  request.set_request_id("s-1");
  const auto first = life_.SplitHousehold(TestContext(), request);
  FASSERT_OK(first);
  const auto again = life_.SplitHousehold(TestContext(), request);
  FASSERT_OK(again);
  EXPECT_THAT(*again, EqualsProto(*first));
  request.set_reason("另一事由");
  EXPECT_THAT(life_.SplitHousehold(TestContext(), request),
              ErrorIs(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
}

TEST_F(LifeTest, ValidateOnlyShowsWhatWouldBe) {
  const pb::Household before = Create(TestHousehold({1, 3}));
  pb::SplitHouseholdRequest request = Split(before, {1});
  request.set_validate_only(true);
  const auto shown = life_.SplitHousehold(TestContext(), request);
  FASSERT_OK(shown);
  EXPECT_EQ(shown->new_household().id(), "");
  EXPECT_EQ(shown->new_household().members(0).relation().code(), "02");
  EXPECT_EQ(ActiveMembers(shown->household()), 1);
  EXPECT_THAT(Get(before.id()), EqualsProto(before));
  request.set_validate_only(false);
  FASSERT_OK_AND_ASSIGN(const auto done, life_.SplitHousehold(TestContext(), request));
  EXPECT_EQ(done.new_household().id(), "621126200201000002");
}

TEST_F(LifeTest, AnOldFaultOfTheRecordDoesNotStopADeath) {
  // The village has gone from the tree since the household was registered.
  const pb::Household before = Create(TestHousehold({1, 3}));
  const DivisionTree later = *DivisionTree::Parse(
      "code,name,level,parent_code\n"
      "620000000000,甘肃省,province,\n"
      "621100000000,定西市,city,620000000000\n"
      "621126000000,岷县,county,621100000000\n");
  Life life(&store_, &later, &metrics_);
  FEXPECT_OK(life.LeaveMember(TestContext(), Leave(before, 1)));
}

}  // namespace
}  // namespace fangpin::registry
