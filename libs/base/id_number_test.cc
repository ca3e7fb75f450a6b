#include "libs/base/id_number.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/people.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::base {
namespace {

using absl::CivilDay;
using absl::StatusCode;
using testing::ErrorIs;
using testing::MakeDisabilityNumber;
using testing::MakeIdNumber;

constexpr CivilDay kToday(2024, 6, 1);

std::string Value(std::string_view text) {
  const auto id = IdNumber::Parse(text, kToday);
  return id.ok() ? id->value() : std::string(Reason(id.status()));
}

// Vectors of the policy handbook 4.1.
TEST(IdNumberTest, PublishedNumbersAreValid) {
  EXPECT_EQ(Value("11010519491231002X"), "11010519491231002X");
  EXPECT_EQ(Value("440524188001010014"), "ID_NUMBER_BIRTH_DATE");  // Valid, but born in 1880.
  EXPECT_EQ(Value("62052219580312401X"), "62052219580312401X");
  EXPECT_EQ(Value("620522195803124028"), "620522195803124028");
}

TEST(IdNumberTest, TypedFormsAreNormalised) {
  EXPECT_EQ(Value("11010519491231002x"), "11010519491231002X");
  EXPECT_EQ(Value(" 110105 19491231 002X\t"), "11010519491231002X");
  EXPECT_EQ(Value("１１０１０５１９４９１２３１００２Ｘ"), "11010519491231002X");
  EXPECT_EQ(Value("110105　19491231　002ｘ"), "11010519491231002X");
}

TEST(IdNumberTest, FifteenDigitsBecomeEighteen) {
  EXPECT_EQ(Value("110105491231002"), "11010519491231002X");
}

TEST(IdNumberTest, FifteenDigitsOfACentenarianAreBornBefore1900) {
  for (const std::string_view serial : {"996", "997", "998", "999"}) {
    EXPECT_EQ(Value("110105491231" + std::string(serial)), "ID_NUMBER_BIRTH_DATE");
  }
  EXPECT_EQ(Value("110105491231995").substr(6, 4), "1949");
}

TEST(IdNumberTest, LengthIsCheckedFirst) {
  EXPECT_EQ(Value(""), "ID_NUMBER_LENGTH");
  EXPECT_EQ(Value("11010519491231002"), "ID_NUMBER_LENGTH");
  EXPECT_EQ(Value("11010519491231002X1"), "ID_NUMBER_LENGTH");
  EXPECT_EQ(Value("户口本"), "ID_NUMBER_LENGTH");
}

TEST(IdNumberTest, OnlyTheLastCharacterMayBeX) {
  EXPECT_EQ(Value("1101051949123100XX"), "ID_NUMBER_CHARACTER");
  EXPECT_EQ(Value("11010519491231002Y"), "ID_NUMBER_CHARACTER");
  EXPECT_EQ(Value("11010549123100X"), "ID_NUMBER_CHARACTER");
  EXPECT_EQ(Value("O10105194912310021"), "ID_NUMBER_CHARACTER");
}

TEST(IdNumberTest, PlaceholderIsNotANumber) {
  EXPECT_EQ(Value("999999202401010011"), "ID_NUMBER_PLACEHOLDER");
}

TEST(IdNumberTest, BirthDateHasToExistAndToBePast) {
  EXPECT_EQ(Value("110105194902300021"), "ID_NUMBER_BIRTH_DATE");
  EXPECT_EQ(Value("110105190002290021"), "ID_NUMBER_BIRTH_DATE");  // 1900 was no leap year.
  EXPECT_EQ(Value(MakeIdNumber("621126", CivilDay(1899, 12, 31), 1)), "ID_NUMBER_BIRTH_DATE");
  EXPECT_THAT(IdNumber::Parse(MakeIdNumber("621126", CivilDay(1900, 1, 1), 1), kToday),
              testing::IsOk());
  EXPECT_THAT(IdNumber::Parse(MakeIdNumber("621126", kToday, 1), kToday), testing::IsOk());
  EXPECT_EQ(Value(MakeIdNumber("621126", kToday + 1, 1)), "ID_NUMBER_BIRTH_DATE");
}

TEST(IdNumberTest, EveryOtherCheckDigitIsRefused) {
  const std::string body = "62052219580312402";
  for (const char last : std::string_view("0123456789X")) {
    EXPECT_EQ(Value(body + last), last == '8' ? body + last : "ID_NUMBER_CHECK_DIGIT");
  }
}

TEST(IdNumberTest, SwappedNeighboursAreRefused) {
  EXPECT_EQ(Value("602522195803124028"), "ID_NUMBER_CHECK_DIGIT");
}

TEST(IdNumberTest, TellsRegionBirthAndSex) {
  FASSERT_OK_AND_ASSIGN(const IdNumber man, IdNumber::Parse("62052219580312401X", kToday));
  FASSERT_OK_AND_ASSIGN(const IdNumber woman, IdNumber::Parse("620522195803124028", kToday));
  EXPECT_EQ(man.region(), "620522");
  EXPECT_EQ(man.birth_date(), CivilDay(1958, 3, 12));
  EXPECT_EQ(man.sex(), Sex::kMale);
  EXPECT_EQ(woman.sex(), Sex::kFemale);
}

TEST(IdNumberTest, ErrorsNeverQuoteTheNumber) {
  const absl::Status status = IdNumber::Parse("620522195803124029", kToday).status();
  EXPECT_THAT(status.ToString(), ::testing::Not(::testing::HasSubstr("620522")));
}

TEST(DisabilityNumberTest, TellsCategoryAndGrade) {
  FASSERT_OK_AND_ASSIGN(
      const auto number,
      DisabilityNumber::Parse(MakeDisabilityNumber("62052219580312401X", 4, 2), kToday));
  EXPECT_EQ(number.id_number().value(), "62052219580312401X");
  EXPECT_EQ(number.category(), DisabilityCategory::kPhysical);
  EXPECT_EQ(number.grade(), 2);
  EXPECT_TRUE(number.severe());
  EXPECT_FALSE(number.reissued());
}

TEST(DisabilityNumberTest, ReissuedHasBAndASerial) {
  FASSERT_OK_AND_ASSIGN(const auto number,
                        DisabilityNumber::Parse("62052219580312401x43b1", kToday));
  EXPECT_EQ(number.value(), "62052219580312401X43B1");
  EXPECT_TRUE(number.reissued());
  EXPECT_FALSE(number.severe());
  EXPECT_THAT(DisabilityNumber::Parse("62052219580312401X4311", kToday),
              ErrorIs(StatusCode::kInvalidArgument, "DISABILITY_NUMBER_REISSUE"));
  EXPECT_THAT(DisabilityNumber::Parse("62052219580312401X43BX", kToday),
              ErrorIs(StatusCode::kInvalidArgument, "DISABILITY_NUMBER_REISSUE"));
}

TEST(DisabilityNumberTest, SuffixIsChecked) {
  const auto error = [](std::string_view text) {
    return Reason(DisabilityNumber::Parse(text, kToday).status());
  };
  EXPECT_EQ(error("62052219580312401X"), "DISABILITY_NUMBER_LENGTH");
  EXPECT_EQ(error("62052219580312401X432"), "DISABILITY_NUMBER_LENGTH");
  EXPECT_EQ(error("62052219580312401X03"), "DISABILITY_NUMBER_CATEGORY");
  EXPECT_EQ(error("62052219580312401X83"), "DISABILITY_NUMBER_CATEGORY");
  EXPECT_EQ(error("62052219580312401X40"), "DISABILITY_NUMBER_GRADE");
  EXPECT_EQ(error("62052219580312401X45"), "DISABILITY_NUMBER_GRADE");
  EXPECT_EQ(error("62052219580312401143"), "ID_NUMBER_CHECK_DIGIT");
}

}  // namespace
}  // namespace fangpin::base
