#include "services/registry/core/import_worker.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "services/registry/core/household.h"
#include "services/registry/core/import/parse.h"
#include "services/registry/core/import/workbook.h"

namespace fangpin::registry {
namespace {

// How soon another process's interrupted run is noticed, and a failed store tried again.
constexpr absl::Duration kPoll = absl::Seconds(10);

constexpr std::string_view kRowsBad = "ROWS_BAD";
constexpr int kDuplicatePercent = 20;  // where an import names none

// True for statuses after which the same run may succeed.
bool Transient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsCancelled(status) ||
         absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status);
}

// Households, or villages, left out because of what the file itself says.
int64_t RefusedByFile(const ImportFile& file) {
  const auto bad = [](const auto& entry) { return entry.bad; };
  return std::count_if(file.households.begin(), file.households.end(), bad) +
         std::count_if(file.villages.begin(), file.villages.end(), bad);
}

void Count(const LoadResult& result, int64_t refused_by_file, pb::Import* import) {
  import->set_households_created(result.created);
  import->set_households_updated(result.updated);
  import->set_households_unchanged(result.unchanged);
  import->set_households_refused(refused_by_file + result.refused);
}

void Append(const std::vector<pb::RowError>& more, std::vector<pb::RowError>* errors) {
  errors->insert(errors->end(), more.begin(), more.end());
}

std::vector<const FileHousehold*> Loadable(const ImportFile& file) {
  std::vector<const FileHousehold*> households;
  for (const FileHousehold& h : file.households) {
    if (!h.bad) households.push_back(&h);
  }
  return households;
}

using Households = std::vector<const FileHousehold*>;
using HouseholdSpan = absl::Span<const FileHousehold* const>;

// Calls load(households, claims), which returns those deferred, round by round: they come again
// once others have been loaded, until a round brings nothing further.
template <typename LoadAll>
absl::Status InRounds(Households pending, LoadAll load) {
  Claims claims = Claims::kDefer;
  while (!pending.empty()) {
    FANGPIN_ASSIGN_OR_RETURN(Households deferred, load(pending, claims));
    if (deferred.size() == pending.size()) claims = Claims::kRefuse;
    pending = std::move(deferred);
  }
  return absl::OkStatus();
}

// The part of the households that is loaded at once.
HouseholdSpan Batch(HouseholdSpan households, size_t begin) {
  return households.subspan(begin, ImportWorker::kBatch);
}

// The record while it is loaded.
ImportRecord Progress(const ImportRecord& record, const LoadResult& total, const LoadResult& part) {
  ImportRecord progress = record;
  pb::Import& import = progress.import;
  import.set_households_created(total.created + part.created);
  import.set_households_updated(total.updated + part.updated);
  import.set_households_unchanged(total.unchanged + part.unchanged);
  import.set_households_refused(record.import.households_refused() + total.refused + part.refused);
  return progress;
}

absl::Status RowsBad(size_t errors) {
  return base::Error(absl::StatusCode::kInvalidArgument, kRowsBad,
                     base::StrCat("有", errors, "处错误，按要求整个文件都没有导入"));
}

absl::Status TooManyDuplicates(int64_t rows, int64_t of, int percent) {
  return base::Error(
      absl::StatusCode::kInvalidArgument, "TOO_MANY_DUPLICATES",
      base::StrCat("全部", of, "行中有", rows, "行重复，或其人员已登记在文件以外的户，超过了",
                   percent, "%，整个文件都没有导入"));
}

}  // namespace

void ImportWorker::Start() {
  stopping_ = false;
  thread_ = std::thread([this] { Work(); });
}

void ImportWorker::Stop() {
  stopping_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
}

void ImportWorker::Wake() {
  absl::MutexLock lock(&mutex_);
  wanted_ = true;
}

void ImportWorker::Work() {
  while (!stopping_) {
    if (const absl::Status status = RunPending(); !status.ok() && !absl::IsCancelled(status)) {
      log::Warning("imports wait", {{"error", base::ToStd(status.message())}});
    }
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&wanted_), kPoll);
    wanted_ = false;
  }
}

absl::Status ImportWorker::KeepGoing() const {
  return stopping_ ? absl::CancelledError("stopping") : absl::OkStatus();
}

