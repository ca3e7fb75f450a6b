#include <xlsxwriter.h>

#include <utility>

#include "libs/base/text.h"
#include "libs/sheet/errors.h"
#include "libs/sheet/writer.h"
#include "libs/sheet/xlsx_format.h"

namespace fangpin::sheet {
namespace {

constexpr int kMaxRows = LXW_ROW_MAX;
constexpr int kMaxColumns = LXW_COL_MAX;
constexpr int kMaxCellCharacters = 32'767;

}  // namespace

struct XlsxWriter::Book {
  lxw_workbook* workbook;  // null once closed
  lxw_worksheet* sheet;
  lxw_row_t next_row = 0;
};

absl::StatusOr<std::unique_ptr<XlsxWriter>> XlsxWriter::Create(const std::string& path,
                                                               const std::string& sheet_name) {
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  lxw_workbook* const workbook = workbook_new_opt(path.c_str(), &options);
  if (workbook == nullptr) return Unwritable();
  lxw_worksheet* const sheet = workbook_add_worksheet(workbook, sheet_name.c_str());
  if (sheet == nullptr) {
    lxw_workbook_free(workbook);
    return Malformed(0, "工作表名不正确");
  }
  return std::unique_ptr<XlsxWriter>(
      new XlsxWriter(std::make_unique<Book>(Book{.workbook = workbook, .sheet = sheet})));
}

XlsxWriter::XlsxWriter(std::unique_ptr<Book> book) : book_(std::move(book)) {}

XlsxWriter::~XlsxWriter() {
  if (book_->workbook != nullptr) lxw_workbook_free(book_->workbook);
}

absl::Status XlsxWriter::Add(absl::Span<const std::string> cells) {
  const int number = static_cast<int>(book_->next_row) + 1;
  if (number > kMaxRows) return TooLarge(number, "rows", kMaxRows);
  if (cells.size() > kMaxColumns) return TooLarge(number, "columns", kMaxColumns);
  for (lxw_col_t column = 0; column < cells.size(); ++column) {
    const std::string& cell = cells[column];
    if (cell.empty()) continue;
    if (!base::IsValidUtf8(cell) || cell.find('\0') != cell.npos) {
      return WrongEncoding(number, "UTF-8");
    }
    const lxw_error error = worksheet_write_string(book_->sheet, book_->next_row, column,
                                                   EncodeEscapes(cell).c_str(), nullptr);
    if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
      return TooLarge(number, "cell_characters", kMaxCellCharacters);
    }
    if (error != LXW_NO_ERROR) return Unwritable();
  }
  ++book_->next_row;
  return absl::OkStatus();
}

absl::Status XlsxWriter::Close() {
  const lxw_error error = workbook_close(std::exchange(book_->workbook, nullptr));
  return error == LXW_NO_ERROR ? absl::OkStatus() : Unwritable();
}

}  // namespace fangpin::sheet
