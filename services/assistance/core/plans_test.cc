#include "services/assistance/core/plans.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/base/error_details.h"
#include "libs/policy/load.h"
#include "libs/records/fake_store.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/assistance/core/fake_households.h"

namespace fangpin::assistance {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::ErrorIs;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kHousehold[] = "621126100200000001";
constexpr char kCounty[] = "621126000000";
constexpr char kTownship[] = "621126100000";
constexpr char kVillage[] = "621126100200";

absl::Time Noon(std::string_view day) {
  return base::StartOf(*base::ParseDay(day)) + absl::Hours(12);
}

class PlansTest : public ::testing::Test {
 protected:
  PlansTest()
      : policy_(*policy::LoadPolicy("deploy/policy")),
        plans_(&store_, &households_, &policy_.parameters,
               [this](const std::vector<policy::Finding>& blocking) {
                 for (const auto& finding : blocking) refused_by_.push_back(finding.rule);
               }) {
    households_.households[kHousehold] = IllHousehold(kHousehold);
  }

  static base::CallContext By(std::string subject, std::string division,
                              std::string_view day = "2024-03-20") {
    base::CallContext ctx;
    ctx.principal.subject = std::move(subject);
    ctx.principal.divisions = {std::move(division)};
    ctx.now = Noon(day);
    return ctx;
  }
  static base::CallContext Cadre(std::string_view day = "2024-03-20") {
    return By("cadre", kVillage, day);
  }

  Household& household() { return households_.households[kHousehold]; }

  absl::StatusOr<v1::HouseholdPlan> Draft(const base::CallContext& ctx) {
    v1::DraftPlanRequest request;
    request.set_household_id(kHousehold);
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.Draft(ctx, request));
    return response.plan();
  }
  absl::StatusOr<v1::HouseholdPlan> Get(const std::string& id) {
    v1::GetPlanRequest request;
    request.set_plan_id(id);
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.Get(By("county", kCounty), request));
    return response.plan();
  }
  absl::StatusOr<v1::HouseholdPlan> Update(const v1::UpdatePlanRequest& request,
                                           const base::CallContext& ctx = Cadre()) {
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.Update(ctx, request));
    return response.plan();
  }
  absl::StatusOr<v1::HouseholdPlan> Submit(const v1::HouseholdPlan& plan,
                                           const base::CallContext& ctx = Cadre()) {
    v1::SubmitPlanRequest request;
    request.set_plan_id(plan.id());
    request.set_etag(plan.etag());
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.Submit(ctx, request));
    return response.plan();
  }
  absl::StatusOr<v1::HouseholdPlan> Review(const base::CallContext& ctx,
                                           const v1::HouseholdPlan& plan, bool agree = true) {
    v1::ReviewPlanRequest request;
    request.set_plan_id(plan.id());
    request.set_etag(plan.etag());
    request.set_agree(agree);
    if (!agree) request.set_opinion("措施过于笼统");
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.Review(ctx, request));
    return response.plan();
  }
  absl::StatusOr<v1::HouseholdPlan> Submitted() {
    FANGPIN_ASSIGN_OR_RETURN(v1::HouseholdPlan plan, Draft(Cadre()));
    FANGPIN_ASSIGN_OR_RETURN(plan, Update(SoundContent(plan)));
    return Submit(plan);
  }
  absl::StatusOr<v1::HouseholdPlan> Approve(v1::HouseholdPlan plan,
                                            std::string_view day = "2024-03-22") {
    FANGPIN_ASSIGN_OR_RETURN(plan, Review(By("township", kTownship, day), plan));
    return Review(By("county", kCounty, day), plan);
  }
  absl::StatusOr<v1::HouseholdPlan> InForce() {
    FANGPIN_ASSIGN_OR_RETURN(v1::HouseholdPlan plan, Submitted());
    return Approve(plan);
  }
  absl::StatusOr<v1::HouseholdPlan> RecordMeasure(const v1::HouseholdPlan& plan,
                                                  const std::string& measure,
                                                  const std::string& day,
                                                  std::string_view today = "2024-04-20") {
    v1::RecordMeasureRequest request;
    request.set_plan_id(plan.id());
    request.set_measure_id(measure);
    request.set_carried_out_on(day);
    request.set_amount_fen(50000);
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.RecordMeasure(Cadre(today), request));
    return response.plan();
  }
  absl::StatusOr<v1::HouseholdPlan> RecordEffect(const v1::HouseholdPlan& plan,
                                                 const std::string& measure, const std::string& day,
                                                 v1::EffectResult result,
                                                 std::string_view today = "2024-06-20") {
    v1::RecordEffectRequest request;
    request.set_plan_id(plan.id());
    request.set_measure_id(measure);
    request.mutable_effect()->set_evaluated_on(day);
    request.mutable_effect()->set_result(result);
    request.mutable_effect()->set_basis("入户核实");
    FANGPIN_ASSIGN_OR_RETURN(auto response, plans_.RecordEffect(Cadre(today), request));
    return response.plan();
  }

  static std::vector<std::string> Violations(const absl::Status& status) {
    std::vector<std::string> types;
    const auto failure = base::GetPreconditionFailure(status);
    if (!failure) return types;
    for (const auto& violation : failure->violations()) types.push_back(violation.type());
    return types;
  }

  policy::PolicyData policy_;
  records::FakeStore store_;
  FakeHouseholds households_;
  std::vector<std::string> refused_by_;
  Plans plans_;
};

