#ifndef FANGPIN_ASSISTANCE_POLICY_MEASURES_H_
#define FANGPIN_ASSISTANCE_POLICY_MEASURES_H_

#include <string>
#include <string_view>

namespace fangpin::assistance {

// 致贫返贫风险; numbers as in fangpin.policy.v1.RiskType.
enum class Risk {
  kIllness = 1,
  kDisability = 2,
  kSchooling = 3,
  kNaturalDisaster = 4,
  kAccident = 5,
  kIndustryFailure = 6,
  kUnstableEmployment = 7,
  kLabourShortage = 8,
  kHousingUnsafe = 9,
  kWaterUnsafe = 10,
  kEpidemic = 11,
  kDoubleReductionPolicy = 12,
  kOther = 13,
};

// "三保障"和饮水安全; numbers as in fangpin.policy.v1.Safeguard.
enum class Safeguard {
  kCompulsoryEducation = 1,
  kBasicMedicalCare = 2,
  kHousingSafety = 3,
  kDrinkingWaterSafety = 4,
};

// 帮扶措施 groups; numbers as in fangpin.policy.v1.MeasureCategory.
enum class MeasureGroup {
  kIndustry = 1,
  kEmployment = 2,
  kFinance = 3,
  kPublicWelfarePost = 4,
  kHealth = 5,
  kCompulsoryEducationSupport = 6,
  kOtherEducation = 7,
  kSocialSafetyNet = 8,
  kHousing = 9,
  kWater = 10,
  kSocialAssistance = 11,
  kRelocation = 12,
  kLivingConditions = 13,
  kInfrastructure = 14,
};

// 开发式帮扶: 产业、就业、金融、公益岗.
constexpr bool IsDevelopmental(MeasureGroup group) {
  return group == MeasureGroup::kIndustry || group == MeasureGroup::kEmployment ||
         group == MeasureGroup::kFinance || group == MeasureGroup::kPublicWelfarePost;
}

// A developmental measure in name only: 产业、就业、金融 with nothing but 其他, 就业 with nothing
// but 技能培训 (GZ-RULES 5_12_011).
bool IsNominal(MeasureGroup group, std::string_view item);

// Whether a measure of this group and item is an answer to the risk, or to a safeguard that is not
// secured (HANDBOOK 2.8b). kOther is answered by any measure.
bool Answers(MeasureGroup group, std::string_view item, Risk risk);
bool Answers(MeasureGroup group, Safeguard safeguard);

// The Chinese term, for people.
std::string_view Label(Risk risk);
std::string_view Label(Safeguard safeguard);

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_POLICY_MEASURES_H_
