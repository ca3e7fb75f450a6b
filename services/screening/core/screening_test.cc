#include "services/screening/core/screening.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "libs/base/error_details.h"
#include "services/screening/core/core_testing.h"

namespace fangpin::screening {
namespace {

using absl::StatusCode;
using ::testing::Contains;
using testing::ErrorIs;
using ::testing::SizeIs;

std::set<std::string> Violations(const absl::Status& status) {
  std::set<std::string> types;
  if (const auto failure = base::GetPreconditionFailure(status)) {
    for (const auto& violation : failure->violations()) types.insert(violation.type());
  }
  return types;
}

class ScreeningTest : public CoreTest {
 protected:
  static v1::ReportRiskRequest Report(v1::DiscoveryChannel channel, std::string request_id = {}) {
    v1::ReportRiskRequest request;
    request.set_household_id(kHousehold);
    request.set_channel(channel);
    request.set_risk(policy::v1::RISK_TYPE_ILLNESS);
    request.set_text("住院");
    request.set_request_id(std::move(request_id));
    return request;
  }
  static v1::RecordVisitRequest Visit(const v1::RiskClue& clue, std::string id = "v1") {
    v1::RecordVisitRequest request;
    v1::Visit& visit = *request.mutable_visit();
    visit.set_id(std::move(id));
    visit.set_household_id(clue.household_id());
    visit.set_task_id(clue.visit_task_id());
    visit.set_visited_on("2024-03-11");
    visit.set_method(v1::VISIT_METHOD_ON_SITE);
    visit.add_visitors("甲");
    visit.set_findings("一人住院");
    return request;
  }
  v1::RiskClue Reported() {
    return screening_
        .ReportRisk(At("2024-03-11", "cadre"), Report(v1::DISCOVERY_CHANNEL_CADRE_VISIT))
        ->clue();
  }
  v1::RiskClue Get(const v1::RiskClue& clue) {
    v1::GetClueRequest request;
    request.set_clue_id(clue.id());
    return screening_.GetClue(At("2024-03-11", "cadre"), request)->clue();
  }
};

TEST_F(ScreeningTest, ReportsByPeopleJoinTheOpenClueAndKeepEveryChannel) {
  const auto first = screening_.ReportRisk(At("2024-03-11", "cadre"),
                                           Report(v1::DISCOVERY_CHANNEL_FARMER_APPLICATION));
  FASSERT_OK(first);
  const auto second = screening_.ReportRisk(At("2024-03-12", "hotline"),
                                            Report(v1::DISCOVERY_CHANNEL_SOCIAL_SUPERVISION));
  FASSERT_OK(second);
  EXPECT_EQ(first->clue().id(), second->clue().id());
  ASSERT_THAT(second->clue().reports(), SizeIs(2));
  EXPECT_EQ(second->clue().reports(1).reporter(), "hotline");
  EXPECT_EQ(second->clue().found_on(), "2024-03-11");
  EXPECT_EQ(AllTasks()[0].cause(), "农户主动申请：因病；社会监督发现：因病");
}

TEST_F(ScreeningTest, TheSameRequestIdReportsOnce) {
  const auto request = Report(v1::DISCOVERY_CHANNEL_FARMER_APPLICATION, "r-1");
  const auto first = screening_.ReportRisk(At("2024-03-11", "cadre"), request);
  const auto again = screening_.ReportRisk(At("2024-03-12", "cadre"), request);
  FASSERT_OK(again);
  EXPECT_EQ(first->clue().SerializeAsString(), again->clue().SerializeAsString());
  EXPECT_THAT(AllClues()[0].reports(), SizeIs(1));
}

TEST_F(ScreeningTest, ReportsAreRefusedWithAReason) {
  const auto ctx = At("2024-03-11", "cadre");
  EXPECT_THAT(screening_.ReportRisk(ctx, Report(v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT)),
              ErrorIs(StatusCode::kInvalidArgument, "CHANNEL_NOT_ACCEPTED"));
  EXPECT_THAT(screening_.ReportRisk(ctx, Report(v1::DISCOVERY_CHANNEL_UNSPECIFIED)),
              ErrorIs(StatusCode::kInvalidArgument, "CHANNEL_NOT_ACCEPTED"));
  auto unknown = Report(v1::DISCOVERY_CHANNEL_CADRE_VISIT);
  unknown.set_household_id("621126100201000099");
  EXPECT_THAT(screening_.ReportRisk(ctx, unknown),
              ErrorIs(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND"));
  auto no_risk = Report(v1::DISCOVERY_CHANNEL_CADRE_VISIT);
  no_risk.clear_risk();
  EXPECT_THAT(screening_.ReportRisk(ctx, no_risk),
              ErrorIs(StatusCode::kInvalidArgument, "RISK_TYPE_REQUIRED"));
  EXPECT_THAT(screening_.ReportRisk(At("2024-03-11", "cadre", "", "621102000000"),
                                    Report(v1::DISCOVERY_CHANNEL_CADRE_VISIT)),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  EXPECT_THAT(
      screening_.ReportRisk(At("2020-03-11", "cadre"), Report(v1::DISCOVERY_CHANNEL_CADRE_VISIT)),
      ErrorIs(StatusCode::kFailedPrecondition, "PARAMETER_MISSING"));
  EXPECT_THAT(AllClues(), SizeIs(0));
}

TEST_F(ScreeningTest, AVisitDoesItsTaskAndIsTheSameWhenSentAgain) {
  const v1::RiskClue clue = Reported();
  const auto visit = Visit(clue);
  FASSERT_OK(screening_.RecordVisit(At("2024-03-11", "cadre"), visit));
  FASSERT_OK(screening_.RecordVisit(At("2024-03-12", "cadre"), visit));
  EXPECT_EQ(Get(clue).state(), v1::CLUE_STATE_CHECKING);
  const auto tasks = AllTasks();
  EXPECT_EQ(tasks[0].state(), v1::VISIT_TASK_STATE_DONE);
  EXPECT_EQ(tasks[0].visit_id(), "v1");
  auto other = visit;
  other.mutable_visit()->set_findings("另一次走访");
  EXPECT_THAT(screening_.RecordVisit(At("2024-03-12", "cadre"), other),
              ErrorIs(StatusCode::kAlreadyExists, "VISIT_ID_REUSED"));
}

TEST_F(ScreeningTest, AnUnplannedVisitNeedsNoTask) {
  v1::RiskClue nothing;
  nothing.set_household_id(kHousehold);
  FEXPECT_OK(screening_.RecordVisit(At("2024-03-11", "cadre"), Visit(nothing)));
  EXPECT_THAT(
      screening_.RecordVisit(At("2024-03-11", "cadre", "", "621102000000"), Visit(nothing, "v2")),
      ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

TEST_F(ScreeningTest, VisitsAreRefusedWithAReason) {
  const v1::RiskClue clue = Reported();
  const auto with = [&](auto change) {
    auto request = Visit(clue);
    change(*request.mutable_visit());
    return screening_.RecordVisit(At("2024-03-11", "cadre"), request).status();
  };
  EXPECT_THAT(with([](v1::Visit& v) { v.set_visited_on("2024-03-12"); }),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_IN_FUTURE"));
  EXPECT_THAT(with([](v1::Visit& v) { v.clear_visited_on(); }),
              ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
  EXPECT_THAT(with([](v1::Visit& v) { v.set_method(v1::VISIT_METHOD_UNSPECIFIED); }),
              ErrorIs(StatusCode::kInvalidArgument, "METHOD_REQUIRED"));
  EXPECT_THAT(with([](v1::Visit& v) { v.set_findings("  "); }),
              ErrorIs(StatusCode::kInvalidArgument, "TEXT_REQUIRED"));
  EXPECT_THAT(with([](v1::Visit& v) { v.set_method(v1::VISIT_METHOD_PHONE); }),
              ErrorIs(StatusCode::kInvalidArgument, "ABSENCE_REASON_REQUIRED"));
  EXPECT_THAT(with([](v1::Visit& v) { v.set_visited_on("2024-03-10"); }),
              ErrorIs(StatusCode::kInvalidArgument, "VISIT_BEFORE_CLUE"));
  EXPECT_THAT(with([](v1::Visit& v) { v.clear_visitors(); }),
              ErrorIs(StatusCode::kInvalidArgument, "NAME_COUNT"));
  EXPECT_THAT(with([](v1::Visit& v) { v.set_household_id(kOtherHousehold); }),
              ErrorIs(StatusCode::kInvalidArgument, "HOUSEHOLD_MISMATCH"));
  EXPECT_THAT(with([](v1::Visit& v) { v.set_task_id("621126-NO-SUCH-TASK"); }),
              ErrorIs(StatusCode::kNotFound, "VISIT_TASK_NOT_FOUND"));
  EXPECT_EQ(Get(clue).state(), v1::CLUE_STATE_DISPATCHED);
}

TEST_F(ScreeningTest, AnAbsentHouseholdMayBeReachedByPhone) {
  const v1::RiskClue clue = Reported();
  auto request = Visit(clue);
  request.mutable_visit()->set_method(v1::VISIT_METHOD_PHONE);
  request.mutable_visit()->set_absence_reason("整户在外务工");
  FASSERT_OK(screening_.RecordVisit(At("2024-03-11", "cadre"), request));
  EXPECT_EQ(Get(clue).state(), v1::CLUE_STATE_CHECKING);
}

TEST_F(ScreeningTest, EveryWrongFieldOfAVisitIsNamed) {
  const absl::Status status =
      screening_.RecordVisit(At("2024-03-11", "cadre"), v1::RecordVisitRequest()).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kInvalidArgument, "FIELDS_INVALID"));
  const auto details = base::GetBadRequest(status);
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> fields;
  for (const auto& violation : details->field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, ::testing::ElementsAre("visit.id", "visit.household_id", "visit.visited_on",
                                             "visit.method", "visit.visitors", "visit.findings"));
}

TEST_F(ScreeningTest, AnAssessmentFollowsAVisitAndNeedsTheEtag) {
  const v1::RiskClue clue = Reported();
  const auto ctx = At("2024-03-11", "cadre");
  EXPECT_THAT(screening_.AssessClue(ctx, AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY)),
              ErrorIs(StatusCode::kFailedPrecondition, "CLUE_NOT_VISITED"));
  FASSERT_OK(screening_.RecordVisit(ctx, Visit(clue)));
  EXPECT_THAT(screening_.AssessClue(ctx, AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY)),
              ErrorIs(StatusCode::kAborted, "ETAG_MISMATCH"));
  auto no_etag = AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY);
  no_etag.clear_etag();
  EXPECT_THAT(screening_.AssessClue(ctx, no_etag),
              ErrorIs(StatusCode::kInvalidArgument, "ETAG_REQUIRED"));
  auto request = AssessTo(Get(clue), v1::CLUE_OUTCOME_TO_IDENTIFY);
  request.set_request_id("a-1");
  const auto assessed = screening_.AssessClue(ctx, request);
  FASSERT_OK(assessed);
  EXPECT_EQ(assessed->clue().state(), v1::CLUE_STATE_TO_IDENTIFY);
  EXPECT_EQ(assessed->clue().assessment().assessor(), "cadre");
  FEXPECT_OK(screening_.AssessClue(ctx, request));
  EXPECT_THAT(screening_.AssessClue(ctx, AssessTo(Get(clue), v1::CLUE_OUTCOME_NO_RISK)),
              ErrorIs(StatusCode::kFailedPrecondition, "CLUE_CLOSED"));
}

TEST_F(ScreeningTest, FaultsOfTheNoticeRefuseAnAssessmentOneViolationEach) {
  const v1::RiskClue clue = VisitedClue("2024-03-11");
  auto request = AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY);
  request.mutable_assessment()->clear_judgements();
  v1::DimensionJudgement& income = *request.mutable_assessment()->add_judgements();
  income.set_dimension(v1::ASSESSMENT_DIMENSION_INCOME_LEVEL_CHANGE);
  income.set_level(v1::RISK_LEVEL_PRESENT);
  income.set_basis("收入下降");
  const absl::Status status = screening_.AssessClue(At("2024-03-11", "cadre"), request).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kFailedPrecondition, "ASSESSMENT_FAULTY"));
  EXPECT_EQ(Violations(status),
            (std::set<std::string>{"FAULT_INCOME_ONLY", "FAULT_NO_STABILITY_ANALYSIS",
                                   "FAULT_PRESENT_ONLY", "FAULT_RISK_TYPE_WRONG",
                                   "ASSESSMENT_INCOMPLETE"}));
  // Income alone is no ground to say that there is no risk either.
  request.set_outcome(v1::CLUE_OUTCOME_NO_RISK);
  EXPECT_THAT(Violations(screening_.AssessClue(At("2024-03-11", "cadre"), request).status()),
              Contains("FAULT_INCOME_ONLY"));
  EXPECT_EQ(Get(clue).state(), v1::CLUE_STATE_CHECKING);
}

TEST_F(ScreeningTest, OutcomesThatEndAClueLetTheNextReportOpenAnother) {
  const v1::RiskClue clue = VisitedClue("2024-03-11");
  FASSERT_OK(screening_.AssessClue(At("2024-03-11", "cadre"),
                                   AssessTo(clue, v1::CLUE_OUTCOME_RESOLVED_BY_POLICY)));
  EXPECT_EQ(Get(clue).state(), v1::CLUE_STATE_CLOSED);
  EXPECT_NE(Reported().id(), clue.id());
}

TEST_F(ScreeningTest, AlreadyMonitoredHasToBeTrue) {
  const v1::RiskClue clue = VisitedClue("2024-03-11");
  auto request = AssessTo(clue, v1::CLUE_OUTCOME_ALREADY_MONITORED);
  request.clear_assessment();
  EXPECT_THAT(screening_.AssessClue(At("2024-03-11", "cadre"), request),
              ErrorIs(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_MONITORED"));
  households_.Add({.id = kHousehold, .division = kVillage, .monitored = true});
  FEXPECT_OK(screening_.AssessClue(At("2024-03-11", "cadre"), request));
}

TEST_F(ScreeningTest, AssessmentFieldsAreRefusedWithAReason) {
  const v1::RiskClue clue = VisitedClue("2024-03-11");
  const auto with = [&](auto change) {
    auto request = AssessTo(clue, v1::CLUE_OUTCOME_TO_IDENTIFY);
    change(request);
    return screening_.AssessClue(At("2024-03-11", "cadre"), request).status();
  };
  const auto refused = [](std::string reason) {
    return ErrorIs(StatusCode::kInvalidArgument, reason);
  };
  EXPECT_THAT(with([](auto& r) { r.clear_outcome(); }), refused("OUTCOME_REQUIRED"));
  EXPECT_THAT(with([](auto& r) { r.mutable_assessment()->clear_risks(); }), refused("RISK_COUNT"));
  EXPECT_THAT(
      with([](auto& r) {
        r.mutable_assessment()->mutable_risks(0)->set_type(policy::v1::RISK_TYPE_NATURAL_DISASTER);
      }),
      refused("DISASTER_KIND"));
  EXPECT_THAT(with([](auto& r) {
                r.mutable_assessment()->mutable_risks(0)->set_type(policy::v1::RISK_TYPE_OTHER);
              }),
              refused("TEXT_REQUIRED"));
  EXPECT_THAT(with([](auto& r) { *r.mutable_assessment()->add_risks() = r.assessment().risks(0); }),
              refused("RISK_REPEATED"));
  EXPECT_THAT(with([](auto& r) { r.mutable_assessment()->mutable_judgements(3)->clear_basis(); }),
              refused("TEXT_REQUIRED"));
  EXPECT_THAT(with([](auto& r) {
                r.mutable_assessment()->mutable_judgements(3)->set_dimension(
                    r.assessment().judgements(2).dimension());
              }),
              refused("DIMENSION_REPEATED"));
}

TEST_F(ScreeningTest, TasksListByDueDayAndUpToOne) {
  const auto report = [&](const char* household, const char* day) {
    auto request = Report(v1::DISCOVERY_CHANNEL_CADRE_VISIT);
    request.set_household_id(household);
    FASSERT_OK(screening_.ReportRisk(At(day, "cadre"), request));
  };
  report(kHousehold, "2024-03-18");
  report(kOtherHousehold, "2024-03-11");
  const auto tasks = AllTasks();
  ASSERT_THAT(tasks, SizeIs(2));
  EXPECT_EQ(tasks[0].household_id(), kOtherHousehold);
  EXPECT_LT(tasks[0].due_on(), tasks[1].due_on());
  v1::ListVisitTasksRequest request;
  request.set_due_before(tasks[1].due_on());
  request.set_page_size(1);
  const auto due = screening_.ListVisitTasks(At("2024-03-20", "desk"), request);
  FASSERT_OK(due);
  ASSERT_THAT(due->tasks(), SizeIs(1));
  EXPECT_EQ(due->tasks(0).id(), tasks[0].id());
  request.set_page_token(due->next_page_token());
  const auto rest = screening_.ListVisitTasks(At("2024-03-20", "desk"), request);
  FASSERT_OK(rest);
  EXPECT_THAT(rest->tasks(), SizeIs(0));
  EXPECT_EQ(rest->next_page_token(), "");
  request.set_due_before("2024-3-1");
  EXPECT_THAT(screening_.ListVisitTasks(At("2024-03-20", "desk"), request),
              ErrorIs(StatusCode::kInvalidArgument, "DATE_FORMAT"));
}

}  // namespace
}  // namespace fangpin::screening
