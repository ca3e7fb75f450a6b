#include "libs/base/id_number.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace fangpin::base {
namespace {

constexpr size_t kOldLength = 15;
constexpr size_t kLength = 18;
constexpr size_t kBodyDigits = 17;
constexpr std::string_view kPlaceholderRegion = "999999";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, reason, message);
}

// Brings typed text to upper case without spaces and in half width.
std::string Normalise(std::string_view text) {
  std::string number = CleanCode(text);
  std::replace(number.begin(), number.end(), 'x', 'X');
  std::replace(number.begin(), number.end(), 'b', 'B');
  return number;
}

// 15 digits hold a two-digit year. Serials 996 to 999 were kept for people born before 1900.
std::string Lengthen(const std::string& old) {
  const std::string_view serial = std::string_view(old).substr(12);
  std::string number = old.substr(0, 6) + (serial >= "996" ? "18" : "19") + old.substr(6);
  number.push_back(MakeCheckDigit(number));
  return number;
}

std::optional<absl::CivilDay> BirthDate(std::string_view number) {
  return CompactDay(number.substr(6, 8));
}

absl::Status CheckCharacters(std::string_view number) {
  const std::string_view body = number.substr(0, std::min(number.size(), kBodyDigits));
  const bool last_ok = number.size() < kLength || IsDigit(number.back()) || number.back() == 'X';
  if (std::all_of(body.begin(), body.end(), &IsDigit) && last_ok) return absl::OkStatus();
  return Invalid("ID_NUMBER_CHARACTER", "身份证号码只能由数字组成，末位可以是X");
}

}  // namespace

char MakeCheckDigit(std::string_view first_17_digits) {
  constexpr std::array<int, kBodyDigits> kWeights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                     3, 7, 9,  10, 5, 8, 4, 2};
  constexpr std::string_view kCheckDigits = "10X98765432";
  int sum = 0;
  for (size_t i = 0; i < kBodyDigits; ++i) sum += kWeights[i] * (first_17_digits[i] - '0');
  return kCheckDigits[sum % 11];
}

absl::StatusOr<IdNumber> IdNumber::Parse(std::string_view text, absl::CivilDay today) {
  std::string number = Normalise(text);
  if (number.size() != kLength && number.size() != kOldLength) {
    return Invalid("ID_NUMBER_LENGTH", "身份证号码应为18位（旧号码15位）");
  }
  FANGPIN_RETURN_IF_ERROR(CheckCharacters(number));
  if (number.starts_with(kPlaceholderRegion)) {
    return Invalid("ID_NUMBER_PLACEHOLDER", "999999开头是无证件人员的占位号码，不是身份证号码");
  }
  if (number.size() == kOldLength) number = Lengthen(number);
  const std::optional<absl::CivilDay> birth = BirthDate(number);
  if (!birth || birth->year() < 1900 || *birth > today) {
    return Invalid("ID_NUMBER_BIRTH_DATE", "身份证号码中的出生日期不存在、早于1900年或晚于今天");
  }
  if (MakeCheckDigit(number) != number.back()) {
    return Invalid("ID_NUMBER_CHECK_DIGIT", "身份证号码校验位不符，请核对原件");
  }
  return IdNumber(std::move(number));
}

absl::CivilDay IdNumber::birth_date() const { return *BirthDate(value_); }

Sex IdNumber::sex() const { return (value_[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale; }

absl::StatusOr<DisabilityNumber> DisabilityNumber::Parse(std::string_view text,
                                                         absl::CivilDay today) {
  std::string number = Normalise(text);
  if (number.size() != kLength + 2 && number.size() != kLength + 4) {
    return Invalid("DISABILITY_NUMBER_LENGTH", "残疾人证号应为20位，补发证为22位");
  }
  FANGPIN_ASSIGN_OR_RETURN(IdNumber id, IdNumber::Parse(number.substr(0, kLength), today));
  if (number[kLength] < '1' || number[kLength] > '7') {
    return Invalid("DISABILITY_NUMBER_CATEGORY", "残疾人证号第19位（残疾类别）应为1至7");
  }
  if (number[kLength + 1] < '1' || number[kLength + 1] > '4') {
    return Invalid("DISABILITY_NUMBER_GRADE", "残疾人证号第20位（残疾等级）应为1至4");
  }
  const bool reissued = number.size() == kLength + 4;
  if (reissued && (number[kLength + 2] != 'B' || !IsDigit(number[kLength + 3]))) {
    return Invalid("DISABILITY_NUMBER_REISSUE", "补发残疾人证号第21、22位应为B和一位数字");
  }
  return DisabilityNumber(std::move(number), std::move(id));
}

}  // namespace fangpin::base
