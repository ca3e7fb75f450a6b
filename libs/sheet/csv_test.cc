#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "libs/base/error_details.h"
#include "libs/sheet/encoding.h"
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

std::string Row(const absl::Status& status) {
  const auto info = base::GetErrorInfo(status);
  if (!info || !info->metadata().contains("row")) return "";
  return info->metadata().at("row");
}

TEST(CsvTest, QuotingFollowsRfc4180) {
  FASSERT_OK_AND_ASSIGN(const Sheet sheet,
                        ReadAll("a,b,c\r\n\"x, y\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n"
                                ",mid\"quote,\"\"\r1,,\n"));
  EXPECT_THAT(sheet.header, ElementsAre("a", "b", "c"));
  EXPECT_THAT(sheet.rows, ElementsAre(ElementsAre("x, y", "say \"hi\"", "two\r\nlines"),
                                      ElementsAre("", "mid\"quote", ""), ElementsAre("1", "", "")));
  EXPECT_THAT(sheet.numbers, ElementsAre(2, 3, 4));
  EXPECT_EQ(sheet.summary.format, Format::kCsv);
}

TEST(CsvTest, BlankRowsAreCountedAndLeftOut) {
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll("\n\na,b\n\n , \u3000\n1,2\n\n\n"));
  EXPECT_EQ(sheet.header_row, 3);
  EXPECT_THAT(sheet.numbers, ElementsAre(6));
  EXPECT_EQ(sheet.summary.rows, 1);
  EXPECT_EQ(sheet.summary.last_row_number, 8);
}

TEST(CsvTest, LastLineNeedsNoEnd) {
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll("a\n1\n2"));
  EXPECT_THAT(sheet.rows, ElementsAre(ElementsAre("1"), ElementsAre("2")));
}

TEST(CsvTest, HeaderIsFoundBelowTitles) {
  const std::string text =
      "监测对象信息\n导出时间：2021-06-01,,\n户编号,姓名 ,耕地面积（亩）\n1,王军,2\n";
  Options options;
  options.required_headers = {"姓名", "户编号", "耕地面积(亩)"};
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll(text, options));
  EXPECT_EQ(sheet.header_row, 3);
  EXPECT_THAT(sheet.rows, ElementsAre(ElementsAre("1", "王军", "2")));

  options.header_row = 3;
  FEXPECT_OK(ReadAll(text, options));
  options.header_row = 2;
  EXPECT_THAT(ReadAll(text, options), ErrorIs(kInvalid, "SHEET_HEADER_MISSING"));
}

TEST(CsvTest, AnySetOfHeadersWillDo) {
  Options options;
  options.required_headers = {"户编号", "姓名"};
  options.other_headers = {{"村", "总户数"}, {"户编号", "证件号码", "是否已务工"}};
  FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll("行政村信息\n村 ,总户数\n西川村,9\n", options));
  EXPECT_EQ(sheet.header_row, 2);
  EXPECT_THAT(sheet.header, ElementsAre("村", "总户数"));
  const auto result = ReadAll("户编号,证件号码\n1,2\n", options);
  ASSERT_THAT(result, ErrorIs(kInvalid, "SHEET_HEADER_MISSING"));
  EXPECT_EQ(base::GetErrorInfo(result.status())->metadata().at("missing"), "姓名");
}

TEST(CsvTest, MissingHeaderNamesWhatTheBestRowLacks) {
  Options options;
  options.required_headers = {"户编号", "姓名", "证件号码"};
  const auto result = ReadAll("标题\n户编号,姓名\n1,2\n", options);
  ASSERT_THAT(result, ErrorIs(kInvalid, "SHEET_HEADER_MISSING"));
  EXPECT_EQ(base::GetErrorInfo(result.status())->metadata().at("missing"), "证件号码");
}

TEST(CsvTest, HeaderBelowTheFifthRowIsNotLookedFor) {
  Options options;
  options.required_headers = {"姓名"};
  FEXPECT_OK(ReadAll("1\n2\n3\n4\n姓名\n", options));
  EXPECT_THAT(ReadAll("1\n2\n3\n4\n5\n姓名\n", options), ErrorIs(kInvalid, "SHEET_HEADER_MISSING"));
  options.header_row = 6;
  FEXPECT_OK(ReadAll("1\n2\n3\n4\n5\n姓名\n", options));
}

TEST(CsvTest, StatusOfACallbackStopsTheReading) {
  int rows = 0;
  const auto result = Read(
      "a\n1\n2\n3\n", {}, [](const Header&) { return absl::OkStatus(); },
      [&](const sheet::Row&) { return ++rows == 2 ? absl::CancelledError("") : absl::OkStatus(); });
  EXPECT_THAT(result, testing::StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(rows, 2);
}

TEST(CsvTest, EncodingIsDetected) {
  const std::string text = "姓名,村\n王军,岷县\n";
  const auto gb18030 = Utf8ToGb18030(text);
  ASSERT_TRUE(gb18030);
  for (const auto& [bytes, encoding] :
       {std::pair(text, Encoding::kUtf8), std::pair("\uFEFF" + text, Encoding::kUtf8),
        std::pair(*gb18030, Encoding::kGb18030)}) {
    FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll(bytes));
    EXPECT_EQ(sheet.summary.encoding, encoding);
    EXPECT_THAT(sheet.header, ElementsAre("姓名", "村"));
    EXPECT_THAT(sheet.rows, ElementsAre(ElementsAre("王军", "岷县")));
  }
}

