#include "services/registry/policy/household_rules.h"

#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/base/strings.h"
#include "nlohmann/json.hpp"

namespace fangpin::registry {
namespace {

using nlohmann::json;

constexpr char kFile[] = "services/registry/policy/testdata/household_cases.json";

struct HouseholdCase {
  std::string name;
  json facts;
  // "REASON", "3 REASON" for member 3, "3 2 REASON" for the second spell of member 3.
  std::vector<std::string> expect;

  friend void PrintTo(const HouseholdCase& c, std::ostream* out) { *out << c.name; }
};

std::vector<HouseholdCase> Cases() {
  std::ifstream in(kFile);
  const json file = json::parse(in);
  std::vector<HouseholdCase> cases = {{"everything is in order", file.at("base"), {}}};
  for (const json& entry : file.at("cases")) {
    HouseholdCase c = {entry.at("name"), file.at("base"), entry.at("expect")};
    c.facts.merge_patch(entry.at("set"));
    cases.push_back(std::move(c));
  }
  return cases;
}

template <typename T>
std::optional<T> Get(const json& facts, const char* name) {
  const auto it = facts.find(name);
  return it == facts.end() ? std::nullopt : std::optional<T>(it->get<T>());
}

Listed GetListed(const json& facts, const char* name) {
  const auto text = Get<std::string>(facts, name);
  if (!text) return Listed::kAbsent;
  return *text == "IN_LIST" ? Listed::kInList : Listed::kNotInList;
}

std::optional<absl::CivilMonth> GetMonth(const json& facts, const char* name) {
  const auto text = Get<std::string>(facts, name);
  if (!text) return std::nullopt;
  return absl::CivilMonth(*base::ParseDay(base::StrCat(*text, "-01")));
}

PersonFacts Person(const json& facts, absl::CivilDay today) {
  PersonFacts p;
  p.id = CheckIdNumber(facts.at("id_number").get<std::string>(), today);
  p.disability =
      CheckDisabilityNumber(Get<std::string>(facts, "disability_number").value_or(""), today);
  if (const auto sex = Get<std::string>(facts, "sex")) {
    p.sex = *sex == "MALE" ? base::Sex::kMale : base::Sex::kFemale;
  }
  if (const auto day = Get<std::string>(facts, "birth_date")) p.birth_date = *base::ParseDay(*day);
  if (const auto relation = Get<std::string>(facts, "relation")) {
    p.relation = relation->size() == 2 ? Listed::kInList : Listed::kNotInList;
    p.is_head = *relation == "02";
    p.is_spouse = *relation == "10" || *relation == "11" || *relation == "12";
  }
  p.education = GetListed(facts, "education");
  p.schooling = GetListed(facts, "schooling");
  p.labour = GetListed(facts, "labour");
  p.work_months = Get<int64_t>(facts, "work_months");
  p.welfare_post_months = Get<int64_t>(facts, "welfare_post_months");
  if (const auto spells = facts.find("spells"); spells != facts.end()) {
    for (const json& spell : *spells) p.spells.push_back({spell.at(0), spell.at(1)});
  }
  p.active = Get<bool>(facts, "active").value_or(true);
  return p;
}

HouseholdFacts Household(const json& facts) {
  static const std::map<std::string, Kind> kKinds = {
      {"UNKNOWN", Kind::kUnknown}, {"LIFTED_OUT", Kind::kLiftedOut}, {"ORDINARY", Kind::kOrdinary}};
  static const std::map<std::string, Category> kCategories = {
      {"NONE", Category::kNone},
      {"UNSTABLE_EXIT", Category::kUnstableExit},
      {"MARGINAL", Category::kMarginal},
      {"SUDDEN_SEVERE", Category::kSuddenSevere}};
  const absl::CivilDay today = *base::ParseDay(facts.at("today").get<std::string>());
  HouseholdFacts h;
  for (const auto& [key, member] : facts.at("members").items()) {
    h.members.push_back(Person(member, today));
    h.population += h.members.back().active ? 1 : 0;
  }
  h.division_problem = Get<std::string>(facts, "division_problem").value_or("");
  h.kind = kKinds.at(facts.at("kind"));
  h.category = kCategories.at(facts.at("category"));
  h.monitored = facts.at("monitored");
  h.has_risk = facts.at("has_risk");
  const json& income = facts.at("income");
  h.income = {.wage = Get<int64_t>(income, "wage"),
              .business = Get<int64_t>(income, "business"),
              .property = Get<int64_t>(income, "property"),
              .transfer = Get<int64_t>(income, "transfer"),
              .business_expenditure = Get<int64_t>(income, "business_expenditure"),
              .claim = Get<int64_t>(income, "claim"),
              .compliant_self_paid = Get<int64_t>(income, "compliant_self_paid")};
  h.other_without_remark = Get<bool>(facts, "other_without_remark").value_or(false);
  h.disaster_without_kind = Get<bool>(facts, "disaster_without_kind").value_or(false);
  if (const auto items = facts.find("items"); items != facts.end()) {
    for (const auto& [group, sum] : items->items()) {
      h.items[static_cast<size_t>(group[0] - 'A')] = sum.get<int64_t>();
    }
  }
  h.income_first = GetMonth(facts, "income_first");
  h.income_last = GetMonth(facts, "income_last");
  h.today = today;
  h.reported_net = Get<int64_t>(facts, "reported_net");
  h.reported_per_capita_net = Get<int64_t>(facts, "reported_per_capita_net");
  return h;
}

class HouseholdRulesTest : public ::testing::TestWithParam<HouseholdCase> {};

TEST_P(HouseholdRulesTest, SaysEverythingThatIsWrong) {
  std::vector<std::string> found;
  for (const Violation& v : CheckHousehold(Household(GetParam().facts))) {
    std::string text(v.reason);
    if (v.spell >= 0) text = base::StrCat(v.spell + 1, " ", text);
    if (v.member >= 0) text = base::StrCat(v.member + 1, " ", text);
    found.push_back(std::move(text));
    EXPECT_FALSE(v.message.empty());
    EXPECT_TRUE(v.rule.starts_with("DQ-"));
  }
  EXPECT_THAT(found, ::testing::ElementsAreArray(GetParam().expect));
}

INSTANTIATE_TEST_SUITE_P(Cases, HouseholdRulesTest, ::testing::ValuesIn(Cases()),
                         [](const auto& info) { return base::StrCat("Case", info.index); });

TEST(HouseholdRulesTableTest, EveryRuleHasACase) {
  std::set<std::string> expected;
  for (const HouseholdCase& c : Cases()) {
    for (const std::string& reason : c.expect) {
      expected.insert(reason.substr(reason.rfind(' ') + 1));
    }
  }
  for (const RuleInfo& rule : HouseholdRules()) {
    EXPECT_TRUE(expected.contains(std::string(rule.reason))) << rule.reason;
  }
}

TEST(HouseholdRulesTableTest, ReasonsAreUnique) {
  std::set<std::string_view> reasons;
  for (const RuleInfo& rule : HouseholdRules()) {
    EXPECT_TRUE(reasons.insert(rule.reason).second) << rule.reason;
  }
}

}  // namespace
}  // namespace fangpin::registry
