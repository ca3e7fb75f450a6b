#ifndef FANGPIN_SCREENING_API_SCREENING_HANDLER_H_
#define FANGPIN_SCREENING_API_SCREENING_HANDLER_H_

#include <string>
#include <utility>

#include "fangpin/screening/v1/screening_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/screening/core/screening.h"

namespace fangpin::screening {

// ScreeningService on the wire.
class ScreeningHandler final : public v1::ScreeningService::CallbackService {
 public:
  // `runtime` and `screening` must outlive it; `page_secret` is the same in all processes.
  ScreeningHandler(rpc::Runtime& runtime, Screening* screening, std::string page_secret)
      : runtime_(runtime), screening_(screening), page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* ReportRisk(grpc::CallbackServerContext* context,
                                       const v1::ReportRiskRequest* request,
                                       v1::ReportRiskResponse* response) override;
  grpc::ServerUnaryReactor* GetClue(grpc::CallbackServerContext* context,
                                    const v1::GetClueRequest* request,
                                    v1::GetClueResponse* response) override;
  grpc::ServerUnaryReactor* ListClues(grpc::CallbackServerContext* context,
                                      const v1::ListCluesRequest* request,
                                      v1::ListCluesResponse* response) override;
  grpc::ServerUnaryReactor* ListVisitTasks(grpc::CallbackServerContext* context,
                                           const v1::ListVisitTasksRequest* request,
                                           v1::ListVisitTasksResponse* response) override;
  grpc::ServerUnaryReactor* RecordVisit(grpc::CallbackServerContext* context,
                                        const v1::RecordVisitRequest* request,
                                        v1::RecordVisitResponse* response) override;
  grpc::ServerUnaryReactor* AssessClue(grpc::CallbackServerContext* context,
                                       const v1::AssessClueRequest* request,
                                       v1::AssessClueResponse* response) override;

 private:
  static constexpr char kService[] = "fangpin.screening.v1.ScreeningService";

  rpc::Runtime& runtime_;
  Screening* const screening_;
  const rpc::PageTokens page_tokens_;

  rpc::Method<v1::ReportRiskRequest, v1::ReportRiskResponse> report_risk_{runtime_, kService,
                                                                          "ReportRisk"};
  rpc::Method<v1::GetClueRequest, v1::GetClueResponse> get_clue_{runtime_, kService, "GetClue"};
  rpc::Method<v1::ListCluesRequest, v1::ListCluesResponse> list_clues_{runtime_, kService,
                                                                       "ListClues"};
  rpc::Method<v1::ListVisitTasksRequest, v1::ListVisitTasksResponse> list_visit_tasks_{
      runtime_, kService, "ListVisitTasks"};
  rpc::Method<v1::RecordVisitRequest, v1::RecordVisitResponse> record_visit_{runtime_, kService,
                                                                             "RecordVisit"};
  rpc::Method<v1::AssessClueRequest, v1::AssessClueResponse> assess_clue_{runtime_, kService,
                                                                          "AssessClue"};
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_API_SCREENING_HANDLER_H_