TEST(CsvTest, Gb18030ReadAsUtf8IsRefusedWithTheRow) {
  const std::string bytes = "a,b\n1,2\n" + *Utf8ToGb18030("王军,岷县\n");
  Options options;
  options.encoding = Encoding::kUtf8;
  const auto result = ReadAll(bytes, options);
  ASSERT_THAT(result, ErrorIs(kInvalid, "SHEET_ENCODING"));
  EXPECT_EQ(Row(result.status()), "3");
  EXPECT_EQ(base::GetErrorInfo(result.status())->metadata().at("encoding"), "UTF-8");
}

TEST(CsvTest, Utf8ReadAsGb18030IsRefusedOrAtLeastHasNoHeader) {
  Options options;
  options.encoding = Encoding::kGb18030;
  options.required_headers = {"姓名"};
  EXPECT_FALSE(ReadAll("姓名,村\n王军,岷县\n", options).ok());
}

TEST(CsvTest, ByteOrderMarkInsistsOnUtf8) {
  const auto result = ReadAll("\uFEFFa\n" + *Utf8ToGb18030("王军"));
  ASSERT_THAT(result, ErrorIs(kInvalid, "SHEET_ENCODING"));
  EXPECT_EQ(Row(result.status()), "2");
}

TEST(CsvTest, NeitherEncodingIsReportedWhereTheBetterOneFails) {
  // UTF-8 up to a stray byte in row 3, and no GB18030 from the first row on.
  const auto utf8 = ReadAll("姓名一\n\"王\n军\"\n\xFF\n");
  ASSERT_THAT(utf8, ErrorIs(kInvalid, "SHEET_ENCODING"));
  EXPECT_EQ(Row(utf8.status()), "3");
  EXPECT_EQ(base::GetErrorInfo(utf8.status())->metadata().at("encoding"), "UTF-8");
  const auto gb18030 = ReadAll(*Utf8ToGb18030("姓名\n王军\n") + "\xFF\n");
  ASSERT_THAT(gb18030, ErrorIs(kInvalid, "SHEET_ENCODING"));
  EXPECT_EQ(Row(gb18030.status()), "3");
  EXPECT_EQ(base::GetErrorInfo(gb18030.status())->metadata().at("encoding"), "GB18030");
}

TEST(CsvTest, BrokenQuotesAreReportedWithTheRow) {
  const auto open = ReadAll("a\n1\n\"never closed\n2\n3\n");
  ASSERT_THAT(open, ErrorIs(kInvalid, "SHEET_TRUNCATED"));
  EXPECT_EQ(Row(open.status()), "3");
  const auto trailing = ReadAll("a\n\"x\"y\n");
  ASSERT_THAT(trailing, ErrorIs(kInvalid, "SHEET_MALFORMED"));
  EXPECT_EQ(Row(trailing.status()), "2");
}

TEST(CsvTest, LimitsHold) {
  Options options;
  options.limits = {.rows = 3, .columns = 2, .cell_bytes = 4, .file_bytes = 100};
  const auto limit = [&](const std::string& text) -> std::string {
    const auto result = ReadAll(text, options);
    EXPECT_THAT(result, ErrorIs(kInvalid, "SHEET_TOO_LARGE"));
    return base::GetErrorInfo(result.status())->metadata().at("limit");
  };
  FEXPECT_OK(ReadAll("a,b\n1234,\"1234\"\n1\n", options));
  EXPECT_EQ(limit("a\n1\n2\n3\n"), "rows");
  EXPECT_EQ(limit("a,b\n1,2,3\n"), "columns");
  EXPECT_EQ(limit("a,b\n12345\n"), "cell_bytes");
  EXPECT_EQ(limit("a,b\n\"12345\"\n"), "cell_bytes");
  EXPECT_EQ(limit(std::string(101, '\n')), "file_bytes");
}

TEST(CsvTest, WhatIsWrittenReadsBack) {
  const testing::TempDir folder;
  const std::vector<Cells> rows = {
      {"姓名", "备注", "c"},
      {"㐂𠮷𬭼", "two\nlines, \"quoted\"\r\n", " spaced "},  // four bytes each in GB18030
      {"", "", "x"},
      {"买买提·艾力", "€", "é"}};
  for (const auto encoding :
       {CsvWriter::Encoding::kUtf8, CsvWriter::Encoding::kUtf8Bom, CsvWriter::Encoding::kGb18030}) {
    const std::string path = folder.File("x.csv");
    FASSERT_OK_AND_ASSIGN(const auto writer, CsvWriter::Create(path, encoding));
    for (const Cells& row : rows) FASSERT_OK(writer->Add(row));
    FASSERT_OK(writer->Close());
    FASSERT_OK_AND_ASSIGN(const Sheet sheet, ReadAll(FileBytes(path)));
    EXPECT_EQ(sheet.header, rows[0]);
    EXPECT_THAT(sheet.rows, ElementsAre(rows[1], rows[2], rows[3]));
    EXPECT_EQ(sheet.summary.encoding,
              encoding == CsvWriter::Encoding::kGb18030 ? Encoding::kGb18030 : Encoding::kUtf8);
  }
}

TEST(CsvTest, WriterRefusesWhatIsNotUtf8AndWhereItMayNotWrite) {
  const testing::TempDir folder;
  for (const auto encoding : {CsvWriter::Encoding::kUtf8, CsvWriter::Encoding::kGb18030}) {
    FASSERT_OK_AND_ASSIGN(const auto writer, CsvWriter::Create(folder.File("x.csv"), encoding));
    EXPECT_THAT(writer->Add({"\xCD\xF5"}), ErrorIs(kInvalid, "SHEET_ENCODING"));
  }
  EXPECT_THAT(CsvWriter::Create(folder.File("absent/x.csv"), CsvWriter::Encoding::kUtf8).status(),
              ErrorIs(absl::StatusCode::kUnavailable, "SHEET_UNWRITABLE"));
}

}  // namespace
}  // namespace fangpin::sheet
