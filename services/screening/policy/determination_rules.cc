#include "services/screening/policy/determination_rules.h"

#include <algorithm>
#include <span>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/strings.h"

namespace fangpin::screening {
namespace {

using policy::Evidence;
using policy::Outcome;

// The facts with the category that the version gives them.
struct Case {
  const DeterminationFacts& facts;
  Category category;
};

using DeterminationRule = policy::Rule<Case>;

bool OnlyRigidExpenditure(const DeterminationFacts& facts) {
  const std::set<RiskType>& risks = facts.assessment.risks;
  return !risks.empty() && std::all_of(risks.begin(), risks.end(), &IsRigidExpenditure);
}

std::optional<bool> InsideLine(const DeterminationFacts& facts) {
  if (!facts.per_capita_reference_fen || !facts.line_fen) return std::nullopt;
  return *facts.per_capita_reference_fen <= *facts.line_fen;
}

Category ByHouseholdKind(HouseholdKind kind) {
  switch (kind) {
    case HouseholdKind::kLiftedOut:
      return Category::kUnstablePovertyExit;
    case HouseholdKind::kOrdinary:
      return Category::kMarginalPovertyProne;
    case HouseholdKind::kUnknown:
      break;
  }
  return Category::kUndecided;
}

// Notice §3: from 2021 on a household whose risks are only rising expenditure is 突发严重困难户;
// falling income and safeguards that rebound make the other two, told apart by 户类型.
Category ClassifyByRiskKind(const DeterminationFacts& facts) {
  if (facts.assessment.risks.empty()) return Category::kUndecided;
  if (OnlyRigidExpenditure(facts)) return Category::kSuddenSevereDifficulty;
  return ByHouseholdKind(facts.household_kind);
}

// National reading since 2023: inside the line by 户类型, above it 突发严重困难户.
Category ClassifyByLine(const DeterminationFacts& facts) {
  const std::optional<bool> inside = InsideLine(facts);
  if (!inside) return Category::kUndecided;
  return *inside ? ByHouseholdKind(facts.household_kind) : Category::kSuddenSevereDifficulty;
}

// What one possible ground for inclusion says.
enum class Ground { kShown, kAbsent, kUnknown };

Ground FromOptional(std::optional<bool> value) {
  if (!value) return Ground::kUnknown;
  return *value ? Ground::kShown : Ground::kAbsent;
}

// 潜在风险 in any dimension: nothing has to have happened yet (notice §2 二).
Ground PotentialRisk(const DeterminationFacts& facts) {
  const auto& levels = facts.assessment.levels;
  const bool shown = std::find(levels.begin(), levels.end(), RiskLevel::kPotential) != levels.end();
  return shown ? Ground::kShown : Ground::kAbsent;
}

Ground SafeguardRebound(const DeterminationFacts& facts) {
  const AssessmentCase& assessment = facts.assessment;
  for (const Dimension dimension : {Dimension::kCompulsoryEducation, Dimension::kBasicMedical,
                                    Dimension::kHousingSafety, Dimension::kDrinkingWater}) {
    if (assessment.AtRisk(dimension)) return Ground::kShown;
  }
  if (!facts.safeguards_secured) return Ground::kUnknown;
  return *facts.safeguards_secured ? Ground::kAbsent : Ground::kShown;
}

// Large means both an amount of its own and a share of the household's net income.
Ground RigidExpenditure(const DeterminationFacts& facts) {
  if (!facts.rigid_expenditure_fen || !facts.large_expenditure_floor_fen ||
      !facts.large_expenditure_income_percent) {
    return Ground::kUnknown;
  }
  if (*facts.rigid_expenditure_fen < *facts.large_expenditure_floor_fen) return Ground::kAbsent;
  if (!facts.yearly_net_income_fen) return Ground::kUnknown;
  const bool large_share = *facts.rigid_expenditure_fen * 100 >=
                           *facts.yearly_net_income_fen * *facts.large_expenditure_income_percent;
  return large_share ? Ground::kShown : Ground::kAbsent;
}

Ground SharpIncomeDrop(const DeterminationFacts& facts) {
  if (!facts.per_capita_net_fen || !facts.previous_per_capita_net_fen ||
      !facts.income_drop_percent) {
    return Ground::kUnknown;
  }
  const int64_t previous = *facts.previous_per_capita_net_fen;
  if (previous <= 0) return Ground::kAbsent;
  const int64_t drop = previous - *facts.per_capita_net_fen;
  return drop * 100 >= previous * *facts.income_drop_percent ? Ground::kShown : Ground::kAbsent;
}

// A household is taken in on one ground; income is one of five, never the only measure. It is
// refused for want of a ground only when every ground is known to be absent.
Outcome NoRiskGround(const Case& c) {
  Evidence seen;
  const std::pair<policy::FactName, Ground> grounds[] = {
      {{"potential_risk", "潜在风险"}, PotentialRisk(c.facts)},
      {{"safeguard_rebound", "“三保障”和饮水安全反弹"}, SafeguardRebound(c.facts)},
      {{"rigid_expenditure_surge", "刚性支出陡增"}, RigidExpenditure(c.facts)},
      {{"sharp_income_drop", "收入大幅缩减"}, SharpIncomeDrop(c.facts)},
      {{"inside_monitoring_line", "收入在监测范围以内"}, FromOptional(InsideLine(c.facts))},
  };
  for (const auto& [name, ground] : grounds) {
    if (ground != Ground::kShown) continue;
    seen.Flag(name, true);
    return seen.Clear();
  }
  for (const auto& [name, ground] : grounds) {
    seen.Flag(name, ground == Ground::kUnknown ? std::nullopt : std::optional<bool>(false));
  }
  return seen.complete() ? seen.Hold() : seen.Missing();
}

// 富人戴穷帽: "原则上", so a hit needs an adjudication and may be excepted.
Outcome AssetStandard(const Case& c) {
  Evidence seen;
  std::optional<int64_t> hits, against;
  if (c.facts.asset_hits) {
    hits = static_cast<int64_t>(c.facts.asset_hits->size());
    against = std::count_if(
        c.facts.asset_hits->begin(), c.facts.asset_hits->end(), [](AssetOutcome outcome) {
          return outcome == AssetOutcome::kPending || outcome == AssetOutcome::kExcludedInPrinciple;
        });
  }
  seen.Number({"asset_hits", "家庭财产核查命中"}, hits);
  seen.Number({"asset_hits_against", "未裁定或原则上不纳入的命中"}, against);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*against > 0);
}

Outcome LineConfigured(const Case& c) {
  Evidence seen;
  seen.Yuan({"monitoring_line", "监测范围"}, c.facts.line_fen);
  if (seen.complete()) return seen.Clear();
  seen.Note(
      base::StrCat("请先配置", c.facts.division, "适用的", c.facts.today.year(), "年监测范围"));
  return seen.Missing();
}

Outcome CategoryDecided(const Case& c) {
  Evidence seen;
  if (c.category != Category::kUndecided) {
    seen.Text({"category", "类别"}, CategoryName(c.category));
    return seen.Clear();
  }
  // What could have decided it, so that people see what to fill in.
  if (c.facts.assessment.risks.empty()) seen.Text({"risks", "风险类型"}, std::nullopt);
  if (c.facts.household_kind == HouseholdKind::kUnknown) {
    seen.Text({"household_kind", "户类型"}, std::nullopt);
  }
  seen.Yuan({"per_capita_reference", "人均收入参考"}, c.facts.per_capita_reference_fen);
  seen.Yuan({"monitoring_line", "监测范围"}, c.facts.line_fen);
  return seen.Missing();
}

// 突发严重困难户 above the line: basic life is in serious difficulty.
Outcome AboveLineWithoutDifficulty(const Case& c) {
  Evidence seen;
  const auto inside =
      seen.Flag({"inside_monitoring_line", "收入在监测范围以内"}, InsideLine(c.facts));
  if (!seen.complete()) return seen.Missing();
  if (*inside) return seen.Clear();
  const auto difficult =
      seen.Flag({"basic_life_difficult", "基本生活出现严重困难"}, c.facts.basic_life_difficult);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(!*difficult);
}

Outcome CategoryAgainstLine(const Case& c) {
  Evidence seen;
  const auto inside =
      seen.Flag({"inside_monitoring_line", "收入在监测范围以内"}, InsideLine(c.facts));
  if (c.category == Category::kUndecided) seen.Text({"category", "类别"}, std::nullopt);
  if (!seen.complete()) return seen.Missing();
  seen.Text({"category", "类别"}, CategoryName(c.category));
  return seen.HoldIf((c.category == Category::kSuddenSevereDifficulty) == *inside);
}

Outcome CategoryAgainstRiskKind(const Case& c) {
  Evidence seen;
  if (c.category == Category::kUndecided) {
    seen.Text({"category", "类别"}, std::nullopt);
    return seen.Missing();
  }
  const bool only_expenditure = OnlyRigidExpenditure(c.facts);
  seen.Flag({"only_rigid_expenditure_risks", "风险均为刚性支出类"}, only_expenditure);
  seen.Text({"category", "类别"}, CategoryName(c.category));
  return seen.HoldIf(only_expenditure && c.category != Category::kSuddenSevereDifficulty);
}

Outcome AlreadyMonitored(const Case& c) {
  Evidence seen;
  seen.Flag({"already_monitored", "已是监测对象"}, c.facts.already_monitored);
  return seen.HoldIf(c.facts.already_monitored);
}

Outcome StepsIncomplete(const Case& c) {
  Evidence seen;
  seen.Number({"steps_done", "已完成步骤"}, c.facts.steps_done);
  return seen.HoldIf(c.facts.steps_done < kStepsBeforeApproval);
}

Outcome TooFewCheckers(const Case& c) {
  Evidence seen;
  const auto checkers = seen.Number({"checkers", "核实人数"}, c.facts.checkers);
  const auto minimum = seen.Number({"min_checkers", "最少人数"}, c.facts.min_checkers);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*checkers < *minimum);
}

