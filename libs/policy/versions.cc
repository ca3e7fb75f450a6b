#include "libs/policy/versions.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/strings.h"

namespace fangpin::policy {
namespace {

absl::Status Invalid(std::string_view version, std::string_view problem) {
  return base::Error(absl::StatusCode::kInvalidArgument, "POLICY_DATA_INVALID",
                     base::StrCat("政策版本有误：", problem))
      .WithMetadata("version", version);
}

bool ComesFirst(const Adoption& a, const Adoption& b) {
  const size_t a_digits = base::DivisionPrefix(a.region).size();
  const size_t b_digits = base::DivisionPrefix(b.region).size();
  return a_digits != b_digits ? a_digits > b_digits : a.effective_from > b.effective_from;
}

}  // namespace

absl::StatusOr<PolicyVersions> PolicyVersions::Create(std::vector<PolicyVersion> versions,
                                                      std::vector<Adoption> adoptions) {
  PolicyVersions result;
  for (PolicyVersion& version : versions) {
    if (version.key.empty() || version.title.empty()) {
      return Invalid(version.key, "缺少编号或名称");
    }
    if (result.versions_.contains(version.key)) return Invalid(version.key, "版本编号重复");
    std::string key = version.key;
    result.versions_.emplace(std::move(key), std::move(version));
  }
  for (Adoption& adoption : adoptions) {
    if (!result.versions_.contains(adoption.version)) {
      return Invalid(adoption.version, "启用了不存在的版本");
    }
    if (!base::CheckDivision(adoption.region).ok()) {
      return Invalid(adoption.version, "区划代码不正确");
    }
    for (const Adoption& other : result.adoptions_) {
      if (other.region == adoption.region && other.effective_from == adoption.effective_from) {
        return Invalid(adoption.version, "同一地区同一天启用了两个版本");
      }
    }
    result.adoptions_.push_back(std::move(adoption));
  }
  std::sort(result.adoptions_.begin(), result.adoptions_.end(), &ComesFirst);
  return result;
}

const PolicyVersion* PolicyVersions::On(std::string_view division, absl::CivilDay day) const {
  const auto adoption =
      std::find_if(adoptions_.begin(), adoptions_.end(), [&](const Adoption& candidate) {
        return candidate.effective_from <= day && base::DivisionWithin(division, candidate.region);
      });
  return adoption == adoptions_.end() ? nullptr : Find(adoption->version);
}

const PolicyVersion* PolicyVersions::Find(std::string_view key) const {
  const auto found = versions_.find(key);
  return found == versions_.end() ? nullptr : &found->second;
}

}  // namespace fangpin::policy
