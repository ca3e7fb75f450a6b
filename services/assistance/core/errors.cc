#include "services/assistance/core/errors.h"

#include "libs/base/error.h"

namespace fangpin::assistance {
namespace {

using absl::StatusCode;
using base::Error;

absl::Status WrongState(std::string_view reason, std::string_view message, std::string_view plan_id,
                        std::string_view state) {
  return Error(StatusCode::kFailedPrecondition, reason, message)
      .WithMetadata("state", state)
      .WithResource("plan", plan_id);
}

absl::Status WithFindings(std::string_view reason, std::string_view message,
                          std::string_view plan_id, const std::vector<policy::Finding>& blocking) {
  base::ErrorBuilder error = Error(StatusCode::kFailedPrecondition, reason, message);
  for (const policy::Finding& finding : blocking) {
    error.WithPrecondition(finding.rule, plan_id, finding.message);
  }
  return error;
}

}  // namespace

absl::Status PlanNotFound(std::string_view plan_id) {
  return Error(StatusCode::kNotFound, "PLAN_NOT_FOUND", "没有这份“一户一策”帮扶计划")
      .WithResource("plan", plan_id);
}

absl::Status MeasureNotFound(std::string_view measure_id) {
  return Error(StatusCode::kNotFound, "MEASURE_NOT_FOUND", "计划中没有这项帮扶措施")
      .WithResource("measure", measure_id);
}

absl::Status ScopeDenied() {
  return Error(StatusCode::kPermissionDenied, "SCOPE_DENIED", "不在您的行政区划范围内");
}

absl::Status HouseholdNotMonitored(std::string_view household_id, std::string_view state) {
  return Error(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_MONITORED",
               "该户不是正在监测帮扶的对象，不能制定帮扶计划")
      .WithMetadata("state", state)
      .WithResource("household", household_id);
}

absl::Status PlanNotDraft(std::string_view plan_id, std::string_view state) {
  return WrongState("PLAN_NOT_DRAFT", "只有草稿可以修改和提交", plan_id, state);
}

absl::Status PlanNotUnderReview(std::string_view plan_id, std::string_view state) {
  return WrongState("PLAN_NOT_UNDER_REVIEW", "该计划不在审核中", plan_id, state);
}

absl::Status PlanNotInForce(std::string_view plan_id, std::string_view state) {
  return WrongState("PLAN_NOT_IN_FORCE", "只有执行中的计划可以登记措施和成效", plan_id, state);
}

absl::Status PlanHasDefects(std::string_view plan_id,
                            const std::vector<policy::Finding>& blocking) {
  return WithFindings("PLAN_HAS_DEFECTS", "帮扶计划存在问题，不能提交", plan_id, blocking);
}

absl::Status ReviewNotRigorous(std::string_view plan_id,
                               const std::vector<policy::Finding>& blocking) {
  return WithFindings("REVIEW_NOT_RIGOROUS", "帮扶计划仍有问题，不能审核通过", plan_id, blocking);
}

absl::Status MakerIsChecker() {
  return Error(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER",
               "编制人不能审核自己的计划，乡镇和县级不能由同一人审核");
}

absl::Status ReviewLevelDenied(std::string_view division) {
  return Error(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED",
               "本级审核须由该乡镇（县）的审核人员办理")
      .WithMetadata("division", division);
}

absl::Status MeasureCarriedOut(std::string_view measure_id) {
  return Error(StatusCode::kFailedPrecondition, "MEASURE_CARRIED_OUT",
               "已落实的帮扶措施须保留在台账中，不能删除或改为其他措施")
      .WithResource("measure", measure_id);
}

absl::Status MeasureAlreadyCarriedOut(std::string_view measure_id) {
  return Error(StatusCode::kFailedPrecondition, "MEASURE_ALREADY_CARRIED_OUT",
               "该措施已登记落实，日期或金额不同")
      .WithResource("measure", measure_id);
}

absl::Status MeasureNotCarriedOut(std::string_view measure_id) {
  return Error(StatusCode::kFailedPrecondition, "MEASURE_NOT_CARRIED_OUT",
               "该措施尚未落实，不能评估成效")
      .WithResource("measure", measure_id);
}

absl::Status EtagMismatch() {
  return Error(StatusCode::kAborted, "ETAG_MISMATCH", "计划已被他人修改，请重新读取后再提交");
}

}  // namespace fangpin::assistance
