#ifndef FANGPIN_LOG_JSON_TEXT_H_
#define FANGPIN_LOG_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace fangpin::log {

// Appends `text` as a JSON string with its quotes. A byte that is not UTF-8 becomes U+FFFD, so the
// result always is valid JSON on one line.
void AppendJsonString(std::string_view text, std::string* out);

// `text` with everything that looks like an identity number (18 characters with a plausible birth
// date inside) or a mobile number (11 digits from 13 to 19) replaced by stars.
std::string Redact(std::string_view text);

}  // namespace fangpin::log

#endif  // FANGPIN_LOG_JSON_TEXT_H_
