#ifndef FANGPIN_REGISTRY_CORE_CONFLICTS_H_
#define FANGPIN_REGISTRY_CORE_CONFLICTS_H_

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/life.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/registry_metrics.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The use cases of RegistryService on persons whom a second household claims; each keeps the
// promises of the method with its name. claims.h says how conflicts come to be. Thread-safe.
class Conflicts {
 public:
  // All must outlive this.
  Conflicts(RegistryStore* store, const DivisionTree* divisions, RegistryMetrics* metrics)
      : store_(store), divisions_(divisions), metrics_(metrics) {}

  // `after` as in Page::next of the part before; page_size is taken as it is.
  absl::StatusOr<Page<pb::PersonConflict>> ListPersonConflicts(
      const base::CallContext& ctx, const pb::ListPersonConflictsRequest& request,
      const PageKey& after);
  absl::StatusOr<pb::ResolvePersonConflictResponse> ResolvePersonConflict(
      const base::CallContext& ctx, const pb::ResolvePersonConflictRequest& request);

 private:
  RegistryStore* const store_;
  const DivisionTree* const divisions_;
  RegistryMetrics* const metrics_;
};

// The conflict as the caller may see it: of a side that his divisions do not cover, its county.
pb::PersonConflict AsSeenBy(const base::Principal& principal, pb::PersonConflict conflict);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_CONFLICTS_H_
