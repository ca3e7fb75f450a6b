#include "services/elimination/policy/hold_rules.h"

#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/base/strings.h"

namespace fangpin::elimination {
namespace {

using policy::Verdict;
using ::testing::ElementsAreArray;

constexpr char kCases[] = "services/elimination/policy/testdata/hold_cases.txt";

absl::CivilDay Day(std::string_view text) { return *base::ParseDay(text); }

// The household of the head of the case file: nothing holds.
EliminationFacts Base() {
  EliminationFacts facts;
  facts.today = Day("2024-07-10");
  facts.determined_on = Day("2023-09-18");
  facts.safeguards.fill({SafeguardState::kSecured, Day("2023-10-01")});
  facts.members = {
      {true, false, 0, 45, {}}, {true, false, 0, 43, {}}, {false, false, 0, 70, false}};
  facts.has_plan_in_force = true;
  facts.measures = {{Day("2023-10-15"), Day("2024-03-31"), EffectResult::kClear}};
  facts.steps_done = kEliminationSteps;
  facts.visitors = 2;
  facts.per_capita_reference_fen = 900000;
  facts.income_stable_since = Day("2023-12-01");
  facts.rigid_expenditure_resolved = true;
  facts.account_signed = true;
  facts.contradictions = 0;
  facts.new_risk = false;
  facts.attendance = 20;
  facts.votes_for = 18;
  facts.publicity_from = Day("2024-07-01");
  facts.publicity_to = Day("2024-07-08");
  facts.objections_open = 0;
  facts.household_acknowledged = true;
  facts.division = "621126100200";
  facts.line_fen = 780000;
  facts.safeguards_stable_months = 6;
  facts.income_stable_months = 6;
  facts.min_monitored_months = 6;
  facts.measure_effect_min_days = 30;
  facts.min_visitors = 2;
  facts.publicity_min_days = 5;
  facts.large_expenditure_floor_fen = 1000000;
  facts.severe_disability_max_grade = 2;
  facts.elder_age_from = 60;
  facts.special_groups = {SpecialGroup::kSevereIllness, SpecialGroup::kSevereDisability,
                          SpecialGroup::kDisabledElder};
  return facts;
}

std::pair<std::string_view, std::string_view> Halves(std::string_view text, char separator) {
  const std::vector<std::string_view> halves = base::Split(text, separator);
  EXPECT_EQ(halves.size(), 2u) << text;
  return {halves[0], halves[1]};
}
std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words = base::Split(text, ' ');
  std::erase(words, "");
  return words;
}

template <typename T>
std::optional<T> Known(std::string_view text, const std::function<T(std::string_view)>& parse) {
  if (text == "-") return std::nullopt;
  return parse(text);
}
std::optional<absl::CivilDay> OptionalDay(std::string_view text) {
  return Known<absl::CivilDay>(text, &Day);
}
std::optional<int64_t> OptionalNumber(std::string_view text) {
  return Known<int64_t>(text,
                        [](std::string_view digits) { return base::ParseInt(digits).value(); });
}
std::optional<bool> OptionalFlag(std::string_view text) {
  EXPECT_THAT(text, ::testing::AnyOf("yes", "no", "-"));
  return Known<bool>(text, [](std::string_view word) { return word == "yes"; });
}

SafeguardFact Safeguard(std::string_view text) {
  if (text == "no") return {SafeguardState::kNotSecured, std::nullopt};
  if (text == "unknown") return {};
  const auto parts = Halves(text, ':');
  EXPECT_EQ(parts.first, "secured");
  return {SafeguardState::kSecured, OptionalDay(parts.second)};
}

std::vector<MeasureFact> Measures(std::string_view text) {
  std::vector<MeasureFact> measures;
  if (text == "none") return measures;
  static const std::map<std::string_view, EffectResult> kResults = {
      {"clear", EffectResult::kClear},
      {"partial", EffectResult::kPartial},
      {"unclear", EffectResult::kUnclear},
      {"none", EffectResult::kNone}};
  for (const std::string_view measure : base::Split(text, ',')) {
    const std::vector<std::string_view> parts = base::Split(measure, ':');
    MeasureFact fact = {Day(parts[0]), OptionalDay(parts[1]), std::nullopt};
    if (parts[2] != "-") fact.result = kResults.at(parts[2]);
    measures.push_back(fact);
  }
  return measures;
}

// One value a member, in the order of the base household.
void ForMembers(EliminationFacts& facts, std::string_view text,
                const std::function<void(MemberFact&, std::string_view)>& set) {
  if (text == "none") return facts.members.clear();
  const std::vector<std::string_view> values = base::Split(text, ',');
  ASSERT_EQ(values.size(), facts.members.size());
  for (size_t i = 0; i < values.size(); ++i) set(facts.members[i], values[i]);
}

using Setter = std::function<void(EliminationFacts&, std::string_view)>;

// A setter for each word of the case file.
const std::map<std::string_view, Setter>& Setters() {
  const auto number = [](std::optional<int64_t> EliminationFacts::*member) -> Setter {
    return [member](EliminationFacts& f, std::string_view v) { f.*member = OptionalNumber(v); };
  };
  const auto flag = [](std::optional<bool> EliminationFacts::*member) -> Setter {
    return [member](EliminationFacts& f, std::string_view v) { f.*member = OptionalFlag(v); };
  };
  const auto day = [](std::optional<absl::CivilDay> EliminationFacts::*member) -> Setter {
    return [member](EliminationFacts& f, std::string_view v) { f.*member = OptionalDay(v); };
  };
  const auto safeguard = [](size_t index) -> Setter {
    return [index](EliminationFacts& f, std::string_view v) { f.safeguards[index] = Safeguard(v); };
  };
  const auto members = [](std::function<void(MemberFact&, std::string_view)> set) -> Setter {
    return [set](EliminationFacts& f, std::string_view v) { ForMembers(f, v, set); };
  };
  static const auto* setters = new std::map<std::string_view, Setter>{
      {"mode", [](EliminationFacts& f, std::string_view) { f.mode = Mode::kNatural; }},
      {"education", safeguard(0)},
      {"medical", safeguard(1)},
      {"housing", safeguard(2)},
      {"water", safeguard(3)},
      {"income", number(&EliminationFacts::per_capita_reference_fen)},
      {"income_since", day(&EliminationFacts::income_stable_since)},
      {"expenditure_resolved", flag(&EliminationFacts::rigid_expenditure_resolved)},
      {"open_expenditure",
       [](EliminationFacts& f, std::string_view v) {
         f.open_rigid_expenditure_fen = *OptionalNumber(v);
       }},
      {"plan", [](EliminationFacts& f, std::string_view) { f.has_plan_in_force = false; }},
      {"measures", [](EliminationFacts& f, std::string_view v) { f.measures = Measures(v); }},
      {"work", members([](MemberFact& m, std::string_view v) { m.can_work = OptionalFlag(v); })},
      {"severely_ill",
       members([](MemberFact& m, std::string_view v) { m.severely_ill = OptionalFlag(v); })},
      {"disability",
       members([](MemberFact& m, std::string_view v) { m.disability_grade = OptionalNumber(v); })},
      {"age", members([](MemberFact& m, std::string_view v) { m.age = OptionalNumber(v); })},
      {"incapacitated",
       members([](MemberFact& m, std::string_view v) { m.incapacitated = OptionalFlag(v); })},
      {"steps", [](EliminationFacts& f, std::string_view v) { f.steps_done = *OptionalNumber(v); }},
      {"determined", day(&EliminationFacts::determined_on)},
      {"visitors", number(&EliminationFacts::visitors)},
      {"account_signed", flag(&EliminationFacts::account_signed)},
      {"contradictions", number(&EliminationFacts::contradictions)},
      {"new_risk", flag(&EliminationFacts::new_risk)},
      {"attendance", number(&EliminationFacts::attendance)},
      {"votes", number(&EliminationFacts::votes_for)},
      {"publicity_from", day(&EliminationFacts::publicity_from)},
      {"publicity_to", day(&EliminationFacts::publicity_to)},
      {"objections", number(&EliminationFacts::objections_open)},
      {"acknowledged", flag(&EliminationFacts::household_acknowledged)},
      {"line", number(&EliminationFacts::line_fen)},
      {"safeguards_stable_months", number(&EliminationFacts::safeguards_stable_months)},
      {"income_stable_months", number(&EliminationFacts::income_stable_months)},
      {"min_monitored_months", number(&EliminationFacts::min_monitored_months)},
      {"measure_effect_min_days", number(&EliminationFacts::measure_effect_min_days)},
      {"expenditure_floor", number(&EliminationFacts::large_expenditure_floor_fen)},
      {"severe_grade", number(&EliminationFacts::severe_disability_max_grade)},
      {"elder_age", number(&EliminationFacts::elder_age_from)},
      {"groups",
       [](EliminationFacts& f, std::string_view v) {
         f.special_groups.reset();
         if (v != "-") f.special_groups = {SpecialGroup::kSevereIllness};
       }},
  };
  return *setters;
}

struct Case {
  std::string name;
  EliminationFacts facts;
  std::map<std::string, Verdict> expected;  // Rules that are not clear.
};

std::vector<Case> LoadCases() {
  std::ifstream file(kCases);
  EXPECT_TRUE(file) << kCases;
  std::vector<Case> cases;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string_view> parts = base::Split(line, '|');
    EXPECT_EQ(parts.size(), 3u) << line;
    Case one{std::string(parts[0].substr(0, parts[0].find_last_not_of(' ') + 1)), Base(), {}};
    for (const std::string_view change : Words(parts[1])) {
      const auto word = Halves(change, '=');
      Setters().at(word.first)(one.facts, word.second);
    }
    for (const std::string_view wanted : Words(parts[2])) {
      if (wanted == "-") continue;
      const auto word = Halves(wanted, '=');
      EXPECT_THAT(word.second, ::testing::AnyOf("HOLD", "MISSING"));
      one.expected[std::string(word.first)] =
          word.second == "HOLD" ? Verdict::kHold : Verdict::kFactMissing;
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

TEST(HoldRulesTest, EveryCaseGivesTheExpectedFindings) {
  const std::vector<Case> cases = LoadCases();
  ASSERT_GT(cases.size(), 70u);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    std::map<std::string, Verdict> found;
    for (const policy::Finding& finding : Evaluate("gansu-2021", one.facts)) {
      EXPECT_EQ(finding.message.empty(), finding.verdict == Verdict::kClear) << finding.rule;
      if (finding.verdict != Verdict::kClear) found[finding.rule] = finding.verdict;
    }
    EXPECT_EQ(found, one.expected);
  }
}

TEST(HoldRulesTest, CasesShowEveryRuleHolding) {
  std::set<std::string> held;
  for (const Case& one : LoadCases()) {
    for (const auto& [rule, verdict] : one.expected) {
      if (verdict == Verdict::kHold) held.insert(rule);
    }
  }
  for (const policy::Finding& finding : Evaluate("gansu-2021", Base())) {
    EXPECT_TRUE(held.contains(finding.rule)) << finding.rule << " never holds in " << kCases;
  }
}

TEST(HoldRulesTest, FindingsStandInTheOrderOfTheNotice) {
  std::vector<std::string> clauses;
  for (const policy::Finding& finding : Evaluate("gansu-2021", Base())) {
    if (finding.clause.starts_with("5/七个不消/")) clauses.push_back(finding.clause);
  }
  std::vector<std::string> expected;
  for (int i = 1; i <= 7; ++i) expected.push_back("5/七个不消/" + std::to_string(i));
  EXPECT_THAT(clauses, ElementsAreArray(expected));
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
  for (Case& one : LoadCases()) {
    const auto before = Evaluate("gansu-2021", one.facts);
    std::shuffle(one.facts.members.begin(), one.facts.members.end(), random);
    std::shuffle(one.facts.measures.begin(), one.facts.measures.end(), random);
    EXPECT_EQ(Evaluate("gansu-2021", one.facts), before) << one.name;
  }
}

// What is known to hold goes on holding when more becomes known.
TEST(HoldRulesTest, AddingAFactNeverTurnsHoldIntoFactMissing) {
  static constexpr std::string_view kWords[] = {
      "education=unknown", "medical=unknown",    "housing=unknown",        "water=unknown",
      "income=-",          "income_since=-",     "expenditure_resolved=-", "line=-",
      "determined=-",      "work=-,-,-",         "severely_ill=-,-,-",     "disability=-,-,-",
      "age=-,-,-",         "incapacitated=-,-,-"};
  const EliminationFacts base = Base();
  for (const Case& known : LoadCases()) {
    const auto with = Evaluate("gansu-2021", known.facts);
    for (const std::string_view word : kWords) {
      const auto parts = Halves(word, '=');
      if (known.facts.members.empty() && parts.second.find(',') != std::string_view::npos) continue;
      EliminationFacts fewer = known.facts;
      Setters().at(parts.first)(fewer, parts.second);
      const auto without = Evaluate("gansu-2021", fewer);
      for (size_t i = 0; i < with.size(); ++i) {
        if (without[i].verdict != Verdict::kHold) continue;
        EXPECT_NE(with[i].verdict, Verdict::kFactMissing)
            << known.name << " without " << word << ": " << with[i].rule;
      }
    }
  }
}

}  // namespace
}  // namespace fangpin::elimination
