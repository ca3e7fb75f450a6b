#include <utility>

#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/sheet/encoding.h"
#include "libs/sheet/errors.h"
#include "libs/sheet/output.h"
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

struct CsvWriter::File {
  Output output;
  Encoding encoding;
  int row = 0;
  std::string line;  // keeps its memory from row to row
};

absl::StatusOr<std::unique_ptr<CsvWriter>> CsvWriter::Start(Output output, Encoding encoding) {
  auto file = std::make_unique<File>(File{.output = std::move(output), .encoding = encoding});
  if (encoding == Encoding::kUtf8Bom) FANGPIN_RETURN_IF_ERROR(file->output.Write("\uFEFF"));
  return std::unique_ptr<CsvWriter>(new CsvWriter(std::move(file)));
}

absl::StatusOr<std::unique_ptr<CsvWriter>> CsvWriter::Create(const std::string& path,
                                                             Encoding encoding) {
  FANGPIN_ASSIGN_OR_RETURN(Output output, Output::ToFile(path));
  return Start(std::move(output), encoding);
}

absl::StatusOr<std::unique_ptr<CsvWriter>> CsvWriter::Create(Sink sink, Encoding encoding) {
  return Start(Output::To(std::move(sink)), encoding);
}

CsvWriter::CsvWriter(std::unique_ptr<File> file) : file_(std::move(file)) {}
CsvWriter::~CsvWriter() = default;

absl::Status CsvWriter::Add(absl::Span<const std::string> cells) {
  ++file_->row;
  std::string& line = file_->line;
  line.clear();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line.push_back(',');
    AppendCell(cells[i], cells.size() == 1, line);
  }
  line.append("\r\n");
  if (file_->encoding != Encoding::kGb18030) {
    return base::IsValidUtf8(line) ? file_->output.Write(line) : WrongEncoding(file_->row, "UTF-8");
  }
  const auto converted = Utf8ToGb18030(line);
  return converted ? file_->output.Write(*converted) : WrongEncoding(file_->row, "UTF-8");
}

absl::Status CsvWriter::Close() { return file_->output.Close(); }

}  // namespace fangpin::sheet
