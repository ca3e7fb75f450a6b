#ifndef FANGPIN_ASSISTANCE_CORE_PLANS_H_
#define FANGPIN_ASSISTANCE_CORE_PLANS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/assistance/v1/assistance_service.pb.h"
#include "fangpin/assistance/v1/plan.pb.h"
#include "libs/base/call_context.h"
#include "libs/policy/finding.h"
#include "libs/policy/parameters.h"
#include "libs/records/records.h"
#include "services/assistance/core/households.h"

namespace fangpin::assistance {

// The kind of effect that follows a plan's coming into force; its payload is the plan's id.
inline constexpr std::string_view kInForceEffect = "plan.in_force";

// One page of a list.
struct Page {
  std::vector<v1::HouseholdPlan> plans;
  std::string last_id;  // Empty when this is the last page.
};

// 一户一策, notice §4. The household is read before the transaction, since it is another service's
// fact; the decision itself is made inside it. Thread-safe.
class Plans {
 public:
  // Called once for each submission or review that the rules refused, with every blocking finding.
  using DefectObserver = std::function<void(const std::vector<policy::Finding>& blocking)>;

  // All must outlive it.
  Plans(records::Store* store, Households* households, const policy::Parameters* parameters,
        DefectObserver on_defects);

  // See AssistanceService for what each promises.
  absl::StatusOr<v1::DraftPlanResponse> Draft(const base::CallContext& ctx,
                                              const v1::DraftPlanRequest& request);
  absl::StatusOr<v1::GetPlanResponse> Get(const base::CallContext& ctx,
                                          const v1::GetPlanRequest& request);
  // Up to `limit` plans with ids beyond `after`.
  absl::StatusOr<Page> List(const base::CallContext& ctx, const v1::ListPlansRequest& request,
                            std::string_view after, int limit);
  absl::StatusOr<v1::UpdatePlanResponse> Update(const base::CallContext& ctx,
                                                const v1::UpdatePlanRequest& request);
  absl::StatusOr<v1::EvaluatePlanResponse> Evaluate(const base::CallContext& ctx,
                                                    const v1::EvaluatePlanRequest& request);
  absl::StatusOr<v1::SubmitPlanResponse> Submit(const base::CallContext& ctx,
                                                const v1::SubmitPlanRequest& request);
  absl::StatusOr<v1::ReviewPlanResponse> Review(const base::CallContext& ctx,
                                                const v1::ReviewPlanRequest& request);
  absl::StatusOr<v1::RecordMeasureResponse> RecordMeasure(const base::CallContext& ctx,
                                                          const v1::RecordMeasureRequest& request);
  absl::StatusOr<v1::RecordEffectResponse> RecordEffect(const base::CallContext& ctx,
                                                        const v1::RecordEffectRequest& request);

  // Delivers kInForceEffect: tells the registry that the plan is in force. Idempotent.
  absl::Status DeliverInForce(std::string_view plan_id);

 private:
  // The plan, when the caller may see it.
  absl::StatusOr<v1::HouseholdPlan> Load(const base::CallContext& ctx, std::string_view plan_id);
  // The household of a plan, when it is one that is being helped.
  absl::StatusOr<Household> MonitoredHousehold(const base::CallContext& ctx,
                                               std::string_view household_id);
  std::vector<policy::Finding> FindingsNow(const base::CallContext& ctx,
                                           const v1::HouseholdPlan& plan,
                                           const Household& household) const;

  records::Store* const store_;
  Households* const households_;
  const policy::Parameters* const parameters_;
  const DefectObserver on_defects_;
};

// How many plans of the store are in each state that occurs.
absl::StatusOr<std::map<v1::PlanState, int64_t>> CountPlans(records::Store& store);

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CORE_PLANS_H_
