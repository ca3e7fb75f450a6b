#include "libs/base/text.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/base/strings.h"

namespace fangpin::base {
namespace {

TEST(TextTest, Utf8IsCheckedAsTheStandardSays) {
  EXPECT_TRUE(IsValidUtf8(""));
  EXPECT_TRUE(IsValidUtf8("岷县 a é 𠀀"));
  EXPECT_FALSE(IsValidUtf8("\xc3"));              // Cut off.
  EXPECT_FALSE(IsValidUtf8("\x80"));              // Continuation first.
  EXPECT_FALSE(IsValidUtf8("\xc0\xaf"));          // Overlong.
  EXPECT_FALSE(IsValidUtf8("\xe0\x80\xaf"));      // Overlong.
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));      // Surrogate.
  EXPECT_FALSE(IsValidUtf8("\xf4\x90\x80\x80"));  // Above U+10FFFF.
  EXPECT_FALSE(IsValidUtf8("\xe1\xcf\xcf"));
  EXPECT_FALSE(IsValidUtf8("\xbb\xa7\xb1\xe0\xba\xc5"));  // 户编号 in GB18030.
}

TEST(TextTest, CodePointsAreCounted) { EXPECT_EQ(CodePoints("岷县a𠀀"), 4u); }

TEST(TextTest, FullWidthBecomesHalfWidth) {
  EXPECT_EQ(NormaliseWidth("务工时间（月）"), "务工时间(月)");
  EXPECT_EQ(NormaliseWidth("１３８ＡＢｃ"), "138ABc");
  EXPECT_EQ(NormaliseWidth("人均　纯收入"), "人均 纯收入");
  EXPECT_EQ(NormaliseWidth("\xef\xbb\xbf户编号\xe2\x80\x8b"), "户编号");
  EXPECT_EQ(NormaliseWidth("，"), ",");
  EXPECT_EQ(NormaliseWidth("。、“”"), "。、“”");
}

TEST(TextTest, MalformedBytesStay) { EXPECT_EQ(NormaliseWidth("a\xff户"), "a\xff户"); }

TEST(TextTest, CellsAndCodesLoseTheirSpaces) {
  EXPECT_EQ(CleanCell("\t 帮扶 责任人　\n"), "帮扶 责任人");
  EXPECT_EQ(CleanCode(" 138 0000\xc2\xa0"
                      "1234 "),
            "13800001234");
}

TEST(StringsTest, SplitKeepsEmptyParts) {
  EXPECT_EQ(Split("a,,b,", ',').size(), 4u);
  EXPECT_EQ(Split("", ',').size(), 1u);
}

TEST(StringsTest, ParseIntTakesAllOrNothing) {
  EXPECT_EQ(ParseInt("-12"), -12);
  EXPECT_EQ(ParseInt("12a"), std::nullopt);
  EXPECT_EQ(ParseInt(""), std::nullopt);
  EXPECT_EQ(ParseInt("9223372036854775808"), std::nullopt);
}

TEST(StringsTest, StrCatTakesStandardViews) {
  const std::string_view county = "621126";
  EXPECT_EQ(StrCat(county, "-", 7, std::string("x")), "621126-7x");
}

}  // namespace
}  // namespace fangpin::base
