#include "tools/fangpinctl/rehearse/comparison.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fangpin::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

class ComparisonTest : public ::testing::Test {
 protected:
  Differences differences_{10};
  Comparison comparison_{"识别认定", &differences_};
};

TEST_F(ComparisonTest, WhatIsEqualLeavesNothing) {
  EXPECT_TRUE(comparison_.Same("户1", "类别", "A", "A"));
  EXPECT_TRUE(comparison_.Same("户1", "步骤", 7, 7));
  EXPECT_TRUE(comparison_.Same("户1", "拒绝", Names{"A", "B"}, Names{"A", "B"}));
  EXPECT_TRUE(comparison_.SameItems("户1", "错误", {"A", "B", "B"}, {"B", "A", "B"}));
  EXPECT_EQ(comparison_.mismatches(), 0);
  EXPECT_THAT(differences_.first(), IsEmpty());
}

TEST_F(ComparisonTest, ADifferenceSaysBothSides) {
  EXPECT_FALSE(comparison_.Same("户1", "类别", "A", ""));
  EXPECT_FALSE(comparison_.Same("户1", "步骤", 7, 6));
  EXPECT_THAT(differences_.first(),
              ElementsAre(Difference{"识别认定", "户1", "类别", "A", "（无）"},
                          Difference{"识别认定", "户1", "步骤", "7", "6"}));
  EXPECT_EQ(comparison_.mismatches(), 2);
}

TEST_F(ComparisonTest, ListsAreComparedInOrder) {
  EXPECT_FALSE(comparison_.Same("户1", "拒绝", Names{"A", "B"}, Names{"B", "A"}));
  EXPECT_FALSE(comparison_.Same("户1", "拒绝", Names{}, Names{"B"}));
  EXPECT_THAT(differences_.first(),
              ElementsAre(Difference{"识别认定", "户1", "拒绝", "A，B", "B，A"},
                          Difference{"识别认定", "户1", "拒绝", "（无）", "B"}));
}

TEST_F(ComparisonTest, EachItemOfOneSideOnlyIsADifference) {
  EXPECT_FALSE(comparison_.SameItems("表1", "错误", {"A", "B", "B"}, {"B", "C"}));
  EXPECT_THAT(differences_.first(),
              ElementsAre(Difference{"识别认定", "表1", "错误", "A", "（无）"},
                          Difference{"识别认定", "表1", "错误", "B", "（无）"},
                          Difference{"识别认定", "表1", "错误", "（无）", "C"}));
}

TEST_F(ComparisonTest, AllAreCountedAndTheFirstKept) {
  Differences few(2);
  Comparison one("一", &few), two("二", &few);
  for (int i = 0; i < 3; ++i) one.Same("户", "数", 0, i);
  two.Same("户", "数", 1, 2);
  EXPECT_EQ(one.mismatches(), 2);
  EXPECT_EQ(two.mismatches(), 1);
  EXPECT_EQ(few.total(), 3);
  EXPECT_THAT(few.first(), ElementsAre(Difference{"一", "户", "数", "0", "1"},
                                       Difference{"一", "户", "数", "0", "2"}));
}

}  // namespace
}  // namespace fangpin::ctl
