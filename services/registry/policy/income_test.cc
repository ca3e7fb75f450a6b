#include "services/registry/policy/income.h"

#include "gtest/gtest.h"

namespace fangpin::registry {
namespace {

IncomeParts Parts() {
  return {.wage = 1000,
          .business = 500,
          .property = 20,
          .transfer = 80,
          .business_expenditure = 300,
          .claim = 70,
          .compliant_self_paid = 370};
}

TEST(IncomeTest, NetIsIncomeWithoutTheCostOfBusiness) {
  const IncomeSums sums = ComputeIncome(Parts(), 4);
  EXPECT_EQ(sums.net, 1300);
  EXPECT_EQ(sums.per_capita_net, 325);
}

TEST(IncomeTest, ReferenceAddsClaimsAndTakesOffSelfPaidExpenditure) {
  const IncomeSums sums = ComputeIncome(Parts(), 4);
  EXPECT_EQ(sums.reference, 1000);
  EXPECT_EQ(sums.per_capita_reference, 250);
}

TEST(IncomeTest, WhatIsNotOnRecordIsNotZero) {
  IncomeParts parts = Parts();
  parts.property = std::nullopt;
  EXPECT_EQ(ComputeIncome(parts, 4).net, std::nullopt);
  EXPECT_EQ(ComputeIncome(parts, 4).reference, std::nullopt);
  parts = Parts();
  parts.claim = std::nullopt;
  EXPECT_EQ(ComputeIncome(parts, 4).net, 1300);
  EXPECT_EQ(ComputeIncome(parts, 4).per_capita_reference, std::nullopt);
}

TEST(IncomeTest, NobodyHasNoShare) {
  EXPECT_EQ(ComputeIncome(Parts(), 0).per_capita_net, std::nullopt);
}

TEST(IncomeTest, SharesAreRoundedToTheNearestFenHalvesAwayFromZero) {
  IncomeParts parts = {
      .wage = 0, .business = 0, .property = 0, .transfer = 0, .business_expenditure = 0};
  const auto share = [&](int64_t total, int people) {
    parts.wage = total;
    return ComputeIncome(parts, people).per_capita_net;
  };
  EXPECT_EQ(share(10, 3), 3);
  EXPECT_EQ(share(11, 3), 4);
  EXPECT_EQ(share(5, 2), 3);
  EXPECT_EQ(share(-5, 2), -3);
  EXPECT_EQ(share(-4, 3), -1);
}

TEST(IncomeTest, ItemsOfEveryGroupAreComparedWithItsPart) {
  const int64_t parts[] = {1000, 500, 20, 80, 300, 70, 370};
  for (size_t i = 0; i < 7; ++i) {
    IncomeItems items;
    items[i] = parts[i];
    EXPECT_FALSE(ItemsDisagree(Parts(), items)) << i;
    items[i] = parts[i] + 1;
    EXPECT_TRUE(ItemsDisagree(Parts(), items)) << i;
  }
}

TEST(IncomeTest, OneYuanOfDifferenceIsTolerated) {
  EXPECT_FALSE(IncomeDisagrees(100, 200));
  EXPECT_TRUE(IncomeDisagrees(100, 201));
  EXPECT_TRUE(IncomeDisagrees(301, 200));
  EXPECT_FALSE(IncomeDisagrees(std::nullopt, 200));
  EXPECT_FALSE(IncomeDisagrees(200, std::nullopt));
}

}  // namespace
}  // namespace fangpin::registry
