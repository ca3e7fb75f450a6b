#include "tools/fangpinctl/gen/stories.h"

#include <algorithm>
#include <cmath>

namespace fangpin::sample {
namespace {

constexpr auto kNoClue = screening::v1::CLUE_OUTCOME_UNSPECIFIED;
constexpr auto kIdentify = screening::v1::CLUE_OUTCOME_TO_IDENTIFY;

}  // namespace

const std::vector<Story>& Stories() {
  // clang-format off
  static const auto* const kStories = new std::vector<Story>{
      // Newly found, determined, helped, and eliminated or held by one hold.
      {"脱贫户累计住院，帮扶后消除", Shape::kChronicallyIll, Kind::kLiftedOut, Source::kInpatientTwice, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kApproved, 1.2},
      {"大病确诊，大病患者不消", Shape::kSeverelyIll, Kind::kEither, Source::kSevereIllness, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kNoNeeds, Ending::kSevereIllness, 1.0},
      {"新办重度残疾证，重残不消", Shape::kSeverelyDisabled, Kind::kEither, Source::kDisability, policy::v1::RISK_TYPE_DISABILITY,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSafetyNetOnly, Ending::kSevereDisability, 0.8},
      {"大学生学费负担，支出未解决不消", Shape::kCollegeStudent, Kind::kEither, Source::kSchoolCost, policy::v1::RISK_TYPE_SCHOOLING,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kExpenditureOpen, 0.8},
      {"危房改造未完成不消", Shape::kHealthyFamily, Kind::kEither, Source::kHouse, policy::v1::RISK_TYPE_HOUSING_UNSAFE,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kRiskUnanswered, Ending::kHousingUnsafe, 0.6},
      {"返乡失业，收入未达线不消", Shape::kHealthyFamily, Kind::kEither, Source::kEmployment, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kIncomeOnly, kIdentify, CaseEnd::kApproved, Draft::kNoResponsibility, Ending::kIncomeLow, 0.8},
      {"洪涝受灾，措施未落实不消", Shape::kHealthyFamily, Kind::kEither, Source::kDisaster, policy::v1::RISK_TYPE_NATURAL_DISASTER,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kNothingCarriedOut, 0.6},
      {"交通事故，效果不明显不消", Shape::kHealthyFamily, Kind::kEither, Source::kTraffic, policy::v1::RISK_TYPE_ACCIDENT,
       Fault::kPresentOnly, kIdentify, CaseEnd::kApproved, Draft::kNoAnalysis, Ending::kEffectUnclear, 0.5},
      {"农户申请，程序缺公示不消", Shape::kHealthyFamily, Kind::kEither, Source::kFarmer, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNoStability, kIdentify, CaseEnd::kApproved, Draft::kNotTargeted, Ending::kNoPublicity, 0.6},
      // Monitored before.
      {"已监测户，帮扶后消除", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kApproved, 2.0},
      {"已监测户，整户无劳动力不消", Shape::kNoLabour, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_LABOUR_SHORTAGE,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kNoLabour, 0.8},
      {"已监测户，风险自然消失", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kNoPlan, Ending::kNatural, 0.4},
      {"已监测户再预警，计划需调整", Shape::kChronicallyIll, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, screening::v1::CLUE_OUTCOME_ALREADY_MONITORED, CaseEnd::kNone, Draft::kSound, Ending::kNone, 0.8},
      {"已监测户，多项同时不消", Shape::kSeverelyIll, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kAnalysisAndResponsibility, Ending::kSeveral, 0.5},
      {"历史已消除户，保持不变", Shape::kAny, Kind::kEither, Source::kImportedEliminated, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kNoPlan, Ending::kNone, 16.5},
      // Found, and not taken in.
      {"入户核实无风险", Shape::kHealthyFamily, Kind::kEither, Source::kCivilAffairs, policy::v1::RISK_TYPE_OTHER,
       Fault::kNone, screening::v1::CLUE_OUTCOME_NO_RISK, CaseEnd::kNone, Draft::kNoPlan, Ending::kNone, 2.5},
      {"有商品房，原则上不纳入", Shape::kHealthyFamily, Kind::kEither, Source::kComplaint, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNone, kIdentify, CaseEnd::kAsset, Draft::kNoPlan, Ending::kNone, 0.4},
      {"政策已解决", Shape::kHealthyFamily, Kind::kOrdinary, Source::kInpatientOnce, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, screening::v1::CLUE_OUTCOME_RESOLVED_BY_POLICY, CaseEnd::kNone, Draft::kNoPlan, Ending::kNone, 1.8},
      {"没有风险依据，不予纳入", Shape::kHealthyFamily, Kind::kEither, Source::kCadre, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kIdentify, CaseEnd::kNoGround, Draft::kNoPlan, Ending::kNone, 0.4},
      {"民主评议未通过", Shape::kHealthyFamily, Kind::kEither, Source::kFarmer, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kIdentify, CaseEnd::kReviewLost, Draft::kNoPlan, Ending::kNone, 0.3},
      {"公示天数不足", Shape::kHealthyFamily, Kind::kEither, Source::kFarmer, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNone, kIdentify, CaseEnd::kPublicityShort, Draft::kNoPlan, Ending::kNone, 0.3},
      {"公示异议未处理", Shape::kHealthyFamily, Kind::kEither, Source::kComplaint, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kIdentify, CaseEnd::kObjections, Draft::kNoPlan, Ending::kNone, 0.3},
      {"乡镇审核不同意", Shape::kHealthyFamily, Kind::kEither, Source::kCadre, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNone, kIdentify, CaseEnd::kTownship, Draft::kNoPlan, Ending::kNone, 0.3},
      {"农户不签授权，不予纳入", Shape::kHealthyFamily, Kind::kEither, Source::kFarmer, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNone, kIdentify, CaseEnd::kNotAuthorised, Draft::kNoPlan, Ending::kNone, 0.2},
      {"识别程序未完成", Shape::kHealthyFamily, Kind::kEither, Source::kCadre, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kIdentify, CaseEnd::kStepsMissing, Draft::kNoPlan, Ending::kNone, 0.2},
      {"财产与乡镇两项不符", Shape::kHealthyFamily, Kind::kEither, Source::kFarmer, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kIdentify, CaseEnd::kAssetAndTownship, Draft::kNoPlan, Ending::kNone, 0.2},
      {"已整户迁出", Shape::kHealthyFamily, Kind::kEither, Source::kEmployment, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, screening::v1::CLUE_OUTCOME_MOVED_AWAY, CaseEnd::kNone, Draft::kNoPlan, Ending::kNone, 0.8},
      {"只看收入，退回重做，无风险", Shape::kHealthyFamily, Kind::kEither, Source::kComplaint, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kIncomeOnly, screening::v1::CLUE_OUTCOME_NO_RISK, CaseEnd::kNone, Draft::kNoPlan, Ending::kNone, 1.0},
      // Further ways through.
      {"门诊慢病累计，饮水新近解决不消", Shape::kChronicallyIll, Kind::kEither, Source::kOutpatient, policy::v1::RISK_TYPE_WATER_UNSAFE,
       Fault::kRiskTypeWrong, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kWaterTooNew, 0.5},
      {"预警与申请并案，收入刚稳定不消", Shape::kHealthyFamily, Kind::kEither, Source::kHouseAndFarmer, policy::v1::RISK_TYPE_HOUSING_UNSAFE,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kIncomeTooNew, 0.4},
      {"两部门同户预警，帮扶后消除", Shape::kChronicallyIll, Kind::kOrdinary, Source::kIllnessAndBill, policy::v1::RISK_TYPE_ILLNESS,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kApproved, 0.6},
      {"干部走访发现，措施刚落实不消", Shape::kHealthyFamily, Kind::kEither, Source::kCadre, policy::v1::RISK_TYPE_LABOUR_SHORTAGE,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kJustCarriedOut, 0.4},
      {"轻度残疾，继续帮扶", Shape::kDisabled, Kind::kEither, Source::kDisability, policy::v1::RISK_TYPE_DISABILITY,
       Fault::kNone, kIdentify, CaseEnd::kApproved, Draft::kSound, Ending::kNone, 0.6},
      {"已监测户，农户不认可", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kNotAcknowledged, 0.4},
      {"已监测户，比对有矛盾", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kContradiction, 0.3},
      {"已监测户，发现新风险", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kNewRisk, 0.3},
      {"已监测户，消除评议未通过", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_INDUSTRY_FAILURE,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kReviewLost, 0.3},
      {"已监测户，消除公示不足", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kPublicityShort, 0.3},
      {"已监测户，继续帮扶", Shape::kHealthyFamily, Kind::kEither, Source::kImported, policy::v1::RISK_TYPE_UNSTABLE_EMPLOYMENT,
       Fault::kNone, kNoClue, CaseEnd::kNone, Draft::kSound, Ending::kNone, 5.0},
  };
  // clang-format on
  return *kStories;
}

std::vector<const Story*> Cast(int households) {
  std::vector<const Story*> cast;
  // Most of a county has no story.
  const size_t most = static_cast<size_t>(std::max(1, households / 2));
  for (const Story& story : Stories()) cast.push_back(&story);
  for (const Story& story : Stories()) {
    const auto count = std::lround(story.share * households / 1000.0);
    for (long i = 1; i < count; ++i) cast.push_back(&story);
  }
  if (cast.size() > most) cast.resize(most);
  return cast;
}

}  // namespace fangpin::sample
