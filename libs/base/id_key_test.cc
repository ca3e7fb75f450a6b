#include "libs/base/id_key.h"

#include <random>
#include <string>

#include "gtest/gtest.h"
#include "libs/base/id_number.h"
#include "libs/testing/people.h"

namespace fangpin::base {
namespace {

constexpr absl::CivilDay kToday(2024, 6, 10);

TEST(IdKeyTest, NumberComesBack) {
  for (int sequence = 0; sequence < 1000; ++sequence) {
    const std::string number =
        testing::MakeIdNumber("621126", absl::CivilDay(1980, 3, 12), sequence);
    const auto key = PlainIdKey(number, kToday);
    ASSERT_TRUE(key.has_value()) << sequence;
    EXPECT_EQ(key, IdKeyOf(number));
    EXPECT_EQ(IdNumberOf(*key), number);
  }
}

TEST(IdKeyTest, PlainIsWhatParseGivesBackUnchanged) {
  std::mt19937_64 random(20240610);
  const auto draw = [&](const std::string& from) { return from[random() % from.size()]; };
  int valid = 0;
  for (int i = 0; i < 200'000; ++i) {
    // Dates and check digits right now and then, with a wrong or odd character in between.
    std::string text = random() % 50 == 0 ? "999999" : "621126";
    text += draw("12") == '1' ? "19" : draw("12") == '1' ? "20" : "18";
    for (int digit = 0; digit < 2; ++digit) text += draw("0123456789");
    text += draw("01");
    text += draw("0123456789");
    text += draw("0123");
    for (int digit = 0; digit < 4; ++digit) text += draw("0123456789");
    text += random() % 4 == 0 ? draw("0123456789Xx") : MakeCheckDigit(text);
    if (random() % 20 == 0) text[random() % text.size()] = draw(" xX9A");
    if (random() % 50 == 0) text.pop_back();
    const auto parsed = IdNumber::Parse(text, kToday);
    const bool unchanged = parsed.ok() && parsed->value() == text;
    ASSERT_EQ(PlainIdKey(text, kToday).has_value(), unchanged) << i;
    valid += unchanged ? 1 : 0;
  }
  EXPECT_GT(valid, 10'000);
}

TEST(IdKeyTest, OtherTextHasNoKey) {
  EXPECT_EQ(IdKeyOf(""), std::nullopt);
  EXPECT_EQ(IdKeyOf("62112619800312001"), std::nullopt);
  EXPECT_EQ(IdKeyOf("62112619800312001X5"), std::nullopt);
  EXPECT_EQ(IdKeyOf("6211261980031200X1"), std::nullopt);
}

}  // namespace
}  // namespace fangpin::base
