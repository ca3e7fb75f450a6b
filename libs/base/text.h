#ifndef FANGPIN_BASE_TEXT_H_
#define FANGPIN_BASE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace fangpin::base {

// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view text);

// Number of code points of valid UTF-8.
size_t CodePoints(std::string_view text);

// Turns the full-width forms of ASCII (U+FF01..U+FF5E: digits, letters, brackets) and the
// ideographic, no-break and narrow spaces into their ASCII forms, and drops zero-width characters
// and byte-order marks. All else stays as it is.
std::string NormaliseWidth(std::string_view text);

// NormaliseWidth without white space at both ends: what a cell typed by hand means.
std::string CleanCell(std::string_view text);

// NormaliseWidth without any white space: numbers and codes that people group by eye.
std::string CleanCode(std::string_view text);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_TEXT_H_
