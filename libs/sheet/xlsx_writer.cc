#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/sheet/errors.h"
#include "libs/sheet/output.h"
#include "libs/sheet/writer.h"
#include "libs/sheet/xlsx_format.h"
#include "libs/sheet/zip_stream.h"

namespace fangpin::sheet {
namespace {

// Limits of the format (ECMA-376 and every spreadsheet program).
constexpr int kMaxRows = 1'048'576;
constexpr int kMaxColumns = 16'384;
constexpr int kMaxCellCharacters = 32'767;
constexpr size_t kMaxNameCharacters = 31;

constexpr std::string_view kXml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr std::string_view kContentTypes =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"rels\" "
    "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/"
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
    "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/"
    "vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>"
    "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/"
    "vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
constexpr std::string_view kRelations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
    "relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
constexpr std::string_view kWorkbookRelations =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
    "relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
    "relationships/styles\" Target=\"styles.xml\"/></Relationships>";
constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
// Cell format 1 is number format 49: text.
constexpr std::string_view kStyles =
    "<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
    "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
    "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
    "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
    "</cellStyleXfs><cellXfs count=\"2\">"
    "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
    "applyNumberFormat=\"1\"/></cellXfs>"
    "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

// Adds `text` as XML character data.
void AppendXml(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out.push_back(c);
    }
  }
}

// Whether the format can hold the text as it is.
bool NeedsNoEscape(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '_'; });
}

// "A" for 0, "AB" for 27.
std::string ColumnLetters(int column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return letters;
}

bool IsSheetName(std::string_view name) {
  return !name.empty() && base::IsValidUtf8(name) && base::CodePoints(name) <= kMaxNameCharacters &&
         name.find_first_of("[]:*?/\\") == std::string_view::npos && name.front() != '\'' &&
         name.back() != '\'';
}

}  // namespace

struct XlsxWriter::Book {
  explicit Book(Output output) : zip(std::move(output)) {}

  // A part that is there as a whole.
  absl::Status Add(std::string_view part, std::string_view content) {
    FANGPIN_RETURN_IF_ERROR(zip.Begin(part));
    FANGPIN_RETURN_IF_ERROR(zip.Write(kXml));
    FANGPIN_RETURN_IF_ERROR(zip.Write(content));
    return zip.End();
  }

  ZipStream zip;
  int row = 0;
  std::vector<std::string> letters;  // of the columns used so far
  std::string line;                  // keeps its memory from row to row
};

absl::StatusOr<std::unique_ptr<XlsxWriter>> XlsxWriter::Start(Output output,
                                                              std::string_view sheet_name) {
  if (!IsSheetName(sheet_name)) return Malformed(0, "工作表名不正确");
  auto book = std::make_unique<Book>(std::move(output));
  std::string workbook =
      base::StrCat("<workbook xmlns=\"", kMain, "\" xmlns:r=\"http://schemas.openxmlformats.org/",
                   "officeDocument/2006/relationships\"><sheets><sheet name=\"");
  AppendXml(sheet_name, workbook);
  workbook += "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
  FANGPIN_RETURN_IF_ERROR(book->Add("[Content_Types].xml", kContentTypes));
  FANGPIN_RETURN_IF_ERROR(book->Add("_rels/.rels", kRelations));
  FANGPIN_RETURN_IF_ERROR(book->Add("xl/workbook.xml", workbook));
  FANGPIN_RETURN_IF_ERROR(book->Add("xl/_rels/workbook.xml.rels", kWorkbookRelations));
  FANGPIN_RETURN_IF_ERROR(
      book->Add("xl/styles.xml",
                base::StrCat("<styleSheet xmlns=\"", kMain, "\">", kStyles, "</styleSheet>")));
  FANGPIN_RETURN_IF_ERROR(book->zip.Begin("xl/worksheets/sheet1.xml"));
  FANGPIN_RETURN_IF_ERROR(book->zip.Write(kXml));
  FANGPIN_RETURN_IF_ERROR(book->zip.Write(
      base::StrCat("<worksheet xmlns=\"", kMain, "\"><cols><col min=\"1\" max=\"", kMaxColumns,
                   "\" width=\"14\" style=\"1\"/></cols><sheetData>")));
  return std::unique_ptr<XlsxWriter>(new XlsxWriter(std::move(book)));
}

absl::StatusOr<std::unique_ptr<XlsxWriter>> XlsxWriter::Create(const std::string& path,
                                                               std::string_view sheet_name) {
  FANGPIN_ASSIGN_OR_RETURN(Output output, Output::ToFile(path));
  return Start(std::move(output), sheet_name);
}

absl::StatusOr<std::unique_ptr<XlsxWriter>> XlsxWriter::Create(Sink sink,
                                                               std::string_view sheet_name) {
  return Start(Output::To(std::move(sink)), sheet_name);
}

XlsxWriter::XlsxWriter(std::unique_ptr<Book> book) : book_(std::move(book)) {}
XlsxWriter::~XlsxWriter() = default;

absl::Status XlsxWriter::Add(absl::Span<const std::string> cells) {
  const int number = book_->row + 1;
  if (number > kMaxRows) return TooLarge(number, "rows", kMaxRows);
  if (cells.size() > kMaxColumns) return TooLarge(number, "columns", kMaxColumns);
  const std::string row = std::to_string(number);
  std::string& line = book_->line;
  line.clear();
  base::StrAppend(&line, "<row r=\"", row, "\">");
  for (size_t column = 0; column < cells.size(); ++column) {
    const std::string& cell = cells[column];
    if (column == book_->letters.size()) {
      book_->letters.push_back(ColumnLetters(static_cast<int>(column)));
    }
    if (cell.empty()) continue;
    if (!base::IsValidUtf8(cell) || cell.find('\0') != cell.npos) {
      return WrongEncoding(number, "UTF-8");
    }
    if (cell.size() > kMaxCellCharacters && base::CodePoints(cell) > kMaxCellCharacters) {
      return TooLarge(number, "cell_characters", kMaxCellCharacters);
    }
    base::StrAppend(&line, "<c r=\"", book_->letters[column], row,
                    "\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    if (NeedsNoEscape(cell)) {
      AppendXml(cell, line);
    } else {
      AppendXml(EncodeEscapes(cell), line);
    }
    line += "</t></is></c>";
  }
  line += "</row>";
  book_->row = number;
  return book_->zip.Write(line);
}

absl::Status XlsxWriter::Close() {
  FANGPIN_RETURN_IF_ERROR(book_->zip.Write("</sheetData></worksheet>"));
  FANGPIN_RETURN_IF_ERROR(book_->zip.End());
  return book_->zip.Close();
}

}  // namespace fangpin::sheet
