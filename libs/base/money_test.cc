#include "libs/base/money.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::base {
namespace {

using testing::ErrorIs;
using testing::IsOkAndHolds;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

TEST(MoneyTest, YuanBecomeFenExactly) {
  EXPECT_THAT(ParseYuan("1234.5"), IsOkAndHolds(123450));
  EXPECT_THAT(ParseYuan("1,234.50"), IsOkAndHolds(123450));
  EXPECT_THAT(ParseYuan("0.29"), IsOkAndHolds(29));
  EXPECT_THAT(ParseYuan("-0.05"), IsOkAndHolds(-5));
  EXPECT_THAT(ParseYuan("12,345,678"), IsOkAndHolds(1234567800));
  EXPECT_THAT(ParseYuan(" １２３．４０００ "), IsOkAndHolds(12340));
  EXPECT_THAT(ParseYuan("007"), IsOkAndHolds(700));
}

TEST(MoneyTest, WhatIsNoAmountIsRefused) {
  for (const auto* text : {"", "-", ".", ".5", "5.", "1,23", "1234,567", ",123", "1,,234", "一千",
                           "1e3", "--1", "+1", "12元", "1.2.3", "NaN", "1.-5"}) {
    EXPECT_THAT(ParseYuan(text), ErrorIs(kInvalid, "MONEY_FORMAT")) << text;
  }
  EXPECT_THAT(ParseYuan("0.005"), ErrorIs(kInvalid, "MONEY_PRECISION"));
  EXPECT_THAT(ParseYuan("1234.4999999999"), ErrorIs(kInvalid, "MONEY_PRECISION"));
}

TEST(MoneyTest, TheWholeRangeGoesThereAndBack) {
  for (const int64_t fen : {std::numeric_limits<int64_t>::min(), int64_t{-101}, int64_t{-5},
                            int64_t{0}, int64_t{7}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_THAT(ParseYuan(FormatYuan(fen)), IsOkAndHolds(fen));
  }
  EXPECT_THAT(ParseYuan("92233720368547758.08"), ErrorIs(kInvalid, "MONEY_RANGE"));
}

TEST(MoneyTest, FormatHasTwoDecimals) {
  EXPECT_EQ(FormatYuan(123450), "1234.50");
  EXPECT_EQ(FormatYuan(-5), "-0.05");
  EXPECT_EQ(FormatYuan(0), "0.00");
}

}  // namespace
}  // namespace fangpin::base
