#include "services/screening/policy/alert_rules.h"

#include <algorithm>

#include "libs/base/civil.h"

namespace fangpin::screening {
namespace {

using policy::Evidence;
using policy::Outcome;

template <typename Value>
std::optional<Value> Find(const std::map<std::string, Value, std::less<>>& values,
                          std::string_view key) {
  const auto found = values.find(key);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

std::string_view KindName(HouseholdKind kind) {
  return kind == HouseholdKind::kLiftedOut ? "LIFTED_OUT" : "ORDINARY";
}

// Lifted-out households have a lower threshold. Where the kind is not on record, only an amount on
// the same side of both thresholds can be judged.
Outcome InpatientSelfPaid(const AlertCase& c, Evidence& seen) {
  const auto sum = seen.Yuan({"year_self_paid", "本年住院累计自付"}, c.year_amount_fen);
  const auto lifted_out = c.Parameter("medical_inpatient_lifted_out");
  const auto ordinary = c.Parameter("medical_inpatient_ordinary");
  if (c.household_kind != HouseholdKind::kUnknown) {
    seen.Text({"household_kind", "户类型"}, KindName(c.household_kind));
    const auto threshold =
        seen.Yuan({"threshold", "预警标准"},
                  c.household_kind == HouseholdKind::kLiftedOut ? lifted_out : ordinary);
    if (!seen.complete()) return seen.Missing();
    return seen.HoldIf(*sum >= *threshold);
  }
  seen.Yuan({"threshold_lifted_out", "脱贫户预警标准"}, lifted_out);
  seen.Yuan({"threshold_ordinary", "一般农户预警标准"}, ordinary);
  if (!seen.complete()) return seen.Missing();
  if (*sum >= std::max(*lifted_out, *ordinary)) return seen.Hold();
  if (*sum < std::min(*lifted_out, *ordinary)) return seen.Clear();
  seen.Text({"household_kind", "户类型"}, std::nullopt);
  return seen.Missing();
}

// 医保局: self-paid after all reimbursement. The parts of a bill never add up exactly (policy
// handbook 3.2), so a bill is only set aside when it is off by more than the tolerance.
Outcome MedicalSelfPaid(const AlertCase& c) {
  Evidence seen;
  const auto total = seen.Yuan({"total_cost", "医疗费总额"}, c.Number("total_cost"));
  const auto fund = seen.Yuan({"fund_paid", "基金支付总额"}, c.Number("fund_paid"));
  const auto self = seen.Yuan({"self_paid", "个人自付"}, c.Number("self_paid"));
  const auto tolerance =
      seen.Yuan({"shortfall_max", "允许差额"}, c.Parameter("settlement_tolerance"));
  const auto care = seen.Text({"care_kind", "医疗类别"}, c.Code("care_kind"));
  if (!seen.complete()) return seen.Missing();
  const int64_t shortfall = *total - *fund - *self;
  if (shortfall < 0 || shortfall > *tolerance) {
    seen.Note("各分项之和与医疗费总额不符，请推送部门核对");
    seen.Yuan({"shortfall", "分项合计差额"}, shortfall);
    return seen.Missing();
  }
  if (*care == "INPATIENT") return InpatientSelfPaid(c, seen);
  const auto month = seen.Yuan({"month_self_paid", "当月门诊累计自付"}, c.month_amount_fen);
  const auto threshold =
      seen.Yuan({"threshold", "预警标准"}, c.Parameter("medical_outpatient_monthly"));
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*month >= *threshold);
}

// 卫健委: any newly registered illness; a diagnosis that was ruled out is none.
Outcome IllnessRegistered(const AlertCase& c) {
  Evidence seen;
  const auto illness = seen.Text({"illness_class", "疾病分类"}, c.Code("illness_class"));
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*illness != "RULED_OUT");
}

// 残联: a new certificate or a changed grade, up to the grade in force (1 is the most severe).
Outcome DisabilityCertified(const AlertCase& c) {
  Evidence seen;
  const auto grade = seen.Number({"disability_grade", "残疾等级"}, c.Number("disability_grade"));
  const auto limit =
      seen.Number({"grade_max", "预警等级上限"}, c.Parameter("disability_alert_max_grade"));
  if (!seen.complete()) return seen.Missing();
  const auto stated = c.Code("stated_grade");
  if (stated && *stated != std::to_string(*grade)) {
    seen.Text({"stated_grade", "填报等级"}, *stated);
    seen.Note("填报等级与残疾人证号不符，请推送部门核对");
    return seen.Missing();
  }
  return seen.HoldIf(*grade <= *limit);
}

// 教育局: any dropout; cost of the school year after aid above the threshold.
Outcome SchoolCost(const AlertCase& c) {
  Evidence seen;
  const auto dropped_out = c.Code("dropped_out");
  if (dropped_out == "YES") {
    seen.Text({"dropped_out", "是否辍学"}, *dropped_out);
    return seen.Hold();
  }
  const auto cost = seen.Yuan({"year_cost", "学年费用"}, c.Number("year_cost"));
  const auto threshold = seen.Yuan({"threshold", "预警标准"}, c.Parameter("schooling_self_paid"));
  if (!seen.complete()) return seen.Missing();
  // Aid can only lower the burden.
  if (*cost > *threshold) {
    const auto aid = seen.Yuan({"year_aid", "学年资助"}, c.Number("year_aid"));
    if (!seen.complete()) return seen.Missing();
    if (*cost - *aid > *threshold) return seen.Hold();
  }
  seen.Text({"dropped_out", "是否辍学"}, dropped_out);
  return seen.complete() ? seen.Clear() : seen.Missing();
}

// 住建局: one of the grades that count as dangerous.
Outcome HouseUnsafe(const AlertCase& c) {
  Evidence seen;
  const auto grade = seen.Text({"house_grade", "房屋鉴定等级"}, c.Code("house_grade"));
  const auto dangerous = c.lists.find("dangerous_house_grades");
  if (dangerous == c.lists.end()) seen.Text({"dangerous_house_grades", "危房等级"}, std::nullopt);
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(std::find(dangerous->second.begin(), dangerous->second.end(), *grade) !=
                     dangerous->second.end());
}

// 人社局: out of work for at least the months in force.
Outcome JobLost(const AlertCase& c) {
  Evidence seen;
  if (c.Code("employed_again") == "YES") {
    seen.Text({"employed_again", "再就业状态"}, "YES");
    return seen.Clear();
  }
  const int months = base::WholeMonthsBetween(c.event_on, c.as_of);
  seen.Number({"unemployed_months", "失业月数"}, months);
  const auto threshold = seen.Number({"threshold", "预警月数"}, c.Parameter("unemployment_months"));
  if (!seen.complete()) return seen.Missing();
  if (months < *threshold) return seen.Clear();
  seen.Text({"employed_again", "再就业状态"}, c.Code("employed_again"));
  return seen.complete() ? seen.Hold() : seen.Missing();
}

// 应急管理局: any loss of the household.
Outcome DisasterLoss(const AlertCase& c) {
  Evidence seen;
  const auto loss = seen.Yuan({"loss", "因灾损失"}, c.Number("loss"));
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*loss > 0);
}

