#ifndef FANGPIN_RPC_PERMISSION_H_
#define FANGPIN_RPC_PERMISSION_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/config/v1/roles.pb.h"

namespace fangpin::rpc {

// What a set of roles adds up to.
struct Grants {
  std::vector<std::string> exact;     // sorted
  std::vector<std::string> prefixes;  // "registry." for "registry.*"
  bool see_personal = false;

  bool Allow(std::string_view permission) const;
};

// Roles and their permissions, as in deploy/config/roles.textproto. Immutable.
class RoleTable {
 public:
  // INVALID_ARGUMENT: a role twice, a malformed name or permission.
  static absl::StatusOr<RoleTable> FromConfig(const config::v1::Roles& config);
  // NOT_FOUND, INVALID_ARGUMENT (with line and column).
  static absl::StatusOr<RoleTable> Load(const std::string& file);

  // Roles that the table does not know grant nothing.
  Grants GrantsOf(const std::set<std::string, std::less<>>& roles) const;
  bool Knows(std::string_view role) const { return roles_.contains(role); }

 private:
  std::map<std::string, Grants, std::less<>> roles_;
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_PERMISSION_H_