absl::Status ImportWorker::RunPending() {
  std::vector<std::string> ids;
  const auto find = [&] {
    return store_->Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(ids, reader.ImportsInState(pb::IMPORT_STATE_RUNNING));
      return absl::OkStatus();
    });
  };
  FANGPIN_RETURN_IF_ERROR(find());
  while (!ids.empty()) {
    FANGPIN_RETURN_IF_ERROR(KeepGoing());
    FANGPIN_RETURN_IF_ERROR(store_->Exclusively("imports", [&]() -> absl::Status {
      // Another process may have run it while this one waited for its turn.
      FANGPIN_RETURN_IF_ERROR(find());
      return ids.empty() ? absl::OkStatus() : Run(ids.front());
    }));
    FANGPIN_RETURN_IF_ERROR(find());
  }
  return absl::OkStatus();
}

absl::Status ImportWorker::Run(const std::string& id) {
  const absl::Time started = clock_->Now();
  ImportRecord record;
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(std::optional<ImportRecord> found, writer.FindImport(id));
    record = *std::move(found);
    ++record.attempts;
    return writer.PutImport(record);
  }));
  if (record.attempts > kMaxAttempts) {
    record.import.set_failure_reason("IMPORT_INTERRUPTED");
    record.import.set_failure_message("导入多次中断，请联系运维人员");
    return End(std::move(record), {}, "", started);
  }
  FANGPIN_ASSIGN_OR_RETURN(std::string content, Content(id));
  const absl::StatusOr<ImportFile> file =
      ParseImport(content,
                  {record.import.file_name(), record.import.encoding(), record.import.division(),
                   base::Today(record.run_time)},
                  *divisions_, [this] { return KeepGoing(); });
  std::string().swap(content);
  std::vector<pb::RowError> errors;
  absl::Status status = file.status();
  if (file.ok()) status = Load(*file, &record, &errors);
  if (Transient(status)) {
    // Stopping or a failed store is no crash.
    const absl::Status kept = store_->Write([&](RegistryWriter& writer) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(std::optional<ImportRecord> found, writer.FindImport(id));
      --found->attempts;
      return writer.PutImport(*found);
    });
    if (!kept.ok()) log::Warning("import attempt not taken back", {{"import", id}});
    return status;
  }
  if (!status.ok()) {
    const std::string reason = base::Reason(status);
    const bool known = absl::IsInvalidArgument(status) && !reason.empty();
    if (!known)
      log::Error("import failed", {{"import", id}, {"error", base::ToStd(status.message())}});
    record.import.set_failure_reason(known ? reason : "IMPORT_FAILED");
    record.import.set_failure_message(known ? std::string(status.message())
                                            : "系统错误，导入没有完成");
  }
  std::string workbook;
  if (file.ok() && !errors.empty()) {
    FANGPIN_ASSIGN_OR_RETURN(content, Content(id));
    FANGPIN_ASSIGN_OR_RETURN(workbook, MakeErrorsWorkbook(content, record.import, *file, errors));
  }
  return End(std::move(record), std::move(errors), std::move(workbook), started);
}

absl::StatusOr<std::string> ImportWorker::Content(const std::string& id) {
  std::string content;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(content, reader.Content(id));
    return absl::OkStatus();
  }));
  return content;
}

absl::Status ImportWorker::Load(const ImportFile& file, ImportRecord* record,
                                std::vector<pb::RowError>* errors) {
  pb::Import& import = record->import;
  import.set_kind(file.kind);
  import.set_rows_read(file.rows_read);
  import.mutable_unknown_columns()->Assign(file.unknown_columns.begin(),
                                           file.unknown_columns.end());
  import.set_households_refused(RefusedByFile(file));
  *errors = file.errors;
  LoadContext context;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(context, MakeLoadContext(reader, file, *divisions_, *record));
    return absl::OkStatus();
  }));
  FANGPIN_RETURN_IF_ERROR(CountDuplicates(context, &import, errors));
  if (file.kind == pb::IMPORT_KIND_VILLAGES) return LoadVillages(context, record, errors);
  const bool all = import.mode() == pb::IMPORT_MODE_ALL_OR_NOTHING;
  if (!import.validate_only() && !all) return LoadSkipping(context, record, errors);

  // The whole list of errors is wanted before anything is written.
  LoadResult preview;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    preview = {};
    const std::vector<const FileHousehold*> households = Loadable(file);
    for (size_t i = 0; i < households.size(); i += kBatch) {
      FANGPIN_RETURN_IF_ERROR(KeepGoing());
      FANGPIN_ASSIGN_OR_RETURN(
          const LoadResult part,
          Preview(reader, context, absl::MakeConstSpan(households).subspan(i, kBatch)));
      preview.Add(part);
    }
    return absl::OkStatus();
  }));
  const int64_t refused_by_file = import.households_refused();
  Append(preview.errors, errors);
  if (all && !errors->empty()) {
    import.set_households_refused(refused_by_file + preview.refused);
    return RowsBad(errors->size());
  }
  if (!import.validate_only()) return LoadAllOrNothing(context, record, errors);
  Count(preview, refused_by_file, &import);
  return absl::OkStatus();
}

