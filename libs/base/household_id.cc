#include "libs/base/household_id.h"

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::base {
namespace {

constexpr size_t kVillageDigits = 12;
constexpr size_t kDigits = 18;

}  // namespace

absl::StatusOr<std::string> MakeHouseholdId(std::string_view village, int serial) {
  FANGPIN_RETURN_IF_ERROR(CheckVillage(village));
  if (serial < 1 || serial > kMaxHouseholdSerial) {
    return Error(absl::StatusCode::kInvalidArgument, "HOUSEHOLD_SERIAL_RANGE",
                 "农户顺序号应在1至999999之间");
  }
  return StrCat(village, absl::StrFormat("%06d", serial));
}

absl::StatusOr<HouseholdId> ParseHouseholdId(std::string_view id) {
  if (id.size() == kDigits && id.find_first_not_of("0123456789") == std::string_view::npos &&
      CheckVillage(id.substr(0, kVillageDigits)).ok()) {
    const std::optional<int64_t> serial = ParseInt(id.substr(kVillageDigits));
    if (serial && *serial > 0) {
      return HouseholdId{std::string(id.substr(0, kVillageDigits)), static_cast<int>(*serial)};
    }
  }
  return Error(absl::StatusCode::kInvalidArgument, "HOUSEHOLD_ID_FORMAT",
               "农户编号应为18位数字：12位村代码和6位顺序号");
}

}  // namespace fangpin::base
