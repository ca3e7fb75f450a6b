#include "services/screening/api/screening_handler.h"

#include "services/screening/api/paging.h"

namespace fangpin::screening {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* ScreeningHandler::ReportRisk(CallbackServerContext* context,
                                                 const v1::ReportRiskRequest* request,
                                                 v1::ReportRiskResponse* response) {
  return report_risk_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return screening_->ReportRisk(ctx, q); });
}

ServerUnaryReactor* ScreeningHandler::GetClue(CallbackServerContext* context,
                                              const v1::GetClueRequest* request,
                                              v1::GetClueResponse* response) {
  return get_clue_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return screening_->GetClue(ctx, q);
  });
}

ServerUnaryReactor* ScreeningHandler::ListClues(CallbackServerContext* context,
                                                const v1::ListCluesRequest* request,
                                                v1::ListCluesResponse* response) {
  return list_clues_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return Paged<v1::ListCluesResponse>(page_tokens_, q, 100, 500, [&](const auto& raw) {
      return screening_->ListClues(ctx, raw);
    });
  });
}

ServerUnaryReactor* ScreeningHandler::ListVisitTasks(CallbackServerContext* context,
                                                     const v1::ListVisitTasksRequest* request,
                                                     v1::ListVisitTasksResponse* response) {
  return list_visit_tasks_.Run(
      context, request, response, [this](const CallContext& ctx, const auto& q) {
        return Paged<v1::ListVisitTasksResponse>(page_tokens_, q, 100, 500, [&](const auto& raw) {
          return screening_->ListVisitTasks(ctx, raw);
        });
      });
}

ServerUnaryReactor* ScreeningHandler::RecordVisit(CallbackServerContext* context,
                                                  const v1::RecordVisitRequest* request,
                                                  v1::RecordVisitResponse* response) {
  return record_visit_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return screening_->RecordVisit(ctx, q); });
}

ServerUnaryReactor* ScreeningHandler::AssessClue(CallbackServerContext* context,
                                                 const v1::AssessClueRequest* request,
                                                 v1::AssessClueResponse* response) {
  return assess_clue_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return screening_->AssessClue(ctx, q); });
}

}  // namespace fangpin::screening
