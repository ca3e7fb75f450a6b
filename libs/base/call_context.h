#ifndef FANGPIN_BASE_CALL_CONTEXT_H_
#define FANGPIN_BASE_CALL_CONTEXT_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/division.h"

namespace fangpin::base {

// Who calls. Built by the rpc layer from a verified credential, never from a request.
struct Principal {
  std::string subject;                       // Stable id of the person or system.
  std::set<std::string, std::less<>> roles;  // Role names; the role decides the permissions.
  std::vector<std::string> divisions;        // 12-digit roots of the subtrees it may touch.
  std::string department;                    // The feed it pushes for; empty for people.

  bool Has(std::string_view role) const { return roles.contains(role); }

  // True when `division` (12 digits) lies in one of the subtrees. False without any subtree.
  bool MayAccess(std::string_view division) const {
    for (const std::string& root : divisions) {
      if (DivisionWithin(division, root)) return true;
    }
    return false;
  }
};

// What every use case is told about its call. The only source of time in core.
struct CallContext {
  Principal principal;
  std::string request_id;  // Follows the call through all services and logs.
  absl::Time now;          // The instant of the call; its civil day is base::Today(now).
};

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_CALL_CONTEXT_H_
