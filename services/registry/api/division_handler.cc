#include "services/registry/api/division_handler.h"

#include <utility>

#include "services/registry/api/paging.h"

namespace fangpin::registry {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* DivisionHandler::GetDivision(CallbackServerContext* context,
                                                 const v1::GetDivisionRequest* request,
                                                 v1::GetDivisionResponse* response) {
  return get_division_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return divisions_->GetDivision(ctx, r); });
}

ServerUnaryReactor* DivisionHandler::ListDivisions(CallbackServerContext* context,
                                                   const v1::ListDivisionsRequest* request,
                                                   v1::ListDivisionsResponse* response) {
  return list_divisions_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r, auto& out) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(auto page,
                                 ListPage(page_tokens_, r, 500, 2000, out.mutable_next_page_token(),
                                          [&](const auto& sized, const PageKey& after) {
                                            return divisions_->ListDivisions(ctx, sized, after);
                                          }));
        for (auto& item : page.items) *out.add_divisions() = std::move(item);
        return absl::OkStatus();
      });
}

ServerUnaryReactor* DivisionHandler::MapDivision(CallbackServerContext* context,
                                                 const v1::MapDivisionRequest* request,
                                                 v1::MapDivisionResponse* response) {
  return map_division_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return divisions_->MapDivision(ctx, r); });
}

ServerUnaryReactor* DivisionHandler::ListVillageProfiles(
    CallbackServerContext* context, const v1::ListVillageProfilesRequest* request,
    v1::ListVillageProfilesResponse* response) {
  return list_village_profiles_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r, auto& out) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(
            auto page, ListPage(page_tokens_, r, 100, 500, out.mutable_next_page_token(),
                                [&](const auto& sized, const PageKey& after) {
                                  return villages_->ListVillageProfiles(ctx, sized, after);
                                }));
        for (auto& item : page.items) *out.add_profiles() = std::move(item);
        return absl::OkStatus();
      });
}

}  // namespace fangpin::registry
