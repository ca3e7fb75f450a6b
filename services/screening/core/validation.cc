#include "services/screening/core/validation.h"

#include <set>
#include <string>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::screening {
namespace {

using base::InvalidField;

constexpr size_t kMaxBasis = 500;
constexpr size_t kMaxFindings = 2000;
constexpr size_t kMaxName = 60;
constexpr size_t kMaxReason = 500;
constexpr size_t kMaxRemark = 200;
constexpr size_t kMaxId = 64;
constexpr int kMaxVisitors = 10;
constexpr int kMaxRisks = 5;
constexpr int kMaxDepartments = 40;
constexpr int kMaxHits = 40;

std::string At(std::string_view list, int index, std::string_view member = {}) {
  return member.empty() ? base::StrCat(list, "[", index, "]")
                        : base::StrCat(list, "[", index, "].", member);
}

absl::Status CheckNames(std::string_view field, const auto& names, int least, int most) {
  if (names.size() < least || names.size() > most) {
    return InvalidField(field, "NAME_COUNT", base::StrCat("人数应为", least, "至", most, "人"));
  }
  std::set<std::string> seen;
  for (int i = 0; i < names.size(); ++i) {
    FANGPIN_RETURN_IF_ERROR(CheckText(At(field, i), names[i], kMaxName, true));
    if (!seen.insert(names[i]).second) {
      return InvalidField(At(field, i), "NAME_REPEATED", "同一人重复填写");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRisk(const std::string& field, const policy::v1::Risk& risk) {
  using policy::v1::RISK_TYPE_NATURAL_DISASTER;
  using policy::v1::RISK_TYPE_OTHER;
  if (!policy::v1::RiskType_IsValid(risk.type()) ||
      risk.type() == policy::v1::RISK_TYPE_UNSPECIFIED) {
    return InvalidField(field + ".type", "RISK_TYPE_REQUIRED", "请选择风险类型");
  }
  const bool has_kind = policy::v1::DisasterKind_IsValid(risk.disaster()) &&
                        risk.disaster() != policy::v1::DISASTER_KIND_UNSPECIFIED;
  if ((risk.type() == RISK_TYPE_NATURAL_DISASTER) != has_kind) {
    return InvalidField(field + ".disaster", "DISASTER_KIND",
                        "因自然灾害必须填写子项，其他风险不填");
  }
  return CheckText(field + ".remark", risk.remark(), kMaxRemark, risk.type() == RISK_TYPE_OTHER);
}

absl::Status NotNegative(std::string_view field, int64_t value) {
  if (value >= 0) return absl::OkStatus();
  return InvalidField(field, "NUMBER_NEGATIVE", "不能小于0");
}

absl::Status CheckEvidence(const v1::HouseholdCheck& check) {
  constexpr std::string_view kField = "step.household_check.checkers";
  constexpr int kMinCheckers = 2;
  FANGPIN_RETURN_IF_ERROR(CheckNames(kField, check.checkers(), kMinCheckers, kMaxVisitors));
  if (!check.has_per_capita_reference_fen()) {
    return InvalidField("step.household_check.per_capita_reference_fen", "INCOME_REQUIRED",
                        "请填写人均收入参考");
  }
  return NotNegative("step.household_check.rigid_expenditure_fen", check.rigid_expenditure_fen());
}

absl::Status CheckEvidence(const v1::Comparison& comparison) {
  if (comparison.departments().empty() || comparison.departments_size() > kMaxDepartments) {
    return InvalidField("step.comparison.departments", "DEPARTMENTS_REQUIRED",
                        "请填写反馈比对结果的部门");
  }
  for (int i = 0; i < comparison.departments_size(); ++i) {
    FANGPIN_RETURN_IF_ERROR(
        CheckText(At("step.comparison.departments", i), comparison.departments(i), kMaxName, true));
  }
  if (comparison.hits_size() > kMaxHits) {
    return InvalidField("step.comparison.hits", "TOO_MANY_HITS", "比对命中过多");
  }
  for (int i = 0; i < comparison.hits_size(); ++i) {
    const v1::AssetHit& hit = comparison.hits(i);
    const std::string field = At("step.comparison.hits", i);
    FANGPIN_RETURN_IF_ERROR(CheckText(field + ".exclusion", hit.exclusion(), kMaxName, true));
    FANGPIN_RETURN_IF_ERROR(CheckText(field + ".source", hit.source(), kMaxName, true));
    if (!v1::AssetCheckOutcome_IsValid(hit.outcome()) ||
        hit.outcome() == v1::ASSET_CHECK_OUTCOME_UNSPECIFIED) {
      return InvalidField(field + ".outcome", "OUTCOME_REQUIRED", "请填写裁定结果或待裁定");
    }
    FANGPIN_RETURN_IF_ERROR(CheckText(field + ".reason", hit.reason(), kMaxReason,
                                      hit.outcome() != v1::ASSET_CHECK_OUTCOME_PENDING));
  }
  return absl::OkStatus();
}

absl::Status CheckEvidence(const v1::DemocraticReview& review) {
  constexpr int kMaxAttendance = 100'000;
  if (review.attendance() < 1 || review.attendance() > kMaxAttendance) {
    return InvalidField("step.review.attendance", "ATTENDANCE_RANGE", "到会人数不正确");
  }
  FANGPIN_RETURN_IF_ERROR(NotNegative("step.review.votes_for", review.votes_for()));
  FANGPIN_RETURN_IF_ERROR(NotNegative("step.review.votes_against", review.votes_against()));
  if (int64_t{review.votes_for()} + review.votes_against() > review.attendance()) {
    return InvalidField("step.review.votes_for", "VOTES_EXCEED_ATTENDANCE",
                        "同意票与反对票之和超过到会人数");
  }
  return absl::OkStatus();
}

absl::Status CheckEvidence(const v1::Publicity& publicity, absl::CivilDay done_on) {
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay from,
                           CheckPastDay("step.publicity.from", publicity.from(), done_on));
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay to,
                           CheckPastDay("step.publicity.to", publicity.to(), done_on));
  if (to < from) return InvalidField("step.publicity.to", "DATE_ORDER", "公示结束早于开始");
  FANGPIN_RETURN_IF_ERROR(NotNegative("step.publicity.objections", publicity.objections()));
  FANGPIN_RETURN_IF_ERROR(
      NotNegative("step.publicity.objections_settled", publicity.objections_settled()));
  if (publicity.objections_settled() > publicity.objections()) {
    return InvalidField("step.publicity.objections_settled", "OBJECTION_COUNT",
                        "已处理的异议多于收到的异议");
  }
  return absl::OkStatus();
}

absl::Status CheckEvidence(const v1::TownshipReview& review) {
  return CheckText("step.township_review.opinion", review.opinion(), kMaxReason, !review.agreed());
}

absl::Status EvidenceMismatch() {
  return InvalidField("step.evidence", "EVIDENCE_MISMATCH", "佐证材料与步骤不符");
}

}  // namespace

absl::Status CheckText(std::string_view field, std::string_view text, size_t max, bool required) {
  if (!base::IsValidUtf8(text) || text.find('\0') != std::string_view::npos) {
    return InvalidField(field, "TEXT_INVALID", "含有无法识别的字符");
  }
  if (required && base::CleanCell(text).empty()) {
    return InvalidField(field, "TEXT_REQUIRED", "必填");
  }
  if (base::CodePoints(text) > max) {
    return InvalidField(field, "TEXT_TOO_LONG", base::StrCat("不得超过", max, "个字符"));
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::CivilDay> CheckPastDay(std::string_view field, std::string_view text,
                                            absl::CivilDay today) {
  const absl::StatusOr<absl::CivilDay> day = base::ParseDay(text);
  if (!day.ok()) return InvalidField(field, "DATE_FORMAT", base::ToStd(day.status().message()));
  if (*day > today) return InvalidField(field, "DATE_IN_FUTURE", "日期不能晚于办理日期");
  return *day;
}

absl::Status CheckVisit(const v1::Visit& visit, absl::CivilDay today) {
  FANGPIN_RETURN_IF_ERROR(CheckText("visit.id", visit.id(), kMaxId, true));
  FANGPIN_RETURN_IF_ERROR(CheckText("visit.household_id", visit.household_id(), kMaxId, true));
  FANGPIN_RETURN_IF_ERROR(CheckText("visit.task_id", visit.task_id(), kMaxId, false));
  FANGPIN_RETURN_IF_ERROR(CheckPastDay("visit.visited_on", visit.visited_on(), today).status());
  if (!v1::VisitMethod_IsValid(visit.method()) || visit.method() == v1::VISIT_METHOD_UNSPECIFIED) {
    return InvalidField("visit.method", "METHOD_REQUIRED", "请选择走访方式");
  }
  FANGPIN_RETURN_IF_ERROR(CheckNames("visit.visitors", visit.visitors(), 1, kMaxVisitors));
  return CheckText("visit.findings", visit.findings(), kMaxFindings, false);
}

absl::Status CheckAssessmentFields(const v1::Assessment& assessment, v1::ClueOutcome outcome) {
  if (!v1::ClueOutcome_IsValid(outcome) || outcome == v1::CLUE_OUTCOME_UNSPECIFIED) {
    return InvalidField("outcome", "OUTCOME_REQUIRED", "请选择研判结论");
  }
  std::set<int> dimensions;
  for (int i = 0; i < assessment.judgements_size(); ++i) {
    const v1::DimensionJudgement& judgement = assessment.judgements(i);
    const std::string field = At("assessment.judgements", i);
    if (!v1::AssessmentDimension_IsValid(judgement.dimension()) ||
        judgement.dimension() == v1::ASSESSMENT_DIMENSION_UNSPECIFIED) {
      return InvalidField(field + ".dimension", "DIMENSION_REQUIRED", "请选择研判维度");
    }
    if (!dimensions.insert(judgement.dimension()).second) {
      return InvalidField(field + ".dimension", "DIMENSION_REPEATED", "同一维度重复研判");
    }
    if (!v1::RiskLevel_IsValid(judgement.level()) ||
        judgement.level() == v1::RISK_LEVEL_UNSPECIFIED) {
      return InvalidField(field + ".level", "LEVEL_REQUIRED", "请填写研判结果");
    }
    FANGPIN_RETURN_IF_ERROR(CheckText(field + ".basis", judgement.basis(), kMaxBasis, true));
  }
  const int risks = assessment.risks_size();
  if (risks > kMaxRisks || (outcome == v1::CLUE_OUTCOME_TO_IDENTIFY && risks == 0)) {
    return InvalidField("assessment.risks", "RISK_COUNT", "转入识别应填写1至5项风险");
  }
  std::set<int> types;
  for (int i = 0; i < risks; ++i) {
    FANGPIN_RETURN_IF_ERROR(CheckRisk(At("assessment.risks", i), assessment.risks(i)));
    if (!types.insert(assessment.risks(i).type()).second) {
      return InvalidField(At("assessment.risks", i, "type"), "RISK_REPEATED", "同一风险重复填写");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckStep(const v1::IdentificationStepRecord& step, absl::CivilDay today) {
  FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay done_on,
                           CheckPastDay("step.done_on", step.done_on(), today));
  switch (step.step()) {
    case v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED:
      if (!step.has_household_check()) return EvidenceMismatch();
      return CheckEvidence(step.household_check());
    case v1::IDENTIFICATION_STEP_AUTHORISED:
      return step.has_authorisation() ? absl::OkStatus() : EvidenceMismatch();
    case v1::IDENTIFICATION_STEP_COMPARED:
      if (!step.has_comparison()) return EvidenceMismatch();
      return CheckEvidence(step.comparison());
    case v1::IDENTIFICATION_STEP_REVIEWED:
      if (!step.has_review()) return EvidenceMismatch();
      return CheckEvidence(step.review());
    case v1::IDENTIFICATION_STEP_PUBLICISED:
      if (!step.has_publicity()) return EvidenceMismatch();
      return CheckEvidence(step.publicity(), done_on);
    case v1::IDENTIFICATION_STEP_TOWNSHIP_REVIEWED:
      if (!step.has_township_review()) return EvidenceMismatch();
      return CheckEvidence(step.township_review());
    default:
      return InvalidField("step.step", "STEP_NOT_ACCEPTED",
                          "受理和县级审定由系统记录，请选择其他步骤");
  }
}

}  // namespace fangpin::screening
