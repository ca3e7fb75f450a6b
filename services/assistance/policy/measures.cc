#include "services/assistance/policy/measures.h"

#include <algorithm>
#include <iterator>

namespace fangpin::assistance {
namespace {

using G = MeasureGroup;

// Any row of a risk is an answer to it. With an item, only measures whose item names it.
struct Answer {
  Risk risk;
  MeasureGroup group;
  std::string_view item = {};
};

constexpr Answer kAnswers[] = {
    {Risk::kIllness, G::kHealth},
    {Risk::kIllness, G::kSocialAssistance},
    {Risk::kDisability, G::kSocialSafetyNet},
    {Risk::kDisability, G::kSocialAssistance},
    {Risk::kSchooling, G::kCompulsoryEducationSupport},
    {Risk::kSchooling, G::kOtherEducation},
    {Risk::kSchooling, G::kSocialAssistance},
    {Risk::kNaturalDisaster, G::kSocialSafetyNet},
    {Risk::kNaturalDisaster, G::kHousing},
    {Risk::kNaturalDisaster, G::kIndustry},
    {Risk::kNaturalDisaster, G::kSocialAssistance},
    {Risk::kAccident, G::kSocialSafetyNet},
    {Risk::kAccident, G::kHousing},
    {Risk::kAccident, G::kIndustry},
    {Risk::kAccident, G::kSocialAssistance},
    {Risk::kIndustryFailure, G::kIndustry},
    {Risk::kIndustryFailure, G::kFinance},
    {Risk::kIndustryFailure, G::kEmployment},
    {Risk::kUnstableEmployment, G::kEmployment},
    {Risk::kUnstableEmployment, G::kPublicWelfarePost},
    {Risk::kUnstableEmployment, G::kIndustry},
    {Risk::kLabourShortage, G::kSocialSafetyNet},
    {Risk::kLabourShortage, G::kPublicWelfarePost},
    {Risk::kLabourShortage, G::kIndustry, "资产收益"},
    {Risk::kLabourShortage, G::kIndustry, "分红"},
    {Risk::kHousingUnsafe, G::kHousing},
    {Risk::kHousingUnsafe, G::kRelocation},
    {Risk::kWaterUnsafe, G::kWater},
    {Risk::kEpidemic, G::kEmployment},
    {Risk::kEpidemic, G::kPublicWelfarePost},
    {Risk::kEpidemic, G::kIndustry},
    {Risk::kEpidemic, G::kFinance},
    {Risk::kEpidemic, G::kSocialSafetyNet},
    {Risk::kEpidemic, G::kSocialAssistance},
    {Risk::kDoubleReductionPolicy, G::kEmployment},
    {Risk::kDoubleReductionPolicy, G::kPublicWelfarePost},
    {Risk::kDoubleReductionPolicy, G::kIndustry},
};

struct SafeguardAnswer {
  Safeguard safeguard;
  MeasureGroup group;
};

constexpr SafeguardAnswer kSafeguardAnswers[] = {
    {Safeguard::kCompulsoryEducation, G::kCompulsoryEducationSupport},
    {Safeguard::kBasicMedicalCare, G::kHealth},
    {Safeguard::kBasicMedicalCare, G::kSocialAssistance},
    {Safeguard::kHousingSafety, G::kHousing},
    {Safeguard::kHousingSafety, G::kRelocation},
    {Safeguard::kDrinkingWaterSafety, G::kWater},
};

struct NominalItem {
  MeasureGroup group;
  std::string_view item;
};

constexpr NominalItem kNominalItems[] = {
    {G::kIndustry, "其他"},
    {G::kEmployment, "其他"},
    {G::kEmployment, "技能培训"},
    {G::kFinance, "其他"},
};

// A risk without a row could never be answered.
constexpr bool EveryRiskHasAnAnswer() {
  for (int risk = 1; risk < static_cast<int>(Risk::kOther); ++risk) {
    bool found = false;
    for (const Answer& answer : kAnswers) found = found || static_cast<int>(answer.risk) == risk;
    if (!found) return false;
  }
  return true;
}
static_assert(EveryRiskHasAnAnswer());

}  // namespace

bool IsNominal(MeasureGroup group, std::string_view item) {
  return std::any_of(
      std::begin(kNominalItems), std::end(kNominalItems),
      [&](const NominalItem& nominal) { return nominal.group == group && nominal.item == item; });
}

bool Answers(MeasureGroup group, std::string_view item, Risk risk) {
  if (risk == Risk::kOther) return true;
  return std::any_of(std::begin(kAnswers), std::end(kAnswers), [&](const Answer& answer) {
    return answer.risk == risk && answer.group == group &&
           (answer.item.empty() || item.find(answer.item) != std::string_view::npos);
  });
}

bool Answers(MeasureGroup group, Safeguard safeguard) {
  return std::any_of(std::begin(kSafeguardAnswers), std::end(kSafeguardAnswers),
                     [&](const SafeguardAnswer& answer) {
                       return answer.safeguard == safeguard && answer.group == group;
                     });
}

std::string_view Label(Risk risk) {
  switch (risk) {
    case Risk::kIllness:
      return "因病";
    case Risk::kDisability:
      return "因残";
    case Risk::kSchooling:
      return "因学";
    case Risk::kNaturalDisaster:
      return "因自然灾害";
    case Risk::kAccident:
      return "因意外事故";
    case Risk::kIndustryFailure:
      return "因产业项目失败";
    case Risk::kUnstableEmployment:
      return "因务工就业不稳";
    case Risk::kLabourShortage:
      return "缺劳动力";
    case Risk::kHousingUnsafe:
      return "因安全住房";
    case Risk::kWaterUnsafe:
      return "因安全饮水";
    case Risk::kEpidemic:
      return "因疫情";
    case Risk::kDoubleReductionPolicy:
      return "因双减政策";
    case Risk::kOther:
      return "其他";
  }
  return "未知风险";
}

std::string_view Label(Safeguard safeguard) {
  switch (safeguard) {
    case Safeguard::kCompulsoryEducation:
      return "义务教育";
    case Safeguard::kBasicMedicalCare:
      return "基本医疗";
    case Safeguard::kHousingSafety:
      return "住房安全";
    case Safeguard::kDrinkingWaterSafety:
      return "饮水安全";
  }
  return "未知保障";
}

}  // namespace fangpin::assistance
