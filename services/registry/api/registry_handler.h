#ifndef FANGPIN_REGISTRY_API_REGISTRY_HANDLER_H_
#define FANGPIN_REGISTRY_API_REGISTRY_HANDLER_H_

#include <string>

#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "libs/rpc/encoded_method.h"
#include "libs/rpc/method.h"
#include "libs/rpc/page_token.h"
#include "libs/rpc/stream_method.h"
#include "services/registry/core/export/national_export.h"
#include "services/registry/core/feed.h"
#include "services/registry/core/imports.h"
#include "services/registry/core/registry.h"

namespace fangpin::registry {

// Methods that answer with stored bytes.
using EncodedRegistryService = pb::RegistryService::WithRawCallbackMethod_GetHousehold<
    pb::RegistryService::WithRawCallbackMethod_BatchGetHouseholds<
        pb::RegistryService::CallbackService>>;

// RegistryService over gRPC.
class RegistryHandler final : public EncodedRegistryService {
 public:
  // All must outlive it. `page_secret`: see rpc::PageTokens. `point_reads` says where reads of one
  // record run: inline when the store answers from this process.
  RegistryHandler(rpc::Runtime& runtime, Registry* registry, Feed* feed, Imports* imports,
                  Exports* exports, std::string page_secret, rpc::RunMode point_reads)
      : runtime_(runtime),
        registry_(registry),
        feed_(feed),
        imports_(imports),
        exports_(exports),
        page_tokens_(std::move(page_secret)),
        point_reads_(point_reads) {}

