// The streams of RegistryService that are files.

#include <memory>
#include <string>
#include <utility>

#include "libs/base/status.h"
#include "services/registry/api/registry_handler.h"

namespace fangpin::registry {

using base::CallContext;
using rpc::StreamSource;
using rpc::StreamStep;

grpc::ServerWriteReactor<pb::ExportNationalFormResponse>* RegistryHandler::ExportNationalForm(
    grpc::CallbackServerContext* context, const pb::ExportNationalFormRequest* request) {
  using Source = StreamSource<pb::ExportNationalFormResponse>;
  return export_national_form_.Run(
      context, request, [this](const CallContext& ctx, const auto& r) -> absl::StatusOr<Source> {
        FANGPIN_ASSIGN_OR_RETURN(auto out, exports_->ExportNationalForm(ctx, r));
        return [out = std::move(out)](
                   pb::ExportNationalFormResponse& piece) -> absl::StatusOr<StreamStep> {
          FANGPIN_ASSIGN_OR_RETURN(const bool more, out->Next(&piece));
          return more ? StreamStep::Message() : StreamStep::End();
        };
      });
}

grpc::ServerWriteReactor<pb::ExportImportErrorsResponse>* RegistryHandler::ExportImportErrors(
    grpc::CallbackServerContext* context, const pb::ExportImportErrorsRequest* request) {
  using Source = StreamSource<pb::ExportImportErrorsResponse>;
  return export_import_errors_.Run(
      context, request, [this](const CallContext& ctx, const auto& r) -> absl::StatusOr<Source> {
        return [this, ctx, id = r.import_id(), next = 0](
                   pb::ExportImportErrorsResponse& piece) mutable -> absl::StatusOr<StreamStep> {
          FANGPIN_ASSIGN_OR_RETURN(std::string data,
                                   imports_->ErrorsWorkbookPiece(ctx, id, next++));
          if (data.empty()) return StreamStep::End();
          piece.set_data(std::move(data));
          return StreamStep::Message();
        };
      });
}

}  // namespace fangpin::registry
