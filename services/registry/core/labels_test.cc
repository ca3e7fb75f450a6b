#include "services/registry/core/labels.h"

#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fangpin::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

TEST(LabelsTest, KnowsThe28Relations) {
  constexpr std::string_view kAll[] = {
      "户主",     "配偶",     "之子",     "之女",   "之儿媳",     "之女婿",   "之孙子",
      "之孙女",   "之外孙子", "之外孙女", "之父",   "之母",       "之岳父",   "之岳母",
      "之公公",   "之婆婆",   "之祖父",   "之祖母", "之外祖父",   "之外祖母", "之兄弟姐妹",
      "之曾孙子", "之曾孙女", "之侄儿",   "之侄女", "之兄弟媳妇", "之叔伯",   "其他"};
  ASSERT_EQ(std::size(kAll), 28u);
  int heads = 0;
  for (const std::string_view label : kAll) {
    const auto code = RelationCode(label);
    ASSERT_TRUE(code.has_value()) << label;
    EXPECT_TRUE(IsRelationCode(*code)) << label;
    heads += IsHead(*code) ? 1 : 0;
  }
  EXPECT_EQ(heads, 1);
  EXPECT_TRUE(IsSpouse(*RelationCode("配偶")));
  EXPECT_EQ(RelationCode("邻居"), std::nullopt);
  EXPECT_FALSE(IsRelationCode("01"));
  EXPECT_FALSE(IsRelationCode("2"));
}

TEST(LabelsTest, EthnicitiesHaveTheCodesOfTheStandardNotOfTheOldDictionary) {
  EXPECT_THAT(EthnicityCode("汉族"), Optional(std::string_view("01")));
  EXPECT_THAT(EthnicityCode("回族"), Optional(std::string_view("03")));
  EXPECT_THAT(EthnicityCode("藏"), Optional(std::string_view("04")));
  EXPECT_THAT(EthnicityCode("壮族"), Optional(std::string_view("08")));
  EXPECT_THAT(EthnicityCode("东乡族"), Optional(std::string_view("26")));
  EXPECT_THAT(EthnicityCode("土族"), Optional(std::string_view("30")));
  EXPECT_THAT(EthnicityCode("撒拉族"), Optional(std::string_view("35")));
  EXPECT_THAT(EthnicityCode("保安族"), Optional(std::string_view("47")));
  EXPECT_THAT(EthnicityCode("裕固族"), Optional(std::string_view("48")));
  EXPECT_THAT(EthnicityCode("基诺族"), Optional(std::string_view("56")));
  EXPECT_EQ(EthnicityCode("火星族"), std::nullopt);
}

TEST(LabelsTest, SchoolingKnows25ValuesByYear) {
  for (const std::string_view label :
       {"学龄前儿童", "学前教育", "小学", "七年级", "九年级", "普通高中一年级", "普高三年级",
        "中职二年级", "高职高专三年级", "技师学院四年级", "本科五年级", "硕士研究生及以上"}) {
    EXPECT_TRUE(SchoolingCode(label).has_value()) << label;
  }
  for (const std::string_view label :
       {"普通高中四年级", "中职四年级", "本科六年级", "十年级", ""}) {
    EXPECT_FALSE(SchoolingCode(label).has_value()) << label;
  }
}

TEST(LabelsTest, HealthConditionsMayCombine) {
  EXPECT_THAT(HealthOf("健康"), Optional(ElementsAre(vocab::HEALTH_CONDITION_HEALTHY)));
  for (const std::string_view text : {"残疾,长期慢性病", "长期慢性病，残疾", "长期慢性病、残疾",
                                      "残疾；长期慢性病", "残疾 长期慢性病"}) {
    EXPECT_THAT(HealthOf(text), Optional(ElementsAre(vocab::HEALTH_CONDITION_CHRONIC_ILLNESS,
                                                     vocab::HEALTH_CONDITION_DISABLED)))
        << text;
  }
  EXPECT_EQ(HealthOf("健康,死亡"), std::nullopt);
}

TEST(LabelsTest, LegacyReasonsBecomeOtherWithTheirName) {
  const auto risk = RiskOf("缺技术");
  ASSERT_TRUE(risk.has_value());
  EXPECT_EQ(risk->type(), vocab::RISK_TYPE_OTHER);
  EXPECT_EQ(risk->remark(), "缺技术");
  EXPECT_EQ(RiskOf("因病")->type(), vocab::RISK_TYPE_ILLNESS);
  EXPECT_EQ(RiskOf("因懒"), std::nullopt);
}

}  // namespace
}  // namespace fangpin::registry
