#ifndef FANGPIN_SCREENING_CORE_ALERTS_H_
#define FANGPIN_SCREENING_CORE_ALERTS_H_

#include <functional>

#include "absl/status/statusor.h"
#include "fangpin/screening/v1/alert_service.pb.h"
#include "libs/base/call_context.h"
#include "services/screening/core/alert_cache.h"
#include "services/screening/core/alert_store.h"
#include "services/screening/core/feeds.h"
#include "services/screening/core/instruments.h"

namespace fangpin::screening {

// Intake of department alerts and the feedback to departments. Thread-safe.
class Alerts {
 public:
  static constexpr int kMaxBatch = 1000;

  // All must outlive this. `on_accepted` is called after a commit that left something to settle.
  Alerts(AlertStore* store, const FeedCatalogue* feeds, AlertCache* cache, Instruments* instruments,
         std::function<void()> on_accepted)
      : store_(store),
        feeds_(feeds),
        cache_(cache),
        instruments_(instruments),
        on_accepted_(std::move(on_accepted)) {}

  // Answers once everything accepted is committed. INVALID_ARGUMENT FEED_UNKNOWN, BATCH_EMPTY,
  // BATCH_TOO_LARGE, COLUMN_MISSING, COLUMN_REPEATED; PERMISSION_DENIED FEED_OF_OTHER_DEPARTMENT.
  absl::StatusOr<v1::PushAlertsResponse> PushAlerts(const base::CallContext& ctx,
                                                    const v1::PushAlertsRequest& request);

  // page_token is the raw place of the last alert seen, in the request and in the answer.
  absl::StatusOr<v1::ListAlertsResponse> ListAlerts(const base::CallContext& ctx,
                                                    const v1::ListAlertsRequest& request);

  absl::StatusOr<v1::ListFeedsResponse> ListFeeds(const base::CallContext& ctx,
                                                  const v1::ListFeedsRequest& request);

 private:
  AlertStore* const store_;
  const FeedCatalogue* const feeds_;
  AlertCache* const cache_;
  Instruments* const instruments_;
  const std::function<void()> on_accepted_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_ALERTS_H_
