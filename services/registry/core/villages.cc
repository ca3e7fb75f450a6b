#include "services/registry/core/villages.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "services/registry/core/scope.h"

namespace fangpin::registry {

absl::StatusOr<Page<v1::VillageProfile>> Villages::ListVillageProfiles(
    const base::CallContext& ctx, const v1::ListVillageProfilesRequest& request,
    const PageKey& after) {
  if (!request.division().empty()) FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, request.division()));
  const std::string last = after.empty() ? "" : after[0];
  const int wanted = request.page_size();
  Page<v1::VillageProfile> page;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    page = {};
    for (const DivisionRange& range : VisibleRanges(ctx.principal, request.division())) {
      // One more than asked for tells whether there is a next page.
      const int limit = wanted + 1 - static_cast<int>(page.items.size());
      if (limit <= 0) break;
      FANGPIN_ASSIGN_OR_RETURN(std::vector<v1::VillageProfile> part,
                               reader.ListVillageProfiles(range, last, limit));
      std::move(part.begin(), part.end(), std::back_inserter(page.items));
    }
    return absl::OkStatus();
  }));
  if (static_cast<int>(page.items.size()) > wanted) {
    page.items.resize(static_cast<size_t>(wanted));
    page.next = {page.items.back().division()};
  }
  return page;
}

}  // namespace fangpin::registry
