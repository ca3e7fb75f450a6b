#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "services/screening/api/alert_handler.h"
#include "services/screening/api/determination_handler.h"
#include "services/screening/api/screening_handler.h"
#include "services/screening/core/core_testing.h"

namespace fangpin::screening {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using ::testing::SizeIs;

class HandlersTest : public CoreTest {
 protected:
  HandlersTest()
      : server_("screening"),
        alert_handler_(server_.runtime(), &alerts_, "secret"),
        screening_handler_(server_.runtime(), &screening_, "secret"),
        determination_handler_(server_.runtime(), &desk_, "secret") {
    server_.Start({&alert_handler_, &screening_handler_, &determination_handler_});
    alert_stub_ = v1::AlertService::NewStub(server_.channel());
    screening_stub_ = v1::ScreeningService::NewStub(server_.channel());
    determination_stub_ = v1::DeterminationService::NewStub(server_.channel());
  }

  template <typename Stub, typename Request, typename Response>
  absl::Status Call(const std::unique_ptr<Stub>& stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, const base::CallContext& as) {
    auto context = server_.Context(as.principal, as.now);
    return rpc::FromGrpc((*stub.*method)(context.get(), request, response));
  }
  absl::Status Push(const v1::PushAlertsRequest& request, const base::CallContext& as,
                    v1::PushAlertsResponse* response) {
    return Call(alert_stub_, &v1::AlertService::Stub::PushAlerts, request, response, as);
  }

  rpc::TestServer server_;
  AlertHandler alert_handler_;
  ScreeningHandler screening_handler_;
  DeterminationHandler determination_handler_;
  std::unique_ptr<v1::AlertService::Stub> alert_stub_;
  std::unique_ptr<v1::ScreeningService::Stub> screening_stub_;
  std::unique_ptr<v1::DeterminationService::Stub> determination_stub_;
};

TEST_F(HandlersTest, ADepartmentPushesAndReadsWhatBecameOfIt) {
  v1::PushAlertsResponse pushed;
  FASSERT_OK(Push(Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"},
                           {"b", "1", "123", "20240301", "大病"}}),
                  Department("2024-03-08", "health"), &pushed));
  EXPECT_EQ(pushed.results(0).answer(), v1::ALERT_ANSWER_ACCEPTED);
  EXPECT_EQ(pushed.results(1).reason(), "ID_NUMBER_LENGTH");
  Settle();
  v1::ListAlertsResponse listed;
  FASSERT_OK(Call(alert_stub_, &v1::AlertService::Stub::ListAlerts, v1::ListAlertsRequest(),
                  &listed, Department("2024-03-08", "health")));
  ASSERT_THAT(listed.alerts(), SizeIs(1));
  EXPECT_EQ(listed.alerts(0).state(), v1::ALERT_STATE_CLUE);
}

