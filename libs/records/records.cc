#include "libs/records/records.h"

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::records {

std::string EtagOf(int64_t revision) { return base::StrCat("r", revision); }

int64_t RevisionOf(std::string_view etag) {
  if (etag.empty() || etag.front() != 'r') return 0;
  return base::ParseInt(etag.substr(1)).value_or(0);
}

absl::Status CheckRequestId(std::string_view request_id) {
  if (request_id.size() <= kMaxRequestId) return absl::OkStatus();
  return base::InvalidField("request_id", "REQUEST_ID_TOO_LONG", "请求编号不得超过64个字符");
}

std::vector<std::string> Visible(const base::Principal& principal, std::string_view division) {
  if (division.empty()) return principal.divisions;
  if (principal.MayAccess(division)) return {std::string(division)};
  std::vector<std::string> inside;
  for (const std::string& root : principal.divisions) {
    if (base::DivisionWithin(root, division)) inside.push_back(root);
  }
  return inside;
}

}  // namespace fangpin::records
