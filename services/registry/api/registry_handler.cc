#include "services/registry/api/registry_handler.h"

#include <utility>

#include "services/registry/api/paging.h"

namespace fangpin::registry {

using base::CallContext;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

// GetHouseholdResponse of one record, BatchGetHouseholdsResponse of many.
rpc::Encoded Encode(absl::Span<const RecordPtr> records, const std::vector<std::string>& missing) {
  rpc::Encoded encoded;
  std::vector<grpc::Slice> slices;
  slices.reserve(records.size() + 1);
  for (const RecordPtr& record : records) {
    encoded.ids.push_back(record->id);
    slices.emplace_back(record->answer);
  }
  for (const RecordPtr& record : records) {
    if (!record->national_id.empty()) encoded.ids.push_back(record->national_id);
  }
  if (!missing.empty()) {
    pb::BatchGetHouseholdsResponse rest;
    rest.mutable_missing_ids()->Assign(missing.begin(), missing.end());
    slices.emplace_back(rest.SerializeAsString());
  }
  encoded.bytes = grpc::ByteBuffer(slices.data(), slices.size());
  return encoded;
}

}  // namespace

ServerUnaryReactor* RegistryHandler::CreateHousehold(CallbackServerContext* context,
                                                     const pb::CreateHouseholdRequest* request,
                                                     pb::CreateHouseholdResponse* response) {
  return create_household_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return registry_->CreateHousehold(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::GetHousehold(CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return get_household_.Run(
      context, request, response,
      [this](const CallContext& ctx,
             const pb::GetHouseholdRequest& r) -> absl::StatusOr<rpc::Encoded> {
        if (r.revision() != 0 || !r.as_of().empty()) {
          FANGPIN_ASSIGN_OR_RETURN(const auto past, registry_->GetHousehold(ctx, r));
          return rpc::Encoded{rpc::ToBytes(past), {past.household().id()}};
        }
        FANGPIN_ASSIGN_OR_RETURN(const RecordPtr record,
                                 registry_->GetRecord(ctx, r.household_id()));
        return Encode({record}, {});
      });
}

ServerUnaryReactor* RegistryHandler::BatchGetHouseholds(CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request,
                                                        grpc::ByteBuffer* response) {
  return batch_get_households_.Run(
      context, request, response,
      [this](const CallContext& ctx,
             const pb::BatchGetHouseholdsRequest& r) -> absl::StatusOr<rpc::Encoded> {
        FANGPIN_ASSIGN_OR_RETURN(const Found found, registry_->BatchGetRecords(ctx, r));
        return Encode(found.records, found.missing);
      });
}

ServerUnaryReactor* RegistryHandler::CountHouseholds(CallbackServerContext* context,
                                                     const pb::CountHouseholdsRequest* request,
                                                     pb::CountHouseholdsResponse* response) {
  return count_households_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return registry_->CountHouseholds(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::UpdateHousehold(CallbackServerContext* context,
                                                     const pb::UpdateHouseholdRequest* request,
                                                     pb::UpdateHouseholdResponse* response) {
  return update_household_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return registry_->UpdateHousehold(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::LookUpPerson(CallbackServerContext* context,
                                                  const pb::LookUpPersonRequest* request,
                                                  pb::LookUpPersonResponse* response) {
  return look_up_person_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return registry_->LookUpPerson(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::BatchLookUpPersons(
    CallbackServerContext* context, const pb::BatchLookUpPersonsRequest* request,
    pb::BatchLookUpPersonsResponse* response) {
  return batch_look_up_persons_.Run(context, request, response,
                                    [this](const CallContext& ctx, const auto& r) {
                                      return registry_->BatchLookUpPersons(ctx, r);
                                    });
}

ServerUnaryReactor* RegistryHandler::MatchPersons(CallbackServerContext* context,
                                                  const pb::MatchPersonsRequest* request,
                                                  pb::MatchPersonsResponse* response) {
  return match_persons_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return registry_->MatchPersons(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::TransitionMonitoring(
    CallbackServerContext* context, const pb::TransitionMonitoringRequest* request,
    pb::TransitionMonitoringResponse* response) {
  return transition_monitoring_.Run(context, request, response,
                                    [this](const CallContext& ctx, const auto& r) {
                                      return registry_->TransitionMonitoring(ctx, r);
                                    });
}

ServerUnaryReactor* RegistryHandler::CreateImport(CallbackServerContext* context,
                                                  const pb::CreateImportRequest* request,
                                                  pb::CreateImportResponse* response) {
  return create_import_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r) { return imports_->CreateImport(ctx, r); });
}

ServerUnaryReactor* RegistryHandler::UploadImportChunk(CallbackServerContext* context,
                                                       const pb::UploadImportChunkRequest* request,
                                                       pb::UploadImportChunkResponse* response) {
  return upload_import_chunk_.Run(context, request, response,
                                  [this](const CallContext& ctx, const auto& r) {
                                    return imports_->UploadImportChunk(ctx, r);
                                  });
}

ServerUnaryReactor* RegistryHandler::RunImport(CallbackServerContext* context,
                                               const pb::RunImportRequest* request,
                                               pb::RunImportResponse* response) {
  return run_import_.Run(context, request, response, [this](const CallContext& ctx, const auto& r) {
    return imports_->RunImport(ctx, r);
  });
}

ServerUnaryReactor* RegistryHandler::GetImport(CallbackServerContext* context,
                                               const pb::GetImportRequest* request,
                                               pb::GetImportResponse* response) {
  return get_import_.Run(context, request, response, [this](const CallContext& ctx, const auto& r) {
    return imports_->GetImport(ctx, r);
  });
}

ServerUnaryReactor* RegistryHandler::ListHouseholds(CallbackServerContext* context,
                                                    const pb::ListHouseholdsRequest* request,
                                                    pb::ListHouseholdsResponse* response) {
  return list_households_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r, auto& out) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(auto page,
                                 ListPage(page_tokens_, r, 100, 500, out.mutable_next_page_token(),
                                          [&](const auto& sized, const PageKey& after) {
                                            return registry_->ListHouseholds(ctx, sized, after);
                                          }));
        for (auto& item : page.items) *out.add_households() = std::move(item);
        return absl::OkStatus();
      });
}

ServerUnaryReactor* RegistryHandler::ListRevisions(CallbackServerContext* context,
                                                   const pb::ListRevisionsRequest* request,
                                                   pb::ListRevisionsResponse* response) {
  return list_revisions_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r, auto& out) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(auto page,
                                 ListPage(page_tokens_, r, 50, 100, out.mutable_next_page_token(),
                                          [&](const auto& sized, const PageKey& after) {
                                            return registry_->ListRevisions(ctx, sized, after);
                                          }));
        for (auto& item : page.items) *out.add_revisions() = std::move(item);
        return absl::OkStatus();
      });
}

ServerUnaryReactor* RegistryHandler::ListImportErrors(CallbackServerContext* context,
                                                      const pb::ListImportErrorsRequest* request,
                                                      pb::ListImportErrorsResponse* response) {
  return list_import_errors_.Run(
      context, request, response,
      [this](const CallContext& ctx, const auto& r, auto& out) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(auto page,
                                 ListPage(page_tokens_, r, 200, 1000, out.mutable_next_page_token(),
                                          [&](const auto& sized, const PageKey& after) {
                                            return imports_->ListImportErrors(ctx, sized, after);
                                          }));
        for (auto& item : page.items) *out.add_errors() = std::move(item);
        return absl::OkStatus();
      });
}

}  // namespace fangpin::registry
