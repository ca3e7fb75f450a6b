#ifndef FANGPIN_SHEET_CSV_PARSER_H_
#define FANGPIN_SHEET_CSV_PARSER_H_

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "libs/sheet/reader.h"

namespace fangpin::sheet {

// Cuts UTF-8 text into rows after RFC 4180; lines may end in CR LF, LF or CR. A quote inside a cell
// that does not begin with one stands for itself. SHEET_MALFORMED: text after a closing quote;
// SHEET_TRUNCATED: a quote that never closes; SHEET_TOO_LARGE.
absl::Status ParseCsv(std::string_view text, const Limits& limits, RowCallback on_row);

// The row that the end of `prefix` falls in, for text in any encoding that leaves ASCII alone.
int RowAtEnd(std::string_view prefix);

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_CSV_PARSER_H_
