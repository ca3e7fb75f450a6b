#ifndef FANGPIN_SCREENING_CORE_SCREENING_H_
#define FANGPIN_SCREENING_CORE_SCREENING_H_

#include "absl/status/statusor.h"
#include "fangpin/screening/v1/screening_service.pb.h"
#include "libs/base/call_context.h"
#include "libs/policy/load.h"
#include "libs/records/records.h"
#include "services/screening/core/households.h"
#include "services/screening/core/instruments.h"

namespace fangpin::screening {

// Clues from the channels other than department alerts, visits and assessments. List methods take
// and give the raw id of the last item as page token. Thread-safe.
class Screening {
 public:
  // All must outlive this.
  Screening(records::Store* store, const policy::PolicyData* policy, Households* households,
            Instruments* instruments)
      : store_(store), policy_(policy), households_(households), instruments_(instruments) {}

  absl::StatusOr<v1::ReportRiskResponse> ReportRisk(const base::CallContext& ctx,
                                                    const v1::ReportRiskRequest& request);
  absl::StatusOr<v1::GetClueResponse> GetClue(const base::CallContext& ctx,
                                              const v1::GetClueRequest& request);
  absl::StatusOr<v1::ListCluesResponse> ListClues(const base::CallContext& ctx,
                                                  const v1::ListCluesRequest& request);
  absl::StatusOr<v1::ListVisitTasksResponse> ListVisitTasks(
      const base::CallContext& ctx, const v1::ListVisitTasksRequest& request);
  absl::StatusOr<v1::RecordVisitResponse> RecordVisit(const base::CallContext& ctx,
                                                      const v1::RecordVisitRequest& request);
  absl::StatusOr<v1::AssessClueResponse> AssessClue(const base::CallContext& ctx,
                                                    const v1::AssessClueRequest& request);

 private:
  records::Store* const store_;
  const policy::PolicyData* const policy_;
  Households* const households_;
  Instruments* const instruments_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_SCREENING_H_
