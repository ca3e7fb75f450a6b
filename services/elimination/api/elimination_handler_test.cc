#include "services/elimination/api/elimination_handler.h"

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/policy/load.h"
#include "libs/records/fake_store.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/status_matchers.h"
#include "services/elimination/core/fake_neighbours.h"

namespace fangpin::elimination {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using testing::IsOk;

constexpr char kHousehold[] = "621126100200000001";

class EliminationHandlerTest : public ::testing::Test {
 protected:
  EliminationHandlerTest()
      : policy_(*policy::LoadPolicy("deploy/policy")),
        eliminations_(&store_, &households_, &plans_, &policy_.parameters, &policy_.versions,
                      [](const auto&) {}),
        server_("elimination"),
        handler_(server_.runtime(), &eliminations_, "secret") {
    households_.households[kHousehold] = SoundHousehold();
    server_.Start({&handler_});
    stub_ = v1::EliminationService::NewStub(server_.channel());
  }

  static absl::Time Noon(std::string_view day) {
    return base::StartOf(*base::ParseDay(day)) + absl::Hours(12);
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::EliminationService::Stub::*method)(grpc::ClientContext*,
                                                                         const Request&, Response*),
                    const Request& request, Response* response, const std::string& role,
                    const std::string& division = "621126000000") {
    auto context = server_.Context(rpc::TestServer::Person(role, division), Noon("2024-06-20"));
    return rpc::FromGrpc((*stub_.*method)(context.get(), request, response));
  }

  policy::PolicyData policy_;
  records::FakeStore store_;
  FakeHouseholds households_;
  FakePlans plans_;
  Eliminations eliminations_;
  rpc::TestServer server_;
  EliminationHandler handler_;
  std::unique_ptr<v1::EliminationService::Stub> stub_;
};

TEST_F(EliminationHandlerTest, ProposesAndListsWithPages) {
  v1::ProposeEliminationRequest propose;
  propose.set_household_id(kHousehold);
  propose.set_mode(policy::v1::ELIMINATION_MODE_BY_ASSISTANCE);
  v1::ProposeEliminationResponse proposed;
  ASSERT_THAT(
      Call(&v1::EliminationService::Stub::ProposeElimination, propose, &proposed, "COUNTY_DESK"),
      IsOk());
  EXPECT_EQ(proposed.elimination().proposed_on(), "2024-06-20");

  v1::ListEliminationsRequest list;
  list.set_division("621126000000");
  list.set_page_size(1);
  v1::ListEliminationsResponse listed;
  ASSERT_THAT(Call(&v1::EliminationService::Stub::ListEliminations, list, &listed, "COUNTY_DESK"),
              IsOk());
  ASSERT_EQ(listed.eliminations_size(), 1);
  EXPECT_EQ(listed.next_page_token(), "");
  list.set_page_token("made up");
  EXPECT_THAT(Call(&v1::EliminationService::Stub::ListEliminations, list, &listed, "COUNTY_DESK"),
              ErrorIs(StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(EliminationHandlerTest, HoldsTravelAsPreconditionViolations) {
  v1::ProposeEliminationRequest propose;
  propose.set_household_id(kHousehold);
  propose.set_mode(policy::v1::ELIMINATION_MODE_BY_ASSISTANCE);
  v1::ProposeEliminationResponse proposed;
  ASSERT_THAT(
      Call(&v1::EliminationService::Stub::ProposeElimination, propose, &proposed, "COUNTY_DESK"),
      IsOk());
  v1::DecideEliminationRequest decide;
  decide.set_elimination_id(proposed.elimination().id());
  decide.set_etag(proposed.elimination().etag());
  decide.set_approve(true);
  v1::DecideEliminationResponse decided;
  const absl::Status refused =
      Call(&v1::EliminationService::Stub::DecideElimination, decide, &decided, "COUNTY_APPROVER");
  ASSERT_THAT(refused, ErrorIs(StatusCode::kFailedPrecondition, "ELIMINATION_HELD"));
  google::rpc::PreconditionFailure failure;
  ASSERT_TRUE(failure.ParseFromString(
      std::string(*refused.GetPayload("type.googleapis.com/google.rpc.PreconditionFailure"))));
  ASSERT_EQ(failure.violations_size(), 3);
  EXPECT_EQ(failure.violations(0).type(), "HOLD_INCOME_OR_EXPENDITURE_UNRESOLVED");
  EXPECT_EQ(failure.violations(1).type(), "HOLD_NO_PLAN_IMPLEMENTED");
  EXPECT_EQ(failure.violations(2).type(), "HOLD_PROCEDURE_INCOMPLETE");
  EXPECT_EQ(failure.violations(0).subject(), proposed.elimination().id());
  EXPECT_THAT(failure.violations(2).description(),
              ::testing::HasSubstr("一看二算三核四评议五公示"));
}

TEST_F(EliminationHandlerTest, RolesAndDivisionsAreHeld) {
  v1::DecideEliminationRequest decide;
  decide.set_elimination_id("621126-00000000000000000000000000");
  v1::DecideEliminationResponse decided;
  EXPECT_THAT(
      Call(&v1::EliminationService::Stub::DecideElimination, decide, &decided, "VILLAGE_CADRE"),
      ErrorIs(StatusCode::kPermissionDenied, "PERMISSION_MISSING"));
  v1::ListEliminationsRequest list;
  list.set_division("621121000000");
  v1::ListEliminationsResponse listed;
  EXPECT_THAT(Call(&v1::EliminationService::Stub::ListEliminations, list, &listed, "COUNTY_DESK"),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

}  // namespace
}  // namespace fangpin::elimination
