#include "services/elimination/core/errors.h"

#include "libs/base/error.h"

namespace fangpin::elimination {

using absl::StatusCode;
using base::Error;

absl::Status EliminationNotFound(std::string_view elimination_id) {
  return Error(StatusCode::kNotFound, "ELIMINATION_NOT_FOUND", "没有这份风险消除案卷")
      .WithResource("elimination", elimination_id);
}

absl::Status ScopeDenied() {
  return Error(StatusCode::kPermissionDenied, "SCOPE_DENIED", "不在您的行政区划范围内");
}

absl::Status HouseholdNotMonitored(std::string_view household_id, std::string_view state) {
  return Error(StatusCode::kFailedPrecondition, "HOUSEHOLD_NOT_MONITORED",
               "该户不是正在监测帮扶的对象，不能启动风险消除")
      .WithMetadata("state", state)
      .WithResource("household", household_id);
}

absl::Status PolicyVersionUnknown(std::string_view version) {
  return Error(StatusCode::kFailedPrecondition, "POLICY_VERSION_UNKNOWN",
               "当日没有可用的政策版本，请先配置政策版本")
      .WithMetadata("version", version);
}

absl::Status EliminationClosed(std::string_view elimination_id) {
  return Error(StatusCode::kFailedPrecondition, "ELIMINATION_CLOSED", "该案卷已经审定，不能再改")
      .WithResource("elimination", elimination_id);
}

absl::Status StepOutOfOrder(std::string_view expected, std::string_view got) {
  return Error(StatusCode::kFailedPrecondition, "STEP_OUT_OF_ORDER",
               "一看二算三核四评议五公示必须按顺序进行")
      .WithMetadata("expected", expected)
      .WithMetadata("got", got);
}

absl::Status EliminationHeld(std::string_view elimination_id,
                             const std::vector<policy::Finding>& blocking) {
  base::ErrorBuilder error =
      Error(StatusCode::kFailedPrecondition, "ELIMINATION_HELD", "有不予消除的情形，不能审定");
  for (const policy::Finding& finding : blocking) {
    error.WithPrecondition(finding.rule, elimination_id, finding.message);
  }
  return error;
}

absl::Status MakerIsChecker() {
  return Error(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER",
               "提出人和记录步骤的人不能审定该案卷");
}

absl::Status ReviewLevelDenied(std::string_view division) {
  return Error(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED",
               "风险消除须由管辖整个县的审批人员审定")
      .WithMetadata("division", division);
}

absl::Status EtagMismatch() {
  return Error(StatusCode::kAborted, "ETAG_MISMATCH", "案卷已被他人修改，请重新读取后再提交");
}

}  // namespace fangpin::elimination
