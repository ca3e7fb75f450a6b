#include "services/elimination/policy/hold_rules.h"

#include <algorithm>
#include <span>

#include "libs/base/civil.h"
#include "libs/base/strings.h"

namespace fangpin::elimination {
namespace {

using policy::Evidence;
using policy::Outcome;
using HoldRule = policy::Rule<EliminationFacts>;

constexpr char kNotice[] = "GSXZJ-2021-74";

// Whether one condition of several is met. A condition known not to be met decides a rule at once;
// an unknown one only when none is.
enum class Met { kYes, kNo, kUnknown };

Met FromOptional(std::optional<bool> value) {
  if (!value) return Met::kUnknown;
  return *value ? Met::kYes : Met::kNo;
}

Outcome Decide(Evidence& seen, std::span<const Met> conditions) {
  if (std::count(conditions.begin(), conditions.end(), Met::kNo) > 0) return seen.Hold();
  if (std::count(conditions.begin(), conditions.end(), Met::kUnknown) > 0) return seen.Missing();
  return seen.Clear();
}

// Whether `since` lies at least `months` whole months before `today`.
Met LastedFor(std::optional<absl::CivilDay> since, std::optional<int64_t> months,
              absl::CivilDay today) {
  if (!since || !months) return Met::kUnknown;
  return base::WholeMonthsBetween(*since, today) >= *months ? Met::kYes : Met::kNo;
}

// 一: each of the four secured, and for long enough.
Outcome SafeguardsNotStable(const EliminationFacts& facts) {
  Evidence seen;
  const auto months =
      seen.Number({"safeguards_stable_months", "稳定实现月数"}, facts.safeguards_stable_months);
  std::vector<Met> conditions;
  for (size_t i = 0; i < kSafeguardNames.size(); ++i) {
    const SafeguardFact& safeguard = facts.safeguards[i];
    if (safeguard.state == SafeguardState::kUnknown) {
      seen.Flag(kSafeguardNames[i], std::nullopt);
      conditions.push_back(Met::kUnknown);
      continue;
    }
    if (safeguard.state == SafeguardState::kNotSecured) {
      seen.Flag(kSafeguardNames[i], false);
      conditions.push_back(Met::kNo);
      continue;
    }
    // Secured: from when on decides.
    seen.Day(kSafeguardNames[i], safeguard.since);
    conditions.push_back(LastedFor(safeguard.since, months, facts.today));
  }
  return Decide(seen, conditions);
}

// 二: income above the line of the current year, and stable; large expenditure ended or covered.
Outcome IncomeOrExpenditureUnresolved(const EliminationFacts& facts) {
  Evidence seen;
  const auto income =
      seen.Yuan({"per_capita_reference", "人均收入参考"}, facts.per_capita_reference_fen);
  const auto line = seen.Yuan({"monitoring_line", "当年监测范围"}, facts.line_fen);
  const auto since = seen.Day({"income_stable_since", "收入稳定起始日"}, facts.income_stable_since);
  const auto months =
      seen.Number({"income_stable_months", "收入稳定月数"}, facts.income_stable_months);
  const auto resolved = seen.Flag({"rigid_expenditure_resolved", "大额刚性支出已稳定解决"},
                                  facts.rigid_expenditure_resolved);
  const auto floor =
      seen.Yuan({"large_expenditure_floor", "大额刚性支出标准"}, facts.large_expenditure_floor_fen);
  seen.Yuan({"open_rigid_expenditure", "未解决的刚性支出"}, facts.open_rigid_expenditure_fen);
  if (!line) {
    seen.Note(base::StrCat("请先配置", facts.division, "在", facts.today.year(), "年的监测范围"));
  }

  const Met above_line = income && line ? FromOptional(*income > *line) : Met::kUnknown;
  const Met nothing_open =
      floor ? FromOptional(facts.open_rigid_expenditure_fen < *floor) : Met::kUnknown;
  const Met conditions[] = {above_line, LastedFor(since, months, facts.today),
                            FromOptional(resolved), nothing_open};
  return Decide(seen, conditions);
}

// A household whose risk vanished by itself needs neither a plan nor effects of one.
bool NaturallyGone(const EliminationFacts& facts, Evidence& seen) {
  if (facts.mode != Mode::kNatural) return false;
  seen.Text({"elimination_mode", "消除方式"}, "NATURAL");
  return true;
}

// 三: a plan in force and at least one measure carried out.
Outcome NoPlanImplemented(const EliminationFacts& facts) {
  Evidence seen;
  if (NaturallyGone(facts, seen)) return seen.Clear();
  const auto plan = seen.Flag({"plan_in_force", "一户一策已审定"}, facts.has_plan_in_force);
  const auto measures = seen.Number({"measures_carried_out", "已落实措施数"},
                                    static_cast<int64_t>(facts.measures.size()));
  return seen.HoldIf(!*plan || *measures == 0);
}

// 四: every measure carried out is evaluated afterwards with a visible effect, and the latest was
// not carried out just now. Without measures the third hold speaks.
Outcome EffectNotSeen(const EliminationFacts& facts) {
  Evidence seen;
  if (NaturallyGone(facts, seen)) return seen.Clear();
  const auto min_days =
      seen.Number({"measure_effect_min_days", "见效最少天数"}, facts.measure_effect_min_days);
  int64_t evaluated = 0, without_effect = 0;
  std::optional<absl::CivilDay> latest;
  for (const MeasureFact& measure : facts.measures) {
    latest = std::max(latest.value_or(measure.carried_out_on), measure.carried_out_on);
    if (!measure.result || !measure.evaluated_on ||
        *measure.evaluated_on <= measure.carried_out_on) {
      continue;
    }
    ++evaluated;
    without_effect +=
        measure.result == EffectResult::kUnclear || measure.result == EffectResult::kNone;
  }
  if (facts.measures.empty()) {
    seen.Number({"measures_carried_out", "已落实措施数"}, 0);
    return seen.Clear();
  }
  const int64_t unevaluated = static_cast<int64_t>(facts.measures.size()) - evaluated;
  seen.Number({"measures_without_effect", "效果不明显的措施数"}, without_effect);
  seen.Number({"measures_not_evaluated", "未评估成效的措施数"}, unevaluated);
  seen.Day({"last_carried_out_on", "最近落实日"}, latest);

  const Met settled = min_days ? FromOptional(facts.today - *latest >= *min_days) : Met::kUnknown;
  const Met conditions[] = {without_effect > 0 ? Met::kNo : Met::kYes, settled,
                            unevaluated > 0 ? Met::kUnknown : Met::kYes};
  return Decide(seen, conditions);
}

// 五: standing. One member who can work is enough to clear it.
Outcome WholeHouseholdNoLabour(const EliminationFacts& facts) {
  Evidence seen;
  int64_t able = 0, unknown = 0;
  for (const MemberFact& member : facts.members) {
    able += member.can_work.value_or(false);
    unknown += !member.can_work.has_value();
  }
  seen.Number({"members", "家庭人口"}, static_cast<int64_t>(facts.members.size()));
  seen.Number({"members_able_to_work", "有劳动能力人数"}, able);
  if (able > 0) return seen.Clear();
  seen.Number({"members_labour_unknown", "劳动技能未采集人数"}, unknown);
  if (unknown > 0 || facts.members.empty()) return seen.Missing();
  return seen.Hold();
}

// Whether a member belongs to a group; nullopt when that cannot be told.
std::optional<bool> Belongs(const MemberFact& member, SpecialGroup group,
                            const EliminationFacts& facts) {
  switch (group) {
    case SpecialGroup::kSevereIllness:
      return member.severely_ill;
    case SpecialGroup::kSevereDisability:
      if (!member.disability_grade || !facts.severe_disability_max_grade) return std::nullopt;
      return *member.disability_grade > 0 &&
             *member.disability_grade <= *facts.severe_disability_max_grade;
    case SpecialGroup::kDisabledElder:
      // Who can work can look after himself; the national form has no field that says so.
      if (!member.incapacitated.value_or(member.can_work != true)) return false;
      if (!member.age || !facts.elder_age_from) return std::nullopt;
      if (*member.age < *facts.elder_age_from) return false;
      return member.incapacitated;
  }
  return std::nullopt;
}

// 六: standing. The list after 等 is configuration.
Outcome SpecialDifficultyMember(const EliminationFacts& facts) {
  static constexpr struct {
    SpecialGroup group;
    policy::FactName name;
  } kGroups[] = {
      {SpecialGroup::kSevereIllness, {"severely_ill_members", "大病重病人数"}},
      {SpecialGroup::kSevereDisability, {"severely_disabled_members", "重度残疾人数"}},
      {SpecialGroup::kDisabledElder, {"incapacitated_elders", "失能老年人数"}},
  };
  Evidence seen;
  if (!facts.special_groups) {
    seen.Text({"special_difficulty_groups", "特殊困难人口范围"}, std::nullopt);
    return seen.Missing();
  }
  std::vector<Met> conditions;
  for (const auto& [group, name] : kGroups) {
    if (!facts.special_groups->contains(group)) continue;
    int64_t belonging = 0, unknown = 0;
    for (const MemberFact& member : facts.members) {
      const std::optional<bool> belongs = Belongs(member, group, facts);
      belonging += belongs.value_or(false);
      unknown += !belongs.has_value();
    }
    // A count is a fact only when everybody was counted, or somebody was found.
    const bool known = belonging > 0 || unknown == 0;
    seen.Number(name, known ? std::optional(belonging) : std::nullopt);
    conditions.push_back(!known ? Met::kUnknown : belonging > 0 ? Met::kNo : Met::kYes);
  }
  if (facts.members.empty()) return seen.Missing();
  return Decide(seen, conditions);
}

// 七: all five, in order; order is kept where steps are recorded.
Outcome ProcedureIncomplete(const EliminationFacts& facts) {
  Evidence seen;
  const auto done = seen.Number({"steps_done", "已完成步骤数"}, facts.steps_done);
  return seen.HoldIf(*done < kEliminationSteps);
}

// The further conditions look at what a step left behind; while the step is not done they have
// nothing to look at, and the seventh hold speaks.
bool StepDone(const EliminationFacts& facts, int step) { return facts.steps_done >= step; }

Outcome MonitoredTooShort(const EliminationFacts& facts) {
  Evidence seen;
  if (NaturallyGone(facts, seen)) return seen.Clear();
  const auto since = seen.Day({"determined_on", "识别监测时间"}, facts.determined_on);
  const auto months =
      seen.Number({"min_monitored_months", "最少监测月数"}, facts.min_monitored_months);
  const Met conditions[] = {LastedFor(since, months, facts.today)};
  return Decide(seen, conditions);
}

Outcome FieldCheckIncomplete(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 1)) return seen.Clear();
  const auto visitors = seen.Number({"visitors", "入户人数"}, facts.visitors);
  const auto least = seen.Number({"min_visitors", "最少入户人数"}, facts.min_visitors);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*visitors < *least);
}

