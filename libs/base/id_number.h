#ifndef FANGPIN_BASE_ID_NUMBER_H_
#define FANGPIN_BASE_ID_NUMBER_H_

#include <compare>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace fangpin::base {

enum class Sex { kMale, kFemale };

// A valid citizen identity number (公民身份号码, GB 11643-1999): always 18 characters, 'X'
// upper-case. Personal data: never in logs, messages or error metadata.
class IdNumber {
 public:
  // Takes what people type: spaces, full-width characters and lower-case x are normalised, and a
  // 15-digit number becomes its 18-digit form (born 19YY; serials 996-999 marked centenarians, born
  // 18YY). INVALID_ARGUMENT, the first that applies: ID_NUMBER_LENGTH, ID_NUMBER_CHARACTER,
  // ID_NUMBER_PLACEHOLDER (999999: "has no number yet"), ID_NUMBER_BIRTH_DATE (no date, before 1900
  // or after `today`), ID_NUMBER_CHECK_DIGIT.
  static absl::StatusOr<IdNumber> Parse(std::string_view text, absl::CivilDay today);

  const std::string& value() const { return value_; }
  // The county of first registration as 6 digits; need not exist any more.
  std::string_view region() const { return std::string_view(value_).substr(0, 6); }
  absl::CivilDay birth_date() const;
  Sex sex() const;

  friend auto operator<=>(const IdNumber&, const IdNumber&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const IdNumber& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  explicit IdNumber(std::string value) : value_(std::move(value)) {}

  std::string value_;
};

// The 18th character for the first 17 digits (ISO 7064 MOD 11-2). Requires 17 digits.
char MakeCheckDigit(std::string_view first_17_digits);

// Category on a disability certificate (GB/T 26341).
enum class DisabilityCategory {
  kVision = 1,
  kHearing = 2,
  kSpeech = 3,
  kPhysical = 4,
  kIntellectual = 5,
  kMental = 6,
  kMultiple = 7,
};

// A valid disability certificate number (残疾人证号): the holder's identity number, a category, a
// grade, and for re-issued certificates 'B' and a serial. Personal data.
class DisabilityNumber {
 public:
  // Normalises like IdNumber::Parse. INVALID_ARGUMENT: the reasons of IdNumber for its first 18
  // characters; DISABILITY_NUMBER_LENGTH unless 20 or 22 characters, DISABILITY_NUMBER_CATEGORY
  // outside 1-7, DISABILITY_NUMBER_GRADE outside 1-4, DISABILITY_NUMBER_REISSUE unless 'B' + digit.
  static absl::StatusOr<DisabilityNumber> Parse(std::string_view text, absl::CivilDay today);

  const std::string& value() const { return value_; }
  const IdNumber& id_number() const { return id_number_; }
  DisabilityCategory category() const { return static_cast<DisabilityCategory>(value_[18] - '0'); }
  int grade() const { return value_[19] - '0'; }  // 1 is the most severe.
  bool severe() const { return grade() <= 2; }    // 重度
  bool reissued() const { return value_.size() > 20; }

  friend auto operator<=>(const DisabilityNumber& a, const DisabilityNumber& b) {
    return a.value_ <=> b.value_;
  }
  friend bool operator==(const DisabilityNumber& a, const DisabilityNumber& b) {
    return a.value_ == b.value_;
  }

 private:
  DisabilityNumber(std::string value, IdNumber id)
      : value_(std::move(value)), id_number_(std::move(id)) {}

  std::string value_;
  IdNumber id_number_;
};

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_ID_NUMBER_H_
