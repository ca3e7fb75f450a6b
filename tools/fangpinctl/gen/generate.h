#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_GENERATE_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_GENERATE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "fangpin/sample/v1/manifest.pb.h"

namespace fangpin::sample {

struct Options {
  std::string divisions_file = "deploy/data/gansu_divisions.csv";
  std::string county = "621126";  // 6 digits
  int households = 5000;          // 20 to 200 000
  uint64_t seed = 1;
  std::string folder;  // created when absent
};

// Makes a synthetic county and writes its files into the folder: spreadsheets in the national
// shape, department feeds, manifest.json, field_notes.jsonl and planted_personal.txt. The same
// options give the same bytes but for the time stamps inside .xlsx files. Returns the manifest.
// INVALID_ARGUMENT: COUNTY_UNKNOWN, HOUSEHOLDS_RANGE; UNAVAILABLE FOLDER_UNWRITABLE; with the code
// that reading it gave, DIVISIONS_UNREADABLE.
absl::StatusOr<v1::Manifest> Generate(const Options& options);

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_GENERATE_H_
