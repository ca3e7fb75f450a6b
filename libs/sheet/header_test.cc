#include "libs/sheet/header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fangpin::sheet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TrimTest, TakesEveryKindOfBlankFromBothEnds) {
  EXPECT_EQ(Trim("  a b\t\r\n"), "a b");
  EXPECT_EQ(Trim("\uFEFF\u3000\u00A0 王 军\u00A0\u3000"), "王 军");
  EXPECT_EQ(Trim("\u3000 \u3000"), "");
  EXPECT_EQ(Trim(""), "");
  // The last byte of 。 is that of no blank.
  EXPECT_EQ(Trim("。"), "。");
}

TEST(HeaderTest, FindsByNormalisedName) {
  const Header header(3, {"户编号", " 耕地面积（亩） ", "务工时间(月)", "是否\u00A0危房户\u3000"});
  EXPECT_EQ(header.row_number(), 3);
  EXPECT_EQ(header.Find("户编号"), 0);
  EXPECT_EQ(header.Find("耕地面积(亩)"), 1);
  EXPECT_EQ(header.Find("务工时间（月）"), 2);
  EXPECT_EQ(header.Find("是否危房户"), 3);
  EXPECT_EQ(header.Find("姓名"), Header::kAbsent);
  EXPECT_EQ(header.Find(""), Header::kAbsent);
  EXPECT_THAT(header.names(),
              ElementsAre("户编号", "耕地面积（亩）", "务工时间(月)", "是否\u00A0危房户"));
}

TEST(HeaderTest, ReportsUnknownDuplicateAndMissingColumns) {
  const Header header(1, {"姓名", "证件号码", "", "新列", "姓名 ", "备注", "姓名"});
  EXPECT_EQ(header.Find("姓名"), 0);
  EXPECT_THAT(header.Duplicates(), ElementsAre("姓名"));
  EXPECT_THAT(header.Unknown({"证件号码", "姓名"}), ElementsAre("新列", "备注"));
  EXPECT_THAT(header.Missing({"户编号", "姓名", "户类型"}), ElementsAre("户编号", "户类型"));
  EXPECT_THAT(Header(1, {"a"}).Duplicates(), IsEmpty());
}

}  // namespace
}  // namespace fangpin::sheet
