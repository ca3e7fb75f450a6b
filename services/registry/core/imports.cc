#include "services/registry/core/imports.h"

#include <utility>

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/once.h"
#include "services/registry/core/scope.h"

namespace fangpin::registry {
namespace {

constexpr size_t kMaxChunk = size_t{4} << 20;
constexpr int64_t kMaxFile = int64_t{512} << 20;
constexpr size_t kMaxFileName = 200;

absl::Status CheckNewImport(const pb::Import& import, const DivisionTree& divisions) {
  if (divisions.Find(import.division()) == nullptr) {
    return base::InvalidField("import.division", "DIVISION_NOT_FOUND", "区划代码不存在");
  }
  if (!base::IsValidUtf8(import.file_name()) ||
      base::CodePoints(import.file_name()) > kMaxFileName) {
    return base::InvalidField("import.file_name", "TEXT_TOO_LONG", "文件名最多200个字");
  }
  if (!pb::ImportMode_IsValid(import.mode()) || import.mode() == 0) {
    return base::InvalidField("import.mode", "VALUE_UNKNOWN", "请指明有错误行时如何处理");
  }
  if (!import.encoding().empty() && import.encoding() != "UTF-8" &&
      import.encoding() != "GB18030") {
    return base::InvalidField("import.encoding", "VALUE_UNKNOWN", "编码应为UTF-8或GB18030");
  }
  if (import.max_duplicate_percent() < 0 || import.max_duplicate_percent() > 100) {
    return base::InvalidField("import.max_duplicate_percent", "VALUE_RANGE",
                              "重复行的比例应为0至100");
  }
  return absl::OkStatus();
}

absl::StatusOr<ImportRecord> LoadImport(const base::CallContext& ctx, RegistryReader& reader,
                                        const std::string& id) {
  FANGPIN_ASSIGN_OR_RETURN(std::optional<ImportRecord> record, reader.FindImport(id));
  if (!record.has_value()) return ImportNotFound(id);
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, record->import.division()));
  return *std::move(record);
}

}  // namespace

absl::StatusOr<pb::CreateImportResponse> Imports::CreateImport(
    const base::CallContext& ctx, const pb::CreateImportRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckNewImport(request.import(), *divisions_));
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, request.import().division()));
  return WriteOnce<pb::CreateImportResponse>(
      *store_, ctx, "CreateImport", request,
      [&](RegistryWriter& writer) -> absl::StatusOr<pb::CreateImportResponse> {
        const pb::Import& asked = request.import();
        ImportRecord record;
        pb::Import& import = record.import;
        import.set_id(base::NewId(base::CountyOf(asked.division()), ctx.now));
        import.set_division(asked.division());
        import.set_file_name(asked.file_name());
        import.set_mode(asked.mode());
        import.set_validate_only(asked.validate_only());
        import.set_encoding(asked.encoding());
        import.set_max_duplicate_percent(asked.max_duplicate_percent());
        import.set_state(pb::IMPORT_STATE_UPLOADING);
        import.set_actor(ctx.principal.subject);
        *import.mutable_create_time() = ToTimestamp(ctx.now);
        record.run_time = ctx.now;
        FANGPIN_RETURN_IF_ERROR(writer.PutImport(record));
        pb::CreateImportResponse response;
        *response.mutable_import() = import;
        return response;
      });
}

absl::StatusOr<pb::UploadImportChunkResponse> Imports::UploadImportChunk(
    const base::CallContext& ctx, const pb::UploadImportChunkRequest& request) {
  if (request.data().size() > kMaxChunk) {
    return base::InvalidField("data", "CHUNK_TOO_LARGE", "每块最多4MiB");
  }
  pb::UploadImportChunkResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(ImportRecord record, LoadImport(ctx, writer, request.import_id()));
    if (record.import.state() != pb::IMPORT_STATE_UPLOADING) {
      return ImportNotUploading(request.import_id());
    }
    response.set_received_bytes(record.received_bytes);
    if (request.offset() < 0 || request.offset() > record.received_bytes) {
      return ChunkOffset(record.received_bytes);
    }
    if (request.offset() < record.received_bytes) {
      FANGPIN_ASSIGN_OR_RETURN(const std::optional<std::string> held,
                               writer.Chunk(request.import_id(), request.offset()));
      if (!held.has_value()) return ChunkOffset(record.received_bytes);
      return *held == request.data() ? absl::OkStatus() : ChunkDiffers();
    }
    if (request.data().empty()) return absl::OkStatus();
    record.received_bytes += static_cast<int64_t>(request.data().size());
    if (record.received_bytes > kMaxFile) {
      return base::InvalidField("data", "IMPORT_TOO_LARGE", "文件最大512MiB");
    }
    FANGPIN_RETURN_IF_ERROR(writer.PutChunk(request.import_id(), request.offset(), request.data()));
    FANGPIN_RETURN_IF_ERROR(writer.PutImport(record));
    response.set_received_bytes(record.received_bytes);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::RunImportResponse> Imports::RunImport(const base::CallContext& ctx,
                                                         const pb::RunImportRequest& request) {
  pb::RunImportResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(ImportRecord record, LoadImport(ctx, writer, request.import_id()));
    if (record.import.state() == pb::IMPORT_STATE_UPLOADING) {
      record.import.set_state(pb::IMPORT_STATE_RUNNING);
      record.run_time = ctx.now;
      FANGPIN_RETURN_IF_ERROR(writer.PutImport(record));
    }
    *response.mutable_import() = std::move(record.import);
    return absl::OkStatus();
  }));
  if (response.import().state() == pb::IMPORT_STATE_RUNNING) wake_();
  return response;
}

absl::StatusOr<pb::GetImportResponse> Imports::GetImport(const base::CallContext& ctx,
                                                         const pb::GetImportRequest& request) {
  pb::GetImportResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(ImportRecord record, LoadImport(ctx, reader, request.import_id()));
    *response.mutable_import() = std::move(record.import);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<Page<pb::RowError>> Imports::ListImportErrors(
    const base::CallContext& ctx, const pb::ListImportErrorsRequest& request,
    const PageKey& after) {
  const int64_t last = after.empty() ? 0 : base::ParseInt(after[0]).value_or(0);
  const int wanted = request.page_size();
  std::vector<std::pair<int64_t, pb::RowError>> errors;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(LoadImport(ctx, reader, request.import_id()).status());
    FANGPIN_ASSIGN_OR_RETURN(errors, reader.ImportErrors(request.import_id(), last, wanted + 1));
    return absl::OkStatus();
  }));
  Page<pb::RowError> page;
  if (static_cast<int>(errors.size()) > wanted) {
    errors.resize(static_cast<size_t>(wanted));
    page.next = {std::to_string(errors.back().first)};
  }
  for (auto& [sequence, error] : errors) page.items.push_back(std::move(error));
  return page;
}

absl::StatusOr<std::string> Imports::ErrorsWorkbookPiece(const base::CallContext& ctx,
                                                         const std::string& import_id, int piece) {
  std::string data;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const ImportRecord record, LoadImport(ctx, reader, import_id));
    const pb::ImportState state = record.import.state();
    if (state != pb::IMPORT_STATE_SUCCEEDED && state != pb::IMPORT_STATE_FAILED) {
      return ImportNotEnded(import_id);
    }
    FANGPIN_ASSIGN_OR_RETURN(data, reader.ErrorsWorkbookPiece(import_id, piece));
    return piece == 0 && data.empty() ? ImportWithoutErrors(import_id) : absl::OkStatus();
  }));
  return data;
}

}  // namespace fangpin::registry
