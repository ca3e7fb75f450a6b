#include "libs/sheet/xlsx_package.h"

#include "libs/base/status.h"
#include "libs/sheet/errors.h"

namespace fangpin::sheet {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

absl::Status Damaged() { return Truncated(0, "文件不完整或已损坏，请重新导出"); }

}  // namespace

absl::StatusOr<XlsxPackage> XlsxPackage::Open(std::string_view bytes, const Limits& limits) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* const archive =
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
  zip_error_fini(&error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    return Damaged();
  }
  return XlsxPackage(archive, limits.inflated_bytes);
}

bool XlsxPackage::Has(const std::string& part) const {
  return zip_name_locate(archive_.get(), part.c_str(), ZIP_FL_NOCASE) >= 0;
}

absl::Status XlsxPackage::Parse(const std::string& part, XmlHandler& handler) {
  const std::unique_ptr<zip_file_t, CloseFile> file(
      zip_fopen(archive_.get(), part.c_str(), ZIP_FL_NOCASE));
  if (file == nullptr) return Damaged();
  XmlParser parser(handler);
  const auto located = [](absl::Status status) {
    return absl::IsDataLoss(status) ? Malformed(0, "内容不是有效的 .xlsx") : status;
  };
  const auto piece = std::make_unique<char[]>(kPieceBytes);
  while (true) {
    const int64_t size = zip_fread(file.get(), piece.get(), kPieceBytes);
    if (size < 0) return Damaged();
    if (size == 0) break;
    inflatable_ -= size;
    if (inflatable_ < 0) return TooLarge(0, "inflated_bytes", max_inflated_);
    FANGPIN_RETURN_IF_ERROR(located(parser.Feed({piece.get(), static_cast<size_t>(size)})));
  }
  return located(parser.Finish());
}

}  // namespace fangpin::sheet
