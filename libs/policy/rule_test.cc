#include "libs/policy/rule.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/policy/evidence.h"

namespace fangpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Case {
  std::optional<int64_t> income_fen;
  std::optional<int64_t> line_fen;
  std::optional<bool> has_plan;
  absl::CivilDay today = absl::CivilDay(2021, 9, 20);
};

Outcome IncomeNotAboveLine(const Case& c) {
  Evidence seen;
  const auto income = seen.Yuan({"per_capita_reference", "人均收入参考"}, c.income_fen);
  const auto line = seen.Yuan({"monitoring_line", "监测范围"}, c.line_fen);
  if (!line) seen.Note("请先配置当年监测范围");
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*income <= *line);
}

Outcome NoPlan(const Case& c) {
  Evidence seen;
  seen.Day({"today", "判定日"}, c.today);
  const auto plan = seen.Flag({"has_plan", "已制定一户一策"}, c.has_plan);
  if (!plan) return seen.Missing();
  return seen.HoldIf(!*plan);
}

constexpr Rule<Case> kRules[] = {
    {"HOLD_INCOME", {"GSXZJ-2021-74", "5/七个不消/2"}, "收入不稳定", &IncomeNotAboveLine},
    {"WARN_NO_PLAN",
     {"GSXZJ-2021-74", "5/七个不消/3"},
     "没有一户一策",
     &NoPlan,
     Severity::kWarning},
};
static_assert(WellFormed(kRules));

constexpr Rule<Case> kSameId[] = {kRules[0], kRules[0]};
static_assert(!WellFormed(kSameId));
constexpr Rule<Case> kNoClause[] = {{"A", {"D", ""}, "文", &NoPlan}};
static_assert(!WellFormed(kNoClause));
constexpr Rule<Case> kLowerCase[] = {{"hold", {"D", "1"}, "文", &NoPlan}};
static_assert(!WellFormed(kLowerCase));
constexpr Rule<Case> kNoMessage[] = {{"A", {"D", "1"}, "", &NoPlan}};
static_assert(!WellFormed(kNoMessage));
constexpr Rule<Case> kNoFunction[] = {{"A", {"D", "1"}, "文"}};
static_assert(!WellFormed(kNoFunction));

TEST(RuleTest, EveryRuleIsAskedInTableOrder) {
  const Case c = {.income_fen = 600000, .line_fen = 600000, .has_plan = true};
  EXPECT_THAT(Apply(kRules, c), ElementsAre(Field(&Finding::rule, "HOLD_INCOME"),
                                            Field(&Finding::rule, "WARN_NO_PLAN")));
}

TEST(RuleTest, AFindingTellsClauseFactsAndMessage) {
  const Case c = {.income_fen = 600000, .line_fen = 600000, .has_plan = true};
  const Finding finding = Apply(kRules, c)[0];
  EXPECT_EQ(finding.verdict, Verdict::kHold);
  EXPECT_EQ(finding.document, "GSXZJ-2021-74");
  EXPECT_EQ(finding.clause, "5/七个不消/2");
  EXPECT_EQ(finding.message, "收入不稳定");
  EXPECT_THAT(
      finding.facts,
      ElementsAre(Fact{.name = "per_capita_reference", .label = "人均收入参考", .value = "6000.00"},
                  Fact{.name = "monitoring_line", .label = "监测范围", .value = "6000.00"}));
}

TEST(RuleTest, ClearHasNoMessageButItsFacts) {
  const Case c = {.income_fen = 600001, .line_fen = 600000, .has_plan = true};
  const std::vector<Finding> findings = Apply(kRules, c);
  EXPECT_EQ(findings[0].verdict, Verdict::kClear);
  EXPECT_THAT(findings[0].message, IsEmpty());
  EXPECT_EQ(findings[1].facts[0].value, "2021-09-20");
  EXPECT_EQ(findings[1].facts[1].value, "true");
}

TEST(RuleTest, AMissingFactIsNamedAndIsNeverNo) {
  const Finding finding = Apply(kRules, Case{.income_fen = 100})[0];
  EXPECT_EQ(finding.verdict, Verdict::kFactMissing);
  EXPECT_TRUE(finding.facts[1].missing);
  EXPECT_THAT(finding.message, HasSubstr("缺少：监测范围"));
  EXPECT_THAT(finding.message, HasSubstr("请先配置当年监测范围"));
}

TEST(RuleTest, OnlyBlockingRulesThatAreNotClearBlock) {
  EXPECT_THAT(Blocking(Apply(kRules, Case{})), ElementsAre(Field(&Finding::rule, "HOLD_INCOME")));
  const Case c = {.income_fen = 600001, .line_fen = 600000, .has_plan = false};
  EXPECT_THAT(Blocking(Apply(kRules, c)), IsEmpty());
}

}  // namespace
}  // namespace fangpin::policy
