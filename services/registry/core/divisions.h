#ifndef FANGPIN_REGISTRY_CORE_DIVISIONS_H_
#define FANGPIN_REGISTRY_CORE_DIVISIONS_H_

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/registry.h"

namespace fangpin::registry {

// The use cases of DivisionService. Thread-safe.
class Divisions {
 public:
  // The tree must outlive this.
  explicit Divisions(const DivisionTree* tree) : tree_(tree) {}

  absl::StatusOr<v1::GetDivisionResponse> GetDivision(const base::CallContext& ctx,
                                                      const v1::GetDivisionRequest& request);
  absl::StatusOr<Page<v1::Division>> ListDivisions(const base::CallContext& ctx,
                                                   const v1::ListDivisionsRequest& request,
                                                   const PageKey& after);
  absl::StatusOr<v1::MapDivisionResponse> MapDivision(const base::CallContext& ctx,
                                                      const v1::MapDivisionRequest& request);

 private:
  const DivisionTree* const tree_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_DIVISIONS_H_
