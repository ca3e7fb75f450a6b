#include "services/assistance/api/assistance_handler.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/base/error_details.h"
#include "libs/policy/load.h"
#include "libs/records/fake_store.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/status_matchers.h"
#include "services/assistance/core/fake_households.h"

namespace fangpin::assistance {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using Stub = v1::AssistanceService::Stub;

constexpr char kHousehold[] = "621126100200000001";
constexpr char kCounty[] = "621126000000";

class AssistanceHandlerTest : public ::testing::Test {
 protected:
  AssistanceHandlerTest()
      : policy_(*policy::LoadPolicy("deploy/policy")),
        plans_(&store_, &households_, &policy_.parameters, [](const auto&) {}),
        server_("assistance"),
        handler_(server_.runtime(), &plans_, "secret") {
    households_.households[kHousehold] = IllHousehold(kHousehold);
    server_.Start({&handler_});
    stub_ = v1::AssistanceService::NewStub(server_.channel());
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response, const base::Principal& caller,
                    std::string_view day = "2024-03-20") {
    auto context = server_.Context(caller, base::StartOf(*base::ParseDay(day)) + absl::Hours(12));
    return rpc::FromGrpc((*stub_.*method)(context.get(), request, response));
  }
  static base::Principal Person(std::string subject, std::string role,
                                std::string division = kCounty) {
    base::Principal person = rpc::TestServer::Person(std::move(role), std::move(division));
    person.subject = std::move(subject);
    return person;
  }

