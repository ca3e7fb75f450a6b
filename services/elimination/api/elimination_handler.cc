#include "services/elimination/api/elimination_handler.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"

namespace fangpin::elimination {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* EliminationHandler::ProposeElimination(
    CallbackServerContext* context, const v1::ProposeEliminationRequest* request,
    v1::ProposeEliminationResponse* response) {
  return propose_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return eliminations_->Propose(ctx, q);
  });
}

ServerUnaryReactor* EliminationHandler::GetElimination(CallbackServerContext* context,
                                                       const v1::GetEliminationRequest* request,
                                                       v1::GetEliminationResponse* response) {
  return get_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return eliminations_->Get(ctx, q);
  });
}

ServerUnaryReactor* EliminationHandler::ListEliminations(CallbackServerContext* context,
                                                         const v1::ListEliminationsRequest* request,
                                                         v1::ListEliminationsResponse* response) {
  return list_.Run(context, request, response,
                   [this](const CallContext& ctx, const auto& q) { return ListPage(ctx, q); });
}

ServerUnaryReactor* EliminationHandler::RecordEliminationStep(
    CallbackServerContext* context, const v1::RecordEliminationStepRequest* request,
    v1::RecordEliminationStepResponse* response) {
  return record_step_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return eliminations_->RecordStep(ctx, q); });
}

ServerUnaryReactor* EliminationHandler::EvaluateElimination(
    CallbackServerContext* context, const v1::EvaluateEliminationRequest* request,
    v1::EvaluateEliminationResponse* response) {
  return evaluate_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return eliminations_->Evaluate(ctx, q);
  });
}

ServerUnaryReactor* EliminationHandler::DecideElimination(
    CallbackServerContext* context, const v1::DecideEliminationRequest* request,
    v1::DecideEliminationResponse* response) {
  return decide_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return eliminations_->Decide(ctx, q);
  });
}

absl::StatusOr<v1::ListEliminationsResponse> EliminationHandler::ListPage(
    const CallContext& ctx, const v1::ListEliminationsRequest& request) {
  const std::string filter = rpc::PageFilter(request);
  FANGPIN_ASSIGN_OR_RETURN(const int32_t size, rpc::ClampPageSize(request.page_size(), 100, 500));
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<std::string> key,
                           page_tokens_.Decode(filter, request.page_token()));
  FANGPIN_ASSIGN_OR_RETURN(Page page,
                           eliminations_->List(ctx, request, key.empty() ? "" : key[0], size));
  v1::ListEliminationsResponse response;
  for (v1::Elimination& elimination : page.eliminations) {
    *response.add_eliminations() = std::move(elimination);
  }
  if (!page.last_id.empty()) {
    response.set_next_page_token(page_tokens_.Encode(filter, {page.last_id}));
  }
  return response;
}

}  // namespace fangpin::elimination
