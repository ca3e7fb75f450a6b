#include "services/screening/api/determination_handler.h"

#include "services/screening/api/paging.h"

namespace fangpin::screening {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* DeterminationHandler::OpenCase(CallbackServerContext* context,
                                                   const v1::OpenCaseRequest* request,
                                                   v1::OpenCaseResponse* response) {
  return open_case_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return desk_->OpenCase(ctx, q);
  });
}

ServerUnaryReactor* DeterminationHandler::GetCase(CallbackServerContext* context,
                                                  const v1::GetCaseRequest* request,
                                                  v1::GetCaseResponse* response) {
  return get_case_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return desk_->GetCase(ctx, q);
  });
}

ServerUnaryReactor* DeterminationHandler::ListCases(CallbackServerContext* context,
                                                    const v1::ListCasesRequest* request,
                                                    v1::ListCasesResponse* response) {
  return list_cases_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return Paged<v1::ListCasesResponse>(
        page_tokens_, q, 100, 500, [&](const auto& raw) { return desk_->ListCases(ctx, raw); });
  });
}

ServerUnaryReactor* DeterminationHandler::RecordCaseStep(CallbackServerContext* context,
                                                         const v1::RecordCaseStepRequest* request,
                                                         v1::RecordCaseStepResponse* response) {
  return record_case_step_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return desk_->RecordCaseStep(ctx, q); });
}

ServerUnaryReactor* DeterminationHandler::ReviewCase(CallbackServerContext* context,
                                                     const v1::ReviewCaseRequest* request,
                                                     v1::ReviewCaseResponse* response) {
  return review_case_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return desk_->ReviewCase(ctx, q); });
}

ServerUnaryReactor* DeterminationHandler::EvaluateCase(CallbackServerContext* context,
                                                       const v1::EvaluateCaseRequest* request,
                                                       v1::EvaluateCaseResponse* response) {
  return evaluate_case_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return desk_->EvaluateCase(ctx, q); });
}

ServerUnaryReactor* DeterminationHandler::DecideCase(CallbackServerContext* context,
                                                     const v1::DecideCaseRequest* request,
                                                     v1::DecideCaseResponse* response) {
  return decide_case_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return desk_->DecideCase(ctx, q); });
}

}  // namespace fangpin::screening
