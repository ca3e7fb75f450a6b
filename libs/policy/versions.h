#ifndef FANGPIN_POLICY_VERSIONS_H_
#define FANGPIN_POLICY_VERSIONS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace fangpin::policy {

// A set of rule tables that belong together. Each service picks its tables by the key.
struct PolicyVersion {
  std::string key;    // "gansu-2021"
  std::string title;  // Chinese.
};

// From a day on, a region decides by a version, until another adoption replaces it.
struct Adoption {
  std::string version;
  std::string region;  // 12-digit division; holds for all below it.
  absl::CivilDay effective_from;
};

// Which version decides where and when. Immutable and thread-safe.
class PolicyVersions {
 public:
  PolicyVersions() = default;

  // INVALID_ARGUMENT POLICY_DATA_INVALID when a key stands twice, an adoption names an unknown
  // version or a malformed region, or two begin on one day in one region.
  static absl::StatusOr<PolicyVersions> Create(std::vector<PolicyVersion> versions,
                                               std::vector<Adoption> adoptions);

  // The version in force: of the most specific region with an adoption up to `day`, the latest.
  // nullptr before the first. The pointer lives as long as this object.
  const PolicyVersion* On(std::string_view division, absl::CivilDay day) const;

  // nullptr when unknown.
  const PolicyVersion* Find(std::string_view key) const;

 private:
  std::map<std::string, PolicyVersion, std::less<>> versions_;
  // Most specific region first, then latest first.
  std::vector<Adoption> adoptions_;
};

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_VERSIONS_H_
