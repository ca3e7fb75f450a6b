#include "services/screening/core/determination.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "libs/base/error_details.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/core_testing.h"

namespace fangpin::screening {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DeterminationDeskTest : public CoreTest {
 protected:
  absl::StatusOr<v1::EvaluateCaseResponse> Evaluate(const v1::DeterminationCase& c,
                                                    std::string_view day = "2024-03-20") {
    v1::EvaluateCaseRequest request;
    request.set_case_id(c.id());
    return desk_.EvaluateCase(At(day, "county"), request);
  }
  static std::set<std::string> Violations(const absl::Status& status) {
    std::set<std::string> types;
    if (const auto failure = base::GetPreconditionFailure(status)) {
      for (const auto& violation : failure->violations()) types.insert(violation.type());
    }
    return types;
  }
};

TEST_F(DeterminationDeskTest, ACaseWithEveryStepIsApprovedAndTheRegistryIsTold) {
  const v1::DeterminationCase c = ReadyCase();
  const auto evaluated = Evaluate(c);
  FASSERT_OK(evaluated);
  EXPECT_TRUE(evaluated->approvable());
  EXPECT_EQ(evaluated->line_fen(), 780'000);
  EXPECT_EQ(evaluated->category(), policy::v1::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);

  const auto decided = desk_.DecideCase(At("2024-03-20", "county"), Decide(c, true));
  FASSERT_OK(decided);
  EXPECT_EQ(decided->case_().state(), v1::CASE_STATE_APPROVED);
  const v1::Decision& decision = decided->case_().decision();
  EXPECT_EQ(decision.decided_on(), "2024-03-20");
  EXPECT_EQ(decision.decided_by(), "county");
  EXPECT_EQ(decision.policy_version(), "gansu-2021");
  EXPECT_EQ(decision.line_fen(), 780'000);
  EXPECT_GT(decision.findings_size(), 10);
  EXPECT_EQ(decided->case_().steps(7).step(), v1::IDENTIFICATION_STEP_COUNTY_APPROVED);
  EXPECT_EQ(AllClues()[0].state(), v1::CLUE_STATE_CLOSED);

  const auto effects = store_.records().effects();
  ASSERT_THAT(effects, SizeIs(1));
  EXPECT_EQ(effects[0].kind, kInclusionEffect);
  EXPECT_EQ(effects[0].key, kHousehold);
  FASSERT_OK(desk_.DeliverInclusion(At("2024-03-20", "service:screening"), effects[0].payload));
  const auto inclusions = households_.inclusions();
  ASSERT_THAT(inclusions, SizeIs(1));
  EXPECT_EQ(inclusions[0].case_id, c.id());
  EXPECT_EQ(inclusions[0].effective_on, "2024-03-20");
  EXPECT_EQ(inclusions[0].category, policy::v1::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY);
  EXPECT_THAT(inclusions[0].risks, SizeIs(1));
}

TEST_F(DeterminationDeskTest, AClueHasOneCaseAtMost) {
  const v1::DeterminationCase c = OpenedCase("2024-03-11");
  v1::OpenCaseRequest open;
  open.set_clue_id(c.clue_id());
  const auto again = desk_.OpenCase(At("2024-03-12", "other"), open);
  FASSERT_OK(again);
  EXPECT_EQ(again->case_().id(), c.id());
  EXPECT_EQ(again->case_().opened_by(), "cadre");
}

TEST_F(DeterminationDeskTest, OnlyAClueToBeIdentifiedOpensACase) {
  const v1::RiskClue clue = VisitedClue("2024-03-11");
  v1::OpenCaseRequest open;
  open.set_clue_id(clue.id());
  EXPECT_THAT(desk_.OpenCase(At("2024-03-11", "cadre"), open),
              ErrorIs(StatusCode::kFailedPrecondition, "CLUE_NOT_TO_IDENTIFY"));
  open.set_clue_id("621126-NOTHING");
  EXPECT_THAT(desk_.OpenCase(At("2024-03-11", "cadre"), open),
              ErrorIs(StatusCode::kNotFound, "CLUE_NOT_FOUND"));
}

TEST_F(DeterminationDeskTest, BeforeAnyPolicyNoCaseIsOpened) {
  const v1::RiskClue clue = VisitedClue("2021-03-11");
  FASSERT_OK(screening_.AssessClue(At("2021-03-11", "cadre"),
                                   AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY)));
  v1::OpenCaseRequest open;
  open.set_clue_id(clue.id());
  EXPECT_THAT(desk_.OpenCase(At("2021-09-09", "cadre"), open),
              ErrorIs(StatusCode::kFailedPrecondition, "POLICY_NOT_IN_FORCE"));
  FEXPECT_OK(desk_.OpenCase(At("2021-09-10", "cadre"), open));
}

TEST_F(DeterminationDeskTest, StepsComeInOrder) {
  const v1::DeterminationCase c = OpenedCase("2024-03-11");
  const auto out_of_order = ErrorIs(StatusCode::kFailedPrecondition, "STEP_OUT_OF_ORDER");
  EXPECT_THAT(Record(c, Step(v1::IDENTIFICATION_STEP_AUTHORISED, "2024-03-11")), out_of_order);
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "township"), Review(c)), out_of_order);
  for (const auto step : {v1::IDENTIFICATION_STEP_ACCEPTED, v1::IDENTIFICATION_STEP_COUNTY_APPROVED,
                          v1::IDENTIFICATION_STEP_TOWNSHIP_REVIEWED}) {
    EXPECT_THAT(Record(c, Step(step, "2024-03-11")),
                ErrorIs(StatusCode::kInvalidArgument, "STEP_NOT_ACCEPTED"));
  }
  FASSERT_OK(Record(c, Step(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, "2024-03-12")));
  EXPECT_THAT(Record(c, Step(v1::IDENTIFICATION_STEP_AUTHORISED, "2024-03-11")),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_ORDER"));
  EXPECT_THAT(Record(c, Step(v1::IDENTIFICATION_STEP_AUTHORISED, "2024-03-21")),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_IN_FUTURE"));
  EXPECT_THAT(Record(c, Step(v1::IDENTIFICATION_STEP_REVIEWED, "2024-03-12")), out_of_order);
}

TEST_F(DeterminationDeskTest, TheLastStepCanBePutRightAndAComparisonAdjudicatedLater) {
  v1::DeterminationCase c = ReadyCase();
  auto review = Review(c);
  review.mutable_review()->set_opinion("情况属实");
  const auto reviewed = desk_.ReviewCase(At("2024-03-20", "township"), review);
  FASSERT_OK(reviewed);
  c = reviewed->case_();
  EXPECT_EQ(c.steps(6).township_review().opinion(), "情况属实");
  auto comparison = Step(v1::IDENTIFICATION_STEP_COMPARED, "2024-03-12");
  v1::AssetHit& hit = *comparison.mutable_comparison()->add_hits();
  hit.set_exclusion("VEHICLE_OR_MACHINERY");
  hit.set_source("公安车管");
  hit.set_outcome(v1::ASSET_CHECK_OUTCOME_PENDING);
  FASSERT_OK_AND_ASSIGN(c, Record(c, comparison));
  EXPECT_EQ(Violations(desk_.DecideCase(At("2024-03-20", "county"), Decide(c, true)).status()),
            std::set<std::string>{"ASSET_STANDARD"});
  hit.set_outcome(v1::ASSET_CHECK_OUTCOME_EXCEPTION_APPROVED);
  hit.set_reason("残疾人代步车");
  FASSERT_OK_AND_ASSIGN(c, Record(c, comparison));
  EXPECT_THAT(c.steps(), SizeIs(7));
  FEXPECT_OK(desk_.DecideCase(At("2024-03-20", "county"), Decide(c, true)));
  EXPECT_THAT(Record(c, Step(v1::IDENTIFICATION_STEP_PUBLICISED, "2024-03-18")),
              ErrorIs(StatusCode::kFailedPrecondition, "CASE_CLOSED"));
}

TEST_F(DeterminationDeskTest, NothingIsComparedWithoutAuthorisation) {
  v1::DeterminationCase c = OpenedCase("2024-03-11");
  FASSERT_OK(Record(c, Step(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, "2024-03-11")));
  auto refused = Step(v1::IDENTIFICATION_STEP_AUTHORISED, "2024-03-11");
  refused.mutable_authorisation()->set_signed_(false);
  FASSERT_OK(Record(c, refused));
  EXPECT_THAT(Record(c, Step(v1::IDENTIFICATION_STEP_COMPARED, "2024-03-12")),
              ErrorIs(StatusCode::kFailedPrecondition, "NOT_AUTHORISED"));
}

TEST_F(DeterminationDeskTest, EvidenceIsCheckedStepByStep) {
  v1::DeterminationCase c = OpenedCase("2024-03-11");
  const auto refused = [](std::string reason) {
    return ErrorIs(StatusCode::kInvalidArgument, reason);
  };
  const auto with = [&](v1::IdentificationStep step, auto change) {
    v1::IdentificationStepRecord record = Step(step, "2024-03-19");
    change(record);
    return Record(c, record).status();
  };
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED,
                   [](auto& s) { s.mutable_household_check()->mutable_checkers()->RemoveLast(); }),
              refused("NAME_COUNT"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED,
                   [](auto& s) { s.mutable_household_check()->clear_per_capita_reference_fen(); }),
              refused("INCOME_REQUIRED"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED,
                   [](auto& s) { s.mutable_review()->set_attendance(3); }),
              refused("EVIDENCE_MISMATCH"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_COMPARED,
                   [](auto& s) { s.mutable_comparison()->clear_departments(); }),
              refused("DEPARTMENTS_REQUIRED"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_COMPARED,
                   [](auto& s) {
                     v1::AssetHit& hit = *s.mutable_comparison()->add_hits();
                     hit.set_exclusion("REGISTERED_COMPANY");
                     hit.set_source("市场监管局");
                     hit.set_outcome(v1::ASSET_CHECK_OUTCOME_PASS);
                   }),
              refused("TEXT_REQUIRED"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_REVIEWED,
                   [](auto& s) { s.mutable_review()->set_votes_against(3); }),
              refused("VOTES_EXCEED_ATTENDANCE"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_PUBLICISED,
                   [](auto& s) { s.mutable_publicity()->set_to("2024-03-12"); }),
              refused("DATE_ORDER"));
  EXPECT_THAT(with(v1::IDENTIFICATION_STEP_PUBLICISED,
                   [](auto& s) { s.mutable_publicity()->set_objections_settled(1); }),
              refused("OBJECTION_COUNT"));
  auto review = Review(c);
  review.mutable_review()->set_agreed(false);
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "township"), review), refused("TEXT_REQUIRED"));
  review = Review(c);
  review.clear_reviewed_on();
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "township"), review), refused("REQUIRED"));
}

