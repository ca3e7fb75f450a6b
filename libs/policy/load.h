#ifndef FANGPIN_POLICY_LOAD_H_
#define FANGPIN_POLICY_LOAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "libs/base/civil.h"
#include "libs/policy/parameters.h"
#include "libs/policy/sources.h"
#include "libs/policy/versions.h"

namespace fangpin::policy {

// All that deploy/policy says. Immutable and thread-safe.
struct PolicyData {
  Parameters parameters;
  Sources sources;
  PolicyVersions versions;
  base::WorkingDayCalendar calendar;
};

// Reads parameters.textproto, sources.textproto, policy_versions.textproto and calendar.textproto
// in `directory`. NOT_FOUND POLICY_FILE_MISSING; INVALID_ARGUMENT POLICY_DATA_INVALID when a file
// cannot be read as what it should be (unknown fields included), a row is wrong, or a parameter
// names a clause that is not among the sources. Metadata: file.
absl::StatusOr<PolicyData> LoadPolicy(const std::string& directory);

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_LOAD_H_
