#include "libs/log/json_text.h"

#include <cstdint>

namespace fangpin::log {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  size_t length = 0;
  uint8_t low = 0x80, high = 0xBF;  // bounds of the second byte
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() < length) return 0;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

// ASCII that JSON shows as it is.
bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

int TwoDigits(std::string_view text, size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// Household ids have 18 digits too, but where a birth date would be they hold a township, a village
// and the head of a serial, which make no date.
bool LooksLikeIdNumber(std::string_view run) {
  const int century = TwoDigits(run, 6);
  const int month = TwoDigits(run, 10);
  const int day = TwoDigits(run, 12);
  return (century == 19 || century == 20) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool LooksLikeMobile(std::string_view run) { return run[0] == '1' && run[1] >= '3'; }

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  while (!text.empty()) {
    // Most text is plain from end to end.
    size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) ++plain;
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text[0];
    size_t taken = 1;
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c == '\n') {
      out->append("\\n");
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
      out->append("\\u00");
      out->push_back(kHex[(c >> 4) & 0xF]);
      out->push_back(kHex[c & 0xF]);
    } else if (const size_t length = SequenceLength(text); length > 0) {
      out->append(text.substr(0, length));
      taken = length;
    } else {
      out->append("\\ufffd");
    }
    text.remove_prefix(taken);
  }
  out->push_back('"');
}

std::string Redact(std::string_view text) {
  std::string out(text);
  for (size_t begin = 0; begin < text.size();) {
    if (!IsDigit(text[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < text.size() && IsDigit(text[end])) ++end;
    const size_t digits = end - begin;
    if (digits == 17 && end < text.size() && (text[end] == 'X' || text[end] == 'x')) ++end;
    const std::string_view run = text.substr(begin, end - begin);
    if ((run.size() == 18 && LooksLikeIdNumber(run)) || (digits == 11 && LooksLikeMobile(run))) {
      out.replace(begin, run.size(), run.size(), '*');
    }
    begin = end;
  }
  return out;
}

}  // namespace fangpin::log