TEST_F(DeterminationDeskTest, EveryWrongFieldOfAStepIsNamed) {
  const v1::DeterminationCase c = OpenedCase("2024-03-11");
  auto check = Step(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, "");
  check.mutable_household_check()->mutable_checkers()->RemoveLast();
  check.mutable_household_check()->clear_per_capita_reference_fen();
  check.mutable_household_check()->set_rigid_expenditure_fen(-1);
  const absl::Status status = Record(c, check).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kInvalidArgument, "FIELDS_INVALID"));
  const auto details = base::GetBadRequest(status);
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> fields;
  for (const auto& violation : details->field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, ::testing::ElementsAre("step.done_on", "step.household_check.checkers",
                                             "step.household_check.per_capita_reference_fen",
                                             "step.household_check.rigid_expenditure_fen"));
  EXPECT_EQ(details->field_violations(0).reason(), "REQUIRED");
}

TEST_F(DeterminationDeskTest, TheTownshipReviewIsAnotherPersonsWithTheWholeTownshipInView) {
  const v1::DeterminationCase c = PublicisedCase();
  // Opened it and recorded the household check.
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "cadre"), Review(c)),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "colleague", "", kVillage), Review(c)),
              ErrorIs(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED"));
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "township", "", "621126101000"), Review(c)),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  const auto reviewed = desk_.ReviewCase(At("2024-03-20", "township", "", kTownship), Review(c));
  FASSERT_OK(reviewed);
  EXPECT_EQ(reviewed->case_().steps(6).recorder(), "township");
}

