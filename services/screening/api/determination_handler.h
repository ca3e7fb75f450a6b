#ifndef FANGPIN_SCREENING_API_DETERMINATION_HANDLER_H_
#define FANGPIN_SCREENING_API_DETERMINATION_HANDLER_H_

#include <string>
#include <utility>

#include "fangpin/screening/v1/determination_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/screening/core/determination.h"

namespace fangpin::screening {

// DeterminationService on the wire.
class DeterminationHandler final : public v1::DeterminationService::CallbackService {
 public:
  // `runtime` and `desk` must outlive it; `page_secret` is the same in all processes.
  DeterminationHandler(rpc::Runtime& runtime, DeterminationDesk* desk, std::string page_secret)
      : runtime_(runtime), desk_(desk), page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* OpenCase(grpc::CallbackServerContext* context,
                                     const v1::OpenCaseRequest* request,
                                     v1::OpenCaseResponse* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context,
                                    const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context,
                                      const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* RecordCaseStep(grpc::CallbackServerContext* context,
                                           const v1::RecordCaseStepRequest* request,
                                           v1::RecordCaseStepResponse* response) override;
  grpc::ServerUnaryReactor* ReviewCase(grpc::CallbackServerContext* context,
                                       const v1::ReviewCaseRequest* request,
                                       v1::ReviewCaseResponse* response) override;
  grpc::ServerUnaryReactor* EvaluateCase(grpc::CallbackServerContext* context,
                                         const v1::EvaluateCaseRequest* request,
                                         v1::EvaluateCaseResponse* response) override;
  grpc::ServerUnaryReactor* DecideCase(grpc::CallbackServerContext* context,
                                       const v1::DecideCaseRequest* request,
                                       v1::DecideCaseResponse* response) override;

 private:
  static constexpr char kService[] = "fangpin.screening.v1.DeterminationService";

  rpc::Runtime& runtime_;
  DeterminationDesk* const desk_;
  const rpc::PageTokens page_tokens_;

  rpc::Method<v1::OpenCaseRequest, v1::OpenCaseResponse> open_case_{runtime_, kService, "OpenCase"};
  rpc::Method<v1::GetCaseRequest, v1::GetCaseResponse> get_case_{runtime_, kService, "GetCase"};
  rpc::Method<v1::ListCasesRequest, v1::ListCasesResponse> list_cases_{runtime_, kService,
                                                                       "ListCases"};
  rpc::Method<v1::RecordCaseStepRequest, v1::RecordCaseStepResponse> record_case_step_{
      runtime_, kService, "RecordCaseStep"};
  rpc::Method<v1::ReviewCaseRequest, v1::ReviewCaseResponse> review_case_{runtime_, kService,
                                                                          "ReviewCase"};
  rpc::Method<v1::EvaluateCaseRequest, v1::EvaluateCaseResponse> evaluate_case_{runtime_, kService,
                                                                                "EvaluateCase"};
  rpc::Method<v1::DecideCaseRequest, v1::DecideCaseResponse> decide_case_{runtime_, kService,
                                                                          "DecideCase"};
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_API_DETERMINATION_HANDLER_H_
