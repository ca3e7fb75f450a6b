#include "tools/fangpinctl/display.h"

#include "gtest/gtest.h"

namespace fangpin::ctl {
namespace {

TEST(DisplayTest, ChineseTakesTwoColumnsAndMarksNone) {
  EXPECT_EQ(DisplayWidth(""), 0);
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("岷县"), 4);
  EXPECT_EQ(DisplayWidth("（岷县）A１"), 11);
  EXPECT_EQ(DisplayWidth("𠮷"), 2);       // outside the basic plane
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);  // combining accent
  EXPECT_EQ(DisplayWidth("…"), 1);
  EXPECT_EQ(DisplayWidth("\xFF\xE5"), 2);  // not UTF-8
}

TEST(DisplayTest, NothingReachesTheTerminalThatItWouldActOn) {
  EXPECT_EQ(Printable("两\n行\t字"), "两 行 字");
  EXPECT_EQ(Printable("\x1b[2J"), "\uFFFD[2J");
  EXPECT_EQ(Printable("\u202E甲"), "\uFFFD甲");
  EXPECT_EQ(Printable("\u009b1m"), "\uFFFD1m");
  EXPECT_EQ(Printable("a\xC3"), "a\uFFFD");
}

TEST(DisplayTest, ShortensToColumnsNotBytes) {
  EXPECT_EQ(Shorten("岷县十里镇", 10), "岷县十里镇");
  EXPECT_EQ(Shorten("岷县十里镇", 9), "岷县十里…");
  EXPECT_EQ(Shorten("岷县十里镇", 8), "岷县十…");
  EXPECT_EQ(Shorten("abcdef", 3), "ab…");
}

TEST(DisplayTest, PadsOnEitherSide) {
  EXPECT_EQ(Pad("岷县", 6, false), "岷县  ");
  EXPECT_EQ(Pad("12", 5, true), "   12");
  EXPECT_EQ(Pad("岷县", 2, false), "岷县");
}

}  // namespace
}  // namespace fangpin::ctl
