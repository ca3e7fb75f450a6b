#ifndef FANGPIN_SHEET_ZIP_STREAM_H_
#define FANGPIN_SHEET_ZIP_STREAM_H_

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/sheet/output.h"

namespace fangpin::sheet {

// Writes a zip archive from front to back, never going back: sizes follow the data of each part
// (APPNOTE 4.3.9). Memory does not grow with the data. The same parts give the same bytes.
class ZipStream {
 public:
  // Bytes that one part, and the archive, may have: what its 32-bit sizes hold.
  static constexpr int64_t kMaxBytes = 0xFFFFFFFE;

  explicit ZipStream(Output output);
  ~ZipStream();
  ZipStream(const ZipStream&) = delete;
  ZipStream& operator=(const ZipStream&) = delete;

  // Begins a part; the one before must be finished.
  absl::Status Begin(std::string_view name);
  // SHEET_TOO_LARGE beyond kMaxBytes, or what the output says.
  absl::Status Write(std::string_view data);
  absl::Status End();
  // Writes the directory and closes the output.
  absl::Status Close();

 private:
  struct Part {
    std::string name;
    int64_t offset = 0;
    uint32_t crc = 0;
    int64_t packed = 0;
    int64_t plain = 0;
  };

  absl::Status Put(std::string_view bytes);
  absl::Status Deflate(std::string_view data, int flush);

  Output output_;
  int64_t written_ = 0;
  std::vector<Part> parts_;
  z_stream deflate_{};
  std::string buffer_;
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_ZIP_STREAM_H_
