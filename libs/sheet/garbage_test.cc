#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/sheet/encoding.h"
#include "libs/sheet/reader.h"
#include "libs/sheet/test_files.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::sheet {
namespace {

using testing::ErrorIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

std::string SmallWorkbook() {
  return Workbook({.sheet_data = R"(<row><c t="s"><v>0</v></c></row><row><c><v>1</v></c></row>)",
                   .shared_strings = "<si><t>姓名</t></si>"});
}

std::string SheetOf(const std::string& xml) { return Workbook({.sheet_data = xml}); }

TEST(GarbageTest, EmptyFiles) {
  for (const std::string& bytes :
       {std::string(), std::string("\n\n , \n"), std::string("\uFEFF"), Workbook({}),
        SheetOf("<row/><row><c/></row>"), Workbook({.sheets = ""})}) {
    EXPECT_THAT(ReadAll(bytes), ErrorIs(kInvalid, "SHEET_EMPTY"));
  }
}

TEST(GarbageTest, TextNamedXlsx) {
  Options options;
  options.file_name = "监测对象.XLSX";
  EXPECT_THAT(ReadAll("姓名\n王军\n", options), ErrorIs(kInvalid, "SHEET_NOT_XLSX"));
  FEXPECT_OK(ReadAll(SmallWorkbook(), options));
}

TEST(GarbageTest, WorkbookNamedCsvIsReadForWhatItIs) {
  Options options;
  options.file_name = "监测对象.csv";
  FEXPECT_OK(ReadAll(SmallWorkbook(), options));
}

TEST(GarbageTest, OtherKindsOfFiles) {
  EXPECT_THAT(ReadAll("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), ErrorIs(kInvalid, "SHEET_UNSUPPORTED"));
  EXPECT_THAT(ReadAll(std::string("%PDF-1.7\0", 9)), ErrorIs(kInvalid, "SHEET_UNSUPPORTED"));
  EXPECT_THAT(ReadAll("\r\n<html><table>"), ErrorIs(kInvalid, "SHEET_UNSUPPORTED"));
  EXPECT_THAT(ReadAll(Zip({{"a.txt", "x"}})), ErrorIs(kInvalid, "SHEET_NOT_XLSX"));
  EXPECT_THAT(
      ReadAll(Zip({{"_rels/.rels", R"(<Relationships><Relationship Type="t/officeDocument" )"
                                   R"(Target="word/document.xml" Id="a"/></Relationships>)"},
                   {"word/document.xml", "<document/>"},
                   {"word/_rels/document.xml.rels", "<Relationships/>"}})),
      ErrorIs(kInvalid, "SHEET_NOT_XLSX"));
}

TEST(GarbageTest, WorkbookCutAnywhereIsRefused) {
  const std::string whole = SmallWorkbook();
  FASSERT_OK(ReadAll(whole));
  for (size_t size = 4; size < whole.size(); ++size) {
    EXPECT_THAT(ReadAll(std::string_view(whole).substr(0, size)),
                ErrorIs(kInvalid, "SHEET_TRUNCATED"))
        << size;
  }
}

TEST(GarbageTest, XmlThatIsNone) {
  for (const char* xml : {"<row>", "</row>", "<row r='2'/><row r='1'/>", "<row><c r='?'/></row>",
                          "<row><c t='s'><v>7</v></c></row>", "<row><c t='s'><v>x</v></c></row>",
                          "<row><c t='s'><v>-1</v></c></row>", "&unknown;"}) {
    EXPECT_THAT(ReadAll(SheetOf(xml)), ErrorIs(kInvalid, "SHEET_MALFORMED")) << xml;
  }
}

TEST(GarbageTest, EntitiesAreRefusedBeforeTheyGrow) {
  std::string xml = R"(<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><sst><si><t>&a;</t></si></sst>)";
  const std::string bytes = Zip({
      {"_rels/.rels", R"(<Relationships><Relationship Type="t/officeDocument" )"
                      R"(Target="workbook.xml" Id="a"/></Relationships>)"},
      {"_rels/workbook.xml.rels", "<Relationships/>"},
      {"workbook.xml", xml},
  });
  EXPECT_THAT(ReadAll(bytes), ErrorIs(kInvalid, "SHEET_MALFORMED"));
}

TEST(GarbageTest, BombsAreStopped) {
  // 64 MiB of blanks between cells deflate to some 64 KiB.
  const std::string blanks(64 << 20, ' ');
  Options options;
  options.limits.inflated_bytes = 32 << 20;
  EXPECT_THAT(ReadAll(SheetOf(blanks), options), ErrorIs(kInvalid, "SHEET_TOO_LARGE"));
  // One endless tag, which a parser has to hold in memory.
  EXPECT_THAT(ReadAll(SheetOf("<row " + blanks + "/>")), ErrorIs(kInvalid, "SHEET_MALFORMED"));
  // Elements within elements.
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "<a>";
  EXPECT_THAT(ReadAll(SheetOf(nested)), ErrorIs(kInvalid, "SHEET_MALFORMED"));
}

TEST(GarbageTest, FileThatIsAbsentOrAFolder) {
  const auto read = [](const std::string& path) {
    return ReadFile(
        path, {}, [](const Header&) { return absl::OkStatus(); },
        [](const Row&) { return absl::OkStatus(); });
  };
  EXPECT_THAT(read("/absent/x.xlsx"), ErrorIs(absl::StatusCode::kNotFound, "SHEET_UNREADABLE"));
  EXPECT_THAT(read("/tmp"), ErrorIs(absl::StatusCode::kNotFound, "SHEET_UNREADABLE"));
}

// Whatever the bytes, the answer is a sheet or one of the documented reasons.
void ExpectAnswer(std::string_view bytes) {
  Options options;
  options.limits.inflated_bytes = 16 << 20;
  const auto result = ReadAll(bytes, options);
  if (result.ok()) return;
  EXPECT_EQ(result.status().code(), kInvalid);
  EXPECT_THAT(base::Reason(result.status()), ::testing::StartsWith("SHEET_"));
}

TEST(GarbageTest, DamagedBytesNeverDoHarm) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(base::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const std::string gb18030 = *Utf8ToGb18030("姓名,备注\r\n㐂𠮷,\"a\"\"b\r\n\"\r\n王军,x\r\n");
  for (const std::string& good : {SmallWorkbook(), gb18030}) {
    for (int round = 0; round < 2000; ++round) {
      std::string bytes = good;
      for (unsigned i = random() % 8; i <= 8; ++i) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      ExpectAnswer(bytes);
    }
  }
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 300, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    ExpectAnswer(bytes);
    ExpectAnswer("PK\x03\x04" + bytes);
  }
}

TEST(GarbageTest, DamagedXmlNeverDoesHarm) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(base::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const std::string good =
      R"(<row r="1"><c r="A1" t="inlineStr"><is><t>甲_x000D_</t></is></c><c s="1"><v>1.5</v></c></row>)";
  for (int round = 0; round < 2000; ++round) {
    std::string xml = good;
    for (unsigned i = random() % 4; i <= 4; ++i) {
      xml[random() % xml.size()] = R"(<>/"=& 019AZcrtsv)"[random() % 18];
    }
    ExpectAnswer(SheetOf(xml));
  }
}

}  // namespace
}  // namespace fangpin::sheet
