#include "libs/sheet/output.h"

#include <fstream>
#include <utility>

#include "libs/sheet/errors.h"

namespace fangpin::sheet {

absl::StatusOr<Output> Output::ToFile(const std::string& path) {
  auto file = std::make_shared<std::ofstream>(path, std::ios::binary | std::ios::trunc);
  if (!*file) return Unwritable();
  Sink sink = [file](std::string_view bytes) {
    file->write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return *file ? absl::OkStatus() : Unwritable();
  };
  return Output(std::move(sink), std::move(file));
}

absl::Status Output::Close() {
  if (file_ == nullptr) return absl::OkStatus();
  file_->close();
  return *file_ ? absl::OkStatus() : Unwritable();
}

}  // namespace fangpin::sheet
