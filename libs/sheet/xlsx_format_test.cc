#include "libs/sheet/xlsx_format.h"

#include <gtest/gtest.h>

namespace fangpin::sheet {
namespace {

TEST(XlsxFormatTest, ReferencesNameColumnAndRow) {
  EXPECT_EQ(ParseReference("A1")->column, 0);
  EXPECT_EQ(ParseReference("Z7")->column, 25);
  EXPECT_EQ(ParseReference("AA1")->column, 26);
  EXPECT_EQ(ParseReference("XFD1048576")->column, 16'383);
  EXPECT_EQ(ParseReference("XFD1048576")->row, 1'048'576);
  for (const char* text :
       {"", "A", "1", "A0", "A-1", "a1", "XFE1", "ZZZZZZZZZZ1", "A1B", "A 1", "A99999999999999"}) {
    EXPECT_FALSE(ParseReference(text)) << text;
  }
}

TEST(XlsxFormatTest, EscapesAreUndone) {
  EXPECT_EQ(DecodeEscapes("a_x000D_b_x000A_"), "a\rb\n");
  EXPECT_EQ(DecodeEscapes("_x005F_x000D_"), "_x000D_");
  EXPECT_EQ(DecodeEscapes("_x738B_军_x00e9_"), "王军é");
  for (const char* text : {"", "_", "_x", "_x12", "_x00ZZ_", "_xD83D_", "__xyz__", "x000D_"}) {
    EXPECT_EQ(DecodeEscapes(text), text);
  }
}

TEST(XlsxFormatTest, WhatIsEscapedIsUndone) {
  EXPECT_EQ(EncodeEscapes("a\rb\tc\nd_x"), "a_x000D_b\tc\nd_x");
  EXPECT_EQ(EncodeEscapes("_x000D_"), "_x005F_x000D_");
  for (const char* text :
       {"", "_x005F_x000D_", "__x0041_", "_x0041_x0042_", "_x00_x0041_", "王\x01"}) {
    EXPECT_EQ(DecodeEscapes(EncodeEscapes(text)), text);
  }
}

TEST(XlsxFormatTest, DateFormatsAreToldFromNumberFormats) {
  for (const int id : {14, 22, 31, 45, 57}) EXPECT_TRUE(IsDateFormat(id)) << id;
  for (const int id : {0, 1, 4, 10, 13, 23, 37, 49, 164}) EXPECT_FALSE(IsDateFormat(id)) << id;
  for (const char* code :
       {"yyyy-mm-dd", "yyyy\"年\"m\"月\"d\"日\"", "[h]:mm", "[$-804]yyyy/m/d;@", "\\Dh"}) {
    EXPECT_TRUE(IsDateFormatCode(code)) << code;
  }
  for (const char* code : {"General", "0.00", "@", "#,##0.00_);[Red]\\(#,##0.00\\)", "0\"days\"",
                           "[Red]0", "0_d", "\"", "[", "_", "0.00E+00"}) {
    EXPECT_FALSE(IsDateFormatCode(code)) << code;
  }
}

TEST(XlsxFormatTest, NumbersShowAsInASpreadsheet) {
  EXPECT_EQ(NumberText("7800"), "7800");
  EXPECT_EQ(NumberText("-12.5"), "-12.5");
  EXPECT_EQ(NumberText("0"), "0");
  EXPECT_EQ(NumberText("-0"), "0");
  EXPECT_EQ(NumberText("7800.1000000000004"), "7800.1");
  EXPECT_EQ(NumberText("1.50"), "1.5");
  EXPECT_EQ(NumberText("1E3"), "1000");
  EXPECT_EQ(NumberText("123456789012345"), "123456789012345");
  // An identity number typed as a number has lost digits: it must not look like one.
  EXPECT_EQ(NumberText("6.2112619850101235E17"), "6.21126198501012e+17");
  for (const char* text : {"", "abc", "1.2.3", "1e999", "nan", ".", "-"}) {
    EXPECT_EQ(NumberText(text), text);
  }
}

TEST(XlsxFormatTest, DaysShowAsDates) {
  EXPECT_EQ(DateText("44348", false), "2021-06-01");
  EXPECT_EQ(DateText("44348.354166666664", false), "2021-06-01 08:30:00");
  EXPECT_EQ(DateText("0.5", false), "12:00:00");
  EXPECT_EQ(DateText("1", false), "1900-01-01");
  EXPECT_EQ(DateText("59", false), "1900-02-28");
  EXPECT_EQ(DateText("61", false), "1900-03-01");
  EXPECT_EQ(DateText("42886", true), "2021-06-01");
  EXPECT_EQ(DateText("44348.9999999", false), "2021-06-02");
  EXPECT_EQ(DateText("2958465", false), "9999-12-31");
  for (const char* text : {"", "-1", "2958466", "x", "1e300"}) {
    EXPECT_FALSE(DateText(text, false)) << text;
  }
}

}  // namespace
}  // namespace fangpin::sheet
