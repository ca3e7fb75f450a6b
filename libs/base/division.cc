#include "libs/base/division.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "libs/base/error.h"
#include "libs/base/status.h"

namespace fangpin::base {
namespace {

constexpr size_t kDigits = 12;
constexpr size_t kCountyDigits = 6;
// Digits used up to and including each level.
constexpr std::array<size_t, 5> kPrefixDigits = {2, 4, 6, 9, 12};

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool AllZero(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

// Number of leading digits that are significant, 0 for a malformed code.
size_t SignificantDigits(std::string_view code) {
  if (code.size() != kDigits || !std::all_of(code.begin(), code.end(), &IsDigit)) return 0;
  for (size_t digits : kPrefixDigits) {
    if (AllZero(code.substr(digits))) return digits;
  }
  return 0;
}

bool HasGap(std::string_view code, size_t significant) {
  size_t begin = 0;
  for (size_t end : kPrefixDigits) {
    if (end > significant) break;
    if (AllZero(code.substr(begin, end - begin))) return true;
    begin = end;
  }
  return false;
}

std::string Padded(std::string_view prefix) {
  std::string code(prefix);
  code.resize(kDigits, '0');
  return code;
}

}  // namespace

absl::Status CheckDivision(std::string_view code) {
  if (code.size() != kDigits) {
    return Error(absl::StatusCode::kInvalidArgument, "DIVISION_LENGTH", "区划代码应为12位数字");
  }
  if (!std::all_of(code.begin(), code.end(), &IsDigit)) {
    return Error(absl::StatusCode::kInvalidArgument, "DIVISION_CHARACTER",
                 "区划代码只能由数字组成");
  }
  if (HasGap(code, SignificantDigits(code))) {
    return Error(absl::StatusCode::kInvalidArgument, "DIVISION_LEVEL_GAP",
                 "区划代码的上级部分为零，缺少上级区划（嘉峪关市的乡镇应写在620201之下）");
  }
  return absl::OkStatus();
}

DivisionLevel LevelOf(std::string_view code) {
  const auto* at = std::find(kPrefixDigits.begin(), kPrefixDigits.end(), SignificantDigits(code));
  return at == kPrefixDigits.end() ? DivisionLevel::kProvince
                                   : static_cast<DivisionLevel>(at - kPrefixDigits.begin());
}

absl::Status CheckVillage(std::string_view code) {
  FANGPIN_RETURN_IF_ERROR(CheckDivision(code));
  if (LevelOf(code) != DivisionLevel::kVillage) {
    return Error(absl::StatusCode::kInvalidArgument, "DIVISION_NOT_VILLAGE",
                 "区划代码应为村级（后三位不为零）");
  }
  return absl::OkStatus();
}

std::string ParentDivision(std::string_view code) {
  const DivisionLevel level = LevelOf(code);
  if (level == DivisionLevel::kProvince) return "";
  return Padded(code.substr(0, kPrefixDigits[static_cast<size_t>(level) - 1]));
}

std::string DivisionAt(std::string_view code, DivisionLevel level) {
  const size_t digits = kPrefixDigits[static_cast<size_t>(level)];
  if (SignificantDigits(code) < digits) return "";
  return Padded(code.substr(0, digits));
}

std::string_view CountyOf(std::string_view code) { return code.substr(0, kCountyDigits); }

std::string_view DivisionPrefix(std::string_view code) {
  const size_t significant = SignificantDigits(code);
  if (significant == 0 || HasGap(code, significant)) return {};
  return code.substr(0, significant);
}

bool DivisionWithin(std::string_view code, std::string_view ancestor) {
  const std::string_view prefix = DivisionPrefix(ancestor);
  return !prefix.empty() && !DivisionPrefix(code).empty() && code.starts_with(prefix);
}

}  // namespace fangpin::base
