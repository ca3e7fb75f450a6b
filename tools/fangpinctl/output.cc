#include "tools/fangpinctl/output.h"

#include <algorithm>
#include <utility>

#include "tools/fangpinctl/display.h"

namespace fangpin::ctl {
namespace {

constexpr size_t kRowsForWidths = 200;
constexpr int kMaxWidth = 40;
constexpr std::string_view kGap = "  ";

}  // namespace

RowWriter::RowWriter(Format format, std::vector<Heading> headings, std::ostream& out)
    : format_(format), headings_(std::move(headings)), out_(out) {}

void RowWriter::Add(std::vector<std::string> cells) {
  if (format_ == Format::kTable) {
    for (std::string& cell : cells) cell = Printable(cell);
  }
  held_.push_back(std::move(cells));
  if (began_ || format_ == Format::kCsv || held_.size() >= kRowsForWidths) Flush();
}

void RowWriter::Finish() {
  if (format_ == Format::kTable && !began_ && held_.empty()) {
    out_ << "（无）\n";
    return;
  }
  Flush();
}

void RowWriter::Flush() {
  if (!began_) {
    began_ = true;
    std::vector<std::string> names;
    for (const Heading& heading : headings_) {
      names.push_back(format_ == Format::kTable ? heading.title : heading.key);
    }
    if (format_ == Format::kTable) {
      for (size_t i = 0; i < names.size(); ++i) {
        int width = DisplayWidth(names[i]);
        for (const auto& cells : held_) width = std::max(width, DisplayWidth(cells[i]));
        widths_.push_back(std::min(width, kMaxWidth));
      }
      WriteTableRow(names);
    } else {
      WriteCsvRow(names);
    }
  }
  for (const auto& cells : held_) {
    format_ == Format::kTable ? WriteTableRow(cells) : WriteCsvRow(cells);
  }
  held_.clear();
}

void RowWriter::WriteTableRow(const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool last = i + 1 == cells.size();
    if (i > 0) out_ << kGap;
    if (last && !headings_[i].right) {
      out_ << cells[i];
    } else {
      out_ << Pad(Shorten(cells[i], widths_[i]), widths_[i], headings_[i].right);
    }
  }
  out_ << "\n";
}

void RowWriter::WriteCsvRow(const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out_ << ',';
    // A lone empty cell is quoted, or its row would read as a blank line.
    out_ << (cells.size() == 1 && cells[i].empty() ? "\"\"" : CsvCell(cells[i]));
  }
  out_ << "\n";
}

std::string CsvCell(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(cell);
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace fangpin::ctl
