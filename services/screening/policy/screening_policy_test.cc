#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/policy/case_file.h"
#include "libs/policy/load.h"
#include "services/screening/policy/alert_rules.h"
#include "services/screening/policy/assessment_rules.h"
#include "services/screening/policy/determination_rules.h"

namespace fangpin::screening {
namespace {

using nlohmann::json;
using policy::CaseFile;
using policy::OptionalDay;
using policy::OptionalFact;
using policy::Verdict;

constexpr char kFolder[] = "services/screening/policy/testdata/";
constexpr char kCounty[] = "621126000000";

const policy::PolicyData& Policy() {
  static const policy::PolicyData data = policy::LoadPolicy("deploy/policy").value();
  return data;
}

HouseholdKind KindOf(const json& facts, const char* name) {
  const auto kind = OptionalFact<std::string>(facts, name);
  if (!kind) return HouseholdKind::kUnknown;
  return *kind == "LIFTED_OUT" ? HouseholdKind::kLiftedOut : HouseholdKind::kOrdinary;
}

// ---- department records

struct JudgedAlert {
  std::string rule;
  std::string name;
  json facts;
  Verdict expect;

  friend void PrintTo(const JudgedAlert& c, std::ostream* out) { *out << c.rule << ": " << c.name; }
};

std::vector<JudgedAlert> AlertCases() {
  std::ifstream in(std::string(kFolder) + "alert_cases.json");
  std::vector<JudgedAlert> cases;
  for (const json& entry : json::parse(in)) {
    cases.push_back(
        {entry.at("rule"), entry.at("name"), entry, policy::VerdictNamed(entry.at("expect"))});
  }
  return cases;
}

AlertCase ToAlertCase(const json& facts) {
  AlertCase subject;
  subject.as_of = OptionalDay(facts, "as_of").value_or(absl::CivilDay(2024, 3, 10));
  subject.event_on = OptionalDay(facts, "event_on").value_or(subject.as_of);
  const json numbers = facts.value("numbers", json::object());
  for (const auto& [fact, value] : numbers.items()) subject.numbers[fact] = value;
  const json codes = facts.value("codes", json::object());
  for (const auto& [fact, code] : codes.items()) subject.codes[fact] = code;
  subject.year_amount_fen = OptionalFact<int64_t>(facts, "year");
  subject.month_amount_fen = OptionalFact<int64_t>(facts, "month");
  subject.household_kind = KindOf(facts, "kind");
  const std::vector<std::string> without = facts.value("without", std::vector<std::string>());
  for (const std::string& name : Policy().parameters.Names()) {
    if (std::find(without.begin(), without.end(), name) != without.end()) continue;
    const policy::Parameter* row = Policy().parameters.Find(name, kCounty, subject.as_of);
    if (row == nullptr) continue;
    subject.parameters[name] = row->value;
    if (row->unit == policy::Unit::kList) subject.lists[name] = row->items;
  }
  return subject;
}

class AlertRuleTest : public ::testing::TestWithParam<JudgedAlert> {};

TEST_P(AlertRuleTest, JudgesAsTheCaseSays) {
  const AlertRule* rule = FindAlertRule(GetParam().rule);
  ASSERT_NE(rule, nullptr);
  const policy::Finding finding = JudgeAlert(*rule, ToAlertCase(GetParam().facts));
  EXPECT_EQ(finding.verdict, GetParam().expect) << finding.message;
  EXPECT_TRUE(Policy().sources.Wording(finding.document, finding.clause).has_value());
}

INSTANTIATE_TEST_SUITE_P(Cases, AlertRuleTest, ::testing::ValuesIn(AlertCases()));

TEST(AlertRulesTest, EveryRuleHasAClearAHoldAndAMissingCase) {
  std::map<std::string, std::set<Verdict>> seen;
  for (const JudgedAlert& c : AlertCases()) seen[c.rule].insert(c.expect);
  EXPECT_EQ(seen.size(), 9u);
  for (const auto& [rule, verdicts] : seen) EXPECT_EQ(verdicts.size(), 3u) << rule;
}

// ---- assessments and determination

const std::map<std::string, RiskLevel> kLevels = {{"NONE", RiskLevel::kNone},
                                                  {"POTENTIAL", RiskLevel::kPotential},
                                                  {"PRESENT", RiskLevel::kPresent}};
constexpr const char* kDimensionNames[] = {
    "INCOME_SOURCE_STABILITY", "INCOME_LEVEL_CHANGE", "MAJOR_RIGID_EXPENDITURE",
    "COMPULSORY_EDUCATION",    "BASIC_MEDICAL",       "HOUSING_SAFETY",
    "DRINKING_WATER",          "LIVELIHOOD_TREND",    "SELF_COPING"};

RiskType RiskNamed(const std::string& name) {
  for (int i = 1; i <= static_cast<int>(RiskType::kOther); ++i) {
    if (RiskTypeName(static_cast<RiskType>(i)) == name) return static_cast<RiskType>(i);
  }
  throw std::invalid_argument("no risk: " + name);
}

AssessmentCase ToAssessment(const json& facts) {
  AssessmentCase subject;
  for (int i = 0; i < kDimensions; ++i) {
    const auto level = OptionalFact<std::string>(facts.at("levels"), kDimensionNames[i]);
    if (level) subject.levels[i] = kLevels.at(*level);
  }
  for (const json& risk : facts.at("risks")) subject.risks.insert(RiskNamed(risk));
  subject.to_identify = facts.value("to_identify", false);
  return subject;
}

void ExpectFindings(const std::vector<policy::Finding>& findings, const CaseFile::Case& expected) {
  std::set<std::string> known;
  for (const policy::Finding& finding : findings) {
    known.insert(finding.rule);
    const auto it = expected.expect.find(finding.rule);
    const Verdict verdict = it == expected.expect.end() ? Verdict::kClear : it->second;
    EXPECT_EQ(finding.verdict, verdict) << finding.rule << ": " << finding.message;
    EXPECT_TRUE(Policy().sources.Wording(finding.document, finding.clause).has_value())
        << finding.rule << " rests on " << finding.document << " " << finding.clause;
  }
  for (const auto& [rule, verdict] : expected.expect) {
    EXPECT_TRUE(known.contains(rule)) << "no rule " << rule;
  }
}

void ExpectCovered(const CaseFile& file, const std::vector<policy::Finding>& all) {
  for (const policy::Finding& finding : all) {
    std::set<Verdict> seen;
    for (const CaseFile::Case& c : file.cases) {
      const auto it = c.expect.find(finding.rule);
      if (it != c.expect.end()) seen.insert(it->second);
    }
    // What is only ever asked for what is missing never holds.
    const bool only_missing =
        finding.rule == "LINE_NOT_CONFIGURED" || finding.rule == "CATEGORY_UNDECIDED";
    EXPECT_NE(seen.contains(Verdict::kHold), only_missing) << finding.rule;
    EXPECT_NE(seen.contains(Verdict::kFactMissing), file.never_missing.contains(finding.rule))
        << finding.rule;
  }
}

const CaseFile& AssessmentFile() {
  static const CaseFile file = policy::LoadCases(std::string(kFolder) + "assessment_cases.json");
  return file;
}

class AssessmentRuleTest : public ::testing::TestWithParam<CaseFile::Case> {};

TEST_P(AssessmentRuleTest, FindsTheFaultsOfTheNotice) {
  ExpectFindings(CheckAssessment(ToAssessment(GetParam().facts)), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, AssessmentRuleTest, ::testing::ValuesIn(AssessmentFile().cases));

TEST(AssessmentRulesTest, EveryRuleIsCovered) {
  ExpectCovered(AssessmentFile(), CheckAssessment(ToAssessment(AssessmentFile().cases[0].facts)));
}

TEST(AssessmentRulesTest, WithoutDeterminationNotEveryDimensionIsAskedFor) {
  AssessmentCase subject;
  subject.levels[static_cast<int>(Dimension::kIncomeSourceStability)] = RiskLevel::kNone;
  subject.levels[static_cast<int>(Dimension::kLivelihoodTrend)] = RiskLevel::kNone;
  EXPECT_TRUE(policy::Blocking(CheckAssessment(subject)).empty());
}

DeterminationFacts ToDetermination(const json& facts) {
  DeterminationFacts d;
  d.today = *OptionalDay(facts, "today");
  d.division = kCounty;
  d.household_kind = KindOf(facts, "household_kind");
  d.already_monitored = facts.at("already_monitored");
  d.safeguards_secured = OptionalFact<bool>(facts, "safeguards_secured");
  d.yearly_net_income_fen = OptionalFact<int64_t>(facts, "yearly_net_income_fen");
  d.per_capita_net_fen = OptionalFact<int64_t>(facts, "per_capita_net_fen");
  d.previous_per_capita_net_fen = OptionalFact<int64_t>(facts, "previous_per_capita_net_fen");
  d.assessment = ToAssessment(facts);
  d.steps_done = facts.at("steps_done");
  d.checkers = OptionalFact<int64_t>(facts, "checkers");
  d.per_capita_reference_fen = OptionalFact<int64_t>(facts, "per_capita_reference_fen");
  d.rigid_expenditure_fen = OptionalFact<int64_t>(facts, "rigid_expenditure_fen");
  d.basic_life_difficult = OptionalFact<bool>(facts, "basic_life_difficult");
  d.authorised = OptionalFact<bool>(facts, "authorised");
  d.authorised_on = OptionalDay(facts, "authorised_on");
  d.compared_on = OptionalDay(facts, "compared_on");
  if (const auto hits = OptionalFact<std::vector<std::string>>(facts, "asset_hits")) {
    const std::map<std::string, AssetOutcome> outcomes = {
        {"PENDING", AssetOutcome::kPending},
        {"PASS", AssetOutcome::kPass},
        {"EXCLUDED", AssetOutcome::kExcludedInPrinciple},
        {"EXCEPTION", AssetOutcome::kExceptionApproved}};
    d.asset_hits.emplace();
    for (const std::string& hit : *hits) d.asset_hits->push_back(outcomes.at(hit));
  }
  d.attendance = OptionalFact<int64_t>(facts, "attendance");
  d.votes_for = OptionalFact<int64_t>(facts, "votes_for");
  d.publicity_from = OptionalDay(facts, "publicity_from");
  d.publicity_to = OptionalDay(facts, "publicity_to");
  d.objections_open = OptionalFact<int64_t>(facts, "objections_open");
  d.township_agreed = OptionalFact<bool>(facts, "township_agreed");
  d.line_fen = OptionalFact<int64_t>(facts, "line_fen");
  const auto value = [&](std::string_view name) {
    return Policy().parameters.Value(name, kCounty, d.today);
  };
  d.publicity_min_days = value("publicity_min_days");
  d.min_checkers = value("field_check_min_visitors");
  d.income_drop_percent = value("income_drop_percent");
  d.large_expenditure_floor_fen = value("large_expenditure_floor");
  d.large_expenditure_income_percent = value("large_expenditure_income_percent");
  return d;
}

const CaseFile& Cases2021() {
  static const CaseFile file =
      policy::LoadCases(std::string(kFolder) + "determination_2021_cases.json");
  return file;
}
const CaseFile& Cases2023() {
  static const CaseFile file =
      policy::LoadCases(std::string(kFolder) + "determination_2023_cases.json");
  return file;
}

void ExpectDetermination(std::string_view version, const CaseFile::Case& c) {
  const Determination determination = Determine(version, ToDetermination(c.facts));
  ExpectFindings(determination.findings, c);
  EXPECT_EQ(CategoryName(determination.category), c.facts.at("category").get<std::string>());
  const bool refused = std::any_of(c.expect.begin(), c.expect.end(), [](const auto& expected) {
    return !expected.first.starts_with("DQ_");
  });
  EXPECT_EQ(determination.approvable(), !refused);
}

class Determination2021Test : public ::testing::TestWithParam<CaseFile::Case> {};
TEST_P(Determination2021Test, DecidesAsTheCaseSays) {
  ExpectDetermination("gansu-2021", GetParam());
}
INSTANTIATE_TEST_SUITE_P(Cases, Determination2021Test, ::testing::ValuesIn(Cases2021().cases));

class Determination2023Test : public ::testing::TestWithParam<CaseFile::Case> {};
TEST_P(Determination2023Test, DecidesAsTheCaseSays) {
  ExpectDetermination("gansu-2023", GetParam());
}
INSTANTIATE_TEST_SUITE_P(Cases, Determination2023Test, ::testing::ValuesIn(Cases2023().cases));

TEST(DeterminationRulesTest, EveryRuleIsCovered) {
  for (const auto& [version, file] :
       {std::pair{"gansu-2021", &Cases2021()}, std::pair{"gansu-2023", &Cases2023()}}) {
    ExpectCovered(*file, Determine(version, ToDetermination(file->cases[0].facts)).findings);
  }
}

TEST(DeterminationRulesTest, OnlyShippedVersionsAreKnown) {
  EXPECT_TRUE(KnowsPolicyVersion("gansu-2021"));
  EXPECT_TRUE(KnowsPolicyVersion("gansu-2023"));
  EXPECT_FALSE(KnowsPolicyVersion("gansu-2026"));
}

// Taking a fact away never turns a case that could not be approved into one that can.
TEST(DeterminationRulesTest, AMissingFactNeverHelps) {
  for (const CaseFile* file : {&Cases2021(), &Cases2023()}) {
    const char* version = file == &Cases2021() ? "gansu-2021" : "gansu-2023";
    for (const CaseFile::Case& c : file->cases) {
      const bool approvable = Determine(version, ToDetermination(c.facts)).approvable();
      for (const auto& [fact, value] : c.facts.items()) {
        if (fact == "today" || fact == "levels" || fact == "risks" || fact == "steps_done" ||
            fact == "already_monitored") {
          continue;
        }
        json poorer = c.facts;
        poorer.erase(fact);
        if (!approvable) {
          EXPECT_FALSE(Determine(version, ToDetermination(poorer)).approvable())
              << c.name << " without " << fact;
        }
      }
    }
  }
}

}  // namespace
}  // namespace fangpin::screening
