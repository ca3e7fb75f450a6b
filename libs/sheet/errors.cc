#include "libs/sheet/errors.h"

#include "absl/strings/str_join.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::sheet {
namespace {

base::ErrorBuilder Invalid(int row, std::string_view reason, std::string_view message) {
  if (row == 0) return base::Error(absl::StatusCode::kInvalidArgument, reason, message);
  return base::Error(absl::StatusCode::kInvalidArgument, reason,
                     base::StrCat("第 ", row, " 行：", message))
      .WithMetadata("row", base::StrCat(row));
}

}  // namespace

absl::Status Empty(std::string_view message) { return Invalid(0, "SHEET_EMPTY", message); }

absl::Status NotXlsx(std::string_view message) { return Invalid(0, "SHEET_NOT_XLSX", message); }

absl::Status Unsupported(std::string_view message) {
  return Invalid(0, "SHEET_UNSUPPORTED", message);
}

absl::Status Truncated(int row, std::string_view message) {
  return Invalid(row, "SHEET_TRUNCATED", message);
}

absl::Status Malformed(int row, std::string_view message) {
  return Invalid(row, "SHEET_MALFORMED", message);
}

absl::Status WrongEncoding(int row, std::string_view encoding) {
  return Invalid(row, "SHEET_ENCODING", base::StrCat("内容不是有效的 ", encoding, " 编码"))
      .WithMetadata("encoding", encoding);
}

absl::Status HeaderMissing(const std::vector<std::string>& missing) {
  return Invalid(0, "SHEET_HEADER_MISSING",
                 base::StrCat("找不到表头，缺少列：", absl::StrJoin(missing, "、")))
      .WithMetadata("missing", absl::StrJoin(missing, ","));
}

absl::Status TooLarge(int row, std::string_view limit, int64_t maximum) {
  return Invalid(row, "SHEET_TOO_LARGE", base::StrCat("超出上限：", limit, " 最大为 ", maximum))
      .WithMetadata("limit", limit)
      .WithMetadata("maximum", base::StrCat(maximum));
}

absl::Status Unreadable() {
  return base::Error(absl::StatusCode::kNotFound, "SHEET_UNREADABLE", "文件不存在或无法读取");
}

absl::Status Unwritable() {
  return base::Error(absl::StatusCode::kUnavailable, "SHEET_UNWRITABLE", "文件无法写入");
}

}  // namespace fangpin::sheet
