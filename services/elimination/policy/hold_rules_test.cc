#include "services/elimination/policy/hold_rules.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/policy/case_file.h"

namespace fangpin::elimination {
namespace {

using nlohmann::json;
using policy::CaseFile;
using policy::OptionalDay;
using policy::OptionalFact;
using policy::Verdict;

constexpr char kCases[] = "services/elimination/policy/testdata/hold_cases.json";

template <typename Enum>
using Names = std::map<std::string, Enum>;

const Names<Mode> kModes = {{"BY_ASSISTANCE", Mode::kByAssistance}, {"NATURAL", Mode::kNatural}};
const Names<SafeguardState> kStates = {{"SECURED", SafeguardState::kSecured},
                                       {"NOT_SECURED", SafeguardState::kNotSecured}};
const Names<EffectResult> kResults = {{"CLEAR", EffectResult::kClear},
                                      {"PARTIAL", EffectResult::kPartial},
                                      {"UNCLEAR", EffectResult::kUnclear},
                                      {"NONE", EffectResult::kNone}};
const Names<SpecialGroup> kGroups = {{"SEVERE_ILLNESS", SpecialGroup::kSevereIllness},
                                     {"SEVERE_DISABILITY", SpecialGroup::kSevereDisability},
                                     {"DISABLED_ELDER", SpecialGroup::kDisabledElder}};

MemberFact MemberOf(const json& facts) {
  return {.can_work = OptionalFact<bool>(facts, "can_work"),
          .severely_ill = OptionalFact<bool>(facts, "severely_ill"),
          .disability_grade = OptionalFact<int>(facts, "disability_grade"),
          .age = OptionalFact<int>(facts, "age"),
          .incapacitated = OptionalFact<bool>(facts, "incapacitated")};
}

MeasureFact MeasureOf(const json& facts) {
  MeasureFact measure = {*OptionalDay(facts, "carried_out_on"), OptionalDay(facts, "evaluated_on"),
                         std::nullopt};
  if (const auto result = OptionalFact<std::string>(facts, "result")) {
    measure.result = kResults.at(*result);
  }
  return measure;
}

EliminationFacts FactsOf(const json& json_facts) {
  const auto number = [&](const char* name) { return OptionalFact<int64_t>(json_facts, name); };
  const auto flag = [&](const char* name) { return OptionalFact<bool>(json_facts, name); };
  const auto day = [&](const char* name) { return OptionalDay(json_facts, name); };

  EliminationFacts facts;
  facts.today = *day("today");
  facts.mode = kModes.at(json_facts.at("mode").get<std::string>());
  facts.determined_on = day("determined_on");
  for (size_t i = 0; i < kSafeguardNames.size(); ++i) {
    const json& safeguards = json_facts.at("safeguards");
    const auto found = safeguards.find(kSafeguardNames[i].name);
    if (found == safeguards.end()) continue;
    facts.safeguards[i] = {kStates.at(found->at("state").get<std::string>()),
                           OptionalDay(*found, "since")};
  }
  for (const json& member : json_facts.at("members")) facts.members.push_back(MemberOf(member));
  facts.open_rigid_expenditure_fen = *number("open_rigid_expenditure_fen");
  facts.has_plan_in_force = *flag("has_plan_in_force");
  for (const json& measure : json_facts.at("measures")) {
    facts.measures.push_back(MeasureOf(measure));
  }
  facts.steps_done = static_cast<int>(*number("steps_done"));
  facts.visitors = number("visitors");
  facts.per_capita_reference_fen = number("per_capita_reference_fen");
  facts.income_stable_since = day("income_stable_since");
  facts.rigid_expenditure_resolved = flag("rigid_expenditure_resolved");
  facts.account_signed = flag("account_signed");
  facts.contradictions = number("contradictions");
  facts.new_risk = flag("new_risk");
  facts.attendance = number("attendance");
  facts.votes_for = number("votes_for");
  facts.publicity_from = day("publicity_from");
  facts.publicity_to = day("publicity_to");
  facts.objections_open = number("objections_open");
  facts.household_acknowledged = flag("household_acknowledged");
  facts.division = "621126100200";
  facts.line_fen = number("line_fen");
  facts.safeguards_stable_months = number("safeguards_stable_months");
  facts.income_stable_months = number("income_stable_months");
  facts.min_monitored_months = number("min_monitored_months");
  facts.measure_effect_min_days = number("measure_effect_min_days");
  facts.min_visitors = number("min_visitors");
  facts.publicity_min_days = number("publicity_min_days");
  facts.large_expenditure_floor_fen = number("large_expenditure_floor_fen");
  facts.severe_disability_max_grade = number("severe_disability_max_grade");
  facts.elder_age_from = number("elder_age_from");
  if (const auto groups = OptionalFact<std::vector<std::string>>(json_facts, "special_groups")) {
    facts.special_groups.emplace();
    for (const std::string& group : *groups) facts.special_groups->insert(kGroups.at(group));
  }
  return facts;
}

const CaseFile& Cases() {
  static const auto* cases = new CaseFile(policy::LoadCases(kCases));
  return *cases;
}
EliminationFacts Base() { return FactsOf(Cases().cases.front().facts); }

class HoldCasesTest : public ::testing::TestWithParam<CaseFile::Case> {};

TEST_P(HoldCasesTest, GivesTheExpectedFindings) {
  policy::ExpectVerdicts<EliminationFacts>(RulesOf("gansu-2021"), FactsOf(GetParam().facts),
                                           GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, HoldCasesTest, ::testing::ValuesIn(Cases().cases));

TEST(HoldRulesTest, CasesShowEveryRuleHoldingAndMissingAFact) {
  policy::ExpectEveryRuleCovered<EliminationFacts>(RulesOf("gansu-2021"), Cases());
}

TEST(HoldRulesTest, FindingsStandInTheOrderOfTheNotice) {
  std::vector<std::string> clauses, expected;
  for (const policy::Finding& finding : Evaluate("gansu-2021", Base())) {
    if (finding.clause.starts_with("5/七个不消/")) clauses.push_back(finding.clause);
  }
  for (int i = 1; i <= 7; ++i) expected.push_back("5/七个不消/" + std::to_string(i));
  EXPECT_EQ(clauses, expected);
}

TEST(HoldRulesTest, SixthHoldOnlyWarnsInThe2023Version) {
  EliminationFacts facts = Base();
  facts.members[0].severely_ill = true;
  EXPECT_EQ(policy::Blocking(Evaluate("gansu-2021", facts)).size(), 1u);
  EXPECT_TRUE(policy::Blocking(Evaluate("gansu-2023", facts)).empty());
  facts.steps_done = 4;
  EXPECT_EQ(policy::Blocking(Evaluate("gansu-2023", facts)).size(), 1u);
}

TEST(HoldRulesTest, VersionsWithoutTablesAreUnknown) {
  EXPECT_TRUE(KnowsPolicyVersion("gansu-2021"));
  EXPECT_TRUE(KnowsPolicyVersion("gansu-2023"));
  EXPECT_FALSE(KnowsPolicyVersion("gansu-1999"));
}

TEST(HoldRulesTest, MissingLineSaysWhichOneToConfigure) {
  EliminationFacts facts = Base();
  facts.line_fen.reset();
  const auto findings = Evaluate("gansu-2021", facts);
  EXPECT_THAT(findings[1].message, ::testing::HasSubstr("621126100200"));
  EXPECT_THAT(findings[1].message, ::testing::HasSubstr("2024"));
}

TEST(HoldRulesTest, OrderOfMembersAndMeasuresDoesNotMatter) {
  std::mt19937 random(20240710);
  for (const CaseFile::Case& one : Cases().cases) {
    EliminationFacts facts = FactsOf(one.facts);
    const auto before = Evaluate("gansu-2021", facts);
    std::shuffle(facts.members.begin(), facts.members.end(), random);
    std::shuffle(facts.measures.begin(), facts.measures.end(), random);
    EXPECT_EQ(Evaluate("gansu-2021", facts), before) << one.name;
  }
}

// What is known to hold goes on holding when more becomes known.
TEST(HoldRulesTest, AddingAFactNeverTurnsHoldIntoFactMissing) {
  for (const CaseFile::Case& known : Cases().cases) {
    const auto with = Evaluate("gansu-2021", FactsOf(known.facts));
    std::vector<json> fewer;
    for (const char* name :
         {"determined_on", "visitors", "per_capita_reference_fen", "income_stable_since",
          "rigid_expenditure_resolved", "account_signed", "contradictions", "new_risk", "votes_for",
          "publicity_to", "objections_open", "household_acknowledged", "line_fen"}) {
      fewer.push_back(known.facts);
      fewer.back().erase(name);
    }
    for (const policy::FactName& safeguard : kSafeguardNames) {
      fewer.push_back(known.facts);
      fewer.back()["safeguards"].erase(std::string(safeguard.name));
    }
    for (size_t i = 0; i < known.facts.at("members").size(); ++i) {
      for (const char* name :
           {"can_work", "severely_ill", "disability_grade", "age", "incapacitated"}) {
        fewer.push_back(known.facts);
        fewer.back()["members"][i].erase(name);
      }
    }
    for (const json& facts : fewer) {
      const auto without = Evaluate("gansu-2021", FactsOf(facts));
      for (size_t i = 0; i < with.size(); ++i) {
        if (without[i].verdict != Verdict::kHold) continue;
        EXPECT_NE(with[i].verdict, Verdict::kFactMissing) << known.name << ": " << with[i].rule;
      }
    }
  }
}

}  // namespace
}  // namespace fangpin::elimination
