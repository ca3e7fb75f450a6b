#include "libs/base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/strings/ascii.h"

namespace fangpin::base {
namespace {

constexpr char32_t kMalformed = 0xFFFFFFFF;

struct Decoded {
  char32_t code_point = kMalformed;
  size_t bytes = 1;
};

// Reads the code point that starts at `at`.
Decoded Decode(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return {};
  char32_t value = lead & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte(at + i) & 0x3F);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

bool IsWideSpace(char32_t c) {
  return c == 0x3000 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F;
}

bool IsInvisible(char32_t c) { return (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF; }

bool IsFullWidthAscii(char32_t c) { return c >= 0xFF01 && c <= 0xFF5E; }

// How many bytes stand before the first that is not ASCII: in most texts all of them.
size_t AsciiLength(std::string_view text) {
  size_t at = 0;
  for (uint64_t word; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if ((word & 0x8080808080808080) != 0) break;
  }
  while (at < text.size() && static_cast<uint8_t>(text[at]) < 0x80) ++at;
  return at;
}

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

}  // namespace

bool IsValidUtf8(std::string_view text) {
  for (size_t at = AsciiLength(text); at < text.size();) {
    const Decoded d = Decode(text, at);
    if (d.code_point == kMalformed) return false;
    at += d.bytes;
  }
  return true;
}

size_t CodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

std::string NormaliseWidth(std::string_view text) {
  size_t at = AsciiLength(text);
  std::string out(text.substr(0, at));
  if (at == text.size()) return out;
  out.reserve(text.size());
  while (at < text.size()) {
    const Decoded d = Decode(text, at);
    if (d.code_point == kMalformed) {
      out.push_back(text[at]);
    } else if (IsFullWidthAscii(d.code_point)) {
      out.push_back(static_cast<char>(d.code_point - 0xFF01 + '!'));
    } else if (IsWideSpace(d.code_point)) {
      out.push_back(' ');
    } else if (!IsInvisible(d.code_point)) {
      out.append(text.substr(at, d.bytes));
    }
    at += d.bytes;
  }
  return out;
}

std::string CleanCell(std::string_view text) {
  std::string out = NormaliseWidth(text);
  absl::StripAsciiWhitespace(&out);
  return out;
}

std::string CleanCode(std::string_view text) {
  std::string out = NormaliseWidth(text);
  out.erase(std::remove_if(out.begin(), out.end(), &IsSpace), out.end());
  return out;
}

}  // namespace fangpin::base
