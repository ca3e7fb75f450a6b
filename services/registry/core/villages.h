#ifndef FANGPIN_REGISTRY_CORE_VILLAGES_H_
#define FANGPIN_REGISTRY_CORE_VILLAGES_H_

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The use case of DivisionService on what villages reported of themselves. Thread-safe.
class Villages {
 public:
  // The store must outlive this.
  explicit Villages(RegistryStore* store) : store_(store) {}

  // Keeps the promises of the method with its name; see Registry::ListHouseholds for paging.
  absl::StatusOr<Page<v1::VillageProfile>> ListVillageProfiles(
      const base::CallContext& ctx, const v1::ListVillageProfilesRequest& request,
      const PageKey& after);

 private:
  RegistryStore* const store_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_VILLAGES_H_
