#include "services/assistance/policy/plan_rules.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "libs/base/civil.h"
#include "libs/base/strings.h"

namespace fangpin::assistance {
namespace {

using policy::Evidence;
using policy::Outcome;
using policy::Rule;
using policy::Severity;

constexpr std::string_view kNotice = "GSXZJ-2021-74";

constexpr std::array kSafeguards = {Safeguard::kCompulsoryEducation, Safeguard::kBasicMedicalCare,
                                    Safeguard::kHousingSafety, Safeguard::kDrinkingWaterSafety};

void AppendTo(std::string& list, std::string_view term) {
  if (!list.empty()) list.append("、");
  list.append(term);
}

// The terms in which two bases differ.
std::string Differences(const Basis& a, const Basis& b) {
  std::string differences;
  if (a.category_known != b.category_known || a.determined_on != b.determined_on) {
    AppendTo(differences, "监测信息");
  }
  if (a.risks != b.risks) AppendTo(differences, "风险类型");
  if (a.population != b.population) AppendTo(differences, "家庭人口");
  if (a.labour_population != b.labour_population || a.labour_unknown != b.labour_unknown) {
    AppendTo(differences, "劳动力");
  }
  if (a.per_capita_reference_fen != b.per_capita_reference_fen) {
    AppendTo(differences, "人均收入参考");
  }
  if (a.open_safeguards != b.open_safeguards) AppendTo(differences, "三保障和饮水安全");
  return differences;
}

// 基本情况不准确.
Outcome BasicFactsInaccurate(const PlanCase& c) {
  Evidence seen;
  const std::string differences = Differences(c.plan, c.household);
  seen.Flag({"differs_from_registry", "与户档不一致"}, !differences.empty());
  if (!differences.empty()) {
    seen.Note(base::StrCat("与户档不一致：", differences));
    return seen.Hold();
  }
  seen.Number({"population", "家庭人口"},
              c.plan.population > 0 ? std::optional<int64_t>(c.plan.population) : std::nullopt);
  seen.Yuan({"per_capita_reference", "人均收入参考"}, c.plan.per_capita_reference_fen);
  return seen.complete() ? seen.Clear() : seen.Missing();
}

// 风险分析不到位: every determined risk is analysed, and no other.
Outcome RiskAnalysisInadequate(const PlanCase& c) {
  Evidence seen;
  const auto risks =
      seen.Number({"determined_risks", "已认定风险数"},
                  c.household.risks.empty()
                      ? std::nullopt
                      : std::optional<int64_t>(static_cast<int64_t>(c.household.risks.size())));
  if (!risks) return seen.Missing();
  std::string without;
  for (const Risk risk : c.household.risks) {
    const auto analysis = c.analyses.find(risk);
    if (analysis == c.analyses.end() || !analysis->second) AppendTo(without, Label(risk));
  }
  std::string unfounded;
  for (const auto& [risk, has_text] : c.analyses) {
    if (!c.household.risks.contains(risk)) AppendTo(unfounded, Label(risk));
  }
  if (!without.empty()) seen.Note(base::StrCat("未分析：", without));
  if (!unfounded.empty()) seen.Note(base::StrCat("未认定却作分析：", unfounded));
  return seen.HoldIf(!without.empty() || !unfounded.empty());
}

// 农户需求不掌握: at least one need, and every need is met by a measure.
Outcome NeedsUnknown(const PlanCase& c) {
  Evidence seen;
  int64_t unmet = 0;
  for (const auto& [number, has_text] : c.needs) {
    const bool met =
        std::any_of(c.measures.begin(), c.measures.end(),
                    [n = number](const PlannedMeasure& m) { return m.need_numbers.contains(n); });
    if (!met) ++unmet;
  }
  const auto needs = seen.Number({"needs", "农户需求数"}, static_cast<int64_t>(c.needs.size()));
  seen.Number({"needs_without_measure", "没有对应措施的需求数"}, unmet);
  return seen.HoldIf(*needs == 0 || unmet > 0);
}

bool Answered(const PlanCase& c, Risk risk) {
  return std::any_of(c.measures.begin(), c.measures.end(), [risk](const PlannedMeasure& m) {
    return m.group && m.risks.contains(risk) && Answers(*m.group, m.item, risk);
  });
}

bool Answered(const PlanCase& c, Safeguard safeguard) {
  return std::any_of(c.measures.begin(), c.measures.end(), [safeguard](const PlannedMeasure& m) {
    return m.group && Answers(*m.group, safeguard);
  });
}

// 帮扶措施不完善: a risk, or a safeguard that is not secured, without an acceptable measure.
Outcome MeasuresIncomplete(const PlanCase& c) {
  Evidence seen;
  std::string unanswered;
  for (const Risk risk : c.household.risks) {
    if (!Answered(c, risk)) AppendTo(unanswered, Label(risk));
  }
  bool unknown = c.household.risks.empty();
  if (unknown) seen.Number({"determined_risks", "已认定风险数"}, std::nullopt);
  for (const Safeguard safeguard : kSafeguards) {
    if (Answered(c, safeguard)) continue;
    const auto state = c.safeguards.find(safeguard);
    if (state == c.safeguards.end() || state->second == SafeguardState::kUnknown) {
      unknown = true;
      seen.Flag({"safeguard_secured", Label(safeguard)}, std::nullopt);
    } else if (state->second == SafeguardState::kNotSecured) {
      AppendTo(unanswered, Label(safeguard));
    }
  }
  seen.Flag({"has_unanswered", "有未回应的风险或短板"}, !unanswered.empty());
  if (!unanswered.empty()) {
    seen.Note(base::StrCat("没有对应措施：", unanswered));
    return seen.Hold();
  }
  return unknown ? seen.Missing() : seen.Clear();
}

// 动态调整不及时: the household changed and the plan was not issued anew in time.
Outcome NotAdjustedInTime(const PlanCase& c) {
  Evidence seen;
  const bool changed = !Differences(c.plan, c.household).empty();
  seen.Flag({"differs_from_registry", "与户档不一致"}, changed);
  if (!changed) return seen.Clear();
  const auto changed_on =
      seen.Day({"household_changed_on", "户档变动日期"}, c.household_changed_on);
  const auto days = seen.Number({"plan_refresh_days", "计划调整期限（天）"}, c.refresh_days);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(c.today - *changed_on > *days);
}

// 帮扶责任不明确: a measure without person, unit or due day.
Outcome ResponsibilityUnclear(const PlanCase& c) {
  Evidence seen;
  int64_t person = 0;
  int64_t unit = 0;
  int64_t due = 0;
  for (const PlannedMeasure& measure : c.measures) {
    person += measure.has_person ? 0 : 1;
    unit += measure.has_unit ? 0 : 1;
    due += measure.has_due_day ? 0 : 1;
  }
  seen.Number({"measures_without_person", "没有责任人的措施数"}, person);
  seen.Number({"measures_without_unit", "没有责任单位的措施数"}, unit);
  seen.Number({"measures_without_due_day", "没有完成时限的措施数"}, due);
  return seen.HoldIf(person + unit + due > 0);
}

// 审核把关不严谨: agreed to by an author, twice by one person, or with open defects.
Outcome ReviewNotRigorous(const PlanCase& c) {
  Evidence seen;
  int64_t own = 0;
  int64_t same = 0;
  int64_t with_defects = 0;
  for (const Review& review : c.agreed_reviews) {
    own += review.by_author ? 1 : 0;
    same += review.by_former_reviewer ? 1 : 0;
    with_defects += review.open_defects > 0 ? 1 : 0;
  }
  seen.Number({"reviews_by_author", "本人审核次数"}, own);
  seen.Number({"reviews_by_same_person", "同一人重复审核次数"}, same);
  seen.Number({"reviews_with_open_defects", "带问题通过次数"}, with_defects);
  return seen.HoldIf(own + same + with_defects > 0);
}

// 内容填写不完整: a required field is empty.
Outcome ContentIncomplete(const PlanCase& c) {
  Evidence seen;
  std::string empty;
  if (!c.plan.category_known) AppendTo(empty, "监测对象类别");
  if (!c.plan.determined_on) AppendTo(empty, "识别监测时间");
  if (c.measures.empty()) AppendTo(empty, "帮扶措施");
  for (const auto& [number, has_text] : c.needs) {
    if (!has_text) AppendTo(empty, base::StrCat("需求", number, "的内容"));
  }
  for (size_t i = 0; i < c.measures.size(); ++i) {
    if (!c.measures[i].group) AppendTo(empty, base::StrCat("措施", i + 1, "的类别"));
    if (c.measures[i].item.empty()) AppendTo(empty, base::StrCat("措施", i + 1, "的具体内容"));
  }
  seen.Flag({"has_empty_fields", "有未填内容"}, !empty.empty());
  if (!empty.empty()) seen.Note(base::StrCat("未填：", empty));
  return seen.HoldIf(!empty.empty());
}

// 头痛医脚: a measure that answers nothing, or none of the risks that it names.
Outcome MeasureNotTargeted(const PlanCase& c) {
  Evidence seen;
  int64_t untargeted = 0;
  for (const PlannedMeasure& m : c.measures) {
    if (!m.group) continue;
    const bool fits = std::any_of(m.risks.begin(), m.risks.end(), [&](Risk risk) {
      return c.household.risks.contains(risk) && Answers(*m.group, m.item, risk);
    });
    const bool mends =
        std::any_of(c.household.open_safeguards.begin(), c.household.open_safeguards.end(),
                    [&](Safeguard safeguard) { return Answers(*m.group, safeguard); });
    const bool meets_need = m.risks.empty() && !m.need_numbers.empty();
    if (!fits && !mends && !meets_need) ++untargeted;
  }
  seen.Number({"measures_not_targeted", "缺乏针对性的措施数"}, untargeted);
  return seen.HoldIf(untargeted > 0);
}

bool IsSubstantial(const PlannedMeasure& m) { return m.group && !IsNominal(*m.group, m.item); }

bool HasDevelopmental(const PlanCase& c, bool substantial) {
  return std::any_of(c.measures.begin(), c.measures.end(), [&](const PlannedMeasure& m) {
    return m.group && IsDevelopmental(*m.group) && (!substantial || IsSubstantial(m));
  });
}

// Notes whether the household has labour; nullopt when that is not on record: somebody with labour
// capacity settles it, nobody does only when everybody's capacity is known.
std::optional<bool> HasLabour(const PlanCase& c, Evidence& seen) {
  std::optional<bool> has_labour;
  if (c.household.labour_population > 0) {
    has_labour = true;
  } else if (c.household.labour_unknown == 0 && c.household.population > 0) {
    has_labour = false;
  }
  return seen.Flag({"has_labour", "有劳动能力"}, has_labour);
}

// 一兜了之: labour in the household, and nothing but the safety net.
Outcome SafetyNetOnly(const PlanCase& c) {
  Evidence seen;
  int64_t safety_net = 0;
  int64_t other = 0;
  for (const PlannedMeasure& m : c.measures) {
    if (m.group == MeasureGroup::kSocialSafetyNet) {
      ++safety_net;
    } else if (IsSubstantial(m)) {
      ++other;
    }
  }
  seen.Number({"safety_net_measures", "综合保障措施数"}, safety_net);
  seen.Number({"other_measures", "其他实质性措施数"}, other);
  if (safety_net == 0 || other > 0) return seen.Clear();
  const std::optional<bool> labour = HasLabour(c, seen);
  return labour ? seen.HoldIf(*labour) : seen.Missing();
}

// 开发式帮扶 with nothing behind the name.
Outcome DevelopmentalMeasureNominal(const PlanCase& c) {
  Evidence seen;
  const bool any = HasDevelopmental(c, /*substantial=*/false);
  const bool substantial = HasDevelopmental(c, /*substantial=*/true);
  seen.Flag({"has_developmental_measure", "有开发式帮扶措施"}, any);
  seen.Flag({"has_substantial_developmental_measure", "有实质性开发式帮扶措施"}, substantial);
  return seen.HoldIf(any && !substantial);
}

// Labour without any industry, employment, finance or post measure.
Outcome DevelopmentalMeasureMissing(const PlanCase& c) {
  Evidence seen;
  const bool any = HasDevelopmental(c, /*substantial=*/false);
  seen.Flag({"has_developmental_measure", "有开发式帮扶措施"}, any);
  if (any) return seen.Clear();
  const std::optional<bool> labour = HasLabour(c, seen);
  return labour ? seen.HoldIf(*labour) : seen.Missing();
}

// No labour in the household, and no safety net.
Outcome BackstopMissing(const PlanCase& c) {
  Evidence seen;
  const bool safety_net = std::any_of(
      c.measures.begin(), c.measures.end(),
      [](const PlannedMeasure& m) { return m.group == MeasureGroup::kSocialSafetyNet; });
  seen.Flag({"has_safety_net_measure", "有综合保障措施"}, safety_net);
  if (safety_net) return seen.Clear();
  const std::optional<bool> labour = HasLabour(c, seen);
  return labour ? seen.HoldIf(!*labour) : seen.Missing();
}

// Nothing carried out more than so many months after determination.
Outcome MeasureOverdue(const PlanCase& c) {
  Evidence seen;
  const int64_t done = std::count_if(c.measures.begin(), c.measures.end(),
                                     [](const PlannedMeasure& m) { return m.carried_out; });
  seen.Number({"measures_carried_out", "已落实措施数"}, done);
  if (done > 0) return seen.Clear();
  const auto since = seen.Day({"determined_on", "识别监测时间"}, c.household.determined_on);
  const auto months =
      seen.Number({"measure_overdue_months", "落实措施期限（月）"}, c.measure_overdue_months);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(c.today > base::AddMonths(*since, static_cast<int>(*months)));
}

// Labour, and no developmental measure carried out so many months after determination.
Outcome DevelopmentalMeasureOverdue(const PlanCase& c) {
  Evidence seen;
  const int64_t done =
      std::count_if(c.measures.begin(), c.measures.end(), [](const PlannedMeasure& m) {
        return m.carried_out && IsSubstantial(m) && IsDevelopmental(*m.group);
      });
  seen.Number({"developmental_measures_carried_out", "已落实开发式措施数"}, done);
  if (done > 0) return seen.Clear();
  const auto since = seen.Day({"determined_on", "识别监测时间"}, c.household.determined_on);
  const auto months = seen.Number({"developmental_overdue_months", "落实开发式措施期限（月）"},
                                  c.developmental_overdue_months);
  if (!seen.complete()) return seen.Missing();
  if (base::WholeMonthsBetween(*since, c.today) < *months) return seen.Clear();
  const std::optional<bool> labour = HasLabour(c, seen);
  return labour ? seen.HoldIf(*labour) : seen.Missing();
}

constexpr Rule<PlanCase> kTable[] = {
    {"BASIC_FACTS_INACCURATE", {kNotice, "4/八个问题/1"}, "基本情况不准确", &BasicFactsInaccurate},
    {"RISK_ANALYSIS_INADEQUATE",
     {kNotice, "4/八个问题/2"},
     "风险分析不到位",
     &RiskAnalysisInadequate},
    {"NEEDS_UNKNOWN", {kNotice, "4/八个问题/3"}, "农户需求不掌握", &NeedsUnknown},
    {"MEASURES_INCOMPLETE", {kNotice, "4/八个问题/4"}, "帮扶措施不完善", &MeasuresIncomplete},
    {"NOT_ADJUSTED_IN_TIME",
     {kNotice, "4/八个问题/5"},
     "动态调整不及时",
     &NotAdjustedInTime,
     Severity::kWarning},
    {"RESPONSIBILITY_UNCLEAR", {kNotice, "4/八个问题/6"}, "帮扶责任不明确", &ResponsibilityUnclear},
    {"REVIEW_NOT_RIGOROUS", {kNotice, "4/八个问题/7"}, "审核把关不严谨", &ReviewNotRigorous},
    {"CONTENT_INCOMPLETE", {kNotice, "4/八个问题/8"}, "内容填写不完整", &ContentIncomplete},
    {"MEASURE_NOT_TARGETED",
     {kNotice, "4/主要问题/1"},
     "帮扶措施缺乏针对性，头痛医脚",
     &MeasureNotTargeted},
    {"SAFETY_NET_ONLY",
     {kNotice, "4/主要问题/2"},
     "有劳动能力却简单采取保障类措施，一兜了之",
     &SafetyNetOnly},
    {"DEVELOPMENTAL_MEASURE_NOMINAL",
     {"GZ-RULES", "5_12_011"},
     "开发式帮扶措施有名无实",
     &DevelopmentalMeasureNominal,
     Severity::kWarning},
    {"DEVELOPMENTAL_MEASURE_MISSING",
     {"MOA-2024", "开发式帮扶"},
     "有劳动能力但没有开发式帮扶措施",
     &DevelopmentalMeasureMissing,
     Severity::kWarning},
    {"BACKSTOP_MISSING",
     {"HANDBOOK", "2.8"},
     "没有劳动能力但没有兜底保障",
     &BackstopMissing,
     Severity::kWarning},
    {"MEASURE_OVERDUE",
     {"GZ-RULES", "1_11_010"},
     "纳入后未及时落实帮扶措施",
     &MeasureOverdue,
     Severity::kError},
    {"DEVELOPMENTAL_MEASURE_OVERDUE",
     {"GZ-RULES", "5_12_007"},
     "有劳动能力，纳入后长期没有落实开发式帮扶措施",
     &DevelopmentalMeasureOverdue,
     Severity::kError},
};
static_assert(policy::WellFormed(kTable));

}  // namespace

constinit const std::span<const Rule<PlanCase>> kPlanRules(kTable);

}  // namespace fangpin::assistance