Outcome NotAuthorised(const Case& c) {
  Evidence seen;
  const auto authorised = seen.Flag({"authorised", "已签承诺授权书"}, c.facts.authorised);
  if (authorised == false) return seen.Hold();
  const auto authorised_on = seen.Day({"authorised_on", "授权日期"}, c.facts.authorised_on);
  const auto compared_on = seen.Day({"compared_on", "比对日期"}, c.facts.compared_on);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*authorised_on > *compared_on);
}

Outcome ReviewNotPassed(const Case& c) {
  Evidence seen;
  const auto attendance = seen.Number({"attendance", "到会人数"}, c.facts.attendance);
  const auto votes_for = seen.Number({"votes_for", "同意票"}, c.facts.votes_for);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*votes_for * 2 <= *attendance);
}

// First and last day both count.
Outcome PublicityTooShort(const Case& c) {
  Evidence seen;
  const auto from = seen.Day({"publicity_from", "公示开始"}, c.facts.publicity_from);
  const auto to = seen.Day({"publicity_to", "公示结束"}, c.facts.publicity_to);
  const auto minimum =
      seen.Number({"publicity_min_days", "最少公示天数"}, c.facts.publicity_min_days);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*to - *from + 1 < *minimum || *to > c.facts.today);
}

Outcome ObjectionsOpen(const Case& c) {
  Evidence seen;
  const auto open = seen.Number({"objections_open", "未处理的异议"}, c.facts.objections_open);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*open > 0);
}

