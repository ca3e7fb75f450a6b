// The streams of RegistryService. Their tokens are sealed as page tokens are: nobody can make one
// up, and a resume token goes with its filter.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/api/registry_handler.h"
#include "services/registry/core/errors.h"

namespace fangpin::registry {
namespace {

using base::CallContext;
using grpc::CallbackServerContext;
using rpc::StreamSource;
using rpc::StreamStep;

constexpr char kWatchTokens[] = "WatchHouseholds";

std::string WatchToken(const rpc::PageTokens& tokens, int64_t position) {
  return tokens.Encode(kWatchTokens, {std::to_string(position)});
}

absl::StatusOr<std::optional<int64_t>> WatchPosition(const rpc::PageTokens& tokens,
                                                     const std::string& token) {
  if (token.empty()) return std::nullopt;
  const absl::StatusOr<std::vector<std::string>> key = tokens.Decode(kWatchTokens, token);
  if (!key.ok() || key->size() != 1) return WatchTokenInvalid();
  return base::ParseInt(key->front());
}

std::string ExportFilter(const pb::ExportHouseholdsRequest& request) {
  return base::StrCat("ExportHouseholds/", rpc::PageFilter(request.filter()));
}

absl::StatusOr<std::optional<ExportPoint>> PointOf(const rpc::PageTokens& tokens,
                                                   const pb::ExportHouseholdsRequest& request) {
  if (request.resume_token().empty()) return std::nullopt;
  const absl::StatusOr<std::vector<std::string>> key =
      tokens.Decode(ExportFilter(request), request.resume_token());
  if (!key.ok() || key->size() != 3) return ResumeTokenInvalid();
  return ExportPoint{base::ParseInt((*key)[0]).value_or(0), (*key)[1], (*key)[2]};
}

}  // namespace

grpc::ServerWriteReactor<pb::ExportHouseholdsResponse>* RegistryHandler::ExportHouseholds(
    CallbackServerContext* context, const pb::ExportHouseholdsRequest* request) {
  using Source = StreamSource<pb::ExportHouseholdsResponse>;
  return export_households_.Run(
      context, request, [this](const CallContext& ctx, const auto& r) -> absl::StatusOr<Source> {
        FANGPIN_ASSIGN_OR_RETURN(std::optional<ExportPoint> from, PointOf(page_tokens_, r));
        FANGPIN_ASSIGN_OR_RETURN(auto out, feed_->ExportHouseholds(ctx, r, std::move(from)));
        return [this, filter = ExportFilter(r), out = std::move(out), ended = false](
                   pb::ExportHouseholdsResponse& part) mutable -> absl::StatusOr<StreamStep> {
          if (ended) return StreamStep::End();
          FANGPIN_ASSIGN_OR_RETURN(std::vector<pb::Household> households, out->Next());
          for (pb::Household& household : households) {
            *part.add_households() = std::move(household);
          }
          const ExportPoint& point = out->point();
          part.set_resume_token(page_tokens_.Encode(
              filter, {std::to_string(point.position), point.division, point.id}));
          part.set_watch_token(WatchToken(page_tokens_, point.position));
          ended = out->complete();
          part.set_complete(ended);
          return StreamStep::Message();
        };
      });
}

grpc::ServerWriteReactor<pb::WatchHouseholdsResponse>* RegistryHandler::WatchHouseholds(
    CallbackServerContext* context, const pb::WatchHouseholdsRequest* request) {
  using Source = StreamSource<pb::WatchHouseholdsResponse>;
  return watch_households_.Run(
      context, request,
      [this](const CallContext& ctx, const auto& r,
             rpc::StreamWaker wake) -> absl::StatusOr<Source> {
        FANGPIN_ASSIGN_OR_RETURN(const std::optional<int64_t> from,
                                 WatchPosition(page_tokens_, r.token()));
        FANGPIN_ASSIGN_OR_RETURN(auto watch, feed_->WatchHouseholds(ctx, r, from, std::move(wake)));
        return [this, watch = std::move(watch)](
                   pb::WatchHouseholdsResponse& part) -> absl::StatusOr<StreamStep> {
          std::vector<pb::HouseholdEvent> events;
          FANGPIN_ASSIGN_OR_RETURN(const HouseholdWatch::Outcome outcome, watch->Next(&events));
          if (outcome == HouseholdWatch::Outcome::kNothing) return StreamStep::Wait();
          if (outcome == HouseholdWatch::Outcome::kEnd) return StreamStep::End();
          for (pb::HouseholdEvent& event : events) *part.add_events() = std::move(event);
          part.set_token(WatchToken(page_tokens_, watch->position()));
          return StreamStep::Message();
        };
      });
}

}  // namespace fangpin::registry
