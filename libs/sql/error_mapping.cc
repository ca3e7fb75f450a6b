#include "libs/sql/error_mapping.h"

#include <sqlite3.h>

#include <string>

#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/strings.h"
#include "libs/sql/errors.h"

namespace fangpin::sql {
namespace {

std::string_view EngineName(Engine engine) {
  return engine == Engine::kSqlite ? "sqlite" : "postgresql";
}

std::string_view Message(std::string_view reason) {
  if (reason == kUniqueViolation) return "记录已存在";
  if (reason == kForeignKeyViolation) return "所引用的记录不存在，或记录仍被引用";
  if (reason == kConflict) return "与同时进行的修改冲突，请重试";
  if (reason == kTimeout) return "数据库操作超时";
  if (reason == kUnavailable) return "数据库暂不可用，请稍后重试";
  if (reason == kCommitUnknown) return "提交时数据库连接中断，结果未知，请核实后重试";
  if (reason == kFileInUse) return "数据库文件正由另一个进程使用";
  if (reason == kQueueFull) return "等待处理的请求过多，请稍后重试";
  if (reason == kFull) return "数据库空间或资源不足";
  if (reason == kCorrupt) return "数据库文件损坏";
  if (reason == kTextInvalid) return "文本不是有效的 UTF-8 编码，或含有空字符";
  return "数据库内部错误";
}

absl::Status Make(Classified classified, Engine engine, std::string_view engine_code,
                  const ErrorContext& context) {
  base::ErrorBuilder builder =
      base::Error(classified.code, classified.reason, Message(classified.reason));
  builder.WithMetadata("engine", EngineName(engine));
  const auto add = [&builder](std::string_view key, std::string_view value) {
    if (!value.empty()) builder.WithMetadata(key, value);
  };
  add("code", engine_code);
  add("statement", context.statement);
  add("table", context.table);
  add("constraint", context.constraint);
  add("detail", context.detail);
  return builder.Build();
}

}  // namespace

Classified ClassifySqlState(std::string_view s) {
  using enum absl::StatusCode;
  if (s == "23505") return {kAlreadyExists, kUniqueViolation};
  if (s == "23503") return {kFailedPrecondition, kForeignKeyViolation};
  if (s == "23514") return {kInternal, kCheckViolation};
  if (s == "23502") return {kInternal, kNotNullViolation};
  // Serialisation failure, deadlock, lock not available.
  if (s == "40001" || s == "40P01" || s == "55P03") return {kAborted, kConflict};
  if (s == "57014") return {kDeadlineExceeded, kTimeout};
  if (s == "22021" || s == "22P05") return {kInvalidArgument, kTextInvalid};
  if (s == "XX001" || s == "XX002") return {kDataLoss, kCorrupt};
  // 25P03: the server ended a session that idled inside its transaction.
  if (s.empty() || s.starts_with("08") || s.starts_with("57P") || s == "25P03") {
    return {kUnavailable, sql::kUnavailable};
  }
  if (s.starts_with("53")) return {kResourceExhausted, kFull};
  return {kInternal, sql::kInternal};
}

Classified ClassifySqlite(int extended) {
  using enum absl::StatusCode;
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {kAlreadyExists, kUniqueViolation};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {kFailedPrecondition, kForeignKeyViolation};
    case SQLITE_CONSTRAINT_CHECK:
      return {kInternal, kCheckViolation};
    case SQLITE_CONSTRAINT_NOTNULL:
      return {kInternal, kNotNullViolation};
    default:
      break;
  }
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {kAborted, kConflict};
    case SQLITE_INTERRUPT:
      return {kDeadlineExceeded, kTimeout};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      return {kUnavailable, sql::kUnavailable};
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return {kResourceExhausted, kFull};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {kDataLoss, kCorrupt};
    default:
      return {kInternal, sql::kInternal};
  }
}

absl::Status PostgresError(std::string_view sqlstate, const ErrorContext& context) {
  return Make(ClassifySqlState(sqlstate), Engine::kPostgres, sqlstate, context);
}

absl::Status SqliteError(int extended_code, const ErrorContext& context) {
  return Make(ClassifySqlite(extended_code), Engine::kSqlite, std::to_string(extended_code),
              context);
}

absl::Status OwnError(absl::StatusCode code, std::string_view reason, Engine engine,
                      std::string_view statement, std::string_view detail) {
  return Make({code, reason}, engine, "",
              ErrorContext{.statement = statement, .detail = std::string(detail)});
}

absl::Status WithRow(const absl::Status& status, size_t row) {
  const auto info = base::GetErrorInfo(status);
  if (!info.has_value()) return status;
  base::ErrorBuilder builder =
      base::Error(status.code(), info->reason(), base::ToStd(status.message()));
  for (const auto& [key, value] : info->metadata()) builder.WithMetadata(key, value);
  builder.WithMetadata("row", std::to_string(row));
  return builder.Build();
}

bool IsTextError(std::string_view sqlstate) {
  // Syntax errors and unknown names; wrong number or types of parameters.
  return sqlstate.starts_with("42") || sqlstate == "26000" || sqlstate == "0A000";
}

}  // namespace fangpin::sql