Outcome TownshipNotAgreed(const Case& c) {
  Evidence seen;
  const auto agreed = seen.Flag({"township_agreed", "乡镇审核同意"}, c.facts.township_agreed);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(!*agreed);
}

constexpr std::string_view kNotice = "GSXZJ-2021-74";
constexpr std::string_view kHandbook = "HANDBOOK";
constexpr std::string_view kNational = "QINAN";

constexpr DeterminationRule kRiskGround = {
    "NO_RISK_GROUND", {kNotice, "2/整改措施/2"}, "没有纳入监测的风险依据", &NoRiskGround};
constexpr DeterminationRule kAssetStandard = {"ASSET_STANDARD",
                                              {kNotice, "2/整改措施/4"},
                                              "家庭财产核查命中未裁定或原则上不纳入",
                                              &AssetStandard};
constexpr DeterminationRule kLine = {
    "LINE_NOT_CONFIGURED", {kHandbook, "8"}, "缺少认定年度的监测范围", &LineConfigured};
constexpr DeterminationRule kAgainstLine = {"DQ_RK_12",
                                            {kNational, "类别/突发严重困难户"},
                                            "类别与收入是否在监测范围以内不一致",
                                            &CategoryAgainstLine,
                                            policy::Severity::kWarning};
constexpr DeterminationRule kAgainstRiskKind = {"DQ_RK_13",
                                                {kNotice, "3/分类/风险类别"},
                                                "风险均为刚性支出类，原则上应为突发严重困难户",
                                                &CategoryAgainstRiskKind,
                                                policy::Severity::kWarning};

