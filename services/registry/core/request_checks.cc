#include "services/registry/core/request_checks.h"

#include "libs/base/error.h"
#include "libs/base/household_id.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"

namespace fangpin::registry {

absl::Status CheckText(std::string_view field, std::string_view text, size_t max, bool required) {
  if (required && text.empty()) {
    return base::InvalidField(field, "REQUIRED", base::StrCat("必须填写"));
  }
  if (!base::IsValidUtf8(text) || base::CodePoints(text) > max) {
    return base::InvalidField(field, "TEXT_TOO_LONG", base::StrCat("最多", max, "个字"));
  }
  return absl::OkStatus();
}

absl::Status CheckCount(std::string_view field, int count, int max) {
  if (count == 0) return base::InvalidField(field, "BATCH_EMPTY", "至少一项");
  if (count > max) {
    return base::InvalidField(field, "BATCH_TOO_LARGE", base::StrCat("一次最多", max, "项"));
  }
  return absl::OkStatus();
}

absl::Status CheckHouseholdId(std::string_view id, std::string_view field) {
  if (base::ParseHouseholdId(id).ok()) return absl::OkStatus();
  return base::InvalidField(field, "HOUSEHOLD_ID_FORMAT", "农户编号应为18位数字");
}

absl::Status CheckEtag(std::string_view etag, const pb::Household& household) {
  if (etag == household.etag()) return absl::OkStatus();
  return EtagMismatch(household.id(), household.revision());
}

absl::Status CheckOpen(const pb::Household& household) {
  return IsOpen(household) ? absl::OkStatus() : HouseholdNotOpen(household);
}

}  // namespace fangpin::registry
