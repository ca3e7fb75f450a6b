#ifndef FANGPIN_TOOLS_FANGPINCTL_OUTPUT_H_
#define FANGPIN_TOOLS_FANGPINCTL_OUTPUT_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace fangpin::ctl {

enum class Format { kTable, kJson, kCsv };

// One column of a table or of a .csv.
struct Heading {
  std::string key;     // Of .csv: stable, in lower_snake_case.
  std::string title;   // Of tables: for people.
  bool right = false;  // Numbers stand at the right of a table's column.
};

// Rows of text as an aligned table or as .csv (RFC 4180, lines ending in LF, first row the keys).
// Memory does not grow with the rows: a table takes its widths from the first 200.
class RowWriter {
 public:
  // `format` is kTable or kCsv.
  RowWriter(Format format, std::vector<Heading> headings, std::ostream& out);

  // As many cells as headings. Tables show cells on one line, cut at 40 columns but for the last.
  void Add(std::vector<std::string> cells);

  // Writes what is still held. A .csv without rows has its heading, a table says "（无）".
  void Finish();

 private:
  void Flush();
  void WriteTableRow(const std::vector<std::string>& cells);
  void WriteCsvRow(const std::vector<std::string>& cells);

  const Format format_;
  const std::vector<Heading> headings_;
  std::ostream& out_;
  bool began_ = false;
  std::vector<int> widths_;
  std::vector<std::vector<std::string>> held_;
};

// The cell as RFC 4180 wants it: quoted when it holds a comma, a quote or a line break.
std::string CsvCell(std::string_view cell);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_OUTPUT_H_