TEST_F(PlansTest, DraftIsFilledInFromTheRegistry) {
  v1::Measure reported;
  reported.set_category(policy::v1::MEASURE_CATEGORY_HEALTH);
  reported.set_item("家庭医生签约");
  household().reported_measures = {reported};
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan, Draft(Cadre()));
  EXPECT_EQ(plan.state(), v1::PLAN_STATE_DRAFT);
  EXPECT_EQ(plan.version(), 1);
  EXPECT_EQ(plan.division(), kVillage);
  EXPECT_EQ(plan.author(), "cadre");
  EXPECT_THAT(plan.facts(), EqualsProto(household().facts));
  ASSERT_EQ(plan.risk_analyses_size(), 1);
  EXPECT_EQ(plan.risk_analyses(0).risk(), policy::v1::RISK_TYPE_ILLNESS);
  ASSERT_EQ(plan.measures_size(), 1);
  EXPECT_THAT(plan.measures(0), EqualsProto(R"pb(id: "m1"
                                                 category: MEASURE_CATEGORY_HEALTH
                                                 item: "家庭医生签约"
                                                 risks: RISK_TYPE_ILLNESS
                                                 responsible_person: "赵一"
                                                 responsible_unit: "县医院")pb"));
}

TEST_F(PlansTest, OpenVersionIsReturnedAsItIs) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan first, Draft(Cadre()));
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan again, Draft(By("other", kTownship)));
  EXPECT_THAT(again, EqualsProto(first));
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan submitted, Update(SoundContent(first)));
  FASSERT_OK_AND_ASSIGN(submitted, Submit(submitted));
  EXPECT_THAT(Draft(Cadre()), testing::IsOkAndHolds(EqualsProto(submitted)));
}