// 公安（交警）: death, disability or serious injury.
Outcome TrafficInjury(const AlertCase& c) {
  Evidence seen;
  const auto injury = seen.Text({"injury", "伤害程度"}, c.Code("injury"));
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*injury == "DEATH" || *injury == "DISABILITY" || *injury == "SERIOUS");
}

// 民政局: any change of 低保 or 特困 calls for a look; 临时救助 from an amount on. Being on 低保 is
// a trigger only, never an inclusion (notice §2 三).
Outcome CivilAffairsChange(const AlertCase& c) {
  Evidence seen;
  const auto kind = seen.Text({"assistance_kind", "救助业务类型"}, c.Code("assistance_kind"));
  if (!seen.complete()) return seen.Missing();
  if (*kind != "TEMPORARY") return seen.Hold();
  const auto amount = seen.Yuan({"assistance_amount", "救助金额"}, c.Number("assistance_amount"));
  const auto threshold =
      seen.Yuan({"threshold", "预警标准"}, c.Parameter("temporary_relief_amount"));
  if (!seen.complete()) return seen.Missing();
  return seen.HoldIf(*amount >= *threshold);
}

constexpr std::string_view kHandbook = "HANDBOOK";

constexpr AlertRule kAlertRules[] = {
    {"ALERT_MEDICAL_SELF_PAID", {kHandbook, "3.1"}, "医疗费用自付达到预警标准", &MedicalSelfPaid},
    {"ALERT_ILLNESS_REGISTERED", {kHandbook, "3.1"}, "新登记大病或慢性病", &IllnessRegistered},
    {"ALERT_DISABILITY_CERTIFIED",
     {kHandbook, "3.1"},
     "新办残疾人证或等级变更",
     &DisabilityCertified},
    {"ALERT_SCHOOL_COST", {kHandbook, "3.1"}, "学年自付费用超过预警标准或有辍学", &SchoolCost},
    {"ALERT_HOUSE_UNSAFE", {kHandbook, "3.1"}, "住房鉴定为危房", &HouseUnsafe},
    {"ALERT_JOB_LOST", {kHandbook, "3.1"}, "失业达到预警月数", &JobLost},
    {"ALERT_DISASTER_LOSS", {kHandbook, "3.1"}, "因自然灾害受损", &DisasterLoss},
    {"ALERT_TRAFFIC_INJURY", {kHandbook, "3.1"}, "交通事故致死、致残或重伤", &TrafficInjury},
    {"ALERT_CIVIL_AFFAIRS_CHANGE", {kHandbook, "3.1"}, "社会救助情况变动", &CivilAffairsChange},
};
static_assert(policy::WellFormed(kAlertRules));

}  // namespace

std::optional<int64_t> AlertCase::Number(std::string_view fact) const {
  return Find(numbers, fact);
}

std::optional<std::string_view> AlertCase::Code(std::string_view fact) const {
  const auto found = codes.find(fact);
  if (found == codes.end()) return std::nullopt;
  return found->second;
}

std::optional<int64_t> AlertCase::Parameter(std::string_view name) const {
  return Find(parameters, name);
}

const AlertRule* FindAlertRule(std::string_view id) {
  const auto* const found = std::find_if(std::begin(kAlertRules), std::end(kAlertRules),
                                         [id](const AlertRule& rule) { return rule.id == id; });
  return found == std::end(kAlertRules) ? nullptr : found;
}

policy::Finding JudgeAlert(const AlertRule& rule, const AlertCase& alert) {
  return policy::Apply<AlertCase>({&rule, 1}, alert).front();
}

}  // namespace fangpin::screening
