// RegistryHandler: the life of households, conflicts about persons, comparison of revisions.
#include <utility>

#include "services/registry/api/paging.h"
#include "services/registry/api/registry_handler.h"

namespace fangpin::registry {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* RegistryHandler::JoinMember(CallbackServerContext* context,
                                                const pb::JoinMemberRequest* request,
                                                pb::JoinMemberResponse* response) {
  return join_member_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->JoinMember(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::LeaveMember(CallbackServerContext* context,
                                                 const pb::LeaveMemberRequest* request,
                                                 pb::LeaveMemberResponse* response) {
  return leave_member_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->LeaveMember(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::ChangeHead(CallbackServerContext* context,
                                                const pb::ChangeHeadRequest* request,
                                                pb::ChangeHeadResponse* response) {
  return change_head_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->ChangeHead(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::TransferMember(CallbackServerContext* context,
                                                    const pb::TransferMemberRequest* request,
                                                    pb::TransferMemberResponse* response) {
  return transfer_member_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->TransferMember(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::SplitHousehold(CallbackServerContext* context,
                                                    const pb::SplitHouseholdRequest* request,
                                                    pb::SplitHouseholdResponse* response) {
  return split_household_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->SplitHousehold(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::MergeHouseholds(CallbackServerContext* context,
                                                     const pb::MergeHouseholdsRequest* request,
                                                     pb::MergeHouseholdsResponse* response) {
  return merge_households_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->MergeHouseholds(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::TransferHousehold(CallbackServerContext* context,
                                                       const pb::TransferHouseholdRequest* request,
                                                       pb::TransferHouseholdResponse* response) {
  return transfer_household_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return life_->TransferHousehold(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::ListPersonConflicts(
    CallbackServerContext* context, const pb::ListPersonConflictsRequest* request,
    pb::ListPersonConflictsResponse* response) {
  return list_person_conflicts_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r, auto& out) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(
            auto page, ListPage(page_tokens_, r, 100, 500, out.mutable_next_page_token(),
                                [&](const auto& sized, const PageKey& after) {
                                  return conflicts_->ListPersonConflicts(ctx, sized, after);
                                }));
        for (auto& item : page.items) *out.add_conflicts() = std::move(item);
        return absl::OkStatus();
      });
}

ServerUnaryReactor* RegistryHandler::ResolvePersonConflict(
    CallbackServerContext* context, const pb::ResolvePersonConflictRequest* request,
    pb::ResolvePersonConflictResponse* response) {
  return resolve_person_conflict_.Run(context, request, response,
                                      [this](const CallContext& ctx, const auto& r) {
                                        return conflicts_->ResolvePersonConflict(ctx, r);
                                      });
}

ServerUnaryReactor* RegistryHandler::CompareHousehold(CallbackServerContext* context,
                                                      const pb::CompareHouseholdRequest* request,
                                                      pb::CompareHouseholdResponse* response) {
  return compare_household_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return history_->CompareHousehold(ctx, r); });
}

}  // namespace fangpin::registry
