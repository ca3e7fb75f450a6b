#include "services/screening/policy/assessment_rules.h"

#include <algorithm>
#include <span>
#include <string>

#include "libs/base/strings.h"

namespace fangpin::screening {
namespace {

using policy::Evidence;
using policy::Outcome;

int CountJudged(const AssessmentCase& c) {
  return static_cast<int>(std::count_if(c.levels.begin(), c.levels.end(), [](RiskLevel level) {
    return level != RiskLevel::kNotJudged;
  }));
}

bool AnyAtRisk(const AssessmentCase& c, std::initializer_list<Dimension> dimensions) {
  return std::any_of(dimensions.begin(), dimensions.end(),
                     [&c](Dimension dimension) { return c.AtRisk(dimension); });
}

// 单纯衡量收入: nothing but the two income dimensions was judged.
Outcome IncomeOnly(const AssessmentCase& c) {
  Evidence seen;
  int beyond_income = CountJudged(c);
  if (c.Judged(Dimension::kIncomeSourceStability)) --beyond_income;
  if (c.Judged(Dimension::kIncomeLevelChange)) --beyond_income;
  seen.Number({"dimensions_beyond_income", "收入以外已研判的维度"}, beyond_income);
  return seen.HoldIf(beyond_income == 0);
}

// 没有深入分析收入来源的稳定性可持续性.
Outcome NoStabilityAnalysis(const AssessmentCase& c) {
  Evidence seen;
  const bool judged = c.Judged(Dimension::kIncomeSourceStability);
  seen.Flag({"income_source_stability_judged", "已分析收入来源的稳定持续性"}, judged);
  return seen.HoldIf(!judged);
}

// 只关注现实困难: the way things are going was not looked at.
Outcome PresentOnly(const AssessmentCase& c) {
  Evidence seen;
  const bool judged = c.Judged(Dimension::kLivelihoodTrend);
  seen.Flag({"livelihood_trend_judged", "已研判生产生活发展趋势"}, judged);
  return seen.HoldIf(!judged);
}

// Whether some dimension carries the risk that was named.
bool Borne(const AssessmentCase& c, RiskType risk) {
  switch (risk) {
    case RiskType::kIllness:
      return AnyAtRisk(c, {Dimension::kBasicMedical, Dimension::kMajorRigidExpenditure});
    case RiskType::kDisability:
      return AnyAtRisk(c, {Dimension::kBasicMedical, Dimension::kMajorRigidExpenditure,
                           Dimension::kIncomeSourceStability, Dimension::kIncomeLevelChange,
                           Dimension::kSelfCoping});
    case RiskType::kSchooling:
      return AnyAtRisk(c, {Dimension::kCompulsoryEducation, Dimension::kMajorRigidExpenditure});
    case RiskType::kNaturalDisaster:
    case RiskType::kAccident:
      return AnyAtRisk(
          c, {Dimension::kMajorRigidExpenditure, Dimension::kIncomeSourceStability,
              Dimension::kIncomeLevelChange, Dimension::kBasicMedical, Dimension::kHousingSafety,
              Dimension::kDrinkingWater, Dimension::kLivelihoodTrend, Dimension::kSelfCoping});
    case RiskType::kIndustryFailure:
    case RiskType::kUnstableEmployment:
    case RiskType::kEpidemic:
    case RiskType::kDoubleReductionPolicy:
      return AnyAtRisk(c, {Dimension::kIncomeSourceStability, Dimension::kIncomeLevelChange,
                           Dimension::kLivelihoodTrend});
    case RiskType::kLabourShortage:
      return AnyAtRisk(c, {Dimension::kIncomeSourceStability, Dimension::kIncomeLevelChange,
                           Dimension::kLivelihoodTrend, Dimension::kSelfCoping});
    case RiskType::kHousingUnsafe:
      return c.AtRisk(Dimension::kHousingSafety);
    case RiskType::kWaterUnsafe:
      return c.AtRisk(Dimension::kDrinkingWater);
    case RiskType::kOther:
      return std::any_of(c.levels.begin(), c.levels.end(),
                         [](RiskLevel level) { return level >= RiskLevel::kPotential; });
  }
  return false;
}

// 风险类型划分不准: a risk that no dimension carries, or unsafe housing or water without its risk.
Outcome RiskTypeWrong(const AssessmentCase& c) {
  Evidence seen;
  bool wrong = false;
  for (const RiskType risk : c.risks) {
    if (Borne(c, risk)) continue;
    wrong = true;
    seen.Text({"risk_not_borne_out", "没有研判支持的风险"}, RiskTypeName(risk));
  }
  for (const auto& [dimension, risk] :
       {std::pair{Dimension::kHousingSafety, RiskType::kHousingUnsafe},
        std::pair{Dimension::kDrinkingWater, RiskType::kWaterUnsafe}}) {
    if (c.Level(dimension) != RiskLevel::kPresent || c.risks.contains(risk)) continue;
    wrong = true;
    seen.Text({"risk_left_out", "研判已有而未列的风险"}, RiskTypeName(risk));
  }
  return seen.HoldIf(wrong);
}

// 多维度研判: every dimension is judged before a case goes on.
Outcome DimensionsMissing(const AssessmentCase& c) {
  Evidence seen;
  const int judged = CountJudged(c);
  seen.Number({"dimensions_judged", "已研判的维度"}, judged);
  return seen.HoldIf(judged < kDimensions);
}

constexpr std::string_view kNotice = "GSXZJ-2021-74";

using AssessmentRule = policy::Rule<AssessmentCase>;

// Whatever an assessment concludes, it must not rest on income alone or on the present alone.
constexpr AssessmentRule kFaults[] = {
    {"FAULT_INCOME_ONLY",
     {kNotice, "2/主要问题/1"},
     "没有把风险隐患放在首位，单纯衡量收入",
     &IncomeOnly},
    {"FAULT_NO_STABILITY_ANALYSIS",
     {kNotice, "2/主要问题/2"},
     "没有深入分析收入来源的稳定性可持续性",
     &NoStabilityAnalysis},
    {"FAULT_PRESENT_ONLY",
     {kNotice, "2/主要问题/3"},
     "只关注现实困难，对风险隐患分析不够",
     &PresentOnly},
};
static_assert(policy::WellFormed(kFaults));

constexpr AssessmentRule kToIdentify[] = {
    {"FAULT_RISK_TYPE_WRONG", {kNotice, "2/主要问题/3"}, "风险类型划分不准", &RiskTypeWrong},
    {"ASSESSMENT_INCOMPLETE",
     {kNotice, "2/整改措施/1"},
     "转入识别前九个维度应全部研判",
     &DimensionsMissing},
};
static_assert(policy::WellFormed(kToIdentify));

}  // namespace

std::vector<policy::Finding> CheckAssessment(const AssessmentCase& assessment) {
  std::vector<policy::Finding> findings = policy::Apply<AssessmentCase>(kFaults, assessment);
  if (assessment.to_identify) {
    for (policy::Finding& finding : policy::Apply<AssessmentCase>(kToIdentify, assessment)) {
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace fangpin::screening