  policy::PolicyData policy_;
  records::FakeStore store_;
  FakeHouseholds households_;
  Plans plans_;
  rpc::TestServer server_;
  AssistanceHandler handler_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(AssistanceHandlerTest, PlanGoesFromDraftToEffect) {
  const base::Principal cadre = Person("cadre", "VILLAGE_CADRE", "621126100200");
  v1::DraftPlanRequest draft;
  draft.set_household_id(kHousehold);
  v1::DraftPlanResponse drafted;
  FASSERT_OK(Call(&Stub::DraftPlan, draft, &drafted, cadre));

  v1::UpdatePlanResponse updated;
  FASSERT_OK(Call(&Stub::UpdatePlan, SoundContent(drafted.plan()), &updated, cadre));
  v1::SubmitPlanRequest submit;
  submit.set_plan_id(updated.plan().id());
  submit.set_etag(updated.plan().etag());
  v1::SubmitPlanResponse submitted;
  FASSERT_OK(Call(&Stub::SubmitPlan, submit, &submitted, cadre));

  v1::ReviewPlanRequest review;
  review.set_plan_id(updated.plan().id());
  review.set_agree(true);
  review.set_etag(submitted.plan().etag());
  v1::ReviewPlanResponse reviewed;
  EXPECT_THAT(Call(&Stub::ReviewPlan, review, &reviewed, cadre),
              ErrorIs(StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  FASSERT_OK(Call(&Stub::ReviewPlan, review, &reviewed,
                  Person("township", "TOWNSHIP_REVIEWER", "621126100000")));
  review.set_etag(reviewed.plan().etag());
  FASSERT_OK(Call(&Stub::ReviewPlan, review, &reviewed, Person("county", "COUNTY_APPROVER")));
  EXPECT_EQ(reviewed.plan().state(), v1::PLAN_STATE_IN_FORCE);

  v1::RecordMeasureRequest measure;
  measure.set_plan_id(updated.plan().id());
  measure.set_measure_id("m1");
  measure.set_carried_out_on("2024-04-01");
  v1::RecordMeasureResponse carried_out;
  FASSERT_OK(Call(&Stub::RecordMeasure, measure, &carried_out, cadre, "2024-04-02"));
  v1::RecordEffectRequest effect;
  effect.set_plan_id(updated.plan().id());
  effect.set_measure_id("m1");
  effect.mutable_effect()->set_evaluated_on("2024-05-10");
  effect.mutable_effect()->set_result(v1::EFFECT_RESULT_CLEAR);
  effect.mutable_effect()->set_basis("入户核实");
  v1::RecordEffectResponse judged;
  FASSERT_OK(Call(&Stub::RecordEffect, effect, &judged, cadre, "2024-05-10"));
  EXPECT_EQ(judged.plan().measures(0).effects(0).evaluator(), "cadre");

  v1::GetPlanRequest get;
  get.set_plan_id(updated.plan().id());
  v1::GetPlanResponse got;
  FASSERT_OK(Call(&Stub::GetPlan, get, &got, cadre));
  EXPECT_EQ(got.plan().measures(0).carried_out_on(), "2024-04-01");
  EXPECT_EQ(got.plan().measures(0).responsible_person(), "赵一");
  // Viewers without the right to see persons get the plan without them.
  FASSERT_OK(Call(&Stub::GetPlan, get, &got, Person("viewer", "PREFECTURE_VIEWER")));
  EXPECT_NE(got.plan().measures(0).responsible_person(), "赵一");
  EXPECT_EQ(got.plan().needs(0).text(), "");
}

TEST_F(AssistanceHandlerTest, DefectsTravelAsPreconditionViolations) {
  const base::Principal cadre = Person("cadre", "VILLAGE_CADRE", "621126100200");
  v1::DraftPlanRequest draft;
  draft.set_household_id(kHousehold);
  v1::DraftPlanResponse drafted;
  FASSERT_OK(Call(&Stub::DraftPlan, draft, &drafted, cadre));
  v1::SubmitPlanRequest submit;
  submit.set_plan_id(drafted.plan().id());
  submit.set_etag(drafted.plan().etag());
  v1::SubmitPlanResponse submitted;
  const absl::Status refused = Call(&Stub::SubmitPlan, submit, &submitted, cadre);
  ASSERT_THAT(refused, ErrorIs(StatusCode::kFailedPrecondition, "PLAN_HAS_DEFECTS"));
  const auto failure = base::GetPreconditionFailure(refused);
  ASSERT_TRUE(failure.has_value());
  ASSERT_EQ(failure->violations_size(), 4);
  EXPECT_EQ(failure->violations(0).type(), "RISK_ANALYSIS_INADEQUATE");
  EXPECT_EQ(failure->violations(0).subject(), drafted.plan().id());
  EXPECT_THAT(failure->violations(0).description(), ::testing::HasSubstr("风险分析不到位"));

  v1::EvaluatePlanRequest evaluate;
  evaluate.set_plan_id(drafted.plan().id());
  v1::EvaluatePlanResponse evaluated;
  FASSERT_OK(Call(&Stub::EvaluatePlan, evaluate, &evaluated, cadre));
  EXPECT_EQ(evaluated.findings_size(), static_cast<int>(kPlanRules.size()));
}

TEST_F(AssistanceHandlerTest, ListsInPagesBoundToTheirFilter) {
  for (const char* id : {"621126100200000001", "621126100200000002", "621126100200000003"}) {
    households_.households[id] = IllHousehold(id);
    v1::DraftPlanRequest draft;
    draft.set_household_id(id);
    v1::DraftPlanResponse drafted;
    FASSERT_OK(Call(&Stub::DraftPlan, draft, &drafted, Person("desk", "COUNTY_DESK")));
  }
  v1::ListPlansRequest list;
  list.set_division(kCounty);
  list.set_page_size(2);
  v1::ListPlansResponse page;
  FASSERT_OK(Call(&Stub::ListPlans, list, &page, Person("desk", "COUNTY_DESK")));
  EXPECT_EQ(page.plans_size(), 2);
  ASSERT_NE(page.next_page_token(), "");
  list.set_page_token(page.next_page_token());
  FASSERT_OK(Call(&Stub::ListPlans, list, &page, Person("desk", "COUNTY_DESK")));
  EXPECT_EQ(page.plans_size(), 1);
  EXPECT_EQ(page.next_page_token(), "");
  list.add_states(v1::PLAN_STATE_DRAFT);
  EXPECT_THAT(Call(&Stub::ListPlans, list, &page, Person("desk", "COUNTY_DESK")),
              ErrorIs(StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
  list.set_division("621121000000");
  EXPECT_THAT(Call(&Stub::ListPlans, list, &page, Person("desk", "COUNTY_DESK")),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

}  // namespace
}  // namespace fangpin::assistance
