#include "libs/sheet/encoding.h"

#include <errno.h>
#include <iconv.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "libs/base/text.h"

namespace fangpin::sheet {
namespace {

constexpr std::string_view kByteOrderMark = "\uFEFF";

// An open conversion of glibc.
class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {
    // GB18030 is part of glibc and of every supported system; nothing could be read without it.
    if (handle_ == reinterpret_cast<iconv_t>(-1)) std::abort();
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // Appends to `out`; returns how many bytes of `in` could be read.
  size_t Append(std::string_view in, std::string& out) {
    char* next = const_cast<char*>(in.data());
    size_t left = in.size();
    char buffer[16 * 1024];
    while (true) {
      char* to = buffer;
      size_t room = sizeof(buffer);
      const bool done = iconv(handle_, &next, &left, &to, &room) != static_cast<size_t>(-1);
      out.append(buffer, to - buffer);
      if (done || errno != E2BIG) return in.size() - left;
    }
  }

 private:
  const iconv_t handle_;
};

// Offset of the first line that is not UTF-8, then of the byte within it. No byte of a longer
// character is a line feed, so lines can be judged one by one.
std::optional<size_t> FirstNonUtf8(std::string_view text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    const std::string_view line = text.substr(begin, end - begin);
    if (!base::IsValidUtf8(line)) {
      Converter to_itself("UTF-8", "UTF-8");
      std::string ignored;
      return begin + to_itself.Append(line, ignored);
    }
    begin = end;
  }
  return std::nullopt;
}

Decoded AsUtf8(std::string_view bytes) {
  Decoded decoded{.encoding = Encoding::kUtf8, .bad_byte = FirstNonUtf8(bytes), .original = bytes};
  if (bytes.starts_with(kByteOrderMark)) decoded.original.remove_prefix(kByteOrderMark.size());
  return decoded;
}

Decoded AsGb18030(std::string_view bytes) {
  Decoded decoded{.encoding = Encoding::kGb18030, .original = bytes};
  decoded.converted.reserve(bytes.size() + bytes.size() / 2);
  const size_t read = Converter("UTF-8", "GB18030").Append(bytes, decoded.converted);
  if (read < bytes.size()) decoded.bad_byte = read;
  return decoded;
}

}  // namespace

std::string_view EncodingName(Encoding encoding) {
  return encoding == Encoding::kGb18030 ? "GB18030" : "UTF-8";
}

Decoded Decode(std::string_view bytes, Encoding wanted) {
  if (wanted == Encoding::kGb18030) return AsGb18030(bytes);
  Decoded utf8 = AsUtf8(bytes);
  if (wanted == Encoding::kUtf8 || bytes.starts_with(kByteOrderMark) || !utf8.bad_byte) return utf8;
  Decoded gb18030 = AsGb18030(bytes);
  const bool utf8_held_longer = gb18030.bad_byte && *gb18030.bad_byte < *utf8.bad_byte;
  return utf8_held_longer ? std::move(utf8) : std::move(gb18030);
}

std::optional<std::string> Utf8ToGb18030(std::string_view utf8) {
  thread_local Converter converter("GB18030", "UTF-8");
  std::string out;
  if (!base::IsValidUtf8(utf8) || converter.Append(utf8, out) != utf8.size()) return std::nullopt;
  return out;
}

}  // namespace fangpin::sheet
