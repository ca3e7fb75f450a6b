#include "services/elimination/core/eliminations.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/policy/load.h"
#include "libs/records/fake_store.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/elimination/core/fake_neighbours.h"

namespace fangpin::elimination {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using testing::ErrorIs;
using ::testing::IsEmpty;
using testing::IsOk;

constexpr char kHousehold[] = "621126100200000001";

base::CallContext At(const std::string& day, std::string subject = "desk",
                     std::string division = "621126000000") {
  base::CallContext ctx;
  ctx.principal.subject = std::move(subject);
  ctx.principal.divisions = {std::move(division)};
  ctx.now = base::StartOf(*base::ParseDay(day)) + absl::Hours(10);
  return ctx;
}

v1::EliminationStepRecord Step(const std::string& text) {
  v1::EliminationStepRecord step;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &step)) << text;
  return step;
}

const std::vector<v1::EliminationStepRecord>& SoundSteps() {
  static const auto* steps = new std::vector<v1::EliminationStepRecord>{
      Step(R"pb(step: ELIMINATION_STEP_SEE
                done_on: "2024-06-21"
                site_visit { visitors: "甲" visitors: "乙" findings: "住房饮水良好" })pb"),
      Step(R"pb(step: ELIMINATION_STEP_CALCULATE
                done_on: "2024-06-22"
                account {
                  per_capita_reference_fen: 900000
                  income_stable_since: "2023-12"
                  rigid_expenditure_resolved: true
                  household_signed: true
                })pb"),
      Step(R"pb(step: ELIMINATION_STEP_VERIFY
                done_on: "2024-06-25"
                cross_check { departments: "医保局" new_risk: false })pb"),
      Step(R"pb(step: ELIMINATION_STEP_REVIEW
                done_on: "2024-06-28"
                review { attendance: 20 votes_for: 18 votes_against: 1 })pb"),
      Step(R"pb(step: ELIMINATION_STEP_PUBLICISE
                done_on: "2024-07-08"
                publicity {
                  from: "2024-07-01"
                  to: "2024-07-08"
                  objections: 1
                  objections_settled: 1
                  household_acknowledged: true
                })pb")};
  return *steps;
}

class EliminationsTest : public ::testing::Test {
 protected:
  EliminationsTest()
      : policy_(*policy::LoadPolicy("deploy/policy")),
        eliminations_(&store_, &households_, &plans_, &policy_.parameters, &policy_.versions,
                      [this](const auto& blocking) {
                        for (const auto& finding : blocking) held_.push_back(finding.rule);
                      }) {
    households_.households[kHousehold] = SoundHousehold();
    plans_.plans[kHousehold] = SoundPlan();
  }

  absl::StatusOr<v1::Elimination> Propose(const base::CallContext& ctx) {
    v1::ProposeEliminationRequest request;
    request.set_household_id(kHousehold);
    request.set_mode(policy::v1::ELIMINATION_MODE_BY_ASSISTANCE);
    auto response = eliminations_.Propose(ctx, request);
    if (!response.ok()) return response.status();
    return response->elimination();
  }

  absl::StatusOr<v1::Elimination> Record(const std::string& id,
                                         const v1::EliminationStepRecord& step,
                                         const std::string& request_id = "",
                                         const base::CallContext& ctx = At("2024-07-10")) {
    v1::RecordEliminationStepRequest request;
    request.set_elimination_id(id);
    *request.mutable_step() = step;
    request.set_request_id(request_id);
    auto response = eliminations_.RecordStep(ctx, request);
    if (!response.ok()) return response.status();
    return response->elimination();
  }

  // Proposed, with the first `count` steps done.
  v1::Elimination WithSteps(int count) {
    v1::Elimination elimination = *Propose(At("2024-06-20"));
    for (int i = 0; i < count; ++i) elimination = *Record(elimination.id(), SoundSteps()[i]);
    return elimination;
  }

  absl::StatusOr<v1::Elimination> Decide(const v1::Elimination& elimination, bool approve,
                                         const base::CallContext& ctx = At("2024-07-10", "chief"),
                                         const std::string& request_id = "") {
    v1::DecideEliminationRequest request;
    request.set_elimination_id(elimination.id());
    request.set_approve(approve);
    request.set_etag(elimination.etag());
    request.set_request_id(request_id);
    if (!approve) request.set_opinion("效果尚不稳定");
    auto response = eliminations_.Decide(ctx, request);
    if (!response.ok()) return response.status();
    return response->elimination();
  }

  // The states that the registry is told of, in order.
  std::vector<policy::v1::MonitoringState> Effects() const {
    std::vector<policy::v1::MonitoringState> states;
    for (const records::Effect& effect : store_.effects()) {
      v1::StateEffect parsed;
      EXPECT_TRUE(parsed.ParseFromString(effect.payload));
      EXPECT_EQ(effect.key, kHousehold);
      states.push_back(parsed.to_state());
    }
    return states;
  }

  policy::PolicyData policy_;
  records::FakeStore store_;
  FakeHouseholds households_;
  FakePlans plans_;
  std::vector<std::string> held_;
  Eliminations eliminations_;
};

// Types of the precondition violations, in order.
std::vector<std::string> Violations(const absl::Status& status) {
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.PreconditionFailure");
  google::rpc::PreconditionFailure failure;
  EXPECT_TRUE(payload.has_value() && failure.ParseFromString(std::string(*payload)));
  std::vector<std::string> types;
  for (const auto& violation : failure.violations()) types.push_back(violation.type());
  return types;
}

TEST_F(EliminationsTest, SoundHouseholdIsEliminatedAndTheRegistryIsTold) {
  const v1::Elimination elimination = WithSteps(5);
  EXPECT_EQ(elimination.policy_version(), "gansu-2021");
  FASSERT_OK_AND_ASSIGN(const v1::Elimination decided, Decide(elimination, true));
  EXPECT_EQ(decided.state(), v1::ELIMINATION_STATE_APPROVED);
  EXPECT_EQ(decided.decision().decided_on(), "2024-07-10");
  EXPECT_EQ(decided.decision().decided_by(), "chief");
  EXPECT_EQ(decided.decision().findings_size(), 16);
  EXPECT_THAT(Effects(), ElementsAre(policy::v1::MONITORING_STATE_ELIMINATION_PROPOSED,
                                     policy::v1::MONITORING_STATE_ELIMINATED));
}

TEST_F(EliminationsTest, ProposingAgainReturnsTheOpenOne) {
  FASSERT_OK_AND_ASSIGN(const v1::Elimination first, Propose(At("2024-06-20")));
  households_.households[kHousehold].state = policy::v1::MONITORING_STATE_ELIMINATION_PROPOSED;
  FASSERT_OK_AND_ASSIGN(const v1::Elimination second, Propose(At("2024-06-21", "another")));
  EXPECT_EQ(second.id(), first.id());
  EXPECT_EQ(second.proposed_by(), "desk");
  EXPECT_EQ(Effects().size(), 1u);
}

TEST_F(EliminationsTest, OnlyMonitoredHouseholdsCanBeProposed) {
  for (const auto state :
       {policy::v1::MONITORING_STATE_NOT_MONITORED, policy::v1::MONITORING_STATE_ELIMINATED}) {
    households_.households[kHousehold].state = state;
    EXPECT_THAT(Propose(At("2024-06-20")),
                ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_MONITORED"));
  }
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(EliminationsTest, NaturalEliminationNeedsItsCause) {
  v1::ProposeEliminationRequest request;
  request.set_household_id(kHousehold);
  request.set_mode(policy::v1::ELIMINATION_MODE_NATURAL);
  EXPECT_THAT(eliminations_.Propose(At("2024-06-20"), request),
              ErrorIs(StatusCode::kInvalidArgument, "NATURAL_CAUSE_MISMATCH"));
  request.set_natural_cause("整户迁出");
  FEXPECT_OK(eliminations_.Propose(At("2024-06-20"), request));
}

TEST_F(EliminationsTest, HouseholdsOutsideTheCallersDivisionsAreRefused) {
  EXPECT_THAT(Propose(At("2024-06-20", "desk", "621121000000")),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  const v1::Elimination elimination = WithSteps(1);
  v1::GetEliminationRequest get;
  get.set_elimination_id(elimination.id());
  EXPECT_THAT(eliminations_.Get(At("2024-06-20", "desk", "621121000000"), get),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  EXPECT_THAT(
      Record(elimination.id(), SoundSteps()[1], "", At("2024-07-10", "desk", "621121000000")),
      ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  FASSERT_OK_AND_ASSIGN(const Page page,
                        eliminations_.List(At("2024-06-20", "desk", "621121000000"), {}, "", 10));
  EXPECT_THAT(page.eliminations, IsEmpty());
}

TEST_F(EliminationsTest, StepsComeInOrder) {
  const v1::Elimination elimination = WithSteps(1);
  EXPECT_THAT(Record(elimination.id(), SoundSteps()[2]),
              ErrorIs(StatusCode::kFailedPrecondition, "STEP_OUT_OF_ORDER"));
  EXPECT_THAT(Record(elimination.id(), SoundSteps()[0]),
              ErrorIs(StatusCode::kFailedPrecondition, "STEP_OUT_OF_ORDER"));
  v1::EliminationStepRecord early = SoundSteps()[1];
  early.set_done_on("2024-06-20");
  EXPECT_THAT(Record(elimination.id(), early), ErrorIs(StatusCode::kInvalidArgument, "DATE_ORDER"));
}

TEST_F(EliminationsTest, EvidenceMustBelongToItsStepAndBePossible) {
  const v1::Elimination elimination = WithSteps(0);
  v1::EliminationStepRecord step = SoundSteps()[0];
  step.set_done_on("2024-07-11");  // tomorrow
  EXPECT_THAT(Record(elimination.id(), step),
              ErrorIs(StatusCode::kInvalidArgument, "STEP_EVIDENCE_INVALID"));
  step = SoundSteps()[0];
  *step.mutable_review() = SoundSteps()[3].review();
  EXPECT_THAT(Record(elimination.id(), step),
              ErrorIs(StatusCode::kInvalidArgument, "STEP_EVIDENCE_INVALID"));
  FASSERT_OK_AND_ASSIGN(const auto page, eliminations_.List(At("2024-07-10"), {}, "", 10));
  EXPECT_EQ(page.eliminations[0].steps_size(), 0);
}

TEST_F(EliminationsTest, RepeatedStepRequestReturnsTheFirstAnswer) {
  const v1::Elimination elimination = WithSteps(0);
  FASSERT_OK_AND_ASSIGN(const auto first, Record(elimination.id(), SoundSteps()[0], "r-1"));
  FASSERT_OK_AND_ASSIGN(const auto again, Record(elimination.id(), SoundSteps()[0], "r-1"));
  EXPECT_THAT(again, testing::EqualsProto(first));
}

TEST_F(EliminationsTest, EveryHoldIsNamedInTheOrderOfTheNotice) {
  Household& household = households_.households[kHousehold];
  household.safeguards[2].state = SafeguardState::kNotSecured;
  household.members[0].severely_ill = true;
  plans_.plans.clear();
  const v1::Elimination elimination = WithSteps(5);
  const auto refused = Decide(elimination, true);
  EXPECT_THAT(refused, ErrorIs(StatusCode::kFailedPrecondition, "ELIMINATION_HELD"));
  const std::vector<std::string> expected = {
      "HOLD_SAFEGUARDS_NOT_STABLE", "HOLD_NO_PLAN_IMPLEMENTED", "HOLD_SPECIAL_DIFFICULTY_MEMBER"};
  EXPECT_EQ(Violations(refused.status()), expected);
  EXPECT_EQ(held_, expected);
  EXPECT_EQ(Effects().size(), 1u);
  // A refusal is always possible and puts the household back under assistance.
  FASSERT_OK_AND_ASSIGN(const auto decided, Decide(elimination, false));
  EXPECT_EQ(decided.state(), v1::ELIMINATION_STATE_REFUSED);
  EXPECT_THAT(Effects(), ElementsAre(policy::v1::MONITORING_STATE_ELIMINATION_PROPOSED,
                                     policy::v1::MONITORING_STATE_UNDER_ASSISTANCE));
  FEXPECT_OK(Propose(At("2024-08-01")));
}

TEST_F(EliminationsTest, YearWithoutALineIsAMissingFact) {
  const v1::Elimination elimination = WithSteps(5);
  const auto refused = Decide(elimination, true, At("2026-01-10", "chief"));
  EXPECT_THAT(Violations(refused.status()), ElementsAre("HOLD_INCOME_OR_EXPENDITURE_UNRESOLVED"));
}

TEST_F(EliminationsTest, EvaluationChangesNothing) {
  const v1::Elimination elimination = WithSteps(4);
  v1::EvaluateEliminationRequest request;
  request.set_elimination_id(elimination.id());
  FASSERT_OK_AND_ASSIGN(const auto answer, eliminations_.Evaluate(At("2024-07-10"), request));
  EXPECT_FALSE(answer.approvable());
  EXPECT_EQ(answer.findings_size(), 16);
  EXPECT_THAT(held_, IsEmpty());
  EXPECT_EQ(Effects().size(), 1u);
}

TEST_F(EliminationsTest, WhatIsDecidedIsNotApprovableAnyMore) {
  const v1::Elimination elimination = WithSteps(5);
  v1::EvaluateEliminationRequest request;
  request.set_elimination_id(elimination.id());
  FASSERT_OK_AND_ASSIGN(const auto before, eliminations_.Evaluate(At("2024-07-10"), request));
  EXPECT_TRUE(before.approvable());
  FASSERT_OK(Decide(elimination, true));
  FASSERT_OK_AND_ASSIGN(const auto after, eliminations_.Evaluate(At("2024-07-10"), request));
  EXPECT_FALSE(after.approvable());
}

TEST_F(EliminationsTest, ARefusalPutsTheHouseholdBackWhereItWas) {
  households_.households[kHousehold].state = policy::v1::MONITORING_STATE_MONITORED;
  const v1::Elimination elimination = WithSteps(1);
  EXPECT_EQ(elimination.from_state(), policy::v1::MONITORING_STATE_MONITORED);
  // The registry has heard of the proposal meanwhile.
  households_.households[kHousehold].state = policy::v1::MONITORING_STATE_ELIMINATION_PROPOSED;
  FASSERT_OK(Decide(elimination, false));
  EXPECT_THAT(Effects(), ElementsAre(policy::v1::MONITORING_STATE_ELIMINATION_PROPOSED,
                                     policy::v1::MONITORING_STATE_MONITORED));
}

TEST_F(EliminationsTest, WhoeverProposedOrRecordedAStepMayNotDecide) {
  const v1::Elimination proposed = WithSteps(4);
  FASSERT_OK_AND_ASSIGN(const v1::Elimination elimination,
                        Record(proposed.id(), SoundSteps()[4], "", At("2024-07-10", "chief")));
  for (const char* maker : {"desk", "chief"}) {
    EXPECT_THAT(Decide(elimination, true, At("2024-07-10", maker)),
                ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  }
}

TEST_F(EliminationsTest, WhoeverDecidesHasTheWholeCountyInView) {
  const v1::Elimination elimination = WithSteps(5);
  for (const char* area : {"621126100200", "621126100000"}) {
    EXPECT_THAT(Decide(elimination, true, At("2024-07-10", "chief", area)),
                ErrorIs(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED"));
  }
  FEXPECT_OK(Decide(elimination, true, At("2024-07-10", "chief", "621126000000")));
}

TEST_F(EliminationsTest, StaleEtagIsAborted) {
  const v1::Elimination before = WithSteps(4);
  FASSERT_OK(Record(before.id(), SoundSteps()[4]));
  EXPECT_THAT(Decide(before, true), ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST_F(EliminationsTest, DecidedOnesAreClosed) {
  const v1::Elimination elimination = WithSteps(5);
  FASSERT_OK_AND_ASSIGN(const auto decided,
                        Decide(elimination, true, At("2024-07-10", "chief"), "d-1"));
  FASSERT_OK_AND_ASSIGN(const auto again,
                        Decide(elimination, true, At("2024-07-10", "chief"), "d-1"));
  EXPECT_THAT(again, testing::EqualsProto(decided));
  EXPECT_THAT(Decide(decided, true),
              ErrorIs(StatusCode::kFailedPrecondition, "ELIMINATION_CLOSED"));
  EXPECT_THAT(Record(decided.id(), SoundSteps()[0]),
              ErrorIs(StatusCode::kFailedPrecondition, "ELIMINATION_CLOSED"));
  EXPECT_EQ(Effects().size(), 2u);
}

TEST_F(EliminationsTest, RefusalNeedsAReason) {
  const v1::Elimination elimination = WithSteps(1);
  v1::DecideEliminationRequest request;
  request.set_elimination_id(elimination.id());
  request.set_etag(elimination.etag());
  EXPECT_THAT(eliminations_.Decide(At("2024-07-10", "chief"), request),
              ErrorIs(StatusCode::kInvalidArgument, "OPINION_REQUIRED"));
}

TEST_F(EliminationsTest, NothingIsDecidedWhileANeighbourIsAbsent) {
  const v1::Elimination elimination = WithSteps(5);
  plans_.failure = absl::UnavailableError("assistance is not there");
  EXPECT_THAT(Decide(elimination, true), testing::StatusIs(StatusCode::kUnavailable));
  plans_.failure = absl::OkStatus();
  EXPECT_THAT(Decide(elimination, true), IsOk());
}

TEST_F(EliminationsTest, PagesHoldEveryEliminationOnce) {
  for (int i = 2; i <= 7; ++i) {
    const std::string id = "62112610020000000" + std::to_string(i);
    households_.households[id] = SoundHousehold();
    v1::ProposeEliminationRequest request;
    request.set_household_id(id);
    request.set_mode(policy::v1::ELIMINATION_MODE_BY_ASSISTANCE);
    FASSERT_OK(eliminations_.Propose(At("2024-06-20"), request));
  }
  std::set<std::string> seen;
  std::string after;
  int pages = 0;
  do {
    FASSERT_OK_AND_ASSIGN(const Page page, eliminations_.List(At("2024-06-20"), {}, after, 4));
    for (const auto& elimination : page.eliminations) {
      EXPECT_TRUE(seen.insert(elimination.id()).second);
    }
    after = page.last_id;
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace fangpin::elimination
