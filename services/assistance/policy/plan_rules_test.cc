#include "services/assistance/policy/plan_rules.h"

#include <algorithm>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "libs/policy/case_file.h"
#include "libs/policy/load.h"
#include "libs/testing/status_matchers.h"
#include "services/assistance/policy/measures.h"

namespace fangpin::assistance {
namespace {

using nlohmann::json;
using policy::OptionalDay;
using policy::OptionalFact;

constexpr char kCases[] = "services/assistance/policy/testdata/plan_cases.json";

template <typename Enum>
using Names = std::map<std::string, Enum>;

const Names<Risk> kRisks = {{"ILLNESS", Risk::kIllness},
                            {"DISABILITY", Risk::kDisability},
                            {"SCHOOLING", Risk::kSchooling}};
const Names<Safeguard> kSafeguardNames = {
    {"COMPULSORY_EDUCATION", Safeguard::kCompulsoryEducation},
    {"BASIC_MEDICAL_CARE", Safeguard::kBasicMedicalCare},
    {"HOUSING_SAFETY", Safeguard::kHousingSafety},
    {"DRINKING_WATER_SAFETY", Safeguard::kDrinkingWaterSafety}};
const Names<SafeguardState> kStates = {{"SECURED", SafeguardState::kSecured},
                                       {"NOT_SECURED", SafeguardState::kNotSecured},
                                       {"UNKNOWN", SafeguardState::kUnknown}};
const Names<MeasureGroup> kGroups = {{"INDUSTRY", MeasureGroup::kIndustry},
                                     {"EMPLOYMENT", MeasureGroup::kEmployment},
                                     {"FINANCE", MeasureGroup::kFinance},
                                     {"PUBLIC_WELFARE_POST", MeasureGroup::kPublicWelfarePost},
                                     {"HEALTH", MeasureGroup::kHealth},
                                     {"SOCIAL_SAFETY_NET", MeasureGroup::kSocialSafetyNet},
                                     {"HOUSING", MeasureGroup::kHousing}};

template <typename Enum>
std::set<Enum> SetOf(const json& names, const Names<Enum>& known) {
  std::set<Enum> set;
  for (const json& name : names) set.insert(known.at(name.get<std::string>()));
  return set;
}

Basis BasisOf(const json& facts) {
  return {.category_known = facts.at("category_known").get<bool>(),
          .determined_on = OptionalDay(facts, "determined_on"),
          .risks = SetOf(facts.at("risks"), kRisks),
          .population = facts.at("population").get<int>(),
          .labour_population = facts.at("labour_population").get<int>(),
          .labour_unknown = facts.at("labour_unknown").get<int>(),
          .per_capita_reference_fen = OptionalFact<int64_t>(facts, "per_capita_reference_fen"),
          .open_safeguards = SetOf(facts.at("open_safeguards"), kSafeguardNames)};
}

PlanCase CaseOf(const json& facts) {
  PlanCase c = {
      .today = *OptionalDay(facts, "today"),
      .plan = BasisOf(facts.at("plan")),
      .household = BasisOf(facts.at("household")),
      .household_changed_on = OptionalDay(facts, "household_changed_on"),
      .refresh_days = OptionalFact<int64_t>(facts, "plan_refresh_days"),
      .measure_overdue_months = OptionalFact<int64_t>(facts, "measure_overdue_months"),
      .developmental_overdue_months = OptionalFact<int64_t>(facts, "developmental_overdue_months")};
  for (const auto& [name, state] : facts.at("safeguards").items()) {
    c.safeguards[kSafeguardNames.at(name)] = kStates.at(state.get<std::string>());
  }
  for (const auto& [risk, has_text] : facts.at("analyses").items()) {
    c.analyses[kRisks.at(risk)] = has_text.get<bool>();
  }
  for (const auto& [number, has_text] : facts.at("needs").items()) {
    c.needs[std::stoi(number)] = has_text.get<bool>();
  }
  for (const json& measure : facts.at("measures")) {
    PlannedMeasure m = {.item = measure.at("item").get<std::string>(),
                        .risks = SetOf(measure.at("risks"), kRisks),
                        .need_numbers = measure.at("needs").get<std::set<int>>(),
                        .has_person = measure.at("person").get<bool>(),
                        .has_unit = measure.at("unit").get<bool>(),
                        .has_due_day = measure.at("due").get<bool>(),
                        .carried_out = measure.value("carried_out", true)};
    if (const auto group = OptionalFact<std::string>(measure, "group")) {
      m.group = kGroups.at(*group);
    }
    c.measures.push_back(std::move(m));
  }
  for (const json& review : facts.at("agreed_reviews")) {
    c.agreed_reviews.push_back({.by_author = review.at("by_author").get<bool>(),
                                .by_former_reviewer = review.at("by_former_reviewer").get<bool>(),
                                .open_defects = review.at("open_defects").get<int>()});
  }
  return c;
}

class PlanCases : public ::testing::TestWithParam<policy::CaseFile::Case> {};

INSTANTIATE_TEST_SUITE_P(File, PlanCases, ::testing::ValuesIn(policy::LoadCases(kCases).cases));

TEST_P(PlanCases, VerdictsAreAsExpected) {
  policy::ExpectVerdicts<PlanCase>(kPlanRules, CaseOf(GetParam().facts), GetParam());
}

TEST_P(PlanCases, OrderOfMeasuresDoesNotMatter) {
  PlanCase c = CaseOf(GetParam().facts);
  std::reverse(c.measures.begin(), c.measures.end());
  policy::ExpectVerdicts<PlanCase>(kPlanRules, c, GetParam());
}

// Whatever held before a fact was known still holds or is cleared by it.
TEST_P(PlanCases, AddingAFactNeverTurnsAHoldIntoAMissingFact) {
  const PlanCase before = CaseOf(GetParam().facts);
  PlanCase after = before;
  if (!after.household_changed_on) after.household_changed_on = after.today;
  if (!after.refresh_days) after.refresh_days = 30;
  if (!after.measure_overdue_months) after.measure_overdue_months = 1;
  if (!after.developmental_overdue_months) after.developmental_overdue_months = 6;
  for (Basis* basis : {&after.plan, &after.household}) {
    basis->labour_population += basis->labour_unknown;
    basis->labour_unknown = 0;
  }
  for (const Safeguard safeguard : {Safeguard::kCompulsoryEducation, Safeguard::kBasicMedicalCare,
                                    Safeguard::kHousingSafety, Safeguard::kDrinkingWaterSafety}) {
    SafeguardState& state =
        after.safeguards.try_emplace(safeguard, SafeguardState::kUnknown).first->second;
    if (state == SafeguardState::kUnknown) state = SafeguardState::kSecured;
  }
  const auto old_findings = policy::Apply<PlanCase>(kPlanRules, before);
  const auto new_findings = policy::Apply<PlanCase>(kPlanRules, after);
  for (size_t i = 0; i < old_findings.size(); ++i) {
    if (old_findings[i].verdict == policy::Verdict::kHold) {
      EXPECT_NE(new_findings[i].verdict, policy::Verdict::kFactMissing) << new_findings[i].rule;
    }
  }
}

TEST(PlanRules, EveryRuleHasItsCases) {
  policy::ExpectEveryRuleCovered<PlanCase>(kPlanRules, policy::LoadCases(kCases));
}

TEST(PlanRules, EveryClauseAndParameterIsInThePolicyData) {
  FASSERT_OK_AND_ASSIGN(const policy::PolicyData data, policy::LoadPolicy("deploy/policy"));
  for (const auto& rule : kPlanRules) {
    EXPECT_TRUE(data.sources.Wording(rule.clause.document, rule.clause.clause).has_value())
        << rule.id;
  }
  for (const char* name :
       {"plan_refresh_days", "measure_overdue_months", "developmental_overdue_months"}) {
    EXPECT_TRUE(data.parameters.Value(name, "621126001001", absl::CivilDay(2024, 6, 10))) << name;
  }
}

TEST(Measures, RiskIsAnsweredByTheGroupsOfTheTableOnly) {
  EXPECT_TRUE(Answers(MeasureGroup::kHealth, "医疗救助", Risk::kIllness));
  EXPECT_TRUE(Answers(MeasureGroup::kSocialAssistance, "防贫保险", Risk::kIllness));
  EXPECT_FALSE(Answers(MeasureGroup::kSocialSafetyNet, "低保", Risk::kIllness));
  EXPECT_FALSE(Answers(MeasureGroup::kIndustry, "种植", Risk::kLabourShortage));
  EXPECT_TRUE(Answers(MeasureGroup::kIndustry, "资产收益", Risk::kLabourShortage));
  EXPECT_TRUE(Answers(MeasureGroup::kInfrastructure, "道路", Risk::kOther));
  EXPECT_FALSE(Answers(MeasureGroup::kWater, Safeguard::kHousingSafety));
}

TEST(Measures, NominalIsOnlyTheItemThatSaysNothing) {
  EXPECT_TRUE(IsNominal(MeasureGroup::kIndustry, "其他"));
  EXPECT_TRUE(IsNominal(MeasureGroup::kEmployment, "技能培训"));
  EXPECT_FALSE(IsNominal(MeasureGroup::kEmployment, "劳务输出"));
  EXPECT_FALSE(IsNominal(MeasureGroup::kPublicWelfarePost, "其他"));
  EXPECT_FALSE(IsNominal(MeasureGroup::kSocialSafetyNet, "其他"));
}

}  // namespace
}  // namespace fangpin::assistance
