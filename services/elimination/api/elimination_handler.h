#ifndef FANGPIN_ELIMINATION_API_ELIMINATION_HANDLER_H_
#define FANGPIN_ELIMINATION_API_ELIMINATION_HANDLER_H_

#include "fangpin/elimination/v1/elimination_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/elimination/core/eliminations.h"

namespace fangpin::elimination {

// EliminationService over gRPC.
class EliminationHandler final : public v1::EliminationService::CallbackService {
 public:
  // Both must outlive it. `page_secret`: see rpc::PageTokens.
  EliminationHandler(rpc::Runtime& runtime, Eliminations* eliminations, std::string page_secret)
      : runtime_(runtime), eliminations_(eliminations), page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* ProposeElimination(grpc::CallbackServerContext* context,
                                               const v1::ProposeEliminationRequest* request,
                                               v1::ProposeEliminationResponse* response) override;
  grpc::ServerUnaryReactor* GetElimination(grpc::CallbackServerContext* context,
                                           const v1::GetEliminationRequest* request,
                                           v1::GetEliminationResponse* response) override;
  grpc::ServerUnaryReactor* ListEliminations(grpc::CallbackServerContext* context,
                                             const v1::ListEliminationsRequest* request,
                                             v1::ListEliminationsResponse* response) override;
  grpc::ServerUnaryReactor* RecordEliminationStep(
      grpc::CallbackServerContext* context, const v1::RecordEliminationStepRequest* request,
      v1::RecordEliminationStepResponse* response) override;
  grpc::ServerUnaryReactor* EvaluateElimination(grpc::CallbackServerContext* context,
                                                const v1::EvaluateEliminationRequest* request,
                                                v1::EvaluateEliminationResponse* response) override;
  grpc::ServerUnaryReactor* DecideElimination(grpc::CallbackServerContext* context,
                                              const v1::DecideEliminationRequest* request,
                                              v1::DecideEliminationResponse* response) override;

 private:
  static constexpr std::string_view kService = "fangpin.elimination.v1.EliminationService";

  absl::StatusOr<v1::ListEliminationsResponse> ListPage(const base::CallContext& ctx,
                                                        const v1::ListEliminationsRequest& request);

  rpc::Runtime& runtime_;
  Eliminations* const eliminations_;
  const rpc::PageTokens page_tokens_;

  rpc::Method<v1::ProposeEliminationRequest, v1::ProposeEliminationResponse> propose_{
      runtime_, kService, "ProposeElimination"};
  rpc::Method<v1::GetEliminationRequest, v1::GetEliminationResponse> get_{runtime_, kService,
                                                                          "GetElimination"};
  rpc::Method<v1::ListEliminationsRequest, v1::ListEliminationsResponse> list_{runtime_, kService,
                                                                               "ListEliminations"};
  rpc::Method<v1::RecordEliminationStepRequest, v1::RecordEliminationStepResponse> record_step_{
      runtime_, kService, "RecordEliminationStep"};
  rpc::Method<v1::EvaluateEliminationRequest, v1::EvaluateEliminationResponse> evaluate_{
      runtime_, kService, "EvaluateElimination"};
  rpc::Method<v1::DecideEliminationRequest, v1::DecideEliminationResponse> decide_{
      runtime_, kService, "DecideElimination"};
};

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_API_ELIMINATION_HANDLER_H_
