#include "services/screening/clients/registry_households.h"

#include "gtest/gtest.h"

namespace fangpin::screening {
namespace {

namespace pb = ::fangpin::registry::v1;
namespace words = ::fangpin::policy::v1;

pb::Household Record() {
  pb::Household record;
  record.set_id("621126100201000001");
  record.set_division("621126100201");
  record.set_kind(words::HOUSEHOLD_KIND_LIFTED_OUT);
  record.mutable_monitoring()->set_state(words::MONITORING_STATE_NOT_MONITORED);
  for (const words::Safeguard safeguard :
       {words::SAFEGUARD_COMPULSORY_EDUCATION, words::SAFEGUARD_BASIC_MEDICAL_CARE,
        words::SAFEGUARD_HOUSING_SAFETY, words::SAFEGUARD_DRINKING_WATER_SAFETY}) {
    pb::SafeguardStatus& status = *record.add_safeguards();
    status.set_safeguard(safeguard);
    status.set_state(words::SAFEGUARD_STATE_SECURED);
  }
  return record;
}

TEST(FromRegistryTest, TakesWhatDeterminationNeeds) {
  pb::Household record = Record();
  record.mutable_income()->set_net_income_fen(2'400'000);
  record.mutable_income()->set_per_capita_net_fen(600'000);
  const HouseholdFile file = FromRegistry(record);
  EXPECT_EQ(file.id, "621126100201000001");
  EXPECT_EQ(file.division, "621126100201");
  EXPECT_EQ(file.kind, HouseholdKind::kLiftedOut);
  EXPECT_FALSE(file.monitored);
  EXPECT_EQ(file.safeguards_secured, true);
  EXPECT_EQ(file.net_income_fen, 2'400'000);
  EXPECT_EQ(file.per_capita_net_fen, 600'000);
  EXPECT_EQ(file.previous_per_capita_net_fen, std::nullopt);
}

TEST(FromRegistryTest, ASafeguardNotOnRecordIsNotSecured) {
  pb::Household record = Record();
  record.mutable_safeguards()->RemoveLast();
  EXPECT_EQ(FromRegistry(record).safeguards_secured, std::nullopt);
  record.mutable_safeguards(0)->set_state(words::SAFEGUARD_STATE_UNKNOWN);
  EXPECT_EQ(FromRegistry(record).safeguards_secured, std::nullopt);
  record.mutable_safeguards(1)->set_state(words::SAFEGUARD_STATE_NOT_SECURED);
  EXPECT_EQ(FromRegistry(record).safeguards_secured, false);
}

TEST(FromRegistryTest, AnEliminatedHouseholdIsMonitoredNoLonger) {
  pb::Household record = Record();
  const auto monitored = [&](words::MonitoringState state) {
    record.mutable_monitoring()->set_state(state);
    return FromRegistry(record).monitored;
  };
  EXPECT_TRUE(monitored(words::MONITORING_STATE_MONITORED));
  EXPECT_TRUE(monitored(words::MONITORING_STATE_UNDER_ASSISTANCE));
  EXPECT_TRUE(monitored(words::MONITORING_STATE_ELIMINATION_PROPOSED));
  EXPECT_FALSE(monitored(words::MONITORING_STATE_ELIMINATED));
  EXPECT_FALSE(monitored(words::MONITORING_STATE_UNSPECIFIED));
}

}  // namespace
}  // namespace fangpin::screening
