#include "services/screening/core/errors.h"

#include <string>

#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::screening {
namespace {

using absl::StatusCode;
using base::Error;

absl::Status NotFound(std::string_view reason, std::string_view message, std::string_view type,
                      std::string_view id) {
  return Error(StatusCode::kNotFound, reason, message).WithResource(type, id);
}

absl::Status State(std::string_view reason, std::string_view message, std::string_view subject) {
  return Error(StatusCode::kFailedPrecondition, reason, message)
      .WithPrecondition(reason, subject, message);
}

absl::Status WithFindings(base::ErrorBuilder error, std::string_view subject,
                          const std::vector<policy::Finding>& findings) {
  for (const policy::Finding& finding : findings) {
    error.WithPrecondition(finding.rule, subject, finding.message);
  }
  return error;
}

}  // namespace

absl::Status ScopeDenied() {
  return Error(StatusCode::kPermissionDenied, "SCOPE_DENIED", "超出您的管辖范围");
}

absl::Status FeedUnknown(std::string_view feed_id) {
  return base::InvalidField("feed_id", "FEED_UNKNOWN", "没有登记这个数据源")
      .WithMetadata("feed_id", feed_id);
}

absl::Status BatchEmpty() { return base::InvalidField("records", "BATCH_EMPTY", "批次中没有记录"); }

absl::Status BatchTooLarge(int records) {
  return base::InvalidField("records", "BATCH_TOO_LARGE", "每批最多1000条记录")
      .WithMetadata("records", std::to_string(records));
}

absl::Status ColumnsMissing(const std::vector<std::string>& columns) {
  std::string names;
  for (const std::string& column : columns) {
    base::StrAppend(&names, names.empty() ? "" : "、", column);
  }
  return base::InvalidField("columns", "COLUMN_MISSING", base::StrCat("缺少必需的字段：", names))
      .WithMetadata("columns", names);
}

absl::Status ColumnRepeated(std::string_view column) {
  return base::InvalidField("columns", "COLUMN_REPEATED", base::StrCat("字段重复：", column))
      .WithMetadata("column", column);
}

absl::Status FeedOfOtherDepartment(std::string_view feed_id) {
  return Error(StatusCode::kPermissionDenied, "FEED_OF_OTHER_DEPARTMENT",
               "该数据源属于其他部门，不能代为推送")
      .WithMetadata("feed_id", feed_id);
}

absl::Status HouseholdNotFound(std::string_view id) {
  return NotFound("HOUSEHOLD_NOT_FOUND", "农户不存在", "household", id);
}

absl::Status ClueNotFound(std::string_view id) {
  return NotFound("CLUE_NOT_FOUND", "线索不存在", "clue", id);
}

absl::Status TaskNotFound(std::string_view id) {
  return NotFound("VISIT_TASK_NOT_FOUND", "走访任务不存在", "visit_task", id);
}

absl::Status CaseNotFound(std::string_view id) {
  return NotFound("CASE_NOT_FOUND", "认定案卷不存在", "case", id);
}

absl::Status FieldsInvalid(const std::vector<base::FieldError>& problems) {
  const bool one = problems.size() == 1;
  base::ErrorBuilder error =
      Error(StatusCode::kInvalidArgument, one ? problems[0].reason : "FIELDS_INVALID",
            one ? problems[0].message
                : base::StrCat("有", problems.size(), "处填写错误，详见各字段说明"));
  for (const base::FieldError& p : problems) {
    error.WithFieldViolation(p.field, p.reason, p.message);
  }
  return error;
}

absl::Status EtagRequired() {
  return base::InvalidField("etag", "ETAG_REQUIRED", "请带上读取时的版本标识");
}

absl::Status EtagMismatch() {
  return Error(StatusCode::kAborted, "ETAG_MISMATCH", "记录已被他人修改，请重新读取后再试");
}

absl::Status VisitIdReused(std::string_view id) {
  return Error(StatusCode::kAlreadyExists, "VISIT_ID_REUSED", "走访编号已用于另一次内容不同的走访")
      .WithResource("visit", id);
}

absl::Status ClueNotVisited(std::string_view id) {
  return State("CLUE_NOT_VISITED", "尚未走访核查，不能研判", id);
}

absl::Status ClueClosed(std::string_view id) {
  return State("CLUE_CLOSED", "线索已研判，不能再次研判", id);
}

absl::Status HouseholdNotMonitored(std::string_view id) {
  return State("HOUSEHOLD_NOT_MONITORED", "该户现在不是监测对象", id);
}

absl::Status AssessmentFaulty(std::string_view clue_id,
                              const std::vector<policy::Finding>& blocking) {
  return WithFindings(Error(StatusCode::kFailedPrecondition, "ASSESSMENT_FAULTY",
                            "综合研判不符合要求，请按列出的问题补正"),
                      clue_id, blocking);
}

absl::Status ClueNotToIdentify(std::string_view id) {
  return State("CLUE_NOT_TO_IDENTIFY", "线索的研判结论不是转入识别，不能立卷", id);
}

absl::Status StepOutOfOrder(std::string_view case_id) {
  return State("STEP_OUT_OF_ORDER", "识别步骤应按顺序逐步完成", case_id);
}

absl::Status CaseClosed(std::string_view case_id) {
  return State("CASE_CLOSED", "案卷已办结", case_id);
}

absl::Status NotAuthorised(std::string_view case_id) {
  return State("NOT_AUTHORISED", "农户未签署承诺授权书，不得进行信息比对", case_id);
}

absl::Status MakerIsChecker(std::string_view case_id) {
  return Error(StatusCode::kPermissionDenied, "MAKER_IS_CHECKER",
               "立卷人和入户核实的记录人不能审核、审定该案卷，乡镇和县级不能由同一人办理")
      .WithResource("case", case_id);
}

absl::Status ReviewLevelDenied(std::string_view division) {
  return Error(StatusCode::kPermissionDenied, "REVIEW_LEVEL_DENIED",
               "本级审核须由管辖整个乡镇（县）的人员办理")
      .WithMetadata("division", division);
}

absl::Status CaseNotApprovable(std::string_view case_id,
                               const std::vector<policy::Finding>& blocking) {
  return WithFindings(Error(StatusCode::kFailedPrecondition, "CASE_NOT_APPROVABLE",
                            "案卷不符合纳入条件，请按列出的问题处理"),
                      case_id, blocking);
}

absl::Status VisitBeforeClue(std::string_view found_on) {
  return base::InvalidField("visit.visited_on", "VISIT_BEFORE_CLUE",
                            "走访早于线索的发现日期，不能完成该走访任务")
      .WithMetadata("found_on", found_on);
}

absl::Status PolicyNotInForce(std::string_view division) {
  return Error(StatusCode::kFailedPrecondition, "POLICY_NOT_IN_FORCE", "该日期没有适用的政策版本")
      .WithMetadata("division", division);
}

absl::Status ParameterMissing(std::string_view parameter) {
  return Error(StatusCode::kFailedPrecondition, "PARAMETER_MISSING",
               base::StrCat("缺少政策参数", parameter,
                            "，请在政策目录的 parameters.textproto 中配置"))
      .WithMetadata("parameter", parameter);
}

}  // namespace fangpin::screening
