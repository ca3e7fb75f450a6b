#include "services/registry/api/registry_handler.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fangpin/registry/v1/division_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/api/division_handler.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/import_worker.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::ErrorIs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

// The registry behind real gRPC, on the fake store.
class RegistryApiTest : public ::testing::Test {
 protected:
  RegistryApiTest() {
    server_.Start({&registry_handler_, &division_handler_});
    stub_ = pb::RegistryService::NewStub(server_.channel());
    division_stub_ = v1::DivisionService::NewStub(server_.channel());
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (pb::RegistryService::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                    const Request& request, Response* response,
                    const base::Principal& principal = Desk()) {
    const auto context = server_.Context(principal, TestContext().now);
    return rpc::FromGrpc((*stub_.*method)(context.get(), request, response));
  }

  static base::Principal Desk() { return rpc::TestServer::Person("COUNTY_DESK", kCounty); }

  pb::Household Create(const pb::Household& household) {
    pb::CreateHouseholdRequest request;
    *request.mutable_household() = household;
    pb::CreateHouseholdResponse response;
    const absl::Status status =
        Call(&pb::RegistryService::Stub::CreateHousehold, request, &response);
    EXPECT_TRUE(status.ok()) << status;
    return response.household();
  }

  DivisionTree tree_ = TestDivisions();
  FakeStore store_;
  rpc::TestServer server_{"registry"};
  RegistryMetrics metrics_{server_.runtime().metrics()};
  base::SystemClock clock_;
  ImportWorker worker_{&store_, &tree_, &metrics_, &clock_};
  Registry registry_{&store_, &tree_, &metrics_};
  Imports imports_{&store_, &tree_, [this] { EXPECT_TRUE(worker_.RunPending().ok()); }};
  Divisions divisions_{&tree_};
  Villages villages_{&store_};
  Feed feed_{&store_};
  Exports exports_{&store_, &feed_, &tree_};
  RegistryHandler registry_handler_{
      server_.runtime(), &registry_, &feed_, &imports_, &exports_, "secret", rpc::RunMode::kInline};
  DivisionHandler division_handler_{server_.runtime(), &divisions_, &villages_, "secret"};
  std::unique_ptr<pb::RegistryService::Stub> stub_;
  std::unique_ptr<v1::DivisionService::Stub> division_stub_;
};

TEST_F(RegistryApiTest, FieldViolationsReachTheClient) {
  pb::CreateHouseholdRequest request;
  *request.mutable_household() = TestHousehold({1, 3});
  std::string& number = *request.mutable_household()->mutable_members(1)->mutable_id_number();
  number.back() = number.back() == '0' ? '1' : '0';
  pb::CreateHouseholdResponse response;
  const absl::Status status = Call(&pb::RegistryService::Stub::CreateHousehold, request, &response);
  EXPECT_THAT(status, ErrorIs(StatusCode::kInvalidArgument, "ID_NUMBER_CHECK_DIGIT"));
  std::map<std::string, std::string> violations;
  ASSERT_TRUE(base::GetBadRequest(status).has_value());
  const auto bad = *base::GetBadRequest(status);
  for (const auto& v : bad.field_violations()) violations[v.field()] = v.reason();
  EXPECT_THAT(violations,
              ElementsAre(Pair("household.members[1].id_number", "ID_NUMBER_CHECK_DIGIT")));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr(number)));
}