TEST_F(PlansTest, OnlyMonitoredHouseholdsInScopeGetAPlan) {
  EXPECT_THAT(Draft(By("other", "621126200200")),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  for (const auto state :
       {policy::v1::MONITORING_STATE_NOT_MONITORED, policy::v1::MONITORING_STATE_ELIMINATED,
        policy::v1::MONITORING_STATE_UNSPECIFIED}) {
    household().facts.set_monitoring_state(state);
    EXPECT_THAT(Draft(Cadre()),
                ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_MONITORED"));
  }
  households_.households.clear();
  EXPECT_THAT(Draft(Cadre()), ErrorIs(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

TEST_F(PlansTest, UpdateReplacesContentAndFacts) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan draft, Draft(Cadre()));
  household().facts.set_population(5);
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan,
                        Update(SoundContent(draft), By("helper", kTownship)));
  EXPECT_EQ(plan.facts().population(), 5);
  EXPECT_THAT(plan.editors(), ElementsAre("cadre", "helper"));
  EXPECT_EQ(plan.measures(0).id(), "m1");
  EXPECT_EQ(plan.measures(1).id(), "m2");
  EXPECT_EQ(plan.needs_size(), 2);
}

TEST_F(PlansTest, StaleEtagIsRefusedAndRepeatedRequestIsNot) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan draft, Draft(Cadre()));
  v1::UpdatePlanRequest request = SoundContent(draft);
  request.set_request_id("r1");
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan first, Update(request));
  EXPECT_THAT(Update(request), testing::IsOkAndHolds(EqualsProto(first)));
  request.set_request_id("r2");
  EXPECT_THAT(Update(request), ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  request.set_etag("");
  EXPECT_THAT(Update(request), ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
}

TEST_F(PlansTest, EveryWrongFieldIsNamed) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan draft, Draft(Cadre()));
  v1::UpdatePlanRequest request = SoundContent(draft);
  request.mutable_risk_analyses(0)->set_risk(policy::v1::RISK_TYPE_UNSPECIFIED);
  request.mutable_needs(1)->set_number(21);
  request.mutable_measures(0)->set_due_on("2024-13-01");
  request.mutable_measures(1)->set_amount_fen(-1);
  request.mutable_measures(1)->set_category(policy::v1::MEASURE_CATEGORY_UNSPECIFIED);
  const auto refused = Update(request);
  ASSERT_THAT(refused, ErrorIs(StatusCode::kInvalidArgument, "PLAN_CONTENT_INVALID"));
  const auto bad_request = base::GetBadRequest(refused.status());
  ASSERT_TRUE(bad_request.has_value());
  std::vector<std::string> fields;
  for (const auto& violation : bad_request->field_violations()) {
    fields.push_back(violation.field());
  }
  EXPECT_THAT(fields, ElementsAre("risk_analyses[0].risk", "needs[1].number", "measures[0].due_on",
                                  "measures[1].category", "measures[1].need_numbers",
                                  "measures[1].amount_fen"));
}

TEST_F(PlansTest, SubmitNamesEveryDefectInTheOrderOfTheNotice) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan draft, Draft(Cadre()));
  const auto refused = Submit(draft);
  ASSERT_THAT(refused, ErrorIs(StatusCode::kFailedPrecondition, "PLAN_HAS_DEFECTS"));
  const std::vector<std::string> expected = {"RISK_ANALYSIS_INADEQUATE", "NEEDS_UNKNOWN",
                                             "MEASURES_INCOMPLETE", "CONTENT_INCOMPLETE"};
  EXPECT_EQ(Violations(refused.status()), expected);
  EXPECT_EQ(refused_by_, expected);
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan after, Get(draft.id()));
  EXPECT_THAT(after, EqualsProto(draft));
}

TEST_F(PlansTest, UnknownLabourIsAMissingFactNotNoLabour) {
  household().facts.set_labour_population(0);
  household().facts.set_labour_unknown(1);
  household().facts.mutable_risks(0)->set_type(policy::v1::RISK_TYPE_DISABILITY);
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan plan, Draft(Cadre()));
  v1::UpdatePlanRequest request = SoundContent(plan);
  request.mutable_risk_analyses(0)->set_risk(policy::v1::RISK_TYPE_DISABILITY);
  request.mutable_measures()->DeleteSubrange(1, 1);
  v1::Measure& measure = *request.mutable_measures(0);
  measure.set_category(policy::v1::MEASURE_CATEGORY_SOCIAL_SAFETY_NET);
  measure.set_item("低保");
  measure.set_risks(0, policy::v1::RISK_TYPE_DISABILITY);
  measure.add_need_numbers(2);
  FASSERT_OK_AND_ASSIGN(plan, Update(request));
  const auto refused = Submit(plan);
  EXPECT_THAT(Violations(refused.status()), ElementsAre("SAFETY_NET_ONLY"));
  v1::EvaluatePlanRequest evaluate;
  evaluate.set_plan_id(plan.id());
  FASSERT_OK_AND_ASSIGN(const auto evaluated, plans_.Evaluate(Cadre(), evaluate));
  ASSERT_EQ(evaluated.findings_size(), static_cast<int>(kPlanRules.size()));
  EXPECT_EQ(evaluated.findings(9).rule(), "SAFETY_NET_ONLY");
  EXPECT_EQ(evaluated.findings(9).verdict(), policy::v1::VERDICT_FACT_MISSING);

  // Nobody can work: the safety net alone is right.
  household().facts.set_labour_unknown(0);
  request.set_etag(plan.etag());
  FASSERT_OK_AND_ASSIGN(plan, Update(request));
  FEXPECT_OK(Submit(plan));
}

