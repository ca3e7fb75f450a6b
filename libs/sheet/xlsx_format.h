#ifndef FANGPIN_SHEET_XLSX_FORMAT_H_
#define FANGPIN_SHEET_XLSX_FORMAT_H_

#include <optional>
#include <string>
#include <string_view>

namespace fangpin::sheet {

// How cells of .xlsx hold their values: the small rules of ECMA-376 that reading needs.

// Columns and row of a reference such as "AB12"; column from 0, row from 1, 0 when left out.
struct CellReference {
  int column = 0;
  int row = 0;
};
// Nothing when it is none or lies beyond column XFD.
std::optional<CellReference> ParseReference(std::string_view text);

// Undoes the escapes of characters that XML cannot hold, such as "_x000D_".
std::string DecodeEscapes(std::string_view text);
// Escapes control characters, and text that would read as an escape.
std::string EncodeEscapes(std::string_view text);

// Whether a number format shows a date or a time: one of the built-in ones, or by its code.
bool IsDateFormat(int id);
bool IsDateFormatCode(std::string_view code);

// A number as decimal text of up to 15 digits, as a spreadsheet program shows it; the text itself
// when it is no number.
std::string NumberText(std::string_view value);

// A day number as "2021-06-01", "08:30:00" or both; nothing when it is no day.
std::optional<std::string> DateText(std::string_view value, bool from_1904);

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_XLSX_FORMAT_H_
