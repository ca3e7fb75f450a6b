#include "services/assistance/api/assistance_handler.h"

#include <vector>

#include "libs/base/status.h"

namespace fangpin::assistance {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* AssistanceHandler::DraftPlan(CallbackServerContext* context,
                                                 const v1::DraftPlanRequest* request,
                                                 v1::DraftPlanResponse* response) {
  return draft_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return plans_->Draft(ctx, q);
  });
}

ServerUnaryReactor* AssistanceHandler::GetPlan(CallbackServerContext* context,
                                               const v1::GetPlanRequest* request,
                                               v1::GetPlanResponse* response) {
  return get_.Run(context, request, response,
                  [this](const CallContext& ctx, const auto& q) { return plans_->Get(ctx, q); });
}

ServerUnaryReactor* AssistanceHandler::ListPlans(CallbackServerContext* context,
                                                 const v1::ListPlansRequest* request,
                                                 v1::ListPlansResponse* response) {
  return list_.Run(context, request, response,
                   [this](const CallContext& ctx, const auto& q) { return ListPage(ctx, q); });
}

ServerUnaryReactor* AssistanceHandler::UpdatePlan(CallbackServerContext* context,
                                                  const v1::UpdatePlanRequest* request,
                                                  v1::UpdatePlanResponse* response) {
  return update_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return plans_->Update(ctx, q);
  });
}

ServerUnaryReactor* AssistanceHandler::EvaluatePlan(CallbackServerContext* context,
                                                    const v1::EvaluatePlanRequest* request,
                                                    v1::EvaluatePlanResponse* response) {
  return evaluate_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return plans_->Evaluate(ctx, q);
  });
}

ServerUnaryReactor* AssistanceHandler::SubmitPlan(CallbackServerContext* context,
                                                  const v1::SubmitPlanRequest* request,
                                                  v1::SubmitPlanResponse* response) {
  return submit_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return plans_->Submit(ctx, q);
  });
}

ServerUnaryReactor* AssistanceHandler::ReviewPlan(CallbackServerContext* context,
                                                  const v1::ReviewPlanRequest* request,
                                                  v1::ReviewPlanResponse* response) {
  return review_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return plans_->Review(ctx, q);
  });
}

ServerUnaryReactor* AssistanceHandler::RecordMeasure(CallbackServerContext* context,
                                                     const v1::RecordMeasureRequest* request,
                                                     v1::RecordMeasureResponse* response) {
  return record_measure_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return plans_->RecordMeasure(ctx, q); });
}

ServerUnaryReactor* AssistanceHandler::RecordEffect(CallbackServerContext* context,
                                                    const v1::RecordEffectRequest* request,
                                                    v1::RecordEffectResponse* response) {
  return record_effect_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return plans_->RecordEffect(ctx, q); });
}

absl::StatusOr<v1::ListPlansResponse> AssistanceHandler::ListPage(
    const CallContext& ctx, const v1::ListPlansRequest& request) {
  const std::string filter = rpc::PageFilter(request);
  FANGPIN_ASSIGN_OR_RETURN(const int32_t size, rpc::ClampPageSize(request.page_size(), 100, 500));
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<std::string> key,
                           page_tokens_.Decode(filter, request.page_token()));
  FANGPIN_ASSIGN_OR_RETURN(Page page, plans_->List(ctx, request, key.empty() ? "" : key[0], size));
  v1::ListPlansResponse response;
  for (v1::HouseholdPlan& plan : page.plans) *response.add_plans() = std::move(plan);
  if (!page.last_id.empty()) {
    response.set_next_page_token(page_tokens_.Encode(filter, {page.last_id}));
  }
  return response;
}

}  // namespace fangpin::assistance