TEST_F(PlansTest, TownshipThenCountyPutThePlanInForce) {
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan plan, Submitted());
  EXPECT_EQ(plan.state(), v1::PLAN_STATE_SUBMITTED);
  FASSERT_OK_AND_ASSIGN(plan, Review(By("township", kTownship, "2024-03-21"), plan));
  EXPECT_EQ(plan.state(), v1::PLAN_STATE_TOWNSHIP_REVIEWED);
  EXPECT_THAT(store_.effects(), IsEmpty());
  FASSERT_OK_AND_ASSIGN(plan, Review(By("county", kCounty, "2024-03-22"), plan));
  EXPECT_EQ(plan.state(), v1::PLAN_STATE_IN_FORCE);
  EXPECT_EQ(plan.in_force_on(), "2024-03-22");
  ASSERT_EQ(plan.reviews_size(), 2);
  EXPECT_EQ(plan.reviews(0).level(), v1::REVIEW_LEVEL_TOWNSHIP);
  EXPECT_EQ(plan.reviews(1).level(), v1::REVIEW_LEVEL_COUNTY);
  EXPECT_EQ(plan.reviews(1).findings_size(), static_cast<int>(kPlanRules.size()));
  ASSERT_THAT(store_.effects(), SizeIs(1));
  EXPECT_EQ(store_.effects()[0].key, kHousehold);
  EXPECT_EQ(store_.effects()[0].kind, kInForceEffect);
  EXPECT_EQ(store_.effects()[0].payload, plan.id());
}

TEST_F(PlansTest, EffectTellsTheRegistryOnBehalfOfTheCounty) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan, InForce());
  FASSERT_OK(plans_.DeliverInForce(store_.effects()[0].payload));
  ASSERT_THAT(households_.assisted, SizeIs(1));
  EXPECT_EQ(households_.assisted[0].plan.id(), plan.id());
  EXPECT_EQ(households_.assisted[0].ctx.principal.subject, "county");
  EXPECT_EQ(households_.assisted[0].ctx.now, Noon("2024-03-22"));
  households_.failure = absl::UnavailableError("down");
  EXPECT_THAT(plans_.DeliverInForce(plan.id()), testing::StatusIs(StatusCode::kUnavailable));
}

