#ifndef FANGPIN_SCREENING_POLICY_RISK_H_
#define FANGPIN_SCREENING_POLICY_RISK_H_

#include <string_view>

namespace fangpin::screening {

// 致贫/返贫风险, policy handbook 2.7; numbered as in fangpin.policy.v1.RiskType.
enum class RiskType {
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

// "ILLNESS".
std::string_view RiskTypeName(RiskType risk);
// "因病".
std::string_view RiskTypeLabel(RiskType risk);

// 刚性支出陡增, the kind of notice §3 that marks 突发严重困难户. 因残 and 因自然灾害 count, though
// they may cut income as well.
bool IsRigidExpenditure(RiskType risk);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_POLICY_RISK_H_
