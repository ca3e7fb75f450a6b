#include "services/registry/policy/safeguards.h"

#include <map>
#include <set>
#include <string_view>

#include "gtest/gtest.h"

namespace fangpin::registry {
namespace {

TEST(SafeguardsTest, WhatYesMeansDependsOnTheColumn) {
  const std::map<std::string_view, bool> yes_is_secured = {
      {"是否义务教育阶段适龄儿童少年失学辍学", false},
      {"是否有家庭成员未参加城乡居民（职工）基本医疗保险", false},
      {"是否危房户", false},
      {"是否住房出现安全问题", false},
      {"是否解决安全饮用水", true},
      {"是否饮水出现安全问题", false},
  };
  std::set<SafeguardKind> kinds;
  for (const SafeguardFlag& flag : SafeguardFlags()) {
    ASSERT_TRUE(yes_is_secured.contains(flag.header)) << flag.header;
    EXPECT_EQ(Secured(flag, true), yes_is_secured.at(flag.header)) << flag.header;
    EXPECT_EQ(Secured(flag, false), !yes_is_secured.at(flag.header)) << flag.header;
    EXPECT_EQ(Secured(flag, std::nullopt), std::nullopt);
    kinds.insert(flag.safeguard);
  }
  EXPECT_EQ(SafeguardFlags().size(), yes_is_secured.size());
  EXPECT_EQ(kinds.size(), 4u);
}

TEST(SafeguardsTest, TheWorseOfTwoAnswersCounts) {
  EXPECT_EQ(WorseOf(true, false), false);
  EXPECT_EQ(WorseOf(true, true), true);
  EXPECT_EQ(WorseOf(std::nullopt, true), true);
  EXPECT_EQ(WorseOf(false, std::nullopt), false);
  EXPECT_EQ(WorseOf(std::nullopt, std::nullopt), std::nullopt);
}

TEST(SafeguardsTest, EitherInsuranceIsEnough) {
  EXPECT_EQ(MedicallyInsured(true, std::nullopt), true);
  EXPECT_EQ(MedicallyInsured(false, true), true);
  EXPECT_EQ(MedicallyInsured(false, false), false);
  EXPECT_EQ(MedicallyInsured(false, std::nullopt), std::nullopt);
  EXPECT_EQ(MedicallyInsured(std::nullopt, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace fangpin::registry
