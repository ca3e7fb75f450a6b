#include "libs/sql/errors.h"

#include "libs/base/error.h"
#include "libs/base/error_details.h"

namespace fangpin::sql {

bool IsUniqueViolation(const absl::Status& status, std::string_view constraint) {
  if (status.code() != absl::StatusCode::kAlreadyExists) return false;
  const auto info = base::GetErrorInfo(status);
  if (!info.has_value() || info->reason() != kUniqueViolation) return false;
  if (constraint.empty()) return true;
  const auto it = info->metadata().find("constraint");
  return it != info->metadata().end() && it->second == constraint;
}

bool IsForeignKeyViolation(const absl::Status& status) {
  return status.code() == absl::StatusCode::kFailedPrecondition &&
         base::Reason(status) == kForeignKeyViolation;
}

}  // namespace fangpin::sql