TEST_F(DeterminationDeskTest, WhoeverCheckedTheHouseholdReviewsAndDecidesNothing) {
  v1::DeterminationCase c = OpenedCase("2024-03-11");
  v1::RecordCaseStepRequest check;
  check.set_case_id(c.id());
  *check.mutable_step() = Step(v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, "2024-03-11");
  FASSERT_OK(desk_.RecordCaseStep(At("2024-03-12", "township"), check));
  EXPECT_THAT(desk_.ReviewCase(At("2024-03-20", "township"), Review(c)),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "township"), Decide(c, false)),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
}

TEST_F(DeterminationDeskTest, TheCountyDecisionIsAnotherPersonsWithTheWholeCountyInView) {
  const v1::DeterminationCase c = ReadyCase();
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "township"), Decide(c, true)),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "county", "", kTownship), Decide(c, true)),
              ErrorIs(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED"));
  FEXPECT_OK(desk_.DecideCase(At("2024-03-20", "county"), Decide(c, true)));
}

TEST_F(DeterminationDeskTest, ACaseThatIsNotReadyIsRefusedWithEveryReason) {
  const v1::DeterminationCase c = OpenedCase("2024-03-11");
  const absl::Status status =
      desk_.DecideCase(At("2024-03-20", "county"), Decide(c, true)).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kFailedPrecondition, "CASE_NOT_APPROVABLE"));
  EXPECT_EQ(
      Violations(status),
      (std::set<std::string>{"NO_RISK_GROUND", "ASSET_STANDARD", "STEPS_INCOMPLETE",
                             "TOO_FEW_CHECKERS", "NOT_AUTHORISED", "REVIEW_NOT_PASSED",
                             "PUBLICITY_TOO_SHORT", "OBJECTIONS_OPEN", "TOWNSHIP_NOT_AGREED"}));
  EXPECT_THAT(store_.records().effects(), IsEmpty());
}

