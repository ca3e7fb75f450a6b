#ifndef FANGPIN_SHEET_ERRORS_H_
#define FANGPIN_SHEET_ERRORS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace fangpin::sheet {

// The errors of reader.h and writer.h; `row` 0 means that it is not known.

absl::Status Empty(std::string_view message);                             // SHEET_EMPTY
absl::Status NotXlsx(std::string_view message);                           // SHEET_NOT_XLSX
absl::Status Unsupported(std::string_view message);                       // SHEET_UNSUPPORTED
absl::Status Truncated(int row, std::string_view message);                // SHEET_TRUNCATED
absl::Status Malformed(int row, std::string_view message);                // SHEET_MALFORMED
absl::Status WrongEncoding(int row, std::string_view encoding);           // SHEET_ENCODING
absl::Status HeaderMissing(const std::vector<std::string>& missing);      // SHEET_HEADER_MISSING
absl::Status TooLarge(int row, std::string_view limit, int64_t maximum);  // SHEET_TOO_LARGE
absl::Status Unreadable();                                                // SHEET_UNREADABLE
absl::Status Unwritable();                                                // SHEET_UNWRITABLE

}  // namespace fangpin::sheet

#endif  // FANGPIN_SHEET_ERRORS_H_
