#include "tools/fangpinctl/rehearse/summary.h"

#include <unistd.h>

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace fangpin::ctl {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Optional;

Summary Sound() {
  Summary summary;
  summary.county = "621126000000";
  summary.households = 50;
  summary.persons = 180;
  summary.stages = {
      {.key = "import",
       .title = "户档导入",
       .counts = {{"files", "文件", 2}, {"rows", "数据行", 181}},
       .seconds = 0.5},
      {.key = "push", .title = "部门推送", .counts = {{"feeds", "数据源", 9}}, .seconds = 12.25}};
  summary.seconds = 13;
  summary.calls = 77;
  return summary;
}

Summary Unsound() {
  Summary summary = Sound();
  summary.stages[1].mismatches = 3;
  summary.differences = 3;
  summary.first_differences = {{"部门推送", "employment", "收下", "5", "4"}};
  return summary;
}

std::string Text(const Summary& summary, Format format) {
  std::ostringstream out;
  Print(summary, format, out);
  return out.str();
}

TEST(SummaryTest, TheTableIsAlignedAndSaysThatAllAgrees) {
  EXPECT_EQ(Text(Sound(), Format::kTable),
            "   环节         秒  办理\n"
            "✓  户档导入   0.50  文件 2，数据行 181\n"
            "✓  部门推送  12.25  数据源 9\n"
            "\n"
            "621126000000：50 户 180 人，77 次调用，共 13.00 秒\n"
            "与清单完全一致。\n");
}

TEST(SummaryTest, TheTableListsTheFirstDifferences) {
  EXPECT_THAT(Text(Unsound(), Format::kTable),
              AllOf(HasSubstr("✗  部门推送"), HasSubstr("与清单不一致 3 处，列出前 1 处：\n"),
                    HasSubstr("  [部门推送] employment 收下：应为 5，实为 4\n")));
}

TEST(SummaryTest, PeakMemoryIsSaidInMebibytesRoundedUp) {
  Summary summary = Sound();
  summary.server_peak_kib = 2049;
  EXPECT_THAT(Text(summary, Format::kTable), HasSubstr("服务端内存峰值 3 MiB\n"));
}

TEST(SummaryTest, JsonIsOneObject) {
  const auto sound = nlohmann::json::parse(Text(Sound(), Format::kJson));
  EXPECT_EQ(sound["ok"], true);
  EXPECT_EQ(sound["stages"][0]["counts"]["rows"], 181);
  EXPECT_FALSE(sound.contains("server_peak_kib"));
  const auto unsound = nlohmann::json::parse(Text(Unsound(), Format::kJson));
  EXPECT_EQ(unsound["ok"], false);
  EXPECT_EQ(unsound["difference_count"], 3);
  EXPECT_EQ(unsound["differences"][0]["expected"], "5");
}

TEST(SummaryTest, CsvHasARowForEachCount) {
  EXPECT_EQ(Text(Sound(), Format::kCsv),
            "stage,seconds,mismatches,count,value\n"
            "import,0.50,0,files,2\n"
            "import,0.50,0,rows,181\n"
            "push,12.25,0,feeds,9\n");
}

TEST(SummaryTest, PeakMemoryIsThatOfTheProcess) {
  EXPECT_THAT(PeakMemoryKib(getpid()), Optional(Gt(0)));
  EXPECT_EQ(PeakMemoryKib(-1), std::nullopt);
}

}  // namespace
}  // namespace fangpin::ctl
