#include "services/screening/core/validation.h"

#include <set>
#include <string>

#include "libs/base/civil.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/screening/core/errors.h"

namespace fangpin::screening {
namespace {

constexpr size_t kMaxBasis = 500;
constexpr size_t kMaxFindings = 2000;
constexpr size_t kMaxName = 60;
constexpr size_t kMaxReason = 500;
constexpr size_t kMaxRemark = 200;
constexpr size_t kMaxReportText = 500;
constexpr size_t kMaxId = 64;
constexpr int kMaxVisitors = 10;
constexpr int kMaxRisks = 5;
constexpr int kMaxDepartments = 40;
constexpr int kMaxHits = 40;

std::string At(std::string_view list, int index, std::string_view member = {}) {
  return member.empty() ? base::StrCat(list, "[", index, "]")
                        : base::StrCat(list, "[", index, "].", member);
}

bool IsRiskType(policy::v1::RiskType type) {
  return policy::v1::RiskType_IsValid(type) && type != policy::v1::RISK_TYPE_UNSPECIFIED;
}

void CheckNames(std::string_view field, const auto& names, int least, int most,
                Problems& problems) {
  if (names.size() < least || names.size() > most) {
    problems.Add(field, "NAME_COUNT", base::StrCat("人数应为", least, "至", most, "人"));
  }
  std::set<std::string> seen;
  for (int i = 0; i < names.size() && i < most; ++i) {
    CheckText(At(field, i), names[i], kMaxName, true, problems);
    if (!seen.insert(names[i]).second) {
      problems.Add(At(field, i), "NAME_REPEATED", "同一人重复填写");
    }
  }
}

void CheckRisk(const std::string& field, const policy::v1::Risk& risk, Problems& problems) {
  using policy::v1::RISK_TYPE_NATURAL_DISASTER;
  using policy::v1::RISK_TYPE_OTHER;
  if (!IsRiskType(risk.type())) {
    problems.Add(field + ".type", "RISK_TYPE_REQUIRED", "请选择风险类型");
  }
  const bool has_kind = policy::v1::DisasterKind_IsValid(risk.disaster()) &&
                        risk.disaster() != policy::v1::DISASTER_KIND_UNSPECIFIED;
  if ((risk.type() == RISK_TYPE_NATURAL_DISASTER) != has_kind) {
    problems.Add(field + ".disaster", "DISASTER_KIND", "因自然灾害必须填写子项，其他风险不填");
  }
  CheckText(field + ".remark", risk.remark(), kMaxRemark, risk.type() == RISK_TYPE_OTHER, problems);
}

void NotNegative(std::string_view field, int64_t value, Problems& problems) {
  if (value < 0) problems.Add(field, "NUMBER_NEGATIVE", "不能小于0");
}

void CheckEvidence(const v1::HouseholdCheck& check, Problems& problems) {
  constexpr int kMinCheckers = 2;
  CheckNames("step.household_check.checkers", check.checkers(), kMinCheckers, kMaxVisitors,
             problems);
  if (!check.has_per_capita_reference_fen()) {
    problems.Add("step.household_check.per_capita_reference_fen", "INCOME_REQUIRED",
                 "请填写人均收入参考");
  }
  NotNegative("step.household_check.rigid_expenditure_fen", check.rigid_expenditure_fen(),
              problems);
}

void CheckHit(const std::string& field, const v1::AssetHit& hit, Problems& problems) {
  CheckText(field + ".exclusion", hit.exclusion(), kMaxName, true, problems);
  CheckText(field + ".source", hit.source(), kMaxName, true, problems);
  if (!v1::AssetCheckOutcome_IsValid(hit.outcome()) ||
      hit.outcome() == v1::ASSET_CHECK_OUTCOME_UNSPECIFIED) {
    problems.Add(field + ".outcome", "OUTCOME_REQUIRED", "请填写裁定结果或待裁定");
    return;
  }
  CheckText(field + ".reason", hit.reason(), kMaxReason,
            hit.outcome() != v1::ASSET_CHECK_OUTCOME_PENDING, problems);
}

void CheckEvidence(const v1::Comparison& comparison, Problems& problems) {
  if (comparison.departments().empty() || comparison.departments_size() > kMaxDepartments) {
    problems.Add("step.comparison.departments", "DEPARTMENTS_REQUIRED", "请填写反馈比对结果的部门");
  }
  for (int i = 0; i < comparison.departments_size() && i < kMaxDepartments; ++i) {
    CheckText(At("step.comparison.departments", i), comparison.departments(i), kMaxName, true,
              problems);
  }
  if (comparison.hits_size() > kMaxHits) {
    problems.Add("step.comparison.hits", "TOO_MANY_HITS", "比对命中过多");
  }
  for (int i = 0; i < comparison.hits_size() && i < kMaxHits; ++i) {
    CheckHit(At("step.comparison.hits", i), comparison.hits(i), problems);
  }
}

void CheckEvidence(const v1::DemocraticReview& review, Problems& problems) {
  constexpr int kMaxAttendance = 100'000;
  if (review.attendance() < 1 || review.attendance() > kMaxAttendance) {
    problems.Add("step.review.attendance", "ATTENDANCE_RANGE", "到会人数不正确");
  }
  NotNegative("step.review.votes_for", review.votes_for(), problems);
  NotNegative("step.review.votes_against", review.votes_against(), problems);
  if (int64_t{review.votes_for()} + review.votes_against() > review.attendance()) {
    problems.Add("step.review.votes_for", "VOTES_EXCEED_ATTENDANCE",
                 "同意票与反对票之和超过到会人数");
  }
}

void CheckEvidence(const v1::Publicity& publicity, absl::CivilDay done_on, Problems& problems) {
  const auto from = CheckPastDay("step.publicity.from", publicity.from(), done_on, problems);
  const auto to = CheckPastDay("step.publicity.to", publicity.to(), done_on, problems);
  if (from && to && *to < *from) {
    problems.Add("step.publicity.to", "DATE_ORDER", "公示结束早于开始");
  }
  NotNegative("step.publicity.objections", publicity.objections(), problems);
  NotNegative("step.publicity.objections_settled", publicity.objections_settled(), problems);
  if (publicity.objections_settled() > publicity.objections()) {
    problems.Add("step.publicity.objections_settled", "OBJECTION_COUNT",
                 "已处理的异议多于收到的异议");
  }
}

// The evidence that the step needs, checked; EVIDENCE_MISMATCH when the record brings another.
void CheckEvidenceOf(const v1::IdentificationStepRecord& step, absl::CivilDay done_on,
                     Problems& problems) {
  const auto mismatch = [&] {
    problems.Add("step.evidence", "EVIDENCE_MISMATCH", "佐证材料与步骤不符");
  };
  switch (step.step()) {
    case v1::IDENTIFICATION_STEP_HOUSEHOLD_CHECKED:
      if (!step.has_household_check()) return mismatch();
      return CheckEvidence(step.household_check(), problems);
    case v1::IDENTIFICATION_STEP_AUTHORISED:
      if (!step.has_authorisation()) mismatch();
      return;
    case v1::IDENTIFICATION_STEP_COMPARED:
      if (!step.has_comparison()) return mismatch();
      return CheckEvidence(step.comparison(), problems);
    case v1::IDENTIFICATION_STEP_REVIEWED:
      if (!step.has_review()) return mismatch();
      return CheckEvidence(step.review(), problems);
    case v1::IDENTIFICATION_STEP_PUBLICISED:
      if (!step.has_publicity()) return mismatch();
      return CheckEvidence(step.publicity(), done_on, problems);
    default:
      problems.Add("step.step", "STEP_NOT_ACCEPTED",
                   "受理由立卷产生，乡镇审核和县级审定各有专门的办理入口，请选择其他步骤");
  }
}

}  // namespace

void Problems::Add(std::string_view field, std::string_view reason, std::string_view message) {
  problems_.push_back({.field = std::string(field),
                       .reason = std::string(reason),
                       .message = std::string(message)});
}

absl::Status Problems::ToStatus() const {
  return problems_.empty() ? absl::OkStatus() : FieldsInvalid(problems_);
}

void CheckText(std::string_view field, std::string_view text, size_t max, bool required,
               Problems& problems) {
  if (!base::IsValidUtf8(text) || text.find('\0') != std::string_view::npos) {
    problems.Add(field, "TEXT_INVALID", "含有无法识别的字符");
  } else if (required && base::CleanCell(text).empty()) {
    problems.Add(field, "TEXT_REQUIRED", "必填");
  } else if (base::CodePoints(text) > max) {
    problems.Add(field, "TEXT_TOO_LONG", base::StrCat("不得超过", max, "个字符"));
  }
}

std::optional<absl::CivilDay> CheckPastDay(std::string_view field, std::string_view text,
                                           absl::CivilDay today, Problems& problems) {
  if (text.empty()) {
    problems.Add(field, "REQUIRED", "请填写日期");
    return std::nullopt;
  }
  const absl::StatusOr<absl::CivilDay> day = base::ParseDay(text);
  if (!day.ok()) {
    problems.Add(field, "DATE_FORMAT", base::ToStd(day.status().message()));
    return std::nullopt;
  }
  if (*day > today) {
    problems.Add(field, "DATE_IN_FUTURE", "日期不能晚于办理日期");
    return std::nullopt;
  }
  return *day;
}

absl::Status CheckReport(const v1::ReportRiskRequest& request) {
  Problems problems;
  switch (request.channel()) {
    case v1::DISCOVERY_CHANNEL_FARMER_APPLICATION:
    case v1::DISCOVERY_CHANNEL_CADRE_VISIT:
    case v1::DISCOVERY_CHANNEL_SOCIAL_SUPERVISION:
      break;
    default:
      problems.Add("channel", "CHANNEL_NOT_ACCEPTED",
                   "渠道应为农户主动申请、干部走访排查或社会监督发现；"
                   "部门预警和系统分析由系统写入");
  }
  if (!IsRiskType(request.risk())) problems.Add("risk", "RISK_TYPE_REQUIRED", "请选择风险类型");
  CheckText("text", request.text(), kMaxReportText, false, problems);
  return problems.ToStatus();
}

absl::Status CheckVisit(const v1::Visit& visit, absl::CivilDay today) {
  Problems problems;
  CheckText("visit.id", visit.id(), kMaxId, true, problems);
  CheckText("visit.household_id", visit.household_id(), kMaxId, true, problems);
  CheckText("visit.task_id", visit.task_id(), kMaxId, false, problems);
  CheckPastDay("visit.visited_on", visit.visited_on(), today, problems);
  if (!v1::VisitMethod_IsValid(visit.method()) || visit.method() == v1::VISIT_METHOD_UNSPECIFIED) {
    problems.Add("visit.method", "METHOD_REQUIRED", "请选择走访方式");
  }
  CheckNames("visit.visitors", visit.visitors(), 1, kMaxVisitors, problems);
  CheckText("visit.findings", visit.findings(), kMaxFindings, true, problems);
  const bool remote =
      visit.method() == v1::VISIT_METHOD_PHONE || visit.method() == v1::VISIT_METHOD_WECHAT;
  if (remote && base::CleanCell(visit.absence_reason()).empty()) {
    problems.Add("visit.absence_reason", "ABSENCE_REASON_REQUIRED",
                 "走访应当入户；农户外出只能电话或微信联系的，请写明原因");
  } else {
    CheckText("visit.absence_reason", visit.absence_reason(), kMaxReason, false, problems);
  }
  return problems.ToStatus();
}

absl::Status CheckAssessmentFields(const v1::Assessment& assessment, v1::ClueOutcome outcome) {
  Problems problems;
  if (!v1::ClueOutcome_IsValid(outcome) || outcome == v1::CLUE_OUTCOME_UNSPECIFIED) {
    problems.Add("outcome", "OUTCOME_REQUIRED", "请选择研判结论");
  }
  std::set<int> dimensions;
  for (int i = 0; i < assessment.judgements_size() && i <= v1::AssessmentDimension_MAX; ++i) {
    const v1::DimensionJudgement& judgement = assessment.judgements(i);
    const std::string field = At("assessment.judgements", i);
    if (!v1::AssessmentDimension_IsValid(judgement.dimension()) ||
        judgement.dimension() == v1::ASSESSMENT_DIMENSION_UNSPECIFIED) {
      problems.Add(field + ".dimension", "DIMENSION_REQUIRED", "请选择研判维度");
    } else if (!dimensions.insert(judgement.dimension()).second) {
      problems.Add(field + ".dimension", "DIMENSION_REPEATED", "同一维度重复研判");
    }
    if (!v1::RiskLevel_IsValid(judgement.level()) ||
        judgement.level() == v1::RISK_LEVEL_UNSPECIFIED) {
      problems.Add(field + ".level", "LEVEL_REQUIRED", "请填写研判结果");
    }
    CheckText(field + ".basis", judgement.basis(), kMaxBasis, true, problems);
  }
  const int risks = assessment.risks_size();
  if (risks > kMaxRisks || (outcome == v1::CLUE_OUTCOME_TO_IDENTIFY && risks == 0)) {
    problems.Add("assessment.risks", "RISK_COUNT", "转入识别应填写1至5项风险");
  }
  std::set<int> types;
  for (int i = 0; i < risks && i < kMaxRisks; ++i) {
    CheckRisk(At("assessment.risks", i), assessment.risks(i), problems);
    if (!types.insert(assessment.risks(i).type()).second) {
      problems.Add(At("assessment.risks", i, "type"), "RISK_REPEATED", "同一风险重复填写");
    }
  }
  return problems.ToStatus();
}

absl::Status CheckStep(const v1::IdentificationStepRecord& step, absl::CivilDay today) {
  Problems problems;
  const auto done_on = CheckPastDay("step.done_on", step.done_on(), today, problems);
  CheckEvidenceOf(step, done_on.value_or(today), problems);
  return problems.ToStatus();
}

absl::Status CheckReview(std::string_view reviewed_on, const v1::TownshipReview& review,
                         absl::CivilDay today) {
  Problems problems;
  CheckPastDay("reviewed_on", reviewed_on, today, problems);
  CheckText("review.opinion", review.opinion(), kMaxReason, !review.agreed(), problems);
  return problems.ToStatus();
}

absl::Status CheckOpinion(std::string_view opinion, bool required) {
  Problems problems;
  CheckText("opinion", opinion, kMaxReason, required, problems);
  return problems.ToStatus();
}

}  // namespace fangpin::screening
