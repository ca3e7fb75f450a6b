#include "tools/fangpinctl/display.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace fangpin::ctl {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15 East_Asian_Width W and F, neighbouring blocks joined; ascending.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1B000, 0x1B2FF}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

// Combining marks, zero-width characters and variation selectors; ascending.
constexpr Range kNone[] = {
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

template <size_t N>
bool Within(const Range (&ranges)[N], char32_t c) {
  const Range* found =
      std::upper_bound(std::begin(ranges), std::end(ranges), c,
                       [](char32_t value, const Range& r) { return value < r.first; });
  return found != std::begin(ranges) && c <= std::prev(found)->last;
}

struct Character {
  char32_t code = 0;
  size_t bytes = 1;
  bool valid = false;
};

// The first character of text that is not empty; one byte that is not valid when it is not UTF-8.
Character Decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (bytes == 1 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7F >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3F);
  }
  return {code, bytes, true};
}

int Width(const Character& c) {
  if (!c.valid) return 1;
  if (Within(kNone, c.code)) return 0;
  return Within(kWide, c.code) ? 2 : 1;
}

bool IsControl(char32_t c) {
  // C0, DEL, C1, and the marks that change the direction of what follows.
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const Character c = Decode(text);
    width += Width(c);
    text.remove_prefix(c.bytes);
  }
  return width;
}

std::string Printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character c = Decode(text);
    if (c.valid && (c.code == '\n' || c.code == '\r' || c.code == '\t')) {
      result.push_back(' ');
    } else if (!c.valid || IsControl(c.code)) {
      result.append("\uFFFD");
    } else {
      result.append(text.substr(0, c.bytes));
    }
    text.remove_prefix(c.bytes);
  }
  return result;
}

std::string Shorten(std::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  size_t end = 0;
  int used = 0;
  while (true) {
    const Character c = Decode(text.substr(end));
    // One column stays for the ellipsis.
    if (used + Width(c) > width - 1) break;
    used += Width(c);
    end += c.bytes;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string Pad(std::string_view text, int width, bool right) {
  const std::string spaces(std::max(0, width - DisplayWidth(text)), ' ');
  return right ? spaces + std::string(text) : std::string(text) + spaces;
}

}  // namespace fangpin::ctl
