#ifndef FANGPIN_REGISTRY_CORE_LIFE_H_
#define FANGPIN_REGISTRY_CORE_LIFE_H_

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/life.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/registry_metrics.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The use cases of RegistryService on the life of households; each keeps the promises of the method
// with its name. What an event does to a record is decided in life_events.h. Every household and
// village that an event touches lies within the caller's divisions (SCOPE_DENIED); both households
// of an event are written together, each with a revision that names the other. Thread-safe.
class Life {
 public:
  // All must outlive this.
  Life(RegistryStore* store, const DivisionTree* divisions, RegistryMetrics* metrics)
      : store_(store), divisions_(divisions), metrics_(metrics) {}

  absl::StatusOr<pb::JoinMemberResponse> JoinMember(const base::CallContext& ctx,
                                                    const pb::JoinMemberRequest& request);
  absl::StatusOr<pb::LeaveMemberResponse> LeaveMember(const base::CallContext& ctx,
                                                      const pb::LeaveMemberRequest& request);
  absl::StatusOr<pb::ChangeHeadResponse> ChangeHead(const base::CallContext& ctx,
                                                    const pb::ChangeHeadRequest& request);
  absl::StatusOr<pb::TransferMemberResponse> TransferMember(
      const base::CallContext& ctx, const pb::TransferMemberRequest& request);
  absl::StatusOr<pb::SplitHouseholdResponse> SplitHousehold(
      const base::CallContext& ctx, const pb::SplitHouseholdRequest& request);
  absl::StatusOr<pb::MergeHouseholdsResponse> MergeHouseholds(
      const base::CallContext& ctx, const pb::MergeHouseholdsRequest& request);
  absl::StatusOr<pb::TransferHouseholdResponse> TransferHousehold(
      const base::CallContext& ctx, const pb::TransferHouseholdRequest& request);

 private:
  RegistryStore* const store_;
  const DivisionTree* const divisions_;
  RegistryMetrics* const metrics_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_LIFE_H_
