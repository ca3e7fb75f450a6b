#ifndef FANGPIN_REGISTRY_CORE_SCOPE_H_
#define FANGPIN_REGISTRY_CORE_SCOPE_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/call_context.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// PERMISSION_DENIED SCOPE_DENIED unless the caller may touch the division.
absl::Status CheckScope(const base::CallContext& ctx, std::string_view division);

// The codes of a division's subtree.
DivisionRange RangeOf(std::string_view division);

// The ranges, in code order and without overlap, of what the caller may see of `division`; of
// everything he may see when it is empty.
std::vector<DivisionRange> VisibleRanges(const base::Principal& principal,
                                         std::string_view division);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_SCOPE_H_
