#include "services/elimination/core/step_evidence.h"

#include <optional>
#include <string>
#include <string_view>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::elimination {
namespace {

constexpr size_t kMaxText = 1000;  // characters
constexpr int kMaxPeople = 100000;

// Collects what is wrong and makes one error of it.
class Violations {
 public:
  void Add(std::string_view field, std::string_view reason, std::string_view message) {
    error_.WithFieldViolation(field, reason, message);
    any_ = true;
  }

  // The day in the field; nullopt, with a violation, when it is none or lies after `latest`.
  std::optional<absl::CivilDay> Day(std::string_view field, const std::string& text,
                                    absl::CivilDay latest) {
    const auto day = base::ParseDay(text);
    if (!day.ok()) {
      Add(field, "DATE_FORMAT", "日期应写成 YYYY-MM-DD");
      return std::nullopt;
    }
    if (*day > latest) Add(field, "DATE_IN_FUTURE", "日期不能晚于今天");
    return *day;
  }

  void Count(std::string_view field, int32_t value) {
    if (value < 0 || value > kMaxPeople) Add(field, "COUNT_RANGE", "人数应在 0 到 100000 之间");
  }

  absl::Status status() const { return any_ ? error_.Build() : absl::OkStatus(); }

 private:
  base::ErrorBuilder error_ =
      base::Error(absl::StatusCode::kInvalidArgument, "STEP_EVIDENCE_INVALID", "步骤佐证填写有误");
  bool any_ = false;
};

v1::EliminationStepRecord::EvidenceCase EvidenceOf(v1::EliminationStep step) {
  switch (step) {
    case v1::ELIMINATION_STEP_SEE:
      return v1::EliminationStepRecord::kSiteVisit;
    case v1::ELIMINATION_STEP_CALCULATE:
      return v1::EliminationStepRecord::kAccount;
    case v1::ELIMINATION_STEP_VERIFY:
      return v1::EliminationStepRecord::kCrossCheck;
    case v1::ELIMINATION_STEP_REVIEW:
      return v1::EliminationStepRecord::kReview;
    case v1::ELIMINATION_STEP_PUBLICISE:
      return v1::EliminationStepRecord::kPublicity;
    default:
      return v1::EliminationStepRecord::EVIDENCE_NOT_SET;
  }
}

void CheckSiteVisit(const v1::SiteVisit& visit, Violations& wrong) {
  if (visit.visitors().empty()) {
    wrong.Add("step.site_visit.visitors", "FIELD_REQUIRED", "请填写入户人员");
  }
  if (visit.findings().empty() || base::CodePoints(visit.findings()) > kMaxText) {
    wrong.Add("step.site_visit.findings", "TEXT_LENGTH", "请填写所见情况，不超过 1000 字");
  }
}

void CheckAccount(const v1::AccountSettlement& account, absl::CivilDay today, Violations& wrong) {
  if (account.has_per_capita_reference_fen() &&
      account.per_capita_reference_fen() > int64_t{100'000'000'00}) {
    wrong.Add("step.account.per_capita_reference_fen", "AMOUNT_RANGE", "人均收入参考超出合理范围");
  }
  const std::string& since = account.income_stable_since();
  if (!since.empty()) {
    // A month stands for its first day.
    wrong.Day("step.account.income_stable_since", since.size() == 7 ? since + "-01" : since, today);
  }
}

void CheckCrossCheck(const v1::CrossCheck& check, Violations& wrong) {
  if (check.departments().empty()) {
    wrong.Add("step.cross_check.departments", "FIELD_REQUIRED", "请填写参与比对的部门");
  }
  wrong.Count("step.cross_check.contradictions", check.contradictions());
}

void CheckReview(const v1::VillageReview& review, Violations& wrong) {
  wrong.Count("step.review.attendance", review.attendance());
  wrong.Count("step.review.votes_for", review.votes_for());
  wrong.Count("step.review.votes_against", review.votes_against());
  if (int64_t{review.votes_for()} + review.votes_against() > review.attendance()) {
    wrong.Add("step.review.votes_for", "VOTES_EXCEED_ATTENDANCE", "票数不能多于到会人数");
  }
}

void CheckPublicity(const v1::VillagePublicity& publicity, absl::CivilDay today,
                    Violations& wrong) {
  const auto from = wrong.Day("step.publicity.from", publicity.from(), today);
  const auto to = wrong.Day("step.publicity.to", publicity.to(), today);
  if (from && to && *to < *from) {
    wrong.Add("step.publicity.to", "DATE_ORDER", "公示截止日不能早于起始日");
  }
  wrong.Count("step.publicity.objections", publicity.objections());
  wrong.Count("step.publicity.objections_settled", publicity.objections_settled());
  if (publicity.objections_settled() > publicity.objections()) {
    wrong.Add("step.publicity.objections_settled", "COUNT_RANGE", "已处理异议不能多于异议总数");
  }
}

}  // namespace

absl::Status CheckStepEvidence(const v1::EliminationStepRecord& step, absl::CivilDay today) {
  Violations wrong;
  wrong.Day("step.done_on", step.done_on(), today);
  const auto expected = EvidenceOf(step.step());
  if (expected == v1::EliminationStepRecord::EVIDENCE_NOT_SET) {
    wrong.Add("step.step", "STEP_REQUIRED", "请指明步骤");
    return wrong.status();
  }
  if (step.evidence_case() != expected) {
    wrong.Add("step.evidence", "EVIDENCE_MISMATCH", "佐证材料与步骤不符");
    return wrong.status();
  }
  switch (step.evidence_case()) {
    case v1::EliminationStepRecord::kSiteVisit:
      CheckSiteVisit(step.site_visit(), wrong);
      break;
    case v1::EliminationStepRecord::kAccount:
      CheckAccount(step.account(), today, wrong);
      break;
    case v1::EliminationStepRecord::kCrossCheck:
      CheckCrossCheck(step.cross_check(), wrong);
      break;
    case v1::EliminationStepRecord::kReview:
      CheckReview(step.review(), wrong);
      break;
    case v1::EliminationStepRecord::kPublicity:
      CheckPublicity(step.publicity(), today, wrong);
      break;
    case v1::EliminationStepRecord::EVIDENCE_NOT_SET:
      break;
  }
  return wrong.status();
}

}  // namespace fangpin::elimination