Outcome AccountNotSigned(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 2)) return seen.Clear();
  const auto is_signed = seen.Flag({"account_signed", "收支账农户签字"}, facts.account_signed);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(!*is_signed);
}

Outcome CrossCheckContradicted(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 3)) return seen.Clear();
  const auto found = seen.Number({"contradictions", "比对矛盾数"}, facts.contradictions);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*found > 0);
}

Outcome NewRiskFound(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 3)) return seen.Clear();
  const auto found = seen.Flag({"new_risk", "发现新的风险"}, facts.new_risk);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*found);
}

Outcome ReviewNotPassed(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 4)) return seen.Clear();
  const auto present = seen.Number({"attendance", "到会人数"}, facts.attendance);
  const auto votes = seen.Number({"votes_for", "同意票数"}, facts.votes_for);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*votes * 2 <= *present);
}

// First and last day both count.
Outcome PublicityTooShort(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 5)) return seen.Clear();
  const auto from = seen.Day({"publicity_from", "公示起始日"}, facts.publicity_from);
  const auto to = seen.Day({"publicity_to", "公示截止日"}, facts.publicity_to);
  const auto least = seen.Number({"publicity_min_days", "最少公示天数"}, facts.publicity_min_days);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*to - *from + 1 < *least || *to > facts.today);
}

