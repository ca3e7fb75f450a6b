#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_STORIES_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_STORIES_H_

#include <string_view>
#include <vector>

#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "tools/fangpinctl/gen/population.h"

// The stories that are planted in a county. Each says how one household comes to notice and what
// becomes of it; the rules behind the outcome are those of policy version gansu-2021.
namespace fangpin::sample {

// How a household comes to notice.
enum class Source {
  kImported,            // 监测对象信息 holds it, its risk not yet gone.
  kImportedEliminated,  // 监测对象信息 holds it, marked as 风险已消除.
  kInpatientTwice,      // Lifted out; two bills that only together reach its threshold.
  kInpatientOnce,       // One bill above the threshold of any household.
  kOutpatient,          // Two bills of one month that together reach the threshold.
  kSevereIllness,
  kDisability,
  kSchoolCost,
  kHouse,  // An appraisal that a higher version corrects from B to D.
  kEmployment,
  kDisaster,
  kTraffic,
  kCivilAffairs,
  kFarmer,
  kCadre,
  kComplaint,
  kHouseAndFarmer,  // An alert, and a day later the farmer's own application.
  kIllnessAndBill,  // Two feeds about one person.
};

// What is wrong with the first assessment.
enum class Fault { kNone, kIncomeOnly, kNoStability, kPresentOnly, kRiskTypeWrong };

// How the county decides.
enum class CaseEnd {
  kNone,
  kApproved,
  kAsset,
  kNoGround,
  kNotAuthorised,
  kReviewLost,
  kPublicityShort,
  kObjections,
  kTownship,
  kStepsMissing,
  kAssetAndTownship,
};

// What is wrong with the first draft of the plan.
enum class Draft {
  kNoPlan,
  kSound,
  kNoAnalysis,
  kNoNeeds,
  kRiskUnanswered,
  kNoResponsibility,
  kNotTargeted,
  kSafetyNetOnly,
  kAnalysisAndResponsibility,
};

// How the elimination goes.
enum class Ending {
  kNone,
  kApproved,
  kNatural,
  kHousingUnsafe,
  kWaterTooNew,
  kIncomeLow,
  kIncomeTooNew,
  kExpenditureOpen,
  kNothingCarriedOut,
  kEffectUnclear,
  kJustCarriedOut,
  kNoLabour,
  kSevereIllness,
  kSevereDisability,
  kNoPublicity,
  kPublicityShort,
  kReviewLost,
  kNotAcknowledged,
  kContradiction,
  kNewRisk,
  kSeveral,  // Severe illness, effect not seen and no publicity at once.
};

enum class Kind { kEither, kLiftedOut, kOrdinary };

struct Story {
  std::string_view name;
  Shape shape;
  Kind kind;
  Source source;
  policy::v1::RiskType risk;  // The risk that is determined.
  Fault fault;
  screening::v1::ClueOutcome outcome;  // UNSPECIFIED without a clue.
  CaseEnd case_end;
  Draft draft;
  Ending ending;
  double share;  // Households of a thousand; at least one of a county that is large enough.
};

// Every story, the most telling ones first.
const std::vector<Story>& Stories();

// The stories of a county of that many households, one an entry, in table order.
std::vector<const Story*> Cast(int households);

inline bool IsImported(const Story& story) {
  return story.source == Source::kImported || story.source == Source::kImportedEliminated;
}
// Whether the household is monitored before or by this story.
inline bool IsMonitored(const Story& story) {
  return IsImported(story) || story.case_end == CaseEnd::kApproved;
}

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_STORIES_H_
