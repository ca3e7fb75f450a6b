#ifndef FANGPIN_SHEET_READER_H_
#define FANGPIN_SHEET_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/sheet/header.h"

namespace fangpin::sheet {

// What a file may ask for; beyond it reading stops with SHEET_TOO_LARGE.
struct Limits {
  int rows = 1'048'576;
  int columns = 1'024;
  size_t cell_bytes = 128 * 1024;
  size_t file_bytes = size_t{1} << 30;
  // Of the parts of an .xlsx after decompression, and of its shared strings in memory.
  int64_t inflated_bytes = int64_t{4} << 30;
  size_t shared_string_bytes = size_t{1} << 30;
};

// kDetect: a byte order mark or valid UTF-8 means UTF-8, otherwise GB18030. The others insist.
enum class Encoding { kDetect, kUtf8, kGb18030 };

struct Options {
  // The name the file came with, if any. The kind of the file is decided by its content; a name
  // that ends in .xlsx over other content is SHEET_NOT_XLSX.
  std::string file_name;
  Encoding encoding = Encoding::kDetect;  // of .csv
  // The row of the header as counted in the spreadsheet, or 0: the first of rows 1 to 5 that holds
  // all required headers. National exports have it in row 3, below two titles.
  int header_row = 0;
  std::vector<std::string> required_headers;
  // Further sets of headers: a row that holds one of them whole is the header as well.
  std::vector<std::vector<std::string>> other_headers;
  Limits limits;
};

struct Row {
  // As shown in the spreadsheet, from 1. In .csv a quoted line break does not count.
  int number = 0;
  // Text of the cells from column A on, trailing absent ones left out.
  std::vector<std::string> cells;

  // The cell without the blanks around it; empty when absent and for Header::kAbsent.
  std::string_view Text(int column) const;
};

enum class Format { kXlsx, kCsv };

struct Summary {
  Format format = Format::kXlsx;
  Encoding encoding = Encoding::kUtf8;  // as found; kUtf8 for .xlsx
  int rows = 0;                         // handed to on_row
  int last_row_number = 0;
};

using HeaderCallback = absl::FunctionRef<absl::Status(const Header&)>;
using RowCallback = absl::FunctionRef<absl::Status(const Row&)>;

// Reads the first visible sheet of an .xlsx file, or a .csv file, row by row, in memory that grows
// with the size of the file and the shared strings but not with the number of cells. Calls
// `on_header` once, then `on_row` for each row below that has a cell which is not blank; header and
// row are valid during the call only. A status that a callback returns stops the reading and is
// returned as it is.
//
// Numbers in .xlsx come as decimal text of up to 15 digits, dates as YYYY-MM-DD, HH:MM:SS or both,
// booleans as TRUE and FALSE, formulas as their last result.
//
// INVALID_ARGUMENT with a message for people and the reason:
//   SHEET_EMPTY           no byte, no sheet, or no cell that is not blank
//   SHEET_NOT_XLSX        named .xlsx and something else, or a zip archive that is no workbook
//   SHEET_UNSUPPORTED     another kind of file: old .xls or one with a password, web page, binary
//   SHEET_TRUNCATED       the file stops in the middle or is damaged; metadata: row when known
//   SHEET_MALFORMED       cannot be read as what it claims to be; metadata: row when known
//   SHEET_ENCODING        bytes that are not in the encoding; metadata: row, encoding
//   SHEET_HEADER_MISSING  no row holds all required headers; metadata: missing (of
//                         the set that is nearest)
//   SHEET_TOO_LARGE       beyond a limit; metadata: limit (a member of Limits), maximum, row when
//                         known
// NOT_FOUND, SHEET_UNREADABLE: ReadFile cannot open or read the file.
absl::StatusOr<Summary> Read(std::string_view bytes, const Options& options,
                             HeaderCallback on_header, RowCallback on_row);

// The same from a file; its name is used where options.file_name is empty.
absl::StatusOr<Summary> ReadFile(const std::string& path, const Options& options,
                                 HeaderCallback on_header, RowCallback on_row);

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_READER_H_