TEST_F(PlansTest, MakersAreNotCheckersAndDesksDiffer) {
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan plan, Draft(Cadre()));
  FASSERT_OK_AND_ASSIGN(plan, Update(SoundContent(plan), By("helper", kTownship)));
  FASSERT_OK_AND_ASSIGN(plan, Submit(plan, By("clerk", kTownship)));
  for (const char* maker : {"cadre", "helper", "clerk"}) {
    EXPECT_THAT(Review(By(maker, kCounty), plan),
                ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  }
  EXPECT_THAT(Review(By("villager", kVillage), plan),
              ErrorIs(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED"));
  FASSERT_OK_AND_ASSIGN(plan, Review(By("county", kCounty), plan));
  EXPECT_THAT(Review(By("county", kCounty), plan),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  EXPECT_THAT(Review(By("township", kTownship), plan),
              ErrorIs(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED"));
  FEXPECT_OK(Review(By("director", kCounty), plan));
}

TEST_F(PlansTest, AgreeingWithOpenDefectsIsRefused) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan, Submitted());
  household().facts.set_population(5);
  const auto refused = Review(By("township", kTownship), plan);
  ASSERT_THAT(refused, ErrorIs(StatusCode::kFailedPrecondition, "REVIEW_NOT_RIGOROUS"));
  EXPECT_THAT(Violations(refused.status()), ElementsAre("BASIC_FACTS_INACCURATE"));
  EXPECT_THAT(refused_by_, ElementsAre("BASIC_FACTS_INACCURATE"));
  FEXPECT_OK(Review(By("township", kTownship), plan, /*agree=*/false));
}

TEST_F(PlansTest, PlanSentBackComesAgainByTheSameDesks) {
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan plan, Submitted());
  v1::ReviewPlanRequest silent;
  silent.set_plan_id(plan.id());
  silent.set_etag(plan.etag());
  EXPECT_THAT(plans_.Review(By("township", kTownship), silent),
              ErrorIs(StatusCode::kInvalidArgument, "OPINION_REQUIRED"));
  FASSERT_OK_AND_ASSIGN(plan, Review(By("township", kTownship), plan));
  FASSERT_OK_AND_ASSIGN(plan, Review(By("county", kCounty), plan, /*agree=*/false));
  EXPECT_EQ(plan.state(), v1::PLAN_STATE_DRAFT);
  FASSERT_OK_AND_ASSIGN(plan, Submit(plan));
  FASSERT_OK_AND_ASSIGN(plan, Approve(plan));
  EXPECT_EQ(plan.state(), v1::PLAN_STATE_IN_FORCE);
  EXPECT_EQ(plan.reviews_size(), 4);
}

TEST_F(PlansTest, StepsOutOfOrderAreRefused) {
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan plan, Draft(Cadre()));
  EXPECT_THAT(Review(By("township", kTownship), plan),
              ErrorIs(StatusCode::kFailedPrecondition, "PLAN_NOT_UNDER_REVIEW"));
  EXPECT_THAT(RecordMeasure(plan, "m1", "2024-04-01"),
              ErrorIs(StatusCode::kFailedPrecondition, "PLAN_NOT_IN_FORCE"));
  FASSERT_OK_AND_ASSIGN(plan, Update(SoundContent(plan)));
  FASSERT_OK_AND_ASSIGN(plan, Submit(plan));
  EXPECT_THAT(Submit(plan), ErrorIs(StatusCode::kFailedPrecondition, "PLAN_NOT_DRAFT"));
  EXPECT_THAT(Update(SoundContent(plan)),
              ErrorIs(StatusCode::kFailedPrecondition, "PLAN_NOT_DRAFT"));
  v1::HouseholdPlan unknown;
  unknown.set_id("621126-00000000000000000000000000");
  unknown.set_etag("r1");
  EXPECT_THAT(Submit(unknown), ErrorIs(StatusCode::kNotFound, "PLAN_NOT_FOUND"));
}

TEST_F(PlansTest, MeasureIsCarriedOutBetweenDeterminationAndToday) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan, InForce());
  EXPECT_THAT(RecordMeasure(plan, "m1", "2024-03-04"),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_BEFORE_DETERMINATION"));
  EXPECT_THAT(RecordMeasure(plan, "m1", "2024-04-21"),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_IN_FUTURE"));
  EXPECT_THAT(RecordMeasure(plan, "m1", "2024-4-1"),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_FORMAT"));
  EXPECT_THAT(RecordMeasure(plan, "m9", "2024-04-01"),
              ErrorIs(StatusCode::kNotFound, "MEASURE_NOT_FOUND"));
  FASSERT_OK(RecordMeasure(plan, "m1", "2024-03-05"));
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan recorded, RecordMeasure(plan, "m2", "2024-04-20"));
  EXPECT_EQ(recorded.measures(0).carried_out_on(), "2024-03-05");
  EXPECT_EQ(recorded.measures(0).amount_fen(), 50000);
  EXPECT_EQ(recorded.measures(1).carried_out_on(), "2024-04-20");
  // The same again changes nothing; another day is another claim.
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan again, RecordMeasure(plan, "m2", "2024-04-20"));
  EXPECT_THAT(again, EqualsProto(recorded));
  EXPECT_THAT(RecordMeasure(plan, "m2", "2024-04-19"),
              ErrorIs(StatusCode::kFailedPrecondition, "MEASURE_ALREADY_CARRIED_OUT"));
}

