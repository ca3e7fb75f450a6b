#include "libs/sheet/csv_parser.h"

#include <algorithm>
#include <string>
#include <vector>

#include "libs/base/status.h"
#include "libs/sheet/errors.h"

namespace fangpin::sheet {
namespace {

class CsvParser {
 public:
  CsvParser(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {}

  // Reads the next row into `row`, whose strings keep their memory from row to row.
  absl::Status Next(Row& row) {
    ++row.number;
    if (row.number > limits_.rows) return TooLarge(row.number, "rows", limits_.rows);
    size_t cells = 0;
    while (true) {
      if (cells == static_cast<size_t>(limits_.columns)) {
        return TooLarge(row.number, "columns", limits_.columns);
      }
      if (cells == row.cells.size()) row.cells.emplace_back();
      std::string& cell = row.cells[cells++];
      cell.clear();
      FANGPIN_RETURN_IF_ERROR(ReadCell(row.number, cell));
      if (cell.size() > limits_.cell_bytes) {
        return TooLarge(row.number, "cell_bytes", limits_.cell_bytes);
      }
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      SkipLineEnd();
      row.cells.resize(cells);
      return absl::OkStatus();
    }
  }

  bool AtEnd() const { return at_ == text_.size(); }

 private:
  // Stops at the comma or line end after the cell.
  absl::Status ReadCell(int row, std::string& cell) {
    if (AtEnd() || text_[at_] != '"') {
      const size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      cell.assign(text_.substr(at_, end - at_));
      at_ = end;
      return absl::OkStatus();
    }
    ++at_;
    while (true) {
      const size_t quote = text_.find('"', at_);
      if (quote == text_.npos) return Truncated(row, "引号没有结束，文件可能不完整");
      cell.append(text_.substr(at_, quote - at_));
      at_ = quote + 1;
      if (AtEnd() || text_[at_] == ',' || text_[at_] == '\r' || text_[at_] == '\n') {
        return absl::OkStatus();
      }
      if (text_[at_] != '"') return Malformed(row, "引号之后有多余的内容");
      cell.push_back('"');
      ++at_;
    }
  }

  void SkipLineEnd() {
    if (text_.substr(at_, 2) == "\r\n") {
      at_ += 2;
    } else if (!AtEnd()) {
      ++at_;
    }
  }

  const std::string_view text_;
  const Limits& limits_;
  size_t at_ = 0;
};

}  // namespace

absl::Status ParseCsv(std::string_view text, const Limits& limits, RowCallback on_row) {
  CsvParser parser(text, limits);
  Row row;
  while (!parser.AtEnd()) {
    FANGPIN_RETURN_IF_ERROR(parser.Next(row));
    FANGPIN_RETURN_IF_ERROR(on_row(row));
  }
  return absl::OkStatus();
}

int RowAtEnd(std::string_view prefix) {
  int row = 1;
  bool quoted = false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    const char c = prefix[i];
    if (c == '"') quoted = !quoted;
    const bool crlf = c == '\r' && i + 1 < prefix.size() && prefix[i + 1] == '\n';
    if (!quoted && (c == '\n' || (c == '\r' && !crlf))) ++row;
  }
  return row;
}

}  // namespace fangpin::sheet
