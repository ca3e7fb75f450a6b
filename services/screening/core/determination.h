#ifndef FANGPIN_SCREENING_CORE_DETERMINATION_H_
#define FANGPIN_SCREENING_CORE_DETERMINATION_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/screening/v1/determination_service.pb.h"
#include "libs/base/call_context.h"
#include "libs/policy/load.h"
#include "libs/records/records.h"
#include "services/screening/core/households.h"
#include "services/screening/core/instruments.h"
#include "services/screening/policy/determination_rules.h"

namespace fangpin::screening {

// 监测对象确定与分类: the case from clue to county decision. Listing takes and gives the raw id of
// the last case as page token. Thread-safe.
class DeterminationDesk {
 public:
  // All must outlive this.
  DeterminationDesk(records::Store* store, const policy::PolicyData* policy, Households* households,
                    Instruments* instruments)
      : store_(store), policy_(policy), households_(households), instruments_(instruments) {}

  absl::StatusOr<v1::OpenCaseResponse> OpenCase(const base::CallContext& ctx,
                                                const v1::OpenCaseRequest& request);
  absl::StatusOr<v1::GetCaseResponse> GetCase(const base::CallContext& ctx,
                                              const v1::GetCaseRequest& request);
  absl::StatusOr<v1::ListCasesResponse> ListCases(const base::CallContext& ctx,
                                                  const v1::ListCasesRequest& request);
  absl::StatusOr<v1::RecordCaseStepResponse> RecordCaseStep(
      const base::CallContext& ctx, const v1::RecordCaseStepRequest& request);
  absl::StatusOr<v1::ReviewCaseResponse> ReviewCase(const base::CallContext& ctx,
                                                    const v1::ReviewCaseRequest& request);
  absl::StatusOr<v1::EvaluateCaseResponse> EvaluateCase(const base::CallContext& ctx,
                                                        const v1::EvaluateCaseRequest& request);
  absl::StatusOr<v1::DecideCaseResponse> DecideCase(const base::CallContext& ctx,
                                                    const v1::DecideCaseRequest& request);

  // Tells the registry about an approved case; may be called again. The handler of
  // kInclusionEffect.
  absl::Status DeliverInclusion(const base::CallContext& ctx, std::string_view case_id);

 private:
  // The case, within the caller's scope.
  absl::StatusOr<v1::DeterminationCase> Load(const base::CallContext& ctx,
                                             std::string_view case_id);

  records::Store* const store_;
  const policy::PolicyData* const policy_;
  Households* const households_;
  Instruments* const instruments_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_DETERMINATION_H_