absl::Status ImportWorker::CountDuplicates(const LoadContext& context, pb::Import* import,
                                           std::vector<pb::RowError>* errors) {
  std::vector<pb::RowError> claims;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(claims, FindForeignClaims(reader, context));
    return absl::OkStatus();
  }));
  absl::flat_hash_set<int> rows = context.file->duplicate_rows;
  for (const pb::RowError& claim : claims) rows.insert(static_cast<int>(claim.row()));
  const auto duplicates = static_cast<int64_t>(rows.size());
  import->set_rows_duplicate(duplicates);
  const int percent =
      import->max_duplicate_percent() == 0 ? kDuplicatePercent : import->max_duplicate_percent();
  if (duplicates * 100 <= import->rows_read() * percent) return absl::OkStatus();
  // Claims of households that are loaded come up again while loading.
  Append(claims, errors);
  return TooManyDuplicates(duplicates, import->rows_read(), percent);
}

absl::Status ImportWorker::LoadVillages(const LoadContext& context, ImportRecord* record,
                                        std::vector<pb::RowError>* errors) {
  pb::Import& import = record->import;
  if (import.mode() == pb::IMPORT_MODE_ALL_OR_NOTHING && !errors->empty()) {
    return RowsBad(errors->size());
  }
  LoadResult result;
  if (import.validate_only()) {
    FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(result, registry::LoadVillages(reader, nullptr, context));
      return absl::OkStatus();
    }));
  } else {
    FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(result, registry::LoadVillages(writer, &writer, context));
      return absl::OkStatus();
    }));
  }
  Count(result, import.households_refused(), &import);
  return absl::OkStatus();
}

absl::Status ImportWorker::LoadSkipping(const LoadContext& context, ImportRecord* record,
                                        std::vector<pb::RowError>* errors) {
  LoadResult total;
  const int64_t refused_by_file = record->import.households_refused();
  ReservedSerials serials;
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(serials, ReservedSerials::Reserve(writer, context));
    return absl::OkStatus();
  }));
  const auto load = [&](HouseholdSpan pending, Claims claims) -> absl::StatusOr<Households> {
    Households deferred;
    // While one batch is written, the next one is made ready.
    std::future<absl::StatusOr<LoadResult>> writing;
    const auto finish = [&]() -> absl::Status {
      if (!writing.valid()) return absl::OkStatus();
      FANGPIN_ASSIGN_OR_RETURN(LoadResult part, writing.get());
      metrics_->households_created.Increment(static_cast<uint64_t>(part.created));
      metrics_->households_updated.Increment(static_cast<uint64_t>(part.updated));
      deferred.insert(deferred.end(), part.deferred.begin(), part.deferred.end());
      part.deferred.clear();
      total.Add(part);
      return absl::OkStatus();
    };
    for (size_t i = 0; i < pending.size(); i += kBatch) {
      FANGPIN_RETURN_IF_ERROR(KeepGoing());
      const HouseholdSpan batch = Batch(pending, i);
      std::optional<ReadyLoad> ready;
      // In the last round one household may be let in by the one before it.
      if (claims != Claims::kRefuse) {
        FANGPIN_ASSIGN_OR_RETURN(ready, MakeReady(*store_, context, batch, claims, &serials));
      }
      FANGPIN_RETURN_IF_ERROR(finish());
      writing = std::async(std::launch::async, [&, batch, ready = std::move(ready)]() mutable {
        return WriteBatch(context, batch, claims, std::move(ready), *record, total);
      });
    }
    FANGPIN_RETURN_IF_ERROR(finish());
    return deferred;
  };
  FANGPIN_RETURN_IF_ERROR(InRounds(Loadable(*context.file), load));
  Count(total, refused_by_file, &record->import);
  Append(total.errors, errors);
  return absl::OkStatus();
}

