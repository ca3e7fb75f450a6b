#include <utility>

#include "libs/base/text.h"
#include "libs/sheet/encoding.h"
#include "libs/sheet/errors.h"
#include "libs/sheet/writer.h"

namespace fangpin::sheet {
namespace {

void AppendCell(const std::string& cell, bool alone, std::string& line) {
  // A lone empty cell is quoted, or its row would read as a blank line.
  if (cell.find_first_of(",\"\r\n") == cell.npos && !(alone && cell.empty())) {
    line.append(cell);
    return;
  }
  line.push_back('"');
  for (const char c : cell) {
    if (c == '"') line.push_back('"');
    line.push_back(c);
  }
  line.push_back('"');
}

}  // namespace

absl::StatusOr<std::unique_ptr<CsvWriter>> CsvWriter::Create(const std::string& path,
                                                             Encoding encoding) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (encoding == Encoding::kUtf8Bom) out << "\uFEFF";
  if (!out) return Unwritable();
  return std::unique_ptr<CsvWriter>(new CsvWriter(std::move(out), encoding));
}

CsvWriter::CsvWriter(std::ofstream out, Encoding encoding)
    : out_(std::move(out)), encoding_(encoding) {}

absl::Status CsvWriter::Add(absl::Span<const std::string> cells) {
  ++row_;
  line_.clear();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line_.push_back(',');
    AppendCell(cells[i], cells.size() == 1, line_);
  }
  line_.append("\r\n");
  if (encoding_ == Encoding::kGb18030) {
    const auto converted = Utf8ToGb18030(line_);
    if (!converted) return WrongEncoding(row_, "UTF-8");
    out_ << *converted;
  } else {
    if (!base::IsValidUtf8(line_)) return WrongEncoding(row_, "UTF-8");
    out_ << line_;
  }
  return out_ ? absl::OkStatus() : Unwritable();
}

absl::Status CsvWriter::Close() {
  out_.close();
  return out_ ? absl::OkStatus() : Unwritable();
}

}  // namespace fangpin::sheet
