#ifndef FANGPIN_ASSISTANCE_API_ASSISTANCE_HANDLER_H_
#define FANGPIN_ASSISTANCE_API_ASSISTANCE_HANDLER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "fangpin/assistance/v1/assistance_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/assistance/core/plans.h"

namespace fangpin::assistance {

// AssistanceService on the wire.
class AssistanceHandler final : public v1::AssistanceService::CallbackService {
 public:
  // `runtime` and `plans` must outlive it; `page_secret` is the same in all processes.
  AssistanceHandler(rpc::Runtime& runtime, Plans* plans, std::string page_secret)
      : runtime_(runtime), plans_(plans), page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* DraftPlan(grpc::CallbackServerContext* context,
                                      const v1::DraftPlanRequest* request,
                                      v1::DraftPlanResponse* response) override;
  grpc::ServerUnaryReactor* GetPlan(grpc::CallbackServerContext* context,
                                    const v1::GetPlanRequest* request,
                                    v1::GetPlanResponse* response) override;
  grpc::ServerUnaryReactor* ListPlans(grpc::CallbackServerContext* context,
                                      const v1::ListPlansRequest* request,
                                      v1::ListPlansResponse* response) override;
  grpc::ServerUnaryReactor* UpdatePlan(grpc::CallbackServerContext* context,
                                       const v1::UpdatePlanRequest* request,
                                       v1::UpdatePlanResponse* response) override;
  grpc::ServerUnaryReactor* EvaluatePlan(grpc::CallbackServerContext* context,
                                         const v1::EvaluatePlanRequest* request,
                                         v1::EvaluatePlanResponse* response) override;
  grpc::ServerUnaryReactor* SubmitPlan(grpc::CallbackServerContext* context,
                                       const v1::SubmitPlanRequest* request,
                                       v1::SubmitPlanResponse* response) override;
  grpc::ServerUnaryReactor* ReviewPlan(grpc::CallbackServerContext* context,
                                       const v1::ReviewPlanRequest* request,
                                       v1::ReviewPlanResponse* response) override;
  grpc::ServerUnaryReactor* RecordMeasure(grpc::CallbackServerContext* context,
                                          const v1::RecordMeasureRequest* request,
                                          v1::RecordMeasureResponse* response) override;
  grpc::ServerUnaryReactor* RecordEffect(grpc::CallbackServerContext* context,
                                         const v1::RecordEffectRequest* request,
                                         v1::RecordEffectResponse* response) override;

 private:
  static constexpr char kService[] = "fangpin.assistance.v1.AssistanceService";

  absl::StatusOr<v1::ListPlansResponse> ListPage(const base::CallContext& ctx,
                                                 const v1::ListPlansRequest& request);

  rpc::Runtime& runtime_;
  Plans* const plans_;
  const rpc::PageTokens page_tokens_;

  rpc::Method<v1::DraftPlanRequest, v1::DraftPlanResponse> draft_{runtime_, kService, "DraftPlan"};
  rpc::Method<v1::GetPlanRequest, v1::GetPlanResponse> get_{runtime_, kService, "GetPlan"};
  rpc::Method<v1::ListPlansRequest, v1::ListPlansResponse> list_{runtime_, kService, "ListPlans"};
  rpc::Method<v1::UpdatePlanRequest, v1::UpdatePlanResponse> update_{runtime_, kService,
                                                                     "UpdatePlan"};
  rpc::Method<v1::EvaluatePlanRequest, v1::EvaluatePlanResponse> evaluate_{runtime_, kService,
                                                                           "EvaluatePlan"};
  rpc::Method<v1::SubmitPlanRequest, v1::SubmitPlanResponse> submit_{runtime_, kService,
                                                                     "SubmitPlan"};
  rpc::Method<v1::ReviewPlanRequest, v1::ReviewPlanResponse> review_{runtime_, kService,
                                                                     "ReviewPlan"};
  rpc::Method<v1::RecordMeasureRequest, v1::RecordMeasureResponse> record_measure_{
      runtime_, kService, "RecordMeasure"};
  rpc::Method<v1::RecordEffectRequest, v1::RecordEffectResponse> record_effect_{runtime_, kService,
                                                                                "RecordEffect"};
};

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_API_ASSISTANCE_HANDLER_H_
