#ifndef FANGPIN_SHEET_XLSX_PARSER_H_
#define FANGPIN_SHEET_XLSX_PARSER_H_

#include <string_view>

#include "absl/status/status.h"
#include "libs/sheet/reader.h"

namespace fangpin::sheet {

// Hands on the rows of the first visible sheet of a workbook. Errors as in reader.h.
absl::Status ParseXlsx(std::string_view bytes, const Limits& limits, RowCallback on_row);

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_XLSX_PARSER_H_
