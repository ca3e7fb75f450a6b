#include "tools/fangpinctl/output.h"

#include <sstream>

#include "gtest/gtest.h"
#include "tools/fangpinctl/progress.h"

namespace fangpin::ctl {
namespace {

std::vector<Heading> Headings() {
  return {{.key = "name", .title = "名称"},
          {.key = "count", .title = "人口", .right = true},
          {.key = "note", .title = "说明"}};
}

TEST(OutputTest, TableColumnsStandUnderTheirTitles) {
  std::ostringstream out;
  RowWriter rows(Format::kTable, Headings(), out);
  rows.Add({"岷县十里镇", "5", "有\n两行"});
  rows.Add({"A", "12345", ""});
  rows.Finish();
  EXPECT_EQ(out.str(),
            "名称         人口  说明\n"
            "岷县十里镇      5  有 两行\n"
            "A           12345  \n");
}

TEST(OutputTest, LongCellsAreCutButForTheLastColumn) {
  std::ostringstream out;
  RowWriter rows(Format::kTable, {{.key = "a", .title = "a"}, {.key = "b", .title = "b"}}, out);
  rows.Add({std::string(60, 'x'), std::string(60, 'y')});
  rows.Finish();
  EXPECT_NE(out.str().find(std::string(39, 'x') + "…  " + std::string(60, 'y')), std::string::npos);
}

TEST(OutputTest, RowsBeyondTheMeasuredOnesKeepTheirOrder) {
  std::ostringstream out;
  RowWriter rows(Format::kTable, {{.key = "n", .title = "n", .right = true}}, out);
  std::string expected = "  n\n";
  for (int i = 0; i < 450; ++i) {
    rows.Add({std::to_string(i)});
    const std::string text = std::to_string(i);
    expected += std::string(3 - text.size(), ' ') + text + "\n";
  }
  rows.Finish();
  EXPECT_EQ(out.str(), expected);
}

TEST(OutputTest, TableWithoutRowsSaysSo) {
  std::ostringstream out;
  RowWriter(Format::kTable, Headings(), out).Finish();
  EXPECT_EQ(out.str(), "（无）\n");
}

TEST(OutputTest, CsvHasKeysAndQuotesWhatItMust) {
  std::ostringstream out;
  RowWriter rows(Format::kCsv, Headings(), out);
  rows.Add({"a,b", "1", "他说\"好\""});
  rows.Add({"", "2", "两\n行"});
  rows.Finish();
  EXPECT_EQ(out.str(),
            "name,count,note\n"
            "\"a,b\",1,\"他说\"\"好\"\"\"\n"
            ",2,\"两\n行\"\n");
}

TEST(OutputTest, CsvWithoutRowsHasItsHeading) {
  std::ostringstream out;
  RowWriter(Format::kCsv, Headings(), out).Finish();
  EXPECT_EQ(out.str(), "name,count,note\n");
}

TEST(ProgressTest, DrawsABarOrACount) {
  EXPECT_EQ(ProgressLine("上传", 6, 24), "上传 [██████░░░░░░░░░░░░░░░░░░] 25% 6/24");
  EXPECT_EQ(ProgressLine("上传", 30, 24), "上传 [████████████████████████] 100% 24/24");
  EXPECT_EQ(ProgressLine("核对", 500, 0), "核对 500");
}

TEST(ProgressTest, WritesNothingUnlessEnabledAndErasesItselfAtTheEnd) {
  std::ostringstream off;
  { Progress(off, false, "x", 0).Update(1); }
  EXPECT_EQ(off.str(), "");
  std::ostringstream on;
  { Progress(on, true, "x", 0).Update(1); }
  EXPECT_EQ(on.str(), "\r\x1b[2Kx 1\r\x1b[2K");
}

}  // namespace
}  // namespace fangpin::ctl
