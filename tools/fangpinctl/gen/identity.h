#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_IDENTITY_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_IDENTITY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "libs/base/id_number.h"
#include "tools/fangpinctl/gen/random.h"

namespace fangpin::sample {

// Names, ID numbers and phones of people who do not exist. Each ID number and phone is handed out
// once.
class IdentityIssuer {
 public:
  // A surname of one character.
  static std::string Surname(Random& random);
  // Surname and a given name that was usual for people born then.
  static std::string Name(Random& random, std::string_view surname, base::Sex sex,
                          absl::CivilDay birth);

  // A valid citizen ID number. `region` is 6 digits; the next free sequence of that region, day and
  // sex is taken.
  std::string IdNumber(std::string_view region, absl::CivilDay birth, base::Sex sex);

  // 1990xxxxxxx: well-formed, and recognisable as made up.
  std::string Phone();

 private:
  absl::flat_hash_map<std::string, int> sequences_;
  int64_t phones_ = 0;
};

// The cadres who visit, check and answer for measures; none of them exists.
const std::vector<std::string>& CadreNames();

// Digits of a day: YYYYMMDD.
std::string CompactDayText(absl::CivilDay day);

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_IDENTITY_H_
