#include "libs/sheet/xlsx_format.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"

namespace fangpin::sheet {
namespace {

constexpr int kMaxColumns = 16'384;
constexpr double kDaysUntilYear10000 = 2'958'466;

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// An optional minus and up to 15 digits with at most one point between: text that NumberText would
// give back, which most numbers are.
bool IsPlain(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text == "0") return !negative;
  if (text.empty() || text.size() > 16) return false;
  const size_t point = text.find('.');
  const size_t digits = text.size() - (point != text.npos);
  if (digits > 15 || point == 0) return false;
  if (point != text.npos && (point + 1 == text.size() || text.back() == '0')) return false;
  if (text[0] == '0' && text.size() > 1 && point != 1) return false;
  return text.find_first_not_of("0123456789.") == text.npos &&
         (point == text.npos || text.find('.', point + 1) == text.npos);
}

constexpr std::string_view kEscapeStart = "_x";
constexpr size_t kEscapeSize = std::string_view("_x000D_").size();

// The code unit of the escape that `text` begins with, if it does. Halves of a surrogate pair do
// not count: a program that writes them has no need to escape them.
std::optional<uint32_t> EscapedUnit(std::string_view text) {
  if (text.size() < kEscapeSize || !text.starts_with(kEscapeStart)) return std::nullopt;
  uint32_t unit = 0;
  const char* const digits = text.data() + kEscapeStart.size();
  const char* const end = digits + 4;
  const auto parsed = std::from_chars(digits, end, unit, 16);
  const bool valid = parsed.ec == std::errc() && parsed.ptr == end && *end == '_';
  return valid && (unit < 0xD800 || unit > 0xDFFF) ? std::optional(unit) : std::nullopt;
}

void AppendUtf8(uint32_t unit, std::string& out) {
  if (unit < 0x80) {
    out.push_back(static_cast<char>(unit));
  } else if (unit < 0x800) {
    out.push_back(static_cast<char>(0xC0 | unit >> 6));
    out.push_back(static_cast<char>(0x80 | (unit & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | unit >> 12));
    out.push_back(static_cast<char>(0x80 | (unit >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (unit & 0x3F)));
  }
}

}  // namespace

std::optional<CellReference> ParseReference(std::string_view text) {
  CellReference reference;
  size_t letters = 0;
  while (letters < text.size() && absl::ascii_isupper(text[letters])) {
    reference.column = reference.column * 26 + (text[letters++] - 'A' + 1);
    if (reference.column > kMaxColumns) return std::nullopt;
  }
  const char* const end = text.data() + text.size();
  const auto row = std::from_chars(text.data() + letters, end, reference.row);
  if (letters == 0 || row.ec != std::errc() || row.ptr != end || reference.row < 1) {
    return std::nullopt;
  }
  --reference.column;
  return reference;
}

std::string DecodeEscapes(std::string_view text) {
  std::string out;
  for (size_t start; (start = text.find(kEscapeStart)) != text.npos;) {
    const auto unit = EscapedUnit(text.substr(start));
    out.append(text.substr(0, unit ? start : start + 1));
    if (unit) AppendUtf8(*unit, out);
    text.remove_prefix(start + (unit ? kEscapeSize : 1));
  }
  return out.append(text);
}

std::string EncodeEscapes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool control = static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n';
    if (control || (c == '_' && EscapedUnit(text.substr(i)))) {
      absl::StrAppendFormat(&out, "_x%04X_", static_cast<int>(c));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

bool IsDateFormat(int id) {
  // 27 to 36 and 50 to 58 are those of Chinese and its neighbours.
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) ||
         (id >= 50 && id <= 58);
}

bool IsDateFormatCode(std::string_view code) {
  for (size_t i = 0; i < code.size(); ++i) {
    switch (absl::ascii_tolower(code[i])) {
      case '"':  // literal text
        i = std::min(code.find('"', i + 1), code.size());
        break;
      case '[':  // colour, locale or condition, or hours that go beyond a day
        if (i + 1 < code.size() && absl::ascii_tolower(code[i + 1]) == 'h') return true;
        i = std::min(code.find(']', i + 1), code.size());
        break;
      case '\\':
      case '_':
      case '*':  // the next character is literal, a blank of its width, or repeated
        ++i;
        break;
      case 'y':
      case 'm':
      case 'd':
      case 'h':
      case 's':
        return true;
      default:
        break;
    }
  }
  return false;
}

std::string NumberText(std::string_view value) {
  if (IsPlain(value)) return std::string(value);
  const auto number = ParseNumber(value);
  return number ? absl::StrFormat("%.15g", *number == 0 ? 0 : *number) : std::string(value);
}

std::optional<std::string> DateText(std::string_view value, bool from_1904) {
  const auto number = ParseNumber(value);
  if (!number || *number < 0 || *number >= kDaysUntilYear10000) return std::nullopt;
  constexpr int64_t kDaySeconds = 86'400;
  const auto seconds = static_cast<int64_t>(std::llround(*number * kDaySeconds));
  const int64_t days = seconds / kDaySeconds;
  const auto time = static_cast<int>(seconds % kDaySeconds);
  const std::string clock =
      absl::StrFormat("%02d:%02d:%02d", time / 3600, time / 60 % 60, time % 60);
  if (days == 0 && !from_1904) return clock;
  // Day 60 stands for 29 February 1900, which never was; days before it count from a day later.
  const absl::CivilDay origin = from_1904   ? absl::CivilDay(1904, 1, 1)
                                : days < 60 ? absl::CivilDay(1899, 12, 31)
                                            : absl::CivilDay(1899, 12, 30);
  const std::string day = absl::FormatCivilTime(origin + days);
  return time == 0 ? day : day + " " + clock;
}

}  // namespace fangpin::sheet
