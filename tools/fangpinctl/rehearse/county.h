#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_COUNTY_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_COUNTY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "fangpin/sample/v1/field_notes.pb.h"
#include "fangpin/sample/v1/manifest.pb.h"

namespace fangpin::ctl {

// A generated county: what is planted in it, and what its cadres noted.
struct SampleCounty {
  std::string folder;
  sample::v1::Manifest manifest;
  // One a truth of the manifest, in its order; empty notes for a household that is left alone.
  std::vector<sample::v1::HouseholdNotes> notes;
};

// Reads manifest.json and field_notes.jsonl. Usage errors: COUNTY_UNREADABLE when a file cannot be
// read or is none of these, COUNTY_INCONSISTENT when notes stand for a household without truth.
absl::StatusOr<SampleCounty> ReadSampleCounty(const std::string& folder);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_COUNTY_H_
