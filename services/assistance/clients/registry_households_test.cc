#include "services/assistance/clients/registry_households.h"

#include <string>
#include <vector>

#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/rpc/method.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::assistance {
namespace {

namespace pb = ::fangpin::registry::v1;
using testing::EqualsProto;
using ::testing::SizeIs;

constexpr char kRecord[] = R"pb(
  id: "621126100200000001"
  division: "621126100200"
  revision: 7
  update_time { seconds: 1710864000 }  # 2024-03-20 00:00 in China
  members {
    labour_capacity: LABOUR_CAPACITY_ORDINARY
    membership { active: true }
  }
  members {
    labour_capacity: LABOUR_CAPACITY_WEAK
    membership { active: true }
  }
  members {
    labour_capacity: LABOUR_CAPACITY_NONE
    membership { active: true }
  }
  members { membership { active: true } }
  members {
    labour_capacity: LABOUR_CAPACITY_SKILLED
    membership { active: false }
  }
  monitoring {
    state: MONITORING_STATE_MONITORED
    category: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE
    determined_on: "2024-03"
    risks { type: RISK_TYPE_ILLNESS }
  }
  safeguards { safeguard: SAFEGUARD_COMPULSORY_EDUCATION state: SAFEGUARD_STATE_SECURED }
  safeguards { safeguard: SAFEGUARD_BASIC_MEDICAL_CARE state: SAFEGUARD_STATE_NOT_SECURED }
  safeguards { safeguard: SAFEGUARD_HOUSING_SAFETY state: SAFEGUARD_STATE_UNKNOWN }
  income { per_capita_reference_fen: 0 }
  helper { name: "赵一" unit: "县医院" }
  reported_measures { category: MEASURE_CATEGORY_HEALTH text: " 医疗救助 " }
)pb";

pb::Household Record() {
  pb::Household record;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kRecord, &record));
  return record;
}

TEST(FromRegistry, CarriesOverWhatIsOnRecordAndNothingElse) {
  const Household household = FromRegistry(Record());
  EXPECT_THAT(household.facts,
              EqualsProto(R"pb(household_revision: 7
                               monitoring_state: MONITORING_STATE_MONITORED
                               category: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE
                               determined_on: "2024-03"
                               risks { type: RISK_TYPE_ILLNESS }
                               population: 4
                               labour_population: 2
                               labour_unknown: 1
                               per_capita_reference_fen: 0
                               open_safeguards: SAFEGUARD_BASIC_MEDICAL_CARE
                               open_safeguards: SAFEGUARD_HOUSING_SAFETY
                               open_safeguards: SAFEGUARD_DRINKING_WATER_SAFETY)pb"));
  EXPECT_EQ(household.safeguards.at(Safeguard::kCompulsoryEducation), SafeguardState::kSecured);
  EXPECT_EQ(household.safeguards.at(Safeguard::kHousingSafety), SafeguardState::kUnknown);
  EXPECT_FALSE(household.safeguards.contains(Safeguard::kDrinkingWaterSafety));
  EXPECT_EQ(household.changed_on, absl::CivilDay(2024, 3, 20));
  EXPECT_EQ(household.helper_unit, "县医院");
  ASSERT_THAT(household.reported_measures, SizeIs(1));
  EXPECT_EQ(household.reported_measures[0].item(), "医疗救助");
}

TEST(FromRegistry, LongReportedMeasureIsCutBetweenCharacters) {
  pb::Household record = Record();
  std::string text;
  for (int i = 0; i < 61; ++i) text += "助";
  record.mutable_reported_measures(0)->set_text(text);
  const Household household = FromRegistry(record);
  EXPECT_EQ(household.reported_measures[0].item().size(), 60 * std::string("助").size());
}

// A registry with one household.
class OneHouseholdRegistry final : public pb::RegistryService::CallbackService {
 public:
  explicit OneHouseholdRegistry(rpc::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetHousehold(grpc::CallbackServerContext* context,
                                         const pb::GetHouseholdRequest* request,
                                         pb::GetHouseholdResponse* response) override {
    return get_.Run(context, request, response,
                    [this](const base::CallContext&,
                           const auto& q) -> absl::StatusOr<pb::GetHouseholdResponse> {
                      if (q.household_id() != record.id()) {
                        return base::Error(absl::StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND",
                                           "农户不存在");
                      }
                      pb::GetHouseholdResponse found;
                      *found.mutable_household() = record;
                      return found;
                    });
  }
  grpc::ServerUnaryReactor* TransitionMonitoring(
      grpc::CallbackServerContext* context, const pb::TransitionMonitoringRequest* request,
      pb::TransitionMonitoringResponse* response) override {
    return transition_.Run(
        context, request, response,
        [this](const base::CallContext&,
               const auto& q) -> absl::StatusOr<pb::TransitionMonitoringResponse> {
          transitions.push_back(q);
          record.mutable_monitoring()->set_state(q.to_state());
          return pb::TransitionMonitoringResponse();
        });
  }

  pb::Household record = Record();
  std::vector<pb::TransitionMonitoringRequest> transitions;

 private:
  rpc::Runtime& runtime_;
  rpc::Method<pb::GetHouseholdRequest, pb::GetHouseholdResponse> get_{
      runtime_, "fangpin.registry.v1.RegistryService", "GetHousehold"};
  rpc::Method<pb::TransitionMonitoringRequest, pb::TransitionMonitoringResponse> transition_{
      runtime_, "fangpin.registry.v1.RegistryService", "TransitionMonitoring"};
};

class RegistryHouseholdsTest : public ::testing::Test {
 protected:
  RegistryHouseholdsTest() : server_("registry"), registry_(server_.runtime()) {
    server_.Start({&registry_});
    households_ = std::make_unique<RegistryHouseholds>(server_.NeighbourFor("assistance"));
    ctx_.principal.subject = "county";
    ctx_.request_id = "r1";
    ctx_.now = absl::FromUnixSeconds(1'711'000'000);
  }

  rpc::TestServer server_;
  OneHouseholdRegistry registry_;
  std::unique_ptr<RegistryHouseholds> households_;
  base::CallContext ctx_;
};

TEST_F(RegistryHouseholdsTest, ReadsTheHouseholdAndPassesErrorsOn) {
  FASSERT_OK_AND_ASSIGN(const Household household, households_->Get(ctx_, "621126100200000001"));
  EXPECT_EQ(household.division, "621126100200");
  EXPECT_THAT(households_->Get(ctx_, "621126100200000002"),
              testing::ErrorIs(absl::StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

TEST_F(RegistryHouseholdsTest, BringsAMonitoredHouseholdUnderAssistanceOnce) {
  v1::HouseholdPlan plan;
  plan.set_id("621126-01HS");
  plan.set_household_id("621126100200000001");
  plan.set_version(1);
  plan.set_in_force_on("2024-03-22");
  FASSERT_OK(households_->BringUnderAssistance(ctx_, plan));
  FASSERT_OK(households_->BringUnderAssistance(ctx_, plan));
  ASSERT_THAT(registry_.transitions, SizeIs(1));
  EXPECT_THAT(registry_.transitions[0],
              EqualsProto(R"pb(household_id: "621126100200000001"
                               to_state: MONITORING_STATE_UNDER_ASSISTANCE
                               effective_on: "2024-03-22"
                               decided_by: "621126-01HS"
                               reason: "“一户一策”帮扶计划第1版审定执行")pb"));
}

}  // namespace
}  // namespace fangpin::assistance