  grpc::ServerUnaryReactor* CreateHousehold(grpc::CallbackServerContext* context,
                                            const pb::CreateHouseholdRequest* request,
                                            pb::CreateHouseholdResponse* response) override;
  grpc::ServerUnaryReactor* GetHousehold(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetHouseholds(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListHouseholds(grpc::CallbackServerContext* context,
                                           const pb::ListHouseholdsRequest* request,
                                           pb::ListHouseholdsResponse* response) override;
  grpc::ServerUnaryReactor* CountHouseholds(grpc::CallbackServerContext* context,
                                            const pb::CountHouseholdsRequest* request,
                                            pb::CountHouseholdsResponse* response) override;
  grpc::ServerWriteReactor<pb::ExportHouseholdsResponse>* ExportHouseholds(
      grpc::CallbackServerContext* context, const pb::ExportHouseholdsRequest* request) override;
  grpc::ServerWriteReactor<pb::WatchHouseholdsResponse>* WatchHouseholds(
      grpc::CallbackServerContext* context, const pb::WatchHouseholdsRequest* request) override;
  grpc::ServerUnaryReactor* UpdateHousehold(grpc::CallbackServerContext* context,
                                            const pb::UpdateHouseholdRequest* request,
                                            pb::UpdateHouseholdResponse* response) override;
  grpc::ServerUnaryReactor* LookUpPerson(grpc::CallbackServerContext* context,
                                         const pb::LookUpPersonRequest* request,
                                         pb::LookUpPersonResponse* response) override;
  grpc::ServerUnaryReactor* BatchLookUpPersons(grpc::CallbackServerContext* context,
                                               const pb::BatchLookUpPersonsRequest* request,
                                               pb::BatchLookUpPersonsResponse* response) override;
  grpc::ServerUnaryReactor* MatchPersons(grpc::CallbackServerContext* context,
                                         const pb::MatchPersonsRequest* request,
                                         pb::MatchPersonsResponse* response) override;
  grpc::ServerUnaryReactor* TransitionMonitoring(
      grpc::CallbackServerContext* context, const pb::TransitionMonitoringRequest* request,
      pb::TransitionMonitoringResponse* response) override;
  grpc::ServerUnaryReactor* ListRevisions(grpc::CallbackServerContext* context,
                                          const pb::ListRevisionsRequest* request,
                                          pb::ListRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* CreateImport(grpc::CallbackServerContext* context,
                                         const pb::CreateImportRequest* request,
                                         pb::CreateImportResponse* response) override;
  grpc::ServerUnaryReactor* UploadImportChunk(grpc::CallbackServerContext* context,
                                              const pb::UploadImportChunkRequest* request,
                                              pb::UploadImportChunkResponse* response) override;
  grpc::ServerUnaryReactor* RunImport(grpc::CallbackServerContext* context,
                                      const pb::RunImportRequest* request,
                                      pb::RunImportResponse* response) override;
  grpc::ServerUnaryReactor* GetImport(grpc::CallbackServerContext* context,
                                      const pb::GetImportRequest* request,
                                      pb::GetImportResponse* response) override;
  grpc::ServerUnaryReactor* ListImportErrors(grpc::CallbackServerContext* context,
                                             const pb::ListImportErrorsRequest* request,
                                             pb::ListImportErrorsResponse* response) override;
  grpc::ServerWriteReactor<pb::ExportNationalFormResponse>* ExportNationalForm(
      grpc::CallbackServerContext* context, const pb::ExportNationalFormRequest* request) override;
  grpc::ServerWriteReactor<pb::ExportImportErrorsResponse>* ExportImportErrors(
      grpc::CallbackServerContext* context, const pb::ExportImportErrorsRequest* request) override;

 private:
  static constexpr std::string_view kService = "fangpin.registry.v1.RegistryService";
  template <typename Request, typename Response>
  using Method = rpc::Method<Request, Response>;
  template <typename Request, typename Response>
  using EncodedMethod = rpc::EncodedMethod<Request, Response>;
  using StreamMethod = rpc::StreamMethod<Request, Response>;

  rpc::Runtime& runtime_;
  Registry* const registry_;
  Feed* const feed_;
  Imports* const imports_;
  Exports* const exports_;
  const rpc::PageTokens page_tokens_;
  const rpc::RunMode point_reads_;

  Method<pb::CreateHouseholdRequest, pb::CreateHouseholdResponse> create_household_{
      runtime_, kService, "CreateHousehold"};
  EncodedMethod<pb::GetHouseholdRequest, pb::GetHouseholdResponse> get_household_{
      runtime_, kService, "GetHousehold", point_reads_};
  EncodedMethod<pb::BatchGetHouseholdsRequest, pb::BatchGetHouseholdsResponse>
      batch_get_households_{runtime_, kService, "BatchGetHouseholds"};
  Method<pb::ListHouseholdsRequest, pb::ListHouseholdsResponse> list_households_{runtime_, kService,
                                                                                 "ListHouseholds"};
  Method<pb::CountHouseholdsRequest, pb::CountHouseholdsResponse> count_households_{
      runtime_, kService, "CountHouseholds"};
  StreamMethod<pb::ExportHouseholdsRequest, pb::ExportHouseholdsResponse> export_households_{
      runtime_, kService, "ExportHouseholds"};
  StreamMethod<pb::WatchHouseholdsRequest, pb::WatchHouseholdsResponse> watch_households_{
      runtime_, kService, "WatchHouseholds"};
  Method<pb::UpdateHouseholdRequest, pb::UpdateHouseholdResponse> update_household_{
      runtime_, kService, "UpdateHousehold"};
  Method<pb::LookUpPersonRequest, pb::LookUpPersonResponse> look_up_person_{
      runtime_, kService, "LookUpPerson", point_reads_};
  Method<pb::BatchLookUpPersonsRequest, pb::BatchLookUpPersonsResponse> batch_look_up_persons_{
      runtime_, kService, "BatchLookUpPersons"};
  Method<pb::MatchPersonsRequest, pb::MatchPersonsResponse> match_persons_{runtime_, kService,
                                                                           "MatchPersons"};
  Method<pb::TransitionMonitoringRequest, pb::TransitionMonitoringResponse> transition_monitoring_{
      runtime_, kService, "TransitionMonitoring"};
  Method<pb::ListRevisionsRequest, pb::ListRevisionsResponse> list_revisions_{runtime_, kService,
                                                                              "ListRevisions"};
  Method<pb::CreateImportRequest, pb::CreateImportResponse> create_import_{runtime_, kService,
                                                                           "CreateImport"};
  Method<pb::UploadImportChunkRequest, pb::UploadImportChunkResponse> upload_import_chunk_{
      runtime_, kService, "UploadImportChunk"};
  Method<pb::RunImportRequest, pb::RunImportResponse> run_import_{runtime_, kService, "RunImport"};
  Method<pb::GetImportRequest, pb::GetImportResponse> get_import_{runtime_, kService, "GetImport",
                                                                  point_reads_};
  Method<pb::ListImportErrorsRequest, pb::ListImportErrorsResponse> list_import_errors_{
      runtime_, kService, "ListImportErrors"};
  StreamMethod<pb::ExportNationalFormRequest, pb::ExportNationalFormResponse> export_national_form_{
      runtime_, kService, "ExportNationalForm"};
  StreamMethod<pb::ExportImportErrorsRequest, pb::ExportImportErrorsResponse> export_import_errors_{
      runtime_, kService, "ExportImportErrors"};
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_API_REGISTRY_HANDLER_H_
