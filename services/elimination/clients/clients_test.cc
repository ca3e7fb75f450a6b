#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "services/elimination/clients/assistance_plans.h"
#include "services/elimination/clients/registry_households.h"

namespace fangpin::elimination {
namespace {

namespace words = policy::v1;

absl::CivilDay Day(std::string_view text) { return *base::ParseDay(text); }

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

TEST(FromRegistryTest, TakesWhatTheRulesNeedAndKeepsTheUnknownUnknown) {
  const auto record = Parse<registry::v1::Household>(R"pb(
    division: "621126100200"
    monitoring { state: MONITORING_STATE_MONITORED determined_on: "2023-09" }
    safeguards {
      safeguard: SAFEGUARD_COMPULSORY_EDUCATION
      state: SAFEGUARD_STATE_SECURED
      since: "2023-10"
    }
    safeguards { safeguard: SAFEGUARD_HOUSING_SAFETY state: SAFEGUARD_STATE_NOT_SECURED }
    safeguards { safeguard: SAFEGUARD_DRINKING_WATER_SAFETY state: SAFEGUARD_STATE_UNKNOWN }
    members {
      labour_capacity: LABOUR_CAPACITY_WEAK
      health: HEALTH_CONDITION_HEALTHY
      birth_date: "1960-07-11"
      incapacitated: false
      membership { active: true }
    }
    members {
      labour_capacity: LABOUR_CAPACITY_NONE
      health: HEALTH_CONDITION_DISABLED
      disability_grade: 2
      membership { active: true }
    }
    members {
      health: HEALTH_CONDITION_DISABLED
      membership { active: true }
    }
    members { membership { active: true } }
    members {
      health: HEALTH_CONDITION_SEVERE_ILLNESS
      membership { active: false }
    }
    rigid_expenditures { kind: "MEDICAL" yearly_fen: 3000000 resolved_on: "2024-01-01" }
    rigid_expenditures { kind: "SCHOOLING" yearly_fen: 1200000 }
  )pb");
  const Household household = FromRegistry(record, Day("2024-07-10"));
  EXPECT_EQ(household.determined_on, Day("2023-09-01"));
  EXPECT_EQ(household.safeguards[0].state, SafeguardState::kSecured);
  EXPECT_EQ(household.safeguards[0].since, Day("2023-10-01"));
  EXPECT_EQ(household.safeguards[1].state, SafeguardState::kUnknown);
  EXPECT_EQ(household.safeguards[2].state, SafeguardState::kNotSecured);
  EXPECT_EQ(household.safeguards[3].state, SafeguardState::kUnknown);
  ASSERT_EQ(household.members.size(), 4u);  // who left does not count
  EXPECT_EQ(household.members[0].can_work, true);
  EXPECT_EQ(household.members[0].age, 63);  // a day before turning 64
  EXPECT_EQ(household.members[0].disability_grade, 0);
  EXPECT_EQ(household.members[0].incapacitated, false);
  EXPECT_EQ(household.members[1].can_work, false);
  EXPECT_EQ(household.members[1].disability_grade, 2);
  EXPECT_EQ(household.members[2].disability_grade, std::nullopt);  // disabled, grade unknown
  EXPECT_EQ(household.members[3].can_work, std::nullopt);
  EXPECT_EQ(household.members[3].severely_ill, std::nullopt);
  EXPECT_EQ(household.members[3].age, std::nullopt);
  EXPECT_EQ(household.open_rigid_expenditure_fen, 1200000);
}

TEST(ToRegistryTest, EveryStepHasAReasonOfItsOwn) {
  const auto reason = [](words::MonitoringState to, words::EliminationMode mode = {}) {
    v1::StateEffect effect;
    effect.set_elimination_id("e-1");
    effect.set_to_state(to);
    effect.set_mode(mode);
    EXPECT_EQ(ToRegistry(effect).decided_by(), "e-1");
    EXPECT_EQ(ToRegistry(effect).to_state(), to);
    return ToRegistry(effect).reason();
  };
  EXPECT_EQ(reason(words::MONITORING_STATE_ELIMINATION_PROPOSED), "提出风险消除");
  EXPECT_EQ(reason(words::MONITORING_STATE_ELIMINATED, words::ELIMINATION_MODE_BY_ASSISTANCE),
            "风险消除");
  EXPECT_EQ(reason(words::MONITORING_STATE_ELIMINATED, words::ELIMINATION_MODE_NATURAL),
            "风险自然消除");
  EXPECT_EQ(reason(words::MONITORING_STATE_UNDER_ASSISTANCE), "不予消除，继续帮扶");
  EXPECT_EQ(reason(words::MONITORING_STATE_MONITORED), "不予消除，继续监测");
}

TEST(FromAssistanceTest, TakesCarriedOutMeasuresWithTheirLatestEvaluation) {
  const auto plan = Parse<assistance::v1::HouseholdPlan>(R"pb(
    measures {
      id: "m1"
      carried_out_on: "2023-10-15"
      effects { evaluated_on: "2024-03-31" result: EFFECT_RESULT_CLEAR }
      effects { evaluated_on: "2023-12-31" result: EFFECT_RESULT_NONE }
    }
    measures { id: "m2" carried_out_on: "2023-11-01" }
    measures { id: "m3" }
  )pb");
  const PlanInForce in_force = FromAssistance(plan);
  EXPECT_TRUE(in_force.exists);
  ASSERT_EQ(in_force.measures.size(), 2u);
  EXPECT_EQ(in_force.measures[0].evaluated_on, Day("2024-03-31"));
  EXPECT_EQ(in_force.measures[0].result, EffectResult::kClear);
  EXPECT_EQ(in_force.measures[1].result, std::nullopt);
}

}  // namespace
}  // namespace fangpin::elimination
