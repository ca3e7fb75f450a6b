#include "services/assistance/core/content.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/assistance/core/errors.h"
#include "services/assistance/core/facts.h"
#include "services/assistance/policy/measures.h"

namespace fangpin::assistance {
namespace {

namespace words = ::fangpin::policy::v1;

// Characters, and entries of a plan.
constexpr size_t kMaxAnalysis = 1000;
constexpr size_t kMaxNeed = 500;
constexpr size_t kMaxItem = 60;
constexpr size_t kMaxName = 60;
constexpr size_t kMaxBasis = 500;
constexpr int kMaxNeeds = 20;
constexpr int kMaxMeasures = 50;

// Collects what is wrong and makes one error of it.
class Violations {
 public:
  void Add(std::string_view field, std::string_view reason, std::string_view message) {
    error_.WithFieldViolation(field, reason, message);
    any_ = true;
  }
  void Text(std::string_view field, const std::string& text, size_t most) {
    if (base::CodePoints(text) > most) {
      Add(field, "TEXT_TOO_LONG", base::StrCat("不得超过", most, "个字"));
    }
  }
  absl::Status Result() const { return any_ ? error_.Build() : absl::OkStatus(); }

 private:
  base::ErrorBuilder error_ =
      base::Error(absl::StatusCode::kInvalidArgument, "PLAN_CONTENT_INVALID", "填写内容有误");
  bool any_ = false;
};

std::string Path(std::string_view list, int index, std::string_view field) {
  return base::StrCat(list, "[", index, "].", field);
}

bool IsRisk(int risk) {
  return words::RiskType_IsValid(risk) && risk != words::RISK_TYPE_UNSPECIFIED;
}

void CheckAnalyses(const v1::UpdatePlanRequest& request, Violations& wrong) {
  std::set<int> seen;
  for (int i = 0; i < request.risk_analyses_size(); ++i) {
    const v1::RiskAnalysis& analysis = request.risk_analyses(i);
    if (!IsRisk(analysis.risk())) {
      wrong.Add(Path("risk_analyses", i, "risk"), "ENUM_UNSPECIFIED", "请选择风险类型");
    } else if (!seen.insert(analysis.risk()).second) {
      wrong.Add(Path("risk_analyses", i, "risk"), "REPEATED", "同一风险只能分析一次");
    }
    wrong.Text(Path("risk_analyses", i, "analysis"), analysis.analysis(), kMaxAnalysis);
  }
}

std::set<int> CheckNeeds(const v1::UpdatePlanRequest& request, Violations& wrong) {
  std::set<int> numbers;
  for (int i = 0; i < request.needs_size(); ++i) {
    const v1::Need& need = request.needs(i);
    if (need.number() < 1 || need.number() > kMaxNeeds) {
      wrong.Add(Path("needs", i, "number"), "NUMBER_RANGE", "需求编号为1至20");
    } else if (!numbers.insert(need.number()).second) {
      wrong.Add(Path("needs", i, "number"), "REPEATED", "需求编号重复");
    }
    wrong.Text(Path("needs", i, "text"), need.text(), kMaxNeed);
  }
  return numbers;
}

void CheckMeasure(const v1::Measure& measure, int i, const std::set<int>& needs,
                  Violations& wrong) {
  if (!words::MeasureCategory_IsValid(measure.category()) ||
      measure.category() == words::MEASURE_CATEGORY_UNSPECIFIED) {
    wrong.Add(Path("measures", i, "category"), "ENUM_UNSPECIFIED", "请选择措施类别");
  }
  if (!std::all_of(measure.risks().begin(), measure.risks().end(), &IsRisk)) {
    wrong.Add(Path("measures", i, "risks"), "ENUM_UNSPECIFIED", "请选择风险类型");
  }
  for (const int number : measure.need_numbers()) {
    if (!needs.contains(number)) {
      wrong.Add(Path("measures", i, "need_numbers"), "NEED_UNKNOWN",
                base::StrCat("没有编号为", number, "的需求"));
    }
  }
  if (!measure.due_on().empty() && !base::ParseDay(measure.due_on()).ok()) {
    wrong.Add(Path("measures", i, "due_on"), "DATE_FORMAT", "日期应写成 YYYY-MM-DD");
  }
  if (measure.has_amount_fen() && measure.amount_fen() < 0) {
    wrong.Add(Path("measures", i, "amount_fen"), "AMOUNT_NEGATIVE", "金额不能为负");
  }
  wrong.Text(Path("measures", i, "item"), measure.item(), kMaxItem);
  wrong.Text(Path("measures", i, "responsible_person"), measure.responsible_person(), kMaxName);
  wrong.Text(Path("measures", i, "responsible_unit"), measure.responsible_unit(), kMaxName);
}

v1::Measure* FindMeasure(v1::HouseholdPlan& plan, std::string_view id) {
  for (v1::Measure& measure : *plan.mutable_measures()) {
    if (measure.id() == id) return &measure;
  }
  return nullptr;
}

// The number in "m7"; 0 for anything else.
int64_t NumberOf(std::string_view measure_id) {
  if (measure_id.empty() || measure_id.front() != 'm') return 0;
  return base::ParseInt(measure_id.substr(1)).value_or(0);
}

std::string NextId(const v1::HouseholdPlan& plan) {
  int64_t last = 0;
  for (const v1::Measure& measure : plan.measures()) {
    last = std::max(last, NumberOf(measure.id()));
  }
  return base::StrCat("m", last + 1);
}

void KeepLedger(const v1::Measure& from, v1::Measure& to) {
  to.set_carried_out_on(from.carried_out_on());
  *to.mutable_effects() = from.effects();
  if (!from.carried_out_on().empty() && from.has_amount_fen()) {
    to.set_amount_fen(from.amount_fen());
  }
}

}  // namespace

absl::Status CheckContent(const v1::UpdatePlanRequest& request) {
  Violations wrong;
  CheckAnalyses(request, wrong);
  const std::set<int> needs = CheckNeeds(request, wrong);
  if (request.measures_size() > kMaxMeasures) {
    wrong.Add("measures", "TOO_MANY", base::StrCat("措施不得超过", kMaxMeasures, "项"));
  }
  std::set<std::string> ids;
  for (int i = 0; i < request.measures_size(); ++i) {
    const v1::Measure& measure = request.measures(i);
    CheckMeasure(measure, i, needs, wrong);
    if (!measure.id().empty() && !ids.insert(measure.id()).second) {
      wrong.Add(Path("measures", i, "id"), "REPEATED", "措施编号重复");
    }
  }
  return wrong.Result();
}

absl::Status CheckEffect(const v1::Effect& effect, absl::CivilDay today) {
  Violations wrong;
  const auto day = base::ParseDay(effect.evaluated_on());
  if (!day.ok()) {
    wrong.Add("effect.evaluated_on", "DATE_FORMAT", "日期应写成 YYYY-MM-DD");
  } else if (*day > today) {
    wrong.Add("effect.evaluated_on", "DATE_IN_FUTURE", "日期不能晚于今天");
  }
  if (!v1::EffectResult_IsValid(effect.result()) ||
      effect.result() == v1::EFFECT_RESULT_UNSPECIFIED) {
    wrong.Add("effect.result", "ENUM_UNSPECIFIED", "请选择成效");
  }
  if (base::CleanCell(effect.basis()).empty()) {
    wrong.Add("effect.basis", "REQUIRED", "请填写评估依据");
  }
  wrong.Text("effect.basis", effect.basis(), kMaxBasis);
  return wrong.Result();
}

void Prefill(const Household& household, const v1::HouseholdPlan* former,
             v1::HouseholdPlan& draft) {
  *draft.mutable_facts() = household.facts;
  if (former != nullptr) {
    *draft.mutable_risk_analyses() = former->risk_analyses();
    *draft.mutable_needs() = former->needs();
    *draft.mutable_measures() = former->measures();
  }
  for (const words::Risk& risk : household.facts.risks()) {
    const bool there = std::any_of(
        draft.risk_analyses().begin(), draft.risk_analyses().end(),
        [&](const v1::RiskAnalysis& analysis) { return analysis.risk() == risk.type(); });
    if (!there) draft.add_risk_analyses()->set_risk(risk.type());
  }
  if (former != nullptr) return;
  for (const v1::Measure& reported : household.reported_measures) {
    v1::Measure measure = reported;
    measure.set_id(NextId(draft));
    measure.set_responsible_person(household.helper_name);
    measure.set_responsible_unit(household.helper_unit);
    for (const words::Risk& risk : household.facts.risks()) {
      if (Answers(static_cast<MeasureGroup>(measure.category()), measure.item(),
                  static_cast<Risk>(risk.type()))) {
        measure.add_risks(risk.type());
      }
    }
    *draft.add_measures() = std::move(measure);
  }
}

absl::Status ReplaceContent(const v1::UpdatePlanRequest& request, v1::HouseholdPlan& draft) {
  v1::HouseholdPlan before = draft;
  *draft.mutable_risk_analyses() = request.risk_analyses();
  *draft.mutable_needs() = request.needs();
  *draft.mutable_measures() = request.measures();
  int64_t last = 0;
  for (const v1::Measure& measure : before.measures()) {
    last = std::max(last, NumberOf(measure.id()));
  }
  for (v1::Measure& measure : *draft.mutable_measures()) {
    measure.clear_carried_out_on();
    measure.clear_effects();
    if (measure.id().empty()) {
      measure.set_id(base::StrCat("m", ++last));
      continue;
    }
    const v1::Measure* kept = FindMeasure(before, measure.id());
    if (kept == nullptr) return MeasureNotFound(measure.id());
    const bool another = kept->category() != measure.category() || kept->item() != measure.item();
    if (!kept->carried_out_on().empty() && another) return MeasureCarriedOut(measure.id());
    KeepLedger(*kept, measure);
  }
  for (const v1::Measure& measure : before.measures()) {
    if (!measure.carried_out_on().empty() && FindMeasure(draft, measure.id()) == nullptr) {
      return MeasureCarriedOut(measure.id());
    }
  }
  return absl::OkStatus();
}

void CarryLedger(const v1::HouseholdPlan& former, v1::HouseholdPlan& plan) {
  for (const v1::Measure& old : former.measures()) {
    if (old.carried_out_on().empty()) continue;
    v1::Measure* measure = FindMeasure(plan, old.id());
    const bool same = measure != nullptr && measure->category() == old.category() &&
                      measure->item() == old.item();
    if (same) {
      KeepLedger(old, *measure);
      continue;
    }
    // Carried out after the draft had dropped it or made another one of it.
    const std::string id = measure == nullptr ? old.id() : NextId(plan);
    v1::Measure& kept = *plan.add_measures();
    kept = old;
    kept.set_id(id);
  }
}

}  // namespace fangpin::assistance
