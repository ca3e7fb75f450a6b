#include "libs/sheet/reader.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/match.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/csv_parser.h"
#include "libs/sheet/encoding.h"
#include "libs/sheet/errors.h"
#include "libs/sheet/row_feed.h"
#include "libs/sheet/xlsx_parser.h"

namespace fangpin::sheet {
namespace {

constexpr std::string_view kZipMagic = "PK\x03\x04";
// Of a zip archive without any entry.
constexpr std::string_view kEmptyZipMagic = "PK\x05\x06";
// Of OLE compound files: .xls, .doc, and .xlsx under a password.
constexpr std::string_view kCompoundMagic = "\xD0\xCF\x11\xE0";

// OK for bytes that may be the text of a .csv file.
absl::Status CheckText(std::string_view bytes, const Options& options) {
  const bool named_xlsx = absl::EndsWithIgnoreCase(options.file_name, ".xlsx");
  if (bytes.starts_with(kCompoundMagic)) {
    return Unsupported("这是旧版 .xls 或加了密码的文件，请另存为不加密的 .xlsx");
  }
  if (named_xlsx) return NotXlsx("文件名是 .xlsx，内容却不是");
  if (bytes.find('\0') != bytes.npos) return Unsupported("这不是 .xlsx，也不是文本文件");
  if (Trim(bytes.substr(0, 64)).starts_with('<')) {
    return Unsupported("这是网页或 XML 文件，请用表格软件打开后另存为 .xlsx");
  }
  return absl::OkStatus();
}

absl::Status ReadCsv(std::string_view bytes, const Options& options, RowFeed& feed,
                     Summary& summary) {
  FANGPIN_RETURN_IF_ERROR(CheckText(bytes, options));
  const Decoded decoded = Decode(bytes, options.encoding);
  if (decoded.bad_byte) {
    return WrongEncoding(RowAtEnd(bytes.substr(0, *decoded.bad_byte)),
                         EncodingName(decoded.encoding));
  }
  summary.format = Format::kCsv;
  summary.encoding = decoded.encoding;
  return ParseCsv(decoded.text(), options.limits, [&](const Row& row) { return feed.Add(row); });
}

}  // namespace

std::string_view Row::Text(int column) const {
  if (column < 0 || static_cast<size_t>(column) >= cells.size()) return {};
  return Trim(cells[column]);
}

absl::StatusOr<Summary> Read(std::string_view bytes, const Options& options,
                             HeaderCallback on_header, RowCallback on_row) {
  if (bytes.size() > options.limits.file_bytes) {
    return TooLarge(0, "file_bytes", options.limits.file_bytes);
  }
  if (bytes.empty()) return Empty("文件是空的");
  RowFeed feed(options, on_header, on_row);
  Summary summary;
  if (bytes.starts_with(kZipMagic) || bytes.starts_with(kEmptyZipMagic)) {
    FANGPIN_RETURN_IF_ERROR(
        ParseXlsx(bytes, options.limits, [&](const Row& row) { return feed.Add(row); }));
  } else {
    FANGPIN_RETURN_IF_ERROR(ReadCsv(bytes, options, feed, summary));
  }
  FANGPIN_RETURN_IF_ERROR(feed.Finish());
  summary.rows = feed.rows();
  summary.last_row_number = feed.last_row_number();
  return summary;
}

absl::StatusOr<Summary> ReadFile(const std::string& path, const Options& options,
                                 HeaderCallback on_header, RowCallback on_row) {
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  const uintmax_t size = regular ? std::filesystem::file_size(path, error) : 0;
  if (!regular || error) return Unreadable();
  if (size > options.limits.file_bytes) {
    return TooLarge(0, "file_bytes", options.limits.file_bytes);
  }
  std::string bytes(size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) return Unreadable();
  if (!options.file_name.empty()) return Read(bytes, options, on_header, on_row);
  Options named = options;
  named.file_name = path;
  return Read(bytes, named, on_header, on_row);
}

}  // namespace fangpin::sheet
