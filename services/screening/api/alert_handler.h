#ifndef FANGPIN_SCREENING_API_ALERT_HANDLER_H_
#define FANGPIN_SCREENING_API_ALERT_HANDLER_H_

#include <string>
#include <utility>

#include "fangpin/screening/v1/alert_service.grpc.pb.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "services/screening/core/alerts.h"

namespace fangpin::screening {

// AlertService on the wire.
class AlertHandler final : public v1::AlertService::CallbackService {
 public:
  // `runtime` and `alerts` must outlive it; `page_secret` is the same in all processes.
  AlertHandler(rpc::Runtime& runtime, Alerts* alerts, std::string page_secret)
      : runtime_(runtime), alerts_(alerts), page_tokens_(std::move(page_secret)) {}

  grpc::ServerUnaryReactor* PushAlerts(grpc::CallbackServerContext* context,
                                       const v1::PushAlertsRequest* request,
                                       v1::PushAlertsResponse* response) override;
  grpc::ServerUnaryReactor* ListAlerts(grpc::CallbackServerContext* context,
                                       const v1::ListAlertsRequest* request,
                                       v1::ListAlertsResponse* response) override;
  grpc::ServerUnaryReactor* ListFeeds(grpc::CallbackServerContext* context,
                                      const v1::ListFeedsRequest* request,
                                      v1::ListFeedsResponse* response) override;

 private:
  static constexpr char kService[] = "fangpin.screening.v1.AlertService";

  rpc::Runtime& runtime_;
  Alerts* const alerts_;
  const rpc::PageTokens page_tokens_;

  rpc::Method<v1::PushAlertsRequest, v1::PushAlertsResponse> push_alerts_{runtime_, kService,
                                                                          "PushAlerts"};
  rpc::Method<v1::ListAlertsRequest, v1::ListAlertsResponse> list_alerts_{runtime_, kService,
                                                                          "ListAlerts"};
  rpc::Method<v1::ListFeedsRequest, v1::ListFeedsResponse> list_feeds_{runtime_, kService,
                                                                       "ListFeeds"};
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_API_ALERT_HANDLER_H_