absl::StatusOr<LoadResult> ImportWorker::WriteBatch(const LoadContext& context, HouseholdSpan batch,
                                                    Claims claims, std::optional<ReadyLoad> ready,
                                                    const ImportRecord& record,
                                                    const LoadResult& total) {
  if (ready.has_value()) {
    const absl::Status status = store_->Write([&](RegistryWriter& writer) -> absl::Status {
      FANGPIN_RETURN_IF_ERROR(writer.PutPrepared(*ready->changes));
      return writer.PutImport(Progress(record, total, ready->result));
    });
    if (status.ok()) return std::move(ready->result);
    if (!IsVoid(status)) return status;
  }
  LoadResult part;
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(part, registry::Load(writer, context, batch, claims));
    return writer.PutImport(Progress(record, total, part));
  }));
  return part;
}

absl::Status ImportWorker::LoadAllOrNothing(const LoadContext& context, ImportRecord* record,
                                            std::vector<pb::RowError>* errors) {
  LoadResult total;
  const int64_t refused_by_file = record->import.households_refused();
  const absl::Status status = store_->Write([&](RegistryWriter& writer) -> absl::Status {
    total = {};
    const auto load = [&](HouseholdSpan pending, Claims claims) -> absl::StatusOr<Households> {
      Households deferred;
      for (size_t i = 0; i < pending.size(); i += kBatch) {
        FANGPIN_RETURN_IF_ERROR(KeepGoing());
        FANGPIN_ASSIGN_OR_RETURN(LoadResult part,
                                 registry::Load(writer, context, Batch(pending, i), claims));
        deferred.insert(deferred.end(), part.deferred.begin(), part.deferred.end());
        part.deferred.clear();
        total.Add(part);
      }
      return deferred;
    };
    FANGPIN_RETURN_IF_ERROR(InRounds(Loadable(*context.file), load));
    return total.errors.empty() ? absl::OkStatus() : RowsBad(total.errors.size());
  });
  if (!status.ok()) {
    // Only a writer that came in between the check and now can make a row bad here.
    *errors = std::move(total.errors);
    return status;
  }
  Count(total, refused_by_file, &record->import);
  metrics_->households_created.Increment(static_cast<uint64_t>(total.created));
  metrics_->households_updated.Increment(static_cast<uint64_t>(total.updated));
  return absl::OkStatus();
}

absl::Status ImportWorker::End(ImportRecord record, std::vector<pb::RowError> errors,
                               std::string workbook, absl::Time started) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return a.row() < b.row(); });
  std::set<int64_t> rows;
  for (const pb::RowError& error : errors) {
    if (error.row() > 0) rows.insert(error.row());
  }
  if (errors.size() > kMaxErrors) {
    const size_t left_out = errors.size() - kMaxErrors + 1;
    errors.resize(kMaxErrors - 1);
    errors.push_back(MakeRowError(0, "", "ERRORS_LEFT_OUT",
                                  base::StrCat("错误太多，另有", left_out, "处没有列出"), ""));
  }
  pb::Import& import = record.import;
  import.set_rows_bad(static_cast<int64_t>(rows.size()));
  const bool failed = !import.failure_reason().empty();
  import.set_state(failed ? pb::IMPORT_STATE_FAILED : pb::IMPORT_STATE_SUCCEEDED);
  const absl::Duration took = clock_->Now() - started;
  *import.mutable_end_time() = ToTimestamp(record.run_time + took);
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(writer.PutImportErrors(import.id(), errors));
    FANGPIN_RETURN_IF_ERROR(writer.PutErrorsWorkbook(import.id(), workbook));
    FANGPIN_RETURN_IF_ERROR(writer.DropChunks(import.id()));
    return writer.PutImport(record);
  }));
  (failed ? metrics_->imports_failed : metrics_->imports_succeeded).Increment();
  metrics_->import_rows_bad.Increment(static_cast<uint64_t>(import.rows_bad()));
  metrics_->import_rows_good.Increment(
      static_cast<uint64_t>(std::max<int64_t>(0, import.rows_read() - import.rows_bad())));
  metrics_->import_seconds.Observe(absl::ToDoubleSeconds(took));
  log::Info("import ended", {{"import", import.id()},
                             {"state", pb::ImportState_Name(import.state())},
                             {"rows", import.rows_read()},
                             {"bad_rows", import.rows_bad()},
                             {"created", import.households_created()},
                             {"updated", import.households_updated()},
                             {"seconds", absl::ToDoubleSeconds(took)}});
  return absl::OkStatus();
}

}  // namespace fangpin::registry
