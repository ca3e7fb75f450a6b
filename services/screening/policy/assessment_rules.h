#ifndef FANGPIN_SCREENING_POLICY_ASSESSMENT_RULES_H_
#define FANGPIN_SCREENING_POLICY_ASSESSMENT_RULES_H_

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/policy/rule.h"
#include "services/screening/policy/risk.h"

namespace fangpin::screening {

// 综合分析研判 dimensions, notice §2, in its order, and the household's own means.
enum class Dimension {
  kIncomeSourceStability,
  kIncomeLevelChange,
  kMajorRigidExpenditure,
  kCompulsoryEducation,
  kBasicMedical,
  kHousingSafety,
  kDrinkingWater,
  kLivelihoodTrend,
  kSelfCoping,
};
inline constexpr int kDimensions = 9;

// How a dimension was judged. Not judged is never read as no risk.
enum class RiskLevel { kNotJudged, kNone, kPotential, kPresent };

// The assessment of a household after a visit.
struct AssessmentCase {
  std::array<RiskLevel, kDimensions> levels{};
  std::set<RiskType> risks;
  bool to_identify = false;  // It is to go on to determination.

  RiskLevel Level(Dimension dimension) const { return levels[static_cast<int>(dimension)]; }
  bool Judged(Dimension dimension) const { return Level(dimension) != RiskLevel::kNotJudged; }
  // Some risk in sight in this dimension, present or potential.
  bool AtRisk(Dimension dimension) const { return Level(dimension) >= RiskLevel::kPotential; }
};

// The faults of notice §2, in its order, clear ones included.
std::vector<policy::Finding> CheckAssessment(const AssessmentCase& assessment);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_POLICY_ASSESSMENT_RULES_H_
