#include "services/screening/api/alert_handler.h"

#include "services/screening/api/paging.h"

namespace fangpin::screening {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* AlertHandler::PushAlerts(CallbackServerContext* context,
                                             const v1::PushAlertsRequest* request,
                                             v1::PushAlertsResponse* response) {
  return push_alerts_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& q) { return alerts_->PushAlerts(ctx, q); });
}

ServerUnaryReactor* AlertHandler::ListAlerts(CallbackServerContext* context,
                                             const v1::ListAlertsRequest* request,
                                             v1::ListAlertsResponse* response) {
  return list_alerts_.Run(
      context, request, response, [this](const CallContext& ctx, const auto& q) {
        return Paged<v1::ListAlertsResponse>(page_tokens_, q, 200, 1000, [&](const auto& raw) {
          return alerts_->ListAlerts(ctx, raw);
        });
      });
}

ServerUnaryReactor* AlertHandler::ListFeeds(CallbackServerContext* context,
                                            const v1::ListFeedsRequest* request,
                                            v1::ListFeedsResponse* response) {
  return list_feeds_.Run(context, request, response, [this](const CallContext& ctx, const auto& q) {
    return alerts_->ListFeeds(ctx, q);
  });
}

}  // namespace fangpin::screening