TEST_F(DeterminationDeskTest, AYearWithoutALineBlocksAndSaysWhich) {
  const v1::DeterminationCase c = ReadyCase();
  // Decided in 2025, for which only 兰州新区 has a line.
  const auto evaluated = Evaluate(c, "2025-01-06");
  FASSERT_OK(evaluated);
  EXPECT_FALSE(evaluated->approvable());
  EXPECT_FALSE(evaluated->has_line_fen());
  const absl::Status status =
      desk_.DecideCase(At("2025-01-06", "county"), Decide(c, true)).status();
  EXPECT_EQ(Violations(status), std::set<std::string>{"LINE_NOT_CONFIGURED"});
}

TEST_F(DeterminationDeskTest, WhoeverOpenedTheCaseDoesNotDecideIt) {
  const v1::DeterminationCase c = ReadyCase();
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "cadre"), Decide(c, true)),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "cadre"), Decide(c, false)),
              ErrorIs(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER"));
}

TEST_F(DeterminationDeskTest, ADecisionNeedsTheEtagItWasMadeOn) {
  const v1::DeterminationCase c = ReadyCase();
  auto request = Decide(c, true);
  request.set_etag("r1");
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "county"), request),
              ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  request.clear_etag();
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "county"), request),
              ErrorIs(StatusCode::kInvalidArgument, "ETAG_REQUIRED"));
}

TEST_F(DeterminationDeskTest, ARepeatedRequestGetsTheFirstAnswer) {
  const v1::DeterminationCase c = ReadyCase();
  auto request = Decide(c, true);
  request.set_request_id("d-1");
  const auto first = desk_.DecideCase(At("2024-03-20", "county"), request);
  FASSERT_OK(first);
  const auto again = desk_.DecideCase(At("2024-03-21", "county"), request);
  FASSERT_OK(again);
  EXPECT_EQ(first->case_().SerializeAsString(), again->case_().SerializeAsString());
  EXPECT_THAT(store_.records().effects(), SizeIs(1));
  request.set_request_id("d-2");
  EXPECT_THAT(desk_.DecideCase(At("2024-03-21", "county"), request),
              ErrorIs(StatusCode::kFailedPrecondition, "CASE_CLOSED"));
}

TEST_F(DeterminationDeskTest, ARefusalNeedsNoStepsButAReason) {
  const v1::DeterminationCase c = OpenedCase("2024-03-11");
  auto request = Decide(c, false);
  request.clear_opinion();
  EXPECT_THAT(desk_.DecideCase(At("2024-03-20", "county"), request),
              ErrorIs(StatusCode::kInvalidArgument, "TEXT_REQUIRED"));
  const auto refused = desk_.DecideCase(At("2024-03-20", "county"), Decide(c, false));
  FASSERT_OK(refused);
  EXPECT_EQ(refused->case_().state(), v1::CASE_STATE_REFUSED);
  EXPECT_EQ(refused->case_().decision().category(), policy::v1::MONITORED_CATEGORY_UNSPECIFIED);
  EXPECT_GT(refused->case_().decision().findings_size(), 10);
  EXPECT_THAT(store_.records().effects(), IsEmpty());
  EXPECT_EQ(AllClues()[0].state(), v1::CLUE_STATE_CLOSED);
}

TEST_F(DeterminationDeskTest, CasesOutsideTheCallersDivisionsAreOutOfReach) {
  const v1::DeterminationCase c = ReadyCase();
  const auto ctx = At("2024-03-20", "county", "", "621102000000");
  v1::GetCaseRequest get;
  get.set_case_id(c.id());
  EXPECT_THAT(desk_.GetCase(ctx, get), ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  EXPECT_THAT(desk_.DecideCase(ctx, Decide(c, true)),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  const auto listed = desk_.ListCases(ctx, v1::ListCasesRequest());
  FASSERT_OK(listed);
  EXPECT_THAT(listed->cases(), IsEmpty());
  const auto own = desk_.ListCases(At("2024-03-20", "county"), v1::ListCasesRequest());
  FASSERT_OK(own);
  EXPECT_THAT(own->cases(), SizeIs(1));
  get.set_case_id("621126-NOTHING");
  EXPECT_THAT(desk_.GetCase(At("2024-03-20", "county"), get),
              ErrorIs(StatusCode::kNotFound, "CASE_NOT_FOUND"));
}

}  // namespace
}  // namespace fangpin::screening
