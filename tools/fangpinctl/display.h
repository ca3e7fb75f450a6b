#ifndef FANGPIN_TOOLS_FANGPINCTL_DISPLAY_H_
#define FANGPIN_TOOLS_FANGPINCTL_DISPLAY_H_

#include <string>
#include <string_view>

// Text on a terminal, where a Chinese character takes two columns.
namespace fangpin::ctl {

// Columns that UTF-8 text takes: 2 for wide and full-width characters, 0 for combining marks, 1 for
// others and for each byte that is not UTF-8.
int DisplayWidth(std::string_view text);

// The text on one line and without anything that a terminal would act on: line breaks and tabs
// become spaces, other control characters U+FFFD. What others typed must not drive a terminal.
std::string Printable(std::string_view text);

// The text cut to `width` columns, ending in "…" when something was cut.
std::string Shorten(std::string_view text, int width);

// The text with spaces to `width` columns, at its end or (right) before it.
std::string Pad(std::string_view text, int width, bool right);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_DISPLAY_H_