TEST_F(PlansTest, EffectIsEvaluatedAfterItsMeasure) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan, InForce());
  EXPECT_THAT(RecordEffect(plan, "m1", "2024-05-01", v1::EFFECT_RESULT_CLEAR),
              ErrorIs(StatusCode::kFailedPrecondition, "MEASURE_NOT_CARRIED_OUT"));
  FASSERT_OK(RecordMeasure(plan, "m1", "2024-04-01"));
  EXPECT_THAT(RecordEffect(plan, "m1", "2024-04-01", v1::EFFECT_RESULT_CLEAR),
              ErrorIs(StatusCode::kInvalidArgument, "EFFECT_NOT_AFTER_MEASURE"));
  EXPECT_THAT(RecordEffect(plan, "m1", "2024-06-21", v1::EFFECT_RESULT_CLEAR),
              ErrorIs(StatusCode::kInvalidArgument, "PLAN_CONTENT_INVALID"));
  EXPECT_THAT(RecordEffect(plan, "m1", "2024-05-01", v1::EFFECT_RESULT_UNSPECIFIED),
              ErrorIs(StatusCode::kInvalidArgument, "PLAN_CONTENT_INVALID"));
  FASSERT_OK(RecordEffect(plan, "m1", "2024-06-20", v1::EFFECT_RESULT_CLEAR));
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan judged,
                        RecordEffect(plan, "m1", "2024-04-02", v1::EFFECT_RESULT_UNCLEAR));
  ASSERT_EQ(judged.measures(0).effects_size(), 2);
  EXPECT_EQ(judged.measures(0).effects(0).evaluated_on(), "2024-04-02");
  EXPECT_EQ(judged.measures(0).effects(1).evaluator(), "cadre");
  FASSERT_OK_AND_ASSIGN(judged, RecordEffect(plan, "m1", "2024-04-02", v1::EFFECT_RESULT_UNCLEAR));
  EXPECT_EQ(judged.measures(0).effects_size(), 2);
}

TEST_F(PlansTest, NextVersionSupersedesAndKeepsTheLedger) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan first, InForce());
  FASSERT_OK(RecordMeasure(first, "m1", "2024-04-01"));
  household().facts.set_monitoring_state(policy::v1::MONITORING_STATE_UNDER_ASSISTANCE);
  FASSERT_OK_AND_ASSIGN(v1::HouseholdPlan second, Draft(Cadre("2024-05-01")));
  EXPECT_EQ(second.version(), 2);
  EXPECT_EQ(second.measures(0).carried_out_on(), "2024-04-01");

  // What was carried out cannot be dropped or turned into something else.
  v1::UpdatePlanRequest request = SoundContent(second);
  EXPECT_THAT(Update(request), ErrorIs(StatusCode::kFailedPrecondition, "MEASURE_CARRIED_OUT"));
  request.mutable_measures(0)->set_id("m1");
  request.mutable_measures(0)->set_item("大病专项救治");
  EXPECT_THAT(Update(request), ErrorIs(StatusCode::kFailedPrecondition, "MEASURE_CARRIED_OUT"));
  request.mutable_measures(0)->set_item("医疗救助");
  request.mutable_measures(0)->set_carried_out_on("2020-01-01");
  request.mutable_measures(1)->set_item("帮扶车间");
  FASSERT_OK_AND_ASSIGN(second, Update(request));
  EXPECT_EQ(second.measures(0).carried_out_on(), "2024-04-01");
  EXPECT_EQ(second.measures(1).id(), "m3");

  // Meanwhile the version in force lives on; nothing of its ledger is lost.
  FASSERT_OK(RecordMeasure(first, "m2", "2024-05-02", "2024-05-03"));
  FASSERT_OK(RecordEffect(first, "m1", "2024-05-03", v1::EFFECT_RESULT_CLEAR));
  FASSERT_OK_AND_ASSIGN(second, Submit(second));
  FASSERT_OK_AND_ASSIGN(second, Approve(second, "2024-05-04"));
  ASSERT_EQ(second.measures_size(), 3);
  EXPECT_EQ(second.measures(0).effects_size(), 1);
  EXPECT_EQ(second.measures(1).item(), "帮扶车间");
  EXPECT_EQ(second.measures(2).id(), "m2");
  EXPECT_EQ(second.measures(2).carried_out_on(), "2024-05-02");
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan former, Get(first.id()));
  EXPECT_EQ(former.state(), v1::PLAN_STATE_SUPERSEDED);
  EXPECT_THAT(RecordMeasure(first, "m2", "2024-05-02", "2024-05-05"),
              ErrorIs(StatusCode::kFailedPrecondition, "PLAN_NOT_IN_FORCE"));
  EXPECT_THAT(store_.effects(), SizeIs(2));
}

