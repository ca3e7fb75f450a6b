#include "services/registry/core/errors.h"

#include <string>

#include "libs/base/strings.h"

namespace fangpin::registry {

using absl::StatusCode;

absl::Status HouseholdNotFound(std::string_view id) {
  return base::Error(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND", "农户不存在")
      .WithResource("household", id);
}

absl::Status RevisionNotFound(std::string_view id, int64_t revision) {
  return base::Error(StatusCode::kNotFound, "REVISION_NOT_FOUND", "该农户没有这个修订版本")
      .WithMetadata("revision", std::to_string(revision))
      .WithResource("household", id);
}

absl::Status PersonNotFound() {
  return base::Error(StatusCode::kNotFound, "PERSON_NOT_FOUND", "辖区内没有使用该证件号码的人员");
}

absl::Status DivisionNotFound(std::string_view code) {
  return base::Error(StatusCode::kNotFound, "DIVISION_NOT_FOUND", "区划代码不存在")
      .WithResource("division", code);
}

absl::Status ImportNotFound(std::string_view id) {
  return base::Error(StatusCode::kNotFound, "IMPORT_NOT_FOUND", "导入任务不存在")
      .WithResource("import", id);
}

absl::Status ScopeDenied(std::string_view division) {
  return base::Error(StatusCode::kPermissionDenied, "SCOPE_DENIED", "不在您的辖区范围内")
      .WithMetadata("division", division);
}

absl::Status EtagMismatch(std::string_view id, int64_t revision) {
  return base::Error(StatusCode::kAborted, "ETAG_MISMATCH",
                     "农户信息在您读取之后已被修改，请重新读取后再改")
      .WithMetadata("revision", std::to_string(revision))
      .WithResource("household", id);
}

absl::Status HouseholdChanged() {
  return base::Error(StatusCode::kAborted, kHouseholdChanged, "农户信息刚刚被修改，请重试");
}

absl::Status PersonInOtherHousehold() {
  return base::Error(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD",
                     "有成员的证件号码已登记在另一户");
}

absl::Status HouseholdNumberExists() {
  return base::Error(StatusCode::kAlreadyExists, "HOUSEHOLD_NUMBER_EXISTS", "户编号已被另一户使用");
}

absl::Status HouseholdSerialsUsedUp(std::string_view village) {
  return base::Error(StatusCode::kResourceExhausted, "HOUSEHOLD_SERIALS_USED_UP",
                     "该村的农户顺序号已用完")
      .WithMetadata("village", village);
}

absl::Status TransitionNotAllowed(std::string_view id, std::string_view from, std::string_view to) {
  return base::Error(StatusCode::kFailedPrecondition, "MONITORING_TRANSITION_NOT_ALLOWED",
                     "监测状态不能这样变更")
      .WithMetadata("from", from)
      .WithMetadata("to", to)
      .WithPrecondition("MONITORING_STATE", base::StrCat("household/", id),
                        base::StrCat("当前监测状态 ", from, " 不能变更为 ", to));
}

absl::Status ImportNotUploading(std::string_view id) {
  return base::Error(StatusCode::kFailedPrecondition, "IMPORT_NOT_UPLOADING",
                     "导入任务已经开始，不能再上传")
      .WithPrecondition("IMPORT_STATE", base::StrCat("import/", id), "应为上传中");
}

absl::Status ImportNotEnded(std::string_view id) {
  return base::Error(StatusCode::kFailedPrecondition, "IMPORT_NOT_ENDED",
                     "导入任务还没有结束，请稍后再取错误表")
      .WithPrecondition("IMPORT_STATE", base::StrCat("import/", id), "应为已结束");
}

absl::Status ImportWithoutErrors(std::string_view id) {
  return base::Error(StatusCode::kNotFound, "IMPORT_WITHOUT_ERRORS", "这次导入没有被拒收的行")
      .WithResource("import", id);
}

absl::Status ChunkOffset(int64_t expected) {
  return base::InvalidField("offset", "CHUNK_OFFSET", "分块位置不连续，请从已接收的位置继续上传")
      .WithMetadata("expected_offset", std::to_string(expected));
}

absl::Status ChunkDiffers() {
  return base::InvalidField("data", "CHUNK_DIFFERS", "该位置已接收过不同的内容");
}

absl::Status RequestIdReused() {
  return base::InvalidField("request_id", "REQUEST_ID_REUSED",
                            "同一请求编号已用于内容不同的请求，请换一个");
}

absl::Status ResumeTokenInvalid() {
  return base::InvalidField("resume_token", "RESUME_TOKEN_INVALID",
                            "续传标记无效：须原样传回，且筛选条件不能改变；否则请重新导出");
}

absl::Status ExportOutdated() {
  return base::Error(StatusCode::kFailedPrecondition, "EXPORT_OUTDATED",
                     "导出开始之后的变动过多，请重新导出");
}

absl::Status WatchTokenInvalid() {
  return base::InvalidField("token", "WATCH_TOKEN_INVALID",
                            "变更标记无效：须原样传回；若数据库已恢复到更早的备份，请重新导出");
}

absl::Status FieldsInvalid(const std::vector<base::FieldError>& problems) {
  const bool one = problems.size() == 1;
  base::ErrorBuilder error =
      base::Error(StatusCode::kInvalidArgument, one ? problems[0].reason : "HOUSEHOLD_INVALID",
                  one ? problems[0].message
                      : base::StrCat("有", problems.size(), "处填写错误，详见各字段说明"));
  for (const base::FieldError& p : problems) {
    error.WithFieldViolation(p.field, p.reason, p.message);
  }
  return error;
}

}  // namespace fangpin::registry
