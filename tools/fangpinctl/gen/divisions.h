#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_DIVISIONS_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_DIVISIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace fangpin::sample {

struct Village {
  std::string code;  // 12 digits
  std::string name;
  std::string township;
};

// One county with its real villages.
struct County {
  std::string code;  // 12 digits
  std::string name;
  std::string prefecture;
  std::string province;
  std::vector<Village> villages;        // in code order
  std::vector<std::string> neighbours;  // 6-digit counties of the same prefecture, itself left out
};

// Reads a county from the divisions file (code,name,level,parent_code). Rural village committees
// are taken; where a county has none, every village is. INVALID_ARGUMENT COUNTY_UNKNOWN for a code
// that is no county of the file, NOT_FOUND when the file cannot be read.
absl::StatusOr<County> ReadCounty(const std::string& file, const std::string& county);

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_DIVISIONS_H_