TEST_F(PlansTest, ListsWhatTheCallerMaySeePageByPage) {
  household().facts.set_monitoring_state(policy::v1::MONITORING_STATE_UNDER_ASSISTANCE);
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan first, InForce());
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan second, Draft(Cadre("2024-05-01")));
  v1::ListPlansRequest request;
  request.set_household_id(kHousehold);
  FASSERT_OK_AND_ASSIGN(Page page, plans_.List(By("county", kCounty), request, "", 1));
  ASSERT_THAT(page.plans, SizeIs(1));
  EXPECT_EQ(page.plans[0].id(), first.id());
  FASSERT_OK_AND_ASSIGN(page, plans_.List(By("county", kCounty), request, page.last_id, 1));
  ASSERT_THAT(page.plans, SizeIs(1));
  EXPECT_EQ(page.plans[0].id(), second.id());
  EXPECT_EQ(page.last_id, "");
  request.clear_household_id();
  request.add_states(v1::PLAN_STATE_IN_FORCE);
  FASSERT_OK_AND_ASSIGN(page, plans_.List(Cadre(), request, "", 10));
  EXPECT_THAT(page.plans, SizeIs(1));
  FASSERT_OK_AND_ASSIGN(page, plans_.List(By("other", "621126200000"), request, "", 10));
  EXPECT_THAT(page.plans, IsEmpty());
  FASSERT_OK_AND_ASSIGN(const auto counts, CountPlans(store_));
  EXPECT_EQ(counts.at(v1::PLAN_STATE_IN_FORCE), 1);
  EXPECT_EQ(counts.at(v1::PLAN_STATE_DRAFT), 1);
}

TEST_F(PlansTest, PlanNotAdjustedInTimeShows) {
  FASSERT_OK_AND_ASSIGN(const v1::HouseholdPlan plan, InForce());
  household().facts.set_labour_population(1);
  household().changed_on = absl::CivilDay(2024, 4, 1);
  v1::EvaluatePlanRequest request;
  request.set_plan_id(plan.id());
  FASSERT_OK_AND_ASSIGN(auto evaluated, plans_.Evaluate(Cadre("2024-05-01"), request));
  EXPECT_EQ(evaluated.findings(4).rule(), "NOT_ADJUSTED_IN_TIME");
  EXPECT_EQ(evaluated.findings(4).verdict(), policy::v1::VERDICT_CLEAR);
  FASSERT_OK_AND_ASSIGN(evaluated, plans_.Evaluate(Cadre("2024-05-02"), request));
  EXPECT_EQ(evaluated.findings(4).verdict(), policy::v1::VERDICT_HOLD);
}

}  // namespace
}  // namespace fangpin::assistance
