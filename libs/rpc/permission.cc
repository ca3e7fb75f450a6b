#include "libs/rpc/permission.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/rpc/config.h"

namespace fangpin::rpc {
namespace {

absl::Status Invalid(const std::string& role, const std::string& why) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ROLES_INVALID", "角色配置不正确：" + why)
      .WithMetadata("role", role);
}

// Dotted lower-case words.
bool IsPermission(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos;
}

bool IsRoleName(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
}

void Merge(const Grants& from, Grants* into) {
  into->exact.insert(into->exact.end(), from.exact.begin(), from.exact.end());
  into->prefixes.insert(into->prefixes.end(), from.prefixes.begin(), from.prefixes.end());
  into->see_personal |= from.see_personal;
}

void Normalise(Grants* grants) {
  for (std::vector<std::string>* list : {&grants->exact, &grants->prefixes}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
}

}  // namespace

bool Grants::Allow(std::string_view permission) const {
  if (std::binary_search(exact.begin(), exact.end(), permission)) return true;
  return std::any_of(prefixes.begin(), prefixes.end(), [permission](const std::string& prefix) {
    return permission.starts_with(prefix);
  });
}

absl::StatusOr<RoleTable> RoleTable::FromConfig(const config::v1::Roles& config) {
  RoleTable table;
  for (const config::v1::Role& role : config.roles()) {
    if (!IsRoleName(role.name())) return Invalid(role.name(), "角色名须为大写字母和下划线");
    const auto [entry, added] = table.roles_.try_emplace(role.name());
    if (!added) return Invalid(role.name(), "角色重复");
    Grants& grants = entry->second;
    grants.see_personal = role.see_personal();
    for (const std::string& permission : role.permissions()) {
      const bool wildcard = permission.ends_with(".*");
      if (!IsPermission(wildcard ? permission.substr(0, permission.size() - 2) : permission)) {
        return Invalid(role.name(), "权限名不正确");
      }
      if (wildcard) {
        grants.prefixes.push_back(permission.substr(0, permission.size() - 1));
      } else {
        grants.exact.push_back(permission);
      }
    }
    Normalise(&grants);
  }
  return table;
}

absl::StatusOr<RoleTable> RoleTable::Load(const std::string& file) {
  config::v1::Roles config;
  FANGPIN_RETURN_IF_ERROR(LoadTextProto(file, &config));
  return FromConfig(config);
}

Grants RoleTable::GrantsOf(const std::set<std::string, std::less<>>& roles) const {
  Grants grants;
  for (const std::string& role : roles) {
    if (const auto found = roles_.find(role); found != roles_.end()) {
      Merge(found->second, &grants);
    }
  }
  Normalise(&grants);
  return grants;
}

}  // namespace fangpin::rpc
