#ifndef FANGPIN_SHEET_ENCODING_H_
#define FANGPIN_SHEET_ENCODING_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libs/sheet/reader.h"

namespace fangpin::sheet {

// "UTF-8" or "GB18030".
std::string_view EncodingName(Encoding encoding);

// The text of a file as UTF-8, or the place where it is not text.
struct Decoded {
  Encoding encoding = Encoding::kUtf8;
  std::optional<size_t> bad_byte;  // offset in the file of the first that does not belong
  std::string_view original;       // without byte order mark
  std::string converted;

  std::string_view text() const { return encoding == Encoding::kGb18030 ? converted : original; }
};

// Decodes by the rules of reader.h. When detection finds neither encoding, the answer is that of
// the one which held longer. `bytes` must outlive the result.
Decoded Decode(std::string_view bytes, Encoding wanted);

// Nothing when `utf8` is not UTF-8.
std::optional<std::string> Utf8ToGb18030(std::string_view utf8);

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_ENCODING_H_
