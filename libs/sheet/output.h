#ifndef FANGPIN_SHEET_OUTPUT_H_
#define FANGPIN_SHEET_OUTPUT_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/sheet/writer.h"

namespace fangpin::sheet {

// Where the bytes of a file go, in order: to disk, or on to somebody.
class Output {
 public:
  // UNAVAILABLE, SHEET_UNWRITABLE: the file cannot be made.
  static absl::StatusOr<Output> ToFile(const std::string& path);
  static Output To(Sink sink) { return Output(std::move(sink), nullptr); }

  // SHEET_UNWRITABLE, or what the sink says.
  absl::Status Write(std::string_view bytes) { return sink_(bytes); }
  absl::Status Close();

 private:
  Output(Sink sink, std::shared_ptr<std::ofstream> file)
      : sink_(std::move(sink)), file_(std::move(file)) {}

  Sink sink_;
  std::shared_ptr<std::ofstream> file_;  // null when the bytes go elsewhere
};

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_OUTPUT_H_