Outcome ObjectionOpen(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 5)) return seen.Clear();
  const auto open = seen.Number({"objections_open", "未处理异议数"}, facts.objections_open);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*open > 0);
}

Outcome NotAcknowledged(const EliminationFacts& facts) {
  Evidence seen;
  if (!StepDone(facts, 5)) return seen.Clear();
  const auto agreed =
      seen.Flag({"household_acknowledged", "农户认可"}, facts.household_acknowledged);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(!*agreed);
}

struct HoldTable {
  HoldRule rules[16];
};

// The seven holds, then the further conditions. What follows from the sixth hold is all that tells
// the versions apart.
constexpr HoldTable MakeTable(policy::Severity special_difficulty) {
  return {{
      {"HOLD_SAFEGUARDS_NOT_STABLE",
       {kNotice, "5/七个不消/1"},
       "“三保障”和饮水安全未稳定实现",
       &SafeguardsNotStable},
      {"HOLD_INCOME_OR_EXPENDITURE_UNRESOLVED",
       {kNotice, "5/七个不消/2"},
       "没有稳定收入来源或大额刚性支出问题未稳定解决",
       &IncomeOrExpenditureUnresolved},
      {"HOLD_NO_PLAN_IMPLEMENTED",
       {kNotice, "5/七个不消/3"},
       "没有制定并实施“一户一策”帮扶计划",
       &NoPlanImplemented},
      {"HOLD_EFFECT_NOT_SEEN",
       {kNotice, "5/七个不消/4"},
       "刚落实帮扶措施还没有见到效果或者帮扶效果不明显",
       &EffectNotSeen},
      {"HOLD_WHOLE_HOUSEHOLD_NO_LABOUR",
       {kNotice, "5/七个不消/5"},
       "整户不具备或丧失劳动能力",
       &WholeHouseholdNoLabour},
      {"HOLD_SPECIAL_DIFFICULTY_MEMBER",
       {kNotice, "5/七个不消/6"},
       "有大病重病患者等特殊困难人口",
       &SpecialDifficultyMember,
       special_difficulty},
      {"HOLD_PROCEDURE_INCOMPLETE",
       {kNotice, "5/七个不消/7"},
       "没有完整履行“一看二算三核四评议五公示”程序",
       &ProcedureIncomplete},
      {"MONITORED_TOO_SHORT", {"YJQ", "监测时长"}, "监测帮扶时间不足", &MonitoredTooShort},
      {"FIELD_CHECK_INCOMPLETE",
       {kNotice, "5/主要问题/3"},
       "入户核查人数不足",
       &FieldCheckIncomplete},
      {"ACCOUNT_NOT_SIGNED", {kNotice, "5/主要问题/3"}, "收支账没有农户签字", &AccountNotSigned},
      {"CROSS_CHECK_CONTRADICTED",
       {kNotice, "5/主要问题/3"},
       "部门比对结果有矛盾",
       &CrossCheckContradicted},
      {"NEW_RISK_FOUND", {kNotice, "5/回头看"}, "核查发现新的风险", &NewRiskFound},
      {"REVIEW_NOT_PASSED",
       {kNotice, "5/回头看"},
       "民主评议同意票未过到会人数半数",
       &ReviewNotPassed},
      {"PUBLICITY_TOO_SHORT", {"QINAN", "村内公示"}, "公示天数不足或尚未期满", &PublicityTooShort},
      {"OBJECTION_OPEN", {kNotice, "5/回头看"}, "公示异议没有处理完", &ObjectionOpen},
      {"HOUSEHOLD_NOT_ACKNOWLEDGED", {kNotice, "5/主要问题/3"}, "没有农户认可", &NotAcknowledged},
  }};
}

constexpr HoldTable kHolds2021 = MakeTable(policy::Severity::kBlock);
constexpr HoldTable kHolds2023 = MakeTable(policy::Severity::kWarning);
static_assert(policy::WellFormed(kHolds2021.rules));
static_assert(policy::WellFormed(kHolds2023.rules));

const HoldTable* TableOf(std::string_view version) {
  if (version == "gansu-2021") return &kHolds2021;
  if (version == "gansu-2023") return &kHolds2023;
  return nullptr;
}

}  // namespace

bool KnowsPolicyVersion(std::string_view version) { return TableOf(version) != nullptr; }

std::span<const HoldRule> RulesOf(std::string_view version) { return TableOf(version)->rules; }

std::vector<policy::Finding> Evaluate(std::string_view version, const EliminationFacts& facts) {
  return policy::Apply<EliminationFacts>(RulesOf(version), facts);
}

}  // namespace fangpin::elimination
