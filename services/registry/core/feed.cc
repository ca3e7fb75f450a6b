#include "services/registry/core/feed.h"

#include <utility>

#include "libs/base/status.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household_filter.h"
#include "services/registry/core/scope.h"

namespace fangpin::registry {

absl::StatusOr<int64_t> Feed::Head() {
  int64_t head = 0;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(head, reader.FeedHead());
    return absl::OkStatus();
  }));
  return head;
}

absl::StatusOr<std::unique_ptr<HouseholdExport>> Feed::ExportHouseholds(
    const base::CallContext& ctx, const pb::ExportHouseholdsRequest& request,
    std::optional<ExportPoint> from) {
  FANGPIN_ASSIGN_OR_RETURN(pb::HouseholdFilter filter, CheckFilter(request.filter()));
  if (!from.has_value()) FANGPIN_RETURN_IF_ERROR(store_->PositionFeed());
  FANGPIN_ASSIGN_OR_RETURN(const int64_t head, Head());
  if (from.has_value() && from->position > head) return ResumeTokenInvalid();
  return std::make_unique<HouseholdExport>(
      store_, VisibleRanges(ctx.principal, filter.division()), filter,
      from.has_value() ? *std::move(from) : ExportPoint{.position = head});
}

absl::StatusOr<std::unique_ptr<HouseholdWatch>> Feed::WatchHouseholds(
    const base::CallContext& ctx, const pb::WatchHouseholdsRequest& request,
    std::optional<int64_t> from, std::function<void()> wake) {
  if (!from.has_value() || request.until_now()) FANGPIN_RETURN_IF_ERROR(store_->PositionFeed());
  FANGPIN_ASSIGN_OR_RETURN(const int64_t head, Head());
  if (from.has_value() && *from > head) return WatchTokenInvalid();
  tail_.Grown(head);
  HouseholdWatch::Options options;
  options.ranges = VisibleRanges(ctx.principal, request.division());
  options.position = from.value_or(head);
  if (request.until_now()) options.end = head;
  options.include_household = request.include_household();
  options.tell_position = !from.has_value();
  return std::make_unique<HouseholdWatch>(store_, &tail_, std::move(options), std::move(wake));
}

}  // namespace fangpin::registry
