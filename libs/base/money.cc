#include "libs/base/money.h"

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::base {
namespace {

bool AllDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The digits of a whole part that is plain ("1234") or grouped by thousands ("1,234").
std::optional<std::string> WholeDigits(std::string_view text) {
  std::string digits;
  const std::vector<std::string_view> groups = Split(text, ',');
  for (size_t i = 0; i < groups.size(); ++i) {
    const bool grouped = groups.size() > 1;
    const bool length_ok = !grouped || (i == 0 ? groups[i].size() <= 3 : groups[i].size() == 3);
    if (groups[i].empty() || !AllDigits(groups[i]) || !length_ok) return std::nullopt;
    digits.append(groups[i]);
  }
  return digits;
}

}  // namespace

absl::StatusOr<int64_t> ParseYuan(std::string_view text) {
  const auto invalid = [](std::string_view reason, std::string_view message) {
    return Error(absl::StatusCode::kInvalidArgument, reason, message);
  };
  const std::string clean = CleanCode(text);
  std::string_view rest = clean;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const size_t dot = rest.find('.');
  const std::optional<std::string> whole = WholeDigits(rest.substr(0, dot));
  std::string_view decimals =
      dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
  const bool bare_dot = dot != std::string_view::npos && decimals.empty();
  if (!whole || !AllDigits(decimals) || bare_dot) {
    return invalid("MONEY_FORMAT", "金额应为以元计的数字，如1234.50");
  }
  while (decimals.size() > 2 && decimals.ends_with('0')) decimals.remove_suffix(1);
  if (decimals.size() > 2) return invalid("MONEY_PRECISION", "金额最多精确到分（两位小数）");
  std::string fen = StrCat(negative ? "-" : "", *whole, decimals);
  fen.append(2 - decimals.size(), '0');
  const std::optional<int64_t> value = ParseInt(fen);
  if (!value) return invalid("MONEY_RANGE", "金额过大");
  return *value;
}

std::string FormatYuan(int64_t fen) {
  // Digit by digit of an unsigned value, so that the smallest int64 is right as well.
  const uint64_t magnitude = fen < 0 ? ~static_cast<uint64_t>(fen) + 1 : static_cast<uint64_t>(fen);
  return absl::StrFormat("%s%d.%02d", fen < 0 ? "-" : "", magnitude / kFenPerYuan,
                         magnitude % kFenPerYuan);
}

}  // namespace fangpin::base
