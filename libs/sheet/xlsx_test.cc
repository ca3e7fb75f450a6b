#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/base/error_details.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/reader.h"
#include "libs/sheet/test_files.h"
#include "libs/sheet/writer.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::sheet {
namespace {

using ::testing::ElementsAre;
using testing::ErrorIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(XlsxTest, WhatIsWrittenReadsBack) {
  const testing::TempDir folder;
  const std::string path = folder.File("x.xlsx");
  const std::vector<Cells> rows = {
      {"监测对象信息"},
      {},
      {"户编号", "姓名", "备注"},
      {"621126001001000001", "㐂𠮷𬭼", "two\nlines <&> \"quoted\""},
      {"", "", "x"},
      {" 0012 ", "=1+1", "a\tb"},
      {"_x000D_", "\x01\x1f", "cr\r_lf\r\n", std::string(32'767, 'x')}};
  FASSERT_OK_AND_ASSIGN(const auto writer, XlsxWriter::Create(path, "监测对象"));
  for (const Cells& row : rows) FASSERT_OK(writer->Add(row));
  FASSERT_OK(writer->Close());

  Options options;
  options.required_headers = {"姓名", "户编号"};
  Sheet sheet;
  FASSERT_OK(ReadFile(
      path, options,
      [&](const Header& header) {
        sheet.header_row = header.row_number();
        return absl::OkStatus();
      },
      [&](const Row& row) {
        sheet.numbers.push_back(row.number);
        sheet.rows.push_back(row.cells);
        return absl::OkStatus();
      }));
  EXPECT_EQ(sheet.header_row, 3);
  EXPECT_THAT(sheet.numbers, ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(sheet.rows, ElementsAre(rows[3], rows[4], rows[5], rows[6]));
}

TEST(XlsxTest, EveryKindOfCellIsRead) {
  const std::string bytes = Workbook({
      .sheet_data =
          R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>)"
          R"(<row r="4" spans="1:20"><c r="A4" t="inlineStr"><is><t>甲</t></is></c>)"
          R"(<c r="C4"><v>7800.1000000000004</v></c><c r="D4" s="1"><v>44348</v></c>)"
          R"(<c r="E4" s="2"><v>44348.5</v></c><c r="F4" t="b"><v>1</v></c>)"
          R"(<c r="G4" t="str"><f>A1&amp;"x"</f><v>甲x</v></c><c r="H4" t="e"><v>#N/A</v></c>)"
          R"(<c r="I4" s="1" t="s"><v>2</v></c><c r="J4" t="b"><v>0</v></c><c r="ZZ4" s="1"/></row>)"
          R"(<row><c><v>1</v></c><c t="d"><v>2021-06-01</v></c></row>)",
      .shared_strings =
          R"(<si><t>姓名</t></si>)"
          R"(<si><r><rPr><b/></rPr><t>人均</t></r><r><t xml:space="preserve"> 收入</t></r>)"
          R"(<rPh sb="0" eb="1"><t>guide</t></rPh></si>)"
          R"(<si><t>a_x000D_b</t></si>)",
      .styles = R"(<numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/></numFmts>)"
                R"(<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>)"
                R"(<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>)",
  });
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll(bytes));
  EXPECT_THAT(sheet.header, ElementsAre("姓名", "人均 收入"));
  EXPECT_THAT(sheet.numbers, ElementsAre(4, 5));
  EXPECT_THAT(sheet.rows,
              ElementsAre(ElementsAre("甲", "", "7800.1", "2021-06-01", "2021-06-01 12:00:00",
                                      "TRUE", "甲x", "#N/A", "a\rb", "FALSE"),
                          ElementsAre("1", "2021-06-01")));
  EXPECT_EQ(sheet.summary.format, Format::kXlsx);
}

TEST(XlsxTest, CellsOfOneRowDoNotShowInTheNext) {
  FASSERT_OK_AND_ASSIGN(
      const Sheet sheet,
      ReadAll(Workbook({.sheet_data = R"(<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>)"
                                      R"(<row><c><v>4</v></c><c><v>5</v></c><c><v>6</v></c></row>)"
                                      R"(<row><c r="C3"><v>7</v></c></row>)"})));
  EXPECT_THAT(sheet.rows, ElementsAre(ElementsAre("4", "5", "6"), ElementsAre("", "", "7")));
}

TEST(XlsxTest, NumbersCountFrom1904WhereTheWorkbookSaysSo) {
  FASSERT_OK_AND_ASSIGN(
      const Sheet sheet,
      ReadAll(Workbook({.sheet_data = R"(<row><c s="0"><v>42886</v></c></row>)",
                        .styles = R"(<cellXfs><xf numFmtId="14"/></cellXfs>)",
                        .workbook_properties = R"(<workbookPr date1904="1"/>)"})));
  EXPECT_THAT(sheet.header, ElementsAre("2021-06-01"));
}

TEST(XlsxTest, FirstVisibleSheetIsRead) {
  FASSERT_OK_AND_ASSIGN(
      const Sheet sheet,
      ReadAll(Workbook({.sheet_data = "<row><c><v>1</v></c></row>",
                        .sheets = R"(<sheet name="隐" r:id="rId9" state="hidden"/>)"
                                  R"(<sheet name="表" r:id="rId1" state="visible"/>)"})));
  EXPECT_THAT(sheet.header, ElementsAre("1"));
  EXPECT_THAT(ReadAll(Workbook({.sheets = R"(<sheet name="隐" r:id="rId1" state="hidden"/>)"})),
              ErrorIs(kInvalid, "SHEET_EMPTY"));
}

TEST(XlsxTest, PrefixedNamesAreRead) {
  std::string bytes = Zip({
      {"_rels/.rels", R"(<p:Relationships xmlns:p="p"><p:Relationship Type="t/officeDocument" )"
                      R"(Target="/book/workbook.xml" Id="a"/></p:Relationships>)"},
      {"book/_rels/workbook.xml.rels",
       R"(<Relationships><Relationship Type="t/worksheet" Target="s.xml" Id="a"/></Relationships>)"},
      {"book/workbook.xml", R"(<x:workbook xmlns:x="x" xmlns:r="r"><x:sheets>)"
                            R"(<x:sheet name="a" r:id="a"/></x:sheets></x:workbook>)"},
      {"book/s.xml", R"(<x:worksheet xmlns:x="x"><x:sheetData><x:row r="2"><x:c r="B2">)"
                     R"(<x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>)"},
  });
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll(bytes));
  EXPECT_EQ(sheet.header_row, 2);
  EXPECT_THAT(sheet.header, ElementsAre("", "5"));
}

TEST(XlsxTest, LimitsHold) {
  const auto limit = [](const std::string& bytes, const Limits& limits) -> std::string {
    Options options;
    options.limits = limits;
    const auto result = ReadAll(bytes, options);
    EXPECT_THAT(result, ErrorIs(kInvalid, "SHEET_TOO_LARGE"));
    const auto info = base::GetErrorInfo(result.status());
    return info ? info->metadata().at("limit") : "";
  };
  const std::string cell = R"(<c t="inlineStr"><is><t>12345</t></is></c>)";
  EXPECT_EQ(limit(Workbook({.sheet_data = R"(<row r="9"/>)"}), {.rows = 8}), "rows");
  EXPECT_EQ(limit(Workbook({.sheet_data = "<row>" + cell + cell + "</row>"}), {.columns = 1}),
            "columns");
  EXPECT_EQ(limit(Workbook({.sheet_data = "<row>" + cell + "</row>"}), {.cell_bytes = 4}),
            "cell_bytes");
  EXPECT_EQ(limit(Workbook({.sheet_data = "<row><c><v>12345</v></c></row>"}), {.cell_bytes = 4}),
            "cell_bytes");
  EXPECT_EQ(limit(Workbook({.shared_strings = "<si><t>12345</t></si>"}), {.cell_bytes = 4}),
            "cell_bytes");
  EXPECT_EQ(
      limit(Workbook({.shared_strings = "<si><t>12345</t></si>"}), {.shared_string_bytes = 4}),
      "shared_string_bytes");
  EXPECT_EQ(limit(Workbook({}), {.inflated_bytes = 100}), "inflated_bytes");
  EXPECT_EQ(limit(Workbook({}), {.file_bytes = 100}), "file_bytes");
}

TEST(XlsxTest, PiecesAreTheFile) {
  const testing::TempDir folder;
  const auto write = [](Writer& writer) -> absl::Status {
    for (int i = 0; i < 3000; ++i) {
      FANGPIN_RETURN_IF_ERROR(writer.Add({std::to_string(i * 7919), "甲&<乙>", ""}));
    }
    return writer.Close();
  };
  std::string pieces;
  int count = 0;
  FASSERT_OK_AND_ASSIGN(const auto streamed, XlsxWriter::Create(
                                                 [&](std::string_view piece) {
                                                   pieces += piece;
                                                   ++count;
                                                   return absl::OkStatus();
                                                 },
                                                 "表"));
  FASSERT_OK(write(*streamed));
  const std::string path = folder.File("x.xlsx");
  FASSERT_OK_AND_ASSIGN(const auto filed, XlsxWriter::Create(path, "表"));
  FASSERT_OK(write(*filed));
  EXPECT_EQ(pieces, FileBytes(path));
  EXPECT_GT(count, 10);
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll(pieces));
  EXPECT_THAT(sheet.rows.back(), ElementsAre(std::to_string(2999 * 7919), "甲&<乙>"));
}

TEST(XlsxTest, WhatTheSinkSaysEndsTheWriting) {
  int pieces = 0;
  FASSERT_OK_AND_ASSIGN(const auto writer, XlsxWriter::Create(
                                               [&](std::string_view) {
                                                 return ++pieces > 20 ? absl::CancelledError("gone")
                                                                      : absl::OkStatus();
                                               },
                                               "表"));
  absl::Status status;
  for (int i = 0; status.ok() && i < 1'000'000; ++i) status = writer->Add({std::to_string(i)});
  EXPECT_THAT(status, testing::StatusIs(absl::StatusCode::kCancelled));
}

TEST(XlsxTest, WriterRefusesWhatTheFormatCannotHold) {
  const testing::TempDir folder;
  FASSERT_OK_AND_ASSIGN(const auto writer, XlsxWriter::Create(folder.File("x.xlsx"), "表"));
  EXPECT_THAT(writer->Add({std::string(32'768, 'x')}), ErrorIs(kInvalid, "SHEET_TOO_LARGE"));
  EXPECT_THAT(writer->Add(Cells(16'385, "x")), ErrorIs(kInvalid, "SHEET_TOO_LARGE"));
  EXPECT_THAT(writer->Add({"\xCD\xF5"}), ErrorIs(kInvalid, "SHEET_ENCODING"));
  EXPECT_THAT(writer->Add({std::string("\0", 1)}), ErrorIs(kInvalid, "SHEET_ENCODING"));
  EXPECT_THAT(XlsxWriter::Create(folder.File("y.xlsx"), "a/b").status(),
              ErrorIs(kInvalid, "SHEET_MALFORMED"));
  EXPECT_THAT(XlsxWriter::Create(folder.File("absent/x.xlsx"), "表").status(),
              ErrorIs(absl::StatusCode::kUnavailable, "SHEET_UNWRITABLE"));
}

}  // namespace
}  // namespace fangpin::sheet
