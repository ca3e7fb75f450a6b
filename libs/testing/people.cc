#include "libs/testing/people.h"

#include "absl/strings/str_format.h"
#include "libs/base/id_number.h"
#include "libs/base/strings.h"

namespace fangpin::testing {

std::string MakeIdNumber(std::string_view county, absl::CivilDay birth, int sequence) {
  std::string number = base::StrCat(county, absl::StrFormat("%04d%02d%02d%03d", birth.year(),
                                                            birth.month(), birth.day(), sequence));
  number.push_back(base::MakeCheckDigit(number));
  return number;
}

std::string MakeDisabilityNumber(std::string_view id_number, int category, int grade) {
  return base::StrCat(id_number, category, grade);
}

}  // namespace fangpin::testing
