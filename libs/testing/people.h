#ifndef FANGPIN_TESTING_PEOPLE_H_
#define FANGPIN_TESTING_PEOPLE_H_

#include <string>
#include <string_view>

#include "absl/time/civil_time.h"

namespace fangpin::testing {

// A valid identity number of nobody in particular. `county` is 6 digits, `sequence` 0 to 999: odd
// is male, even is female.
std::string MakeIdNumber(std::string_view county, absl::CivilDay birth, int sequence);

// MakeIdNumber with a disability category (1-7) and grade (1-4) behind it.
std::string MakeDisabilityNumber(std::string_view id_number, int category, int grade);

}  // namespace fangpin::testing

#endif  // FANGPIN_TESTING_PEOPLE_H_