TEST_F(RegistryApiTest, ErrorInfoReachesTheClient) {
  pb::GetHouseholdRequest request;
  request.set_household_id("621126200201000009");
  pb::GetHouseholdResponse response;
  const absl::Status status = Call(&pb::RegistryService::Stub::GetHousehold, request, &response);
  EXPECT_THAT(status, ErrorIs(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_EQ(base::GetErrorInfo(status)->domain(), "registry.fangpin");
  EXPECT_EQ(base::GetResourceInfo(status)->resource_name(), "621126200201000009");
}

TEST_F(RegistryApiTest, AStepOutOfOrderIsAPreconditionFailure) {
  const pb::Household created = Create(TestHousehold({1}));
  pb::TransitionMonitoringRequest request;
  request.set_household_id(created.id());
  request.set_to_state(policy::v1::MONITORING_STATE_UNDER_ASSISTANCE);
  request.set_effective_on("2024-06-01");
  request.set_decided_by("plan-1");
  pb::TransitionMonitoringResponse response;
  const absl::Status status = Call(&pb::RegistryService::Stub::TransitionMonitoring, request,
                                   &response, rpc::TestServer::Person("SERVICE", "620000000000"));
  EXPECT_THAT(status,
              ErrorIs(StatusCode::kFailedPrecondition, "MONITORING_TRANSITION_NOT_ALLOWED"));
  EXPECT_THAT(base::GetPreconditionFailure(status)->violations(), SizeIs(1));
}

TEST_F(RegistryApiTest, TheDeskDoesNotMoveMonitoringStates) {
  pb::TransitionMonitoringResponse response;
  EXPECT_THAT(Call(&pb::RegistryService::Stub::TransitionMonitoring,
                   pb::TransitionMonitoringRequest(), &response),
              testing::StatusIs(StatusCode::kPermissionDenied));
}

TEST_F(RegistryApiTest, ViewersSeeMaskedPeople) {
  pb::Household sent = TestHousehold({1});
  sent.set_phone("13893212345");
  sent.set_address("上街12号");
  const pb::Household created = Create(sent);
  EXPECT_EQ(created.members(0).id_number(), TestIdNumber(1));
  pb::GetHouseholdRequest request;
  request.set_household_id(created.id());
  pb::GetHouseholdResponse response;
  FASSERT_OK(Call(&pb::RegistryService::Stub::GetHousehold, request, &response,
                  rpc::TestServer::Person("PROVINCE_VIEWER", "620000000000")));
  const pb::Household& seen = response.household();
  EXPECT_EQ(seen.id(), created.id());
  EXPECT_EQ(seen.phone(), "138****2345");
  EXPECT_EQ(seen.address(), "");
  EXPECT_THAT(seen.members(0).id_number(), Not(HasSubstr("19800312")));
  EXPECT_NE(seen.members(0).name(), created.members(0).name());
}

TEST_F(RegistryApiTest, ListsAreCutIntoPages) {
  for (int i = 0; i < 5; ++i) Create(TestHousehold({2 * i + 1}, "H" + std::to_string(i)));
  pb::ListHouseholdsRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    pb::ListHouseholdsResponse response;
    FASSERT_OK(Call(&pb::RegistryService::Stub::ListHouseholds, request, &response));
    EXPECT_LE(response.households_size(), 2);
    for (const auto& h : response.households()) seen.push_back(h.national_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, ElementsAre("H0", "H1", "H2", "H3", "H4"));
  request.set_page_token("forged");
  pb::ListHouseholdsResponse response;
  EXPECT_THAT(Call(&pb::RegistryService::Stub::ListHouseholds, request, &response),
              ErrorIs(StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(RegistryApiTest, AFileGoesInByPieces) {
  pb::CreateImportRequest create;
  create.mutable_import()->set_division(kCounty);
  create.mutable_import()->set_file_name("户信息.csv");
  create.mutable_import()->set_mode(pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
  pb::CreateImportResponse created;
  FASSERT_OK(Call(&pb::RegistryService::Stub::CreateImport, create, &created));
  const std::string csv =
      "户信息\n\n县,乡,村,户编号,户类型,姓名,证件号码,与户主关系,劳动技能\n"
      "岷县,秦许乡,西川村,H1,一般农户,测试甲," +
      TestIdNumber(1) +
      ",户主,普通劳动力\n"
      "岷县,秦许乡,西川村,H2,一般农户,测试乙," +
      TestIdNumber(3) + ",之子,普通劳动力\n";
  pb::UploadImportChunkRequest chunk;
  chunk.set_import_id(created.import().id());
  chunk.set_data(csv);
  pb::UploadImportChunkResponse uploaded;
  FASSERT_OK(Call(&pb::RegistryService::Stub::UploadImportChunk, chunk, &uploaded));
  EXPECT_EQ(uploaded.received_bytes(), static_cast<int64_t>(csv.size()));
  pb::RunImportRequest run;
  run.set_import_id(created.import().id());
  pb::RunImportResponse running;
  FASSERT_OK(Call(&pb::RegistryService::Stub::RunImport, run, &running));
  pb::GetImportRequest get;
  get.set_import_id(created.import().id());
  pb::GetImportResponse got;
  FASSERT_OK(Call(&pb::RegistryService::Stub::GetImport, get, &got));
  EXPECT_EQ(got.import().state(), pb::IMPORT_STATE_SUCCEEDED);
  EXPECT_EQ(got.import().households_created(), 1);
  pb::ListImportErrorsRequest list;
  list.set_import_id(created.import().id());
  pb::ListImportErrorsResponse errors;
  FASSERT_OK(Call(&pb::RegistryService::Stub::ListImportErrors, list, &errors));
  ASSERT_THAT(errors.errors(), SizeIs(1));
  EXPECT_EQ(errors.errors(0).row(), 5);
  EXPECT_EQ(errors.errors(0).reason(), "HOUSEHOLD_WITHOUT_HEAD");
  EXPECT_EQ(errors.errors(0).national_household_id(), "H2");
}

TEST_F(RegistryApiTest, DivisionsAreThereForEverybody) {
  const auto viewer = rpc::TestServer::Person("OPERATOR", kOtherCounty);
  v1::ListDivisionsRequest request;
  request.set_parent_code(kCounty);
  v1::ListDivisionsResponse response;
  auto context = server_.Context(viewer);
  FASSERT_OK(rpc::FromGrpc(division_stub_->ListDivisions(context.get(), request, &response)));
  ASSERT_THAT(response.divisions(), SizeIs(1));
  EXPECT_EQ(response.divisions(0).name(), "秦许乡");
  request.set_recursive(true);
  request.set_page_size(2);
  context = server_.Context(viewer);
  FASSERT_OK(rpc::FromGrpc(division_stub_->ListDivisions(context.get(), request, &response)));
  EXPECT_THAT(response.divisions(), SizeIs(2));
  request.set_page_token(response.next_page_token());
  context = server_.Context(viewer);
  FASSERT_OK(rpc::FromGrpc(division_stub_->ListDivisions(context.get(), request, &response)));
  ASSERT_THAT(response.divisions(), SizeIs(1));
  EXPECT_EQ(response.divisions(0).code(), kOtherVillage);
  EXPECT_THAT(response.next_page_token(), IsEmpty());
  v1::GetDivisionRequest get;
  get.set_code("621126999000");
  v1::GetDivisionResponse got;
  context = server_.Context(viewer);
  EXPECT_THAT(rpc::FromGrpc(division_stub_->GetDivision(context.get(), get, &got)),
              ErrorIs(StatusCode::kNotFound, "DIVISION_NOT_FOUND"));
}

TEST_F(RegistryApiTest, APageTokenIsForItsFilterAlone) {
  for (int i = 0; i < 3; ++i) Create(TestHousehold({2 * i + 1}, "H" + std::to_string(i)));
  pb::ListHouseholdsRequest request;
  request.set_page_size(1);
  request.mutable_filter()->set_member_name("测试甲");
  pb::ListHouseholdsResponse response;
  FASSERT_OK(Call(&pb::RegistryService::Stub::ListHouseholds, request, &response));
  ASSERT_FALSE(response.next_page_token().empty());
  request.set_page_token(response.next_page_token());
  request.set_page_size(2);  // may change from page to page
  FASSERT_OK(Call(&pb::RegistryService::Stub::ListHouseholds, request, &response));
  EXPECT_THAT(response.households(), SizeIs(2));
  for (const auto& change : std::vector<std::function<void(pb::HouseholdFilter*)>>{
           [](auto* f) { f->set_division(kCounty); },
           [](auto* f) { f->add_states(policy::v1::MONITORING_STATE_MONITORED); },
           [](auto* f) { f->add_flags(pb::HOUSEHOLD_FLAG_DIBAO); },
           [](auto* f) { f->set_include_closed(true); }, [](auto* f) { f->clear_member_name(); }}) {
    pb::ListHouseholdsRequest other = request;
    change(other.mutable_filter());
    EXPECT_THAT(Call(&pb::RegistryService::Stub::ListHouseholds, other, &response),
                ErrorIs(StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"))
        << other.ShortDebugString();
  }
}

TEST_F(RegistryApiTest, CountsAreOfTheCallersDivisionAndAudited) {
  Create(TestHousehold({1, 3}));
  pb::CountHouseholdsRequest request;
  request.mutable_filter()->set_division(kCounty);
  request.add_group_by(pb::COUNT_BY_CHILD_DIVISION);
  pb::CountHouseholdsResponse response;
  FASSERT_OK(Call(&pb::RegistryService::Stub::CountHouseholds, request, &response));
  ASSERT_THAT(response.counts(), SizeIs(1));
  EXPECT_EQ(response.counts(0).division(), "621126200000");
  EXPECT_EQ(response.counts(0).persons(), 2);
  EXPECT_THAT(server_.audit(), Contains(HasSubstr("CountHouseholds OK")));
  request.mutable_filter()->set_division(kOtherCounty);
  EXPECT_THAT(Call(&pb::RegistryService::Stub::CountHouseholds, request, &response),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  request.mutable_filter()->set_division("6211");
  EXPECT_THAT(Call(&pb::RegistryService::Stub::CountHouseholds, request, &response),
              ErrorIs(StatusCode::kInvalidArgument, "DIVISION_LENGTH"));
}

TEST_F(RegistryApiTest, ImportsAndRevisionsElsewhereAreNotListed) {
  const base::Principal elsewhere = rpc::TestServer::Person("COUNTY_DESK", kOtherCounty);
  pb::ListRevisionsRequest revisions;
  revisions.set_household_id(Create(TestHousehold({1})).id());
  pb::ListRevisionsResponse listed;
  EXPECT_THAT(Call(&pb::RegistryService::Stub::ListRevisions, revisions, &listed, elsewhere),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  pb::CreateImportRequest create;
  create.mutable_import()->set_division(kCounty);
  create.mutable_import()->set_mode(pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
  pb::CreateImportResponse created;
  FASSERT_OK(Call(&pb::RegistryService::Stub::CreateImport, create, &created));
  pb::ListImportErrorsRequest errors;
  errors.set_import_id(created.import().id());
  pb::ListImportErrorsResponse found;
  FEXPECT_OK(Call(&pb::RegistryService::Stub::ListImportErrors, errors, &found));
  EXPECT_THAT(Call(&pb::RegistryService::Stub::ListImportErrors, errors, &found, elsewhere),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

TEST_F(RegistryApiTest, CodesAreMappedForEverybody) {
  v1::MapDivisionRequest request;
  request.set_code(kVillage);
  request.set_from_day("2020-01-01");
  v1::MapDivisionResponse response;
  const auto context = server_.Context(rpc::TestServer::Person("OPERATOR", kOtherCounty));
  FASSERT_OK(rpc::FromGrpc(division_stub_->MapDivision(context.get(), request, &response)));
  ASSERT_THAT(response.divisions(), SizeIs(1));
  EXPECT_EQ(response.divisions(0).code(), kVillage);
}

TEST_F(RegistryApiTest, WritesLeaveATrace) {
  Create(TestHousehold({1}));
  EXPECT_THAT(server_.audit(), Contains(HasSubstr("CreateHousehold OK")));
}

}  // namespace
}  // namespace fangpin::registry