TEST_F(HandlersTest, ErrorsOfTheBatchCarryTheirDetails) {
  v1::PushAlertsResponse response;
  const auto ctx = Department("2024-03-08", "health");
  absl::Status status =
      Push(Illness(std::vector(1001, std::vector<std::string>{"a"})), ctx, &response);
  EXPECT_THAT(status, ErrorIs(StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  status = Push(Batch("severe_illness", {"bgkbh"}, {{"a"}}), ctx, &response);
  EXPECT_THAT(status, ErrorIs(StatusCode::kInvalidArgument, "COLUMN_MISSING"));
  const auto details = base::GetBadRequest(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->field_violations(0).field(), "columns");
  EXPECT_THAT(Push(Illness({{"a"}}), At("2024-03-08", "cadre", "VILLAGE_CADRE"), &response),
              ErrorIs(StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
}

TEST_F(HandlersTest, PageTokensAreOpaqueAndBoundToTheirRequest) {
  v1::PushAlertsResponse pushed;
  FASSERT_OK(Push(Illness({{"a", "1", Person(1), "20240301", "大病"},
                           {"b", "1", Person(2), "20240301", "大病"}}),
                  Department("2024-03-08", "health"), &pushed));
  const auto desk = At("2024-03-08", "desk", "COUNTY_DESK");
  v1::ListAlertsRequest request;
  request.set_page_size(1);
  v1::ListAlertsResponse page;
  const auto list = &v1::AlertService::Stub::ListAlerts;
  FASSERT_OK(Call(alert_stub_, list, request, &page, desk));
  EXPECT_EQ(page.alerts(0).source_id(), "a");
  request.set_page_token(page.next_page_token());
  FASSERT_OK(Call(alert_stub_, list, request, &page, desk));
  EXPECT_EQ(page.alerts(0).source_id(), "b");
  request.set_feed_id("employment");
  EXPECT_THAT(Call(alert_stub_, list, request, &page, desk),
              ErrorIs(StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_THAT(Call(alert_stub_, list, request, &page, desk),
              ErrorIs(StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID"));
}

TEST_F(HandlersTest, AClueGoesFromReportToApproval) {
  const auto cadre = At("2024-03-11", "cadre", "VILLAGE_CADRE");
  v1::ReportRiskRequest report;
  report.set_household_id(kHousehold);
  report.set_channel(v1::DISCOVERY_CHANNEL_FARMER_APPLICATION);
  report.set_risk(policy::v1::RISK_TYPE_ILLNESS);
  v1::ReportRiskResponse reported;
  FASSERT_OK(
      Call(screening_stub_, &v1::ScreeningService::Stub::ReportRisk, report, &reported, cadre));
  v1::RecordVisitRequest visit;
  visit.mutable_visit()->set_id("v1");
  visit.mutable_visit()->set_household_id(kHousehold);
  visit.mutable_visit()->set_task_id(reported.clue().visit_task_id());
  visit.mutable_visit()->set_visited_on("2024-03-11");
  visit.mutable_visit()->set_method(v1::VISIT_METHOD_ON_SITE);
  visit.mutable_visit()->add_visitors("甲");
  visit.mutable_visit()->set_findings("一人住院");
  v1::RecordVisitResponse visited;
  FASSERT_OK(
      Call(screening_stub_, &v1::ScreeningService::Stub::RecordVisit, visit, &visited, cadre));
  v1::GetClueRequest get;
  get.set_clue_id(reported.clue().id());
  v1::GetClueResponse got;
  FASSERT_OK(Call(screening_stub_, &v1::ScreeningService::Stub::GetClue, get, &got, cadre));
  v1::AssessClueResponse assessed;
  const auto assess = &v1::ScreeningService::Stub::AssessClue;
  auto faulty = AssessTo(got.clue(), v1::CLUE_OUTCOME_TO_IDENTIFY);
  faulty.mutable_assessment()->clear_judgements();
  const absl::Status status = Call(screening_stub_, assess, faulty, &assessed, cadre);
  EXPECT_THAT(status, ErrorIs(StatusCode::kFailedPrecondition, "ASSESSMENT_FAULTY"));
  const auto failure = base::GetPreconditionFailure(status);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->violations(0).type(), "FAULT_INCOME_ONLY");
  EXPECT_EQ(failure->violations(0).subject(), got.clue().id());
  FASSERT_OK(Call(screening_stub_, assess, AssessTo(got.clue(), v1::CLUE_OUTCOME_TO_IDENTIFY),
                  &assessed, cadre));

  v1::OpenCaseRequest open;
  open.set_clue_id(got.clue().id());
  v1::OpenCaseResponse opened;
  FASSERT_OK(
      Call(determination_stub_, &v1::DeterminationService::Stub::OpenCase, open, &opened, cadre));
  v1::RecordCaseStepRequest step;
  step.set_case_id(opened.case_().id());
  v1::RecordCaseStepResponse recorded;
  const std::pair<v1::IdentificationStep, const char*> steps[] = {
      {v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED, "2024-03-11"},
      {v1::IDENTIFICATION_STEP_AUTHORISED, "2024-03-11"},
      {v1::IDENTIFICATION_STEP_COMPARED, "2024-03-12"},
      {v1::IDENTIFICATION_STEP_REVIEWED, "2024-03-13"},
      {v1::IDENTIFICATION_STEP_PUBLICISED, "2024-03-18"}};
  for (const auto& [kind, day] : steps) {
    *step.mutable_step() = Step(kind, day);
    FASSERT_OK(Call(determination_stub_, &v1::DeterminationService::Stub::RecordCaseStep, step,
                    &recorded, At("2024-03-20", "cadre", "VILLAGE_CADRE")));
  }
  v1::ReviewCaseResponse reviewed;
  const auto review = &v1::DeterminationService::Stub::ReviewCase;
  EXPECT_THAT(Call(determination_stub_, review, Review(recorded.case_()), &reviewed,
                   At("2024-03-20", "another cadre", "VILLAGE_CADRE", kTownship)),
              ErrorIs(StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  FASSERT_OK(Call(determination_stub_, review, Review(recorded.case_()), &reviewed,
                  At("2024-03-20", "township", "TOWNSHIP_REVIEWER", kTownship)));
  v1::DecideCaseResponse decided;
  const auto decide = &v1::DeterminationService::Stub::DecideCase;
  EXPECT_THAT(Call(determination_stub_, decide, Decide(reviewed.case_(), true), &decided,
                   At("2024-03-20", "cadre", "VILLAGE_CADRE")),
              ErrorIs(StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  FASSERT_OK(Call(determination_stub_, decide, Decide(reviewed.case_(), true), &decided,
                  At("2024-03-20", "county", "COUNTY_APPROVER")));
  EXPECT_EQ(decided.case_().state(), v1::CASE_STATE_APPROVED);
}

}  // namespace
}  // namespace fangpin::screening
