#include "services/screening/policy/risk.h"

namespace fangpin::screening {

std::string_view RiskTypeName(RiskType risk) {
  switch (risk) {
    case RiskType::kIllness:
      return "ILLNESS";
    case RiskType::kDisability:
      return "DISABILITY";
    case RiskType::kSchooling:
      return "SCHOOLING";
    case RiskType::kNaturalDisaster:
      return "NATURAL_DISASTER";
    case RiskType::kAccident:
      return "ACCIDENT";
    case RiskType::kIndustryFailure:
      return "INDUSTRY_FAILURE";
    case RiskType::kUnstableEmployment:
      return "UNSTABLE_EMPLOYMENT";
    case RiskType::kLabourShortage:
      return "LABOUR_SHORTAGE";
    case RiskType::kHousingUnsafe:
      return "HOUSING_UNSAFE";
    case RiskType::kWaterUnsafe:
      return "WATER_UNSAFE";
    case RiskType::kEpidemic:
      return "EPIDEMIC";
    case RiskType::kDoubleReductionPolicy:
      return "DOUBLE_REDUCTION_POLICY";
    case RiskType::kOther:
      return "OTHER";
  }
  return "";
}

std::string_view RiskTypeLabel(RiskType risk) {
  switch (risk) {
    case RiskType::kIllness:
      return "因病";
    case RiskType::kDisability:
      return "因残";
    case RiskType::kSchooling:
      return "因学";
    case RiskType::kNaturalDisaster:
      return "因自然灾害";
    case RiskType::kAccident:
      return "因意外事故";
    case RiskType::kIndustryFailure:
      return "因产业项目失败";
    case RiskType::kUnstableEmployment:
      return "因务工就业不稳";
    case RiskType::kLabourShortage:
      return "缺劳动力";
    case RiskType::kHousingUnsafe:
      return "因安全住房";
    case RiskType::kWaterUnsafe:
      return "因安全饮水";
    case RiskType::kEpidemic:
      return "因疫情";
    case RiskType::kDoubleReductionPolicy:
      return "因双减政策";
    case RiskType::kOther:
      return "其他";
  }
  return "";
}

bool IsRigidExpenditure(RiskType risk) {
  switch (risk) {
    case RiskType::kIllness:
    case RiskType::kDisability:
    case RiskType::kSchooling:
    case RiskType::kNaturalDisaster:
    case RiskType::kAccident:
      return true;
    default:
      return false;
  }
}

}  // namespace fangpin::screening
