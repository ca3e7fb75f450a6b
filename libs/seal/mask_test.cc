#include "libs/seal/mask.h"

#include <gtest/gtest.h>

namespace fangpin::seal {
namespace {

TEST(MaskTest, IdNumberKeepsFirstThreeAndLastFour) {
  EXPECT_EQ(MaskIdNumber("620102198001014028"), "620***********4028");
  EXPECT_EQ(MaskIdNumber("620102800101402"), "620********1402");
  EXPECT_EQ(MaskIdNumber("12345678"), "123*5678");
  EXPECT_EQ(MaskIdNumber("1234567"), "*******");
  EXPECT_EQ(MaskIdNumber(""), "");
}

TEST(MaskTest, PhoneKeepsFirstThreeAndLastFour) {
  EXPECT_EQ(MaskPhone("13800001234"), "138****1234");
  EXPECT_EQ(MaskPhone("0931-8400000"), "093*****0000");
  EXPECT_EQ(MaskPhone("8400000"), "*******");
}

TEST(MaskTest, NameKeepsFirstAndOfThreeOrMoreTheLast) {
  EXPECT_EQ(MaskName("王军"), "王*");
  EXPECT_EQ(MaskName("王小军"), "王*军");
  EXPECT_EQ(MaskName("欧阳娜娜"), "欧**娜");
  EXPECT_EQ(MaskName("买买提·艾力"), "买****力");
  EXPECT_EQ(MaskName("𠮷野家"), "𠮷*家");
  EXPECT_EQ(MaskName("王"), "*");
  EXPECT_EQ(MaskName(""), "");
}

TEST(MaskTest, BankAccountKeepsLastFourAndHidesTheLength) {
  EXPECT_EQ(MaskBankAccount("6222020200001236789"), "****6789");
  EXPECT_EQ(MaskBankAccount("62220202"), "****0202");
  EXPECT_EQ(MaskBankAccount("6222020"), "****");
  EXPECT_EQ(MaskBankAccount(""), "");
}

TEST(MaskTest, BytesThatAreNotUtf8BecomeStars) {
  EXPECT_EQ(MaskName("\xCD\xF5\xBE\xFC"), "****");  // 王军 in GB18030
  EXPECT_EQ(MaskName("王\xE5\x86"), "王**");        // cut inside a character
  EXPECT_EQ(MaskName("\xF0\x9F\x98军"), "***军");   // cut lead of four bytes
  EXPECT_EQ(MaskIdNumber("\xFF"
                         "20102198001014028"),
            "*20***********4028");
}

}  // namespace
}  // namespace fangpin::seal
