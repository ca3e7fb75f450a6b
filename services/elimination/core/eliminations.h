#ifndef FANGPIN_ELIMINATION_CORE_ELIMINATIONS_H_
#define FANGPIN_ELIMINATION_CORE_ELIMINATIONS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/elimination/v1/elimination.pb.h"
#include "fangpin/elimination/v1/elimination_service.pb.h"
#include "libs/base/call_context.h"
#include "libs/policy/parameters.h"
#include "libs/policy/versions.h"
#include "libs/records/records.h"
#include "services/elimination/core/neighbours.h"

namespace fangpin::elimination {

// The kind of effect that tells the registry; its payload is a v1::StateEffect.
inline constexpr std::string_view kStateEffect = "registry.monitoring_state";

// What the caller sees of an elimination list.
struct Page {
  std::vector<v1::Elimination> eliminations;
  std::string last_id;  // Empty when this is the last page.
};

// 风险消除, notice §5. Reads of the household and its plan come before the transaction, since they
// are other services' facts; the decision itself is made inside it. Thread-safe.
class Eliminations {
 public:
  // Called once for each decision that the rules refused, with every blocking rule.
  using HeldObserver = std::function<void(const std::vector<policy::Finding>& blocking)>;

  // All must outlive it.
  Eliminations(records::Store* store, Households* households, Plans* plans,
               const policy::Parameters* parameters, const policy::PolicyVersions* versions,
               HeldObserver on_held);

  // See EliminationService for what each promises.
  absl::StatusOr<v1::ProposeEliminationResponse> Propose(
      const base::CallContext& ctx, const v1::ProposeEliminationRequest& request);
  absl::StatusOr<v1::GetEliminationResponse> Get(const base::CallContext& ctx,
                                                 const v1::GetEliminationRequest& request);
  // Up to `limit` eliminations with ids beyond `after`.
  absl::StatusOr<Page> List(const base::CallContext& ctx,
                            const v1::ListEliminationsRequest& request, std::string_view after,
                            int limit);
  absl::StatusOr<v1::RecordEliminationStepResponse> RecordStep(
      const base::CallContext& ctx, const v1::RecordEliminationStepRequest& request);
  absl::StatusOr<v1::EvaluateEliminationResponse> Evaluate(
      const base::CallContext& ctx, const v1::EvaluateEliminationRequest& request);
  absl::StatusOr<v1::DecideEliminationResponse> Decide(const base::CallContext& ctx,
                                                       const v1::DecideEliminationRequest& request);

 private:
  // The elimination, when the caller may see it.
  absl::StatusOr<v1::Elimination> Load(const base::CallContext& ctx, std::string_view id);
  // What the rules of the elimination's version find today.
  absl::StatusOr<std::vector<policy::Finding>> FindingsNow(const base::CallContext& ctx,
                                                           const v1::Elimination& elimination);

  records::Store* const store_;
  Households* const households_;
  Plans* const plans_;
  const policy::Parameters* const parameters_;
  const policy::PolicyVersions* const versions_;
  const HeldObserver on_held_;
};

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CORE_ELIMINATIONS_H_