// 程序: the same in both versions, policy handbook 2.5.
constexpr DeterminationRule kProcedure[] = {
    {"ALREADY_MONITORED", {kHandbook, "2.14"}, "该户已是监测对象", &AlreadyMonitored},
    {"STEPS_INCOMPLETE", {kHandbook, "2.5"}, "识别程序未履行完毕", &StepsIncomplete},
    {"TOO_FEW_CHECKERS", {kHandbook, "2.5"}, "入户核实人数不足", &TooFewCheckers},
    {"NOT_AUTHORISED", {kHandbook, "2.5"}, "信息比对前没有取得承诺授权", &NotAuthorised},
    {"REVIEW_NOT_PASSED", {kHandbook, "2.5"}, "民主评议未获过半数同意", &ReviewNotPassed},
    {"PUBLICITY_TOO_SHORT", {kNational, "村内公示"}, "村内公示不满规定天数", &PublicityTooShort},
    {"OBJECTIONS_OPEN", {kHandbook, "2.5"}, "公示期间的异议未处理完毕", &ObjectionsOpen},
    {"TOWNSHIP_NOT_AGREED", {kHandbook, "2.5"}, "乡镇审核未同意", &TownshipNotAgreed},
};
static_assert(policy::WellFormed(kProcedure));

constexpr DeterminationRule kRules2021[] = {
    kRiskGround,
    kAssetStandard,
    {"CATEGORY_UNDECIDED", {kNotice, "3/分类/风险类别"}, "类别无法确定", &CategoryDecided},
    kLine,
    kAgainstLine,
};
static_assert(policy::WellFormed(kRules2021));

constexpr DeterminationRule kRules2023[] = {
    kRiskGround,
    {"ABOVE_LINE_WITHOUT_DIFFICULTY",
     {kNational, "类别/突发严重困难户"},
     "收入高于监测范围且基本生活没有出现严重困难",
     &AboveLineWithoutDifficulty},
    kAssetStandard,
    {"CATEGORY_UNDECIDED", {kNational, "类别/边缘易致贫户"}, "类别无法确定", &CategoryDecided},
    kLine,
    kAgainstRiskKind,
};
static_assert(policy::WellFormed(kRules2023));

struct Version {
  std::string_view key;
  Category (*classify)(const DeterminationFacts&);
  std::span<const DeterminationRule> rules;
};

constexpr Version kVersions[] = {
    {"gansu-2021", &ClassifyByRiskKind, kRules2021},
    {"gansu-2023", &ClassifyByLine, kRules2023},
};

const Version* FindVersion(std::string_view key) {
  const auto* const found = std::find_if(std::begin(kVersions), std::end(kVersions),
                                         [key](const Version& v) { return v.key == key; });
  return found == std::end(kVersions) ? nullptr : found;
}

}  // namespace

std::string_view CategoryName(Category category) {
  switch (category) {
    case Category::kUnstablePovertyExit:
      return "UNSTABLE_POVERTY_EXIT";
    case Category::kMarginalPovertyProne:
      return "MARGINAL_POVERTY_PRONE";
    case Category::kSuddenSevereDifficulty:
      return "SUDDEN_SEVERE_DIFFICULTY";
    case Category::kUndecided:
      break;
  }
  return "UNDECIDED";
}

bool KnowsPolicyVersion(std::string_view version) { return FindVersion(version) != nullptr; }

Determination Determine(std::string_view version, const DeterminationFacts& facts) {
  const Version& tables = *FindVersion(version);
  Determination result;
  result.category = tables.classify(facts);
  const Case subject{facts, result.category};
  result.findings = policy::Apply<Case>(tables.rules, subject);
  for (policy::Finding& finding : policy::Apply<Case>(kProcedure, subject)) {
    result.findings.push_back(std::move(finding));
  }
  return result;
}

}  // namespace fangpin::screening
