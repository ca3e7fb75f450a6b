#ifndef FANGPIN_REGISTRY_CORE_IMPORTS_H_
#define FANGPIN_REGISTRY_CORE_IMPORTS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The use cases of RegistryService on imports. Thread-safe.
class Imports {
 public:
  // All must outlive this. `wake` is called after an import was set RUNNING.
  Imports(RegistryStore* store, const DivisionTree* divisions, std::function<void()> wake)
      : store_(store), divisions_(divisions), wake_(std::move(wake)) {}

  absl::StatusOr<pb::CreateImportResponse> CreateImport(const base::CallContext& ctx,
                                                        const pb::CreateImportRequest& request);
  // INVALID_ARGUMENT CHUNK_OFFSET, CHUNK_DIFFERS, CHUNK_TOO_LARGE, IMPORT_TOO_LARGE;
  // FAILED_PRECONDITION IMPORT_NOT_UPLOADING.
  absl::StatusOr<pb::UploadImportChunkResponse> UploadImportChunk(
      const base::CallContext& ctx, const pb::UploadImportChunkRequest& request);
  absl::StatusOr<pb::RunImportResponse> RunImport(const base::CallContext& ctx,
                                                  const pb::RunImportRequest& request);
  absl::StatusOr<pb::GetImportResponse> GetImport(const base::CallContext& ctx,
                                                  const pb::GetImportRequest& request);
  absl::StatusOr<Page<pb::RowError>> ListImportErrors(const base::CallContext& ctx,
                                                      const pb::ListImportErrorsRequest& request,
                                                      const PageKey& after);

  // A piece, from 0, of the errors workbook; empty behind the last. FAILED_PRECONDITION
  // IMPORT_NOT_ENDED; NOT_FOUND IMPORT_WITHOUT_ERRORS.
  absl::StatusOr<std::string> ErrorsWorkbookPiece(const base::CallContext& ctx,
                                                  const std::string& import_id, int piece);

 private:
  RegistryStore* const store_;
  const DivisionTree* const divisions_;
  const std::function<void()> wake_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORTS_H_
