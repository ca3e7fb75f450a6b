#include "services/registry/store/sql_registry_store.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household_filter.h"
#include "services/registry/store/household_index.h"
#include "services/registry/store/sealed_revision.h"
#include "services/registry/store/sql_changes.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

namespace q = ::fangpin::registry_sql;
using sql::Blob;
using sql::Row;
using sql::Value;

constexpr size_t kRevisionsAtOnce = 20;
constexpr absl::Duration kAnswerLife = absl::Hours(24 * 7);

// Where a sealed value belongs: one that is moved elsewhere does not open.
std::string AnswerPlace(const RequestKey& key) {
  return base::StrCat("answer/", key.principal, "/", key.method, "/", key.request_id);
}
std::string ImportPlace(std::string_view id) { return base::StrCat("import/", id); }
std::string ChunkPlace(std::string_view import_id, int64_t offset) {
  return base::StrCat("chunk/", import_id, "/", offset);
}
std::string WorkbookPlace(std::string_view import_id, int64_t piece) {
  return base::StrCat("workbook/", import_id, "/", piece);
}
std::string VillagePlace(std::string_view village) { return base::StrCat("village/", village); }
std::string ErrorPlace(std::string_view import_id, int64_t sequence) {
  return base::StrCat("import-error/", import_id, "/", sequence);
}

// What a parameter of a look-up by many keys is.
Value TextKey(const std::string& key) { return key; }
Value BytesKey(const std::string& key) { return Blob{key}; }

class SqlTx final : public RegistryWriter {
 public:
  // `touched` and `answers` are null for reading.
  SqlTx(sql::Tx* tx, sql::Engine engine, const seal::Sealer* sealer, TouchedKeys* touched,
        AnswerUpkeep* answers)
      : tx_(*tx), engine_(engine), sealer_(*sealer), touched_(touched), answers_(answers) {}

  absl::StatusOr<int64_t> FeedHead() override { return ReadFeedHead(tx_); }
  absl::StatusOr<std::vector<FeedRow>> Feed(int64_t after, int limit) override {
    return ReadFeed(tx_, after, limit);
  }
  absl::StatusOr<std::vector<FeedRow>> FeedPending() override { return ReadPendingFeed(tx_); }

  absl::StatusOr<std::vector<std::optional<pb::Revision>>> RevisionsAt(
      absl::Span<const RevisionKey> keys) override {
    absl::flat_hash_map<std::string, pb::Revision> found;  // by place
    for (size_t begin = 0; begin < keys.size(); begin += kRevisionsAtOnce) {
      std::vector<Value> args;
      for (size_t i = begin; i < begin + kRevisionsAtOnce; ++i) {
        const RevisionKey& key = keys[std::min(i, keys.size() - 1)];
        args.emplace_back(key.household_id);
        args.emplace_back(key.number);
      }
      FANGPIN_RETURN_IF_ERROR(
          tx_.ForEach(q::kGetRevisions, args, [&](const Row& row) -> absl::Status {
            std::string place = RevisionPlace(row.Text(0), row.Int(1));
            FANGPIN_ASSIGN_OR_RETURN(pb::Revision revision,
                                     Open<pb::Revision>(row.Bytes(2), place));
            found.emplace(std::move(place), std::move(revision));
            return absl::OkStatus();
          }));
    }
    std::vector<std::string> places;
    for (const RevisionKey& key : keys) {
      places.push_back(RevisionPlace(key.household_id, key.number));
    }
    return InOrder<pb::Revision>(places, found);
  }

  absl::StatusOr<std::vector<std::optional<pb::Household>>> Households(
      absl::Span<const std::string> ids) override {
    absl::flat_hash_map<std::string, pb::Household> found;
    FANGPIN_RETURN_IF_ERROR(
        ForKeys(q::kGetHouseholds, ids, TextKey, [&](const Row& row) -> absl::Status {
          FANGPIN_ASSIGN_OR_RETURN(found[std::string(row.Text(0))], ReadHousehold(row));
          return absl::OkStatus();
        }));
    return InOrder<pb::Household>(ids, found);
  }

  absl::StatusOr<std::optional<pb::Revision>> RevisionAt(std::string_view household_id,
                                                         int64_t number) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row,
                             tx_.First(q::kGetRevision, household_id, number));
    if (!row.has_value()) return std::nullopt;
    return Open<pb::Revision>(row->Bytes(0), RevisionPlace(household_id, number));
  }

  absl::StatusOr<std::vector<pb::Revision>> Revisions(std::string_view household_id, int64_t after,
                                                      int limit) override {
    std::vector<pb::Revision> revisions;
    FANGPIN_RETURN_IF_ERROR(tx_.ForEach(
        q::kListRevisions, {household_id, after, limit}, [&](const Row& row) -> absl::Status {
          FANGPIN_ASSIGN_OR_RETURN(
              pb::Revision revision,
              Open<pb::Revision>(row.Bytes(1), RevisionPlace(household_id, row.Int(0))));
          revisions.push_back(std::move(revision));
          return absl::OkStatus();
        }));
    return revisions;
  }

  absl::StatusOr<HouseholdPart> ListHouseholds(const HouseholdQuery& query) override {
    const Key begin =
        std::max(Key(query.range.begin, ""), Key(query.after_division, query.after_id));
    std::vector<Key> keys;
    // Where the search stands when it finds less than `limit`: nullopt at the end of the range.
    std::optional<Key> stopped;
    if (!query.filter.member_name().empty()) {
      FANGPIN_ASSIGN_OR_RETURN(keys, KeysByName(query, begin));
    } else {
      if (!TakesAll(query.filter)) {
        FANGPIN_ASSIGN_OR_RETURN(stopped, WindowEnd(query, begin));
      }
      FANGPIN_ASSIGN_OR_RETURN(
          keys, KeysBetween(query, begin, stopped.value_or(Key(query.range.end, ""))));
    }
    HouseholdPart part;
    if (static_cast<int>(keys.size()) >= query.limit) stopped = keys.back();
    part.complete = !stopped.has_value();
    if (stopped.has_value()) std::tie(part.last_division, part.last_id) = *stopped;
    std::vector<std::string> ids;
    ids.reserve(keys.size());
    for (Key& key : keys) ids.push_back(std::move(key.second));
    FANGPIN_ASSIGN_OR_RETURN(std::vector<std::optional<pb::Household>> found, Households(ids));
    for (std::optional<pb::Household>& household : found) {
      if (!household.has_value()) return absl::DataLossError("household without its revision");
      // Two names may have one key.
      if (query.filter.member_name().empty() || Takes(query.filter, *household)) {
        part.households.push_back(*std::move(household));
      }
    }
    return part;
  }

  absl::StatusOr<std::vector<HouseholdGroup>> CountHouseholds(
      const DivisionRange& range, const pb::HouseholdFilter& filter) override {
    std::vector<Value> args = {range.begin, range.end};
    const sql::Statement* statement = &q::kCountHouseholds;
    if (const bool monitored = TakesMonitoredOnly(filter); monitored || !TakesBySort(filter)) {
      statement = monitored ? &q::kCountMonitoredHouseholds : &q::kCountFilteredHouseholds;
      AppendFilter(filter, &args);
    } else {
      AppendSorts(filter, &args);
    }
    std::vector<HouseholdGroup> groups;
    FANGPIN_RETURN_IF_ERROR(tx_.ForEach(*statement, args, [&](const Row& row) {
      groups.push_back({std::string(row.Text(0)), static_cast<int>(row.Int(1)),
                        static_cast<int>(row.Int(2)), static_cast<int>(row.Int(3)), row.Int(4),
                        row.Int(5)});
      return absl::OkStatus();
    }));
    return groups;
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> HouseholdIdsByNationalId(
      absl::Span<const std::string> national_ids) override {
    absl::flat_hash_map<std::string, std::string> found;
    FANGPIN_RETURN_IF_ERROR(
        ForKeys(q::kFindNationalIds, national_ids, TextKey, [&](const Row& row) -> absl::Status {
          found[std::string(row.Text(0))] = std::string(row.Text(1));
          return absl::OkStatus();
        }));
    return InOrder<std::string>(national_ids, found);
  }

  absl::StatusOr<std::vector<std::optional<PersonEntry>>> PersonsByIdNumber(
      absl::Span<const std::string> id_numbers) override {
    std::vector<std::string> fingerprints;
    fingerprints.reserve(id_numbers.size());
    for (const std::string& number : id_numbers) {
      fingerprints.push_back(sealer_.Fingerprint(number));
    }
    return PersonsByFingerprint(fingerprints);
  }

  absl::StatusOr<std::vector<std::optional<PersonEntry>>> PersonsByFingerprint(
      absl::Span<const std::string> fingerprints) override {
    absl::flat_hash_map<std::string, PersonEntry> found;
    FANGPIN_RETURN_IF_ERROR(
        ForKeys(q::kFindPersons, fingerprints, BytesKey, [&](const Row& row) -> absl::Status {
          PersonEntry& entry = found[std::string(row.Bytes(0))];
          entry.match.set_household_id(std::string(row.Text(1)));
          entry.match.set_person_id(std::string(row.Text(2)));
          entry.active = row.Int(3) != 0;
          entry.match.set_division(std::string(row.Text(4)));
          entry.match.set_household_kind(static_cast<policy::v1::HouseholdKind>(row.Int(5)));
          entry.match.set_monitoring_state(static_cast<policy::v1::MonitoringState>(row.Int(6)));
          entry.match.set_category(static_cast<policy::v1::MonitoredCategory>(row.Int(7)));
          return absl::OkStatus();
        }));
    return InOrder<PersonEntry>(fingerprints, found);
  }

  absl::StatusOr<std::optional<std::string>> FindAnswer(const RequestKey& key) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row,
                             tx_.First(q::kFindAnswer, key.principal, key.method, key.request_id));
    if (!row.has_value()) return std::nullopt;
    if (row->Bytes(0) != sealer_.Fingerprint(key.body)) return RequestIdReused();
    return sealer_.Unseal(row->Bytes(1), AnswerPlace(key));
  }

  absl::StatusOr<bool> WasDecided(std::string_view household_id, std::string_view decided_by,
                                  int to_state) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row,
                             tx_.First(q::kFindDecision, household_id, decided_by, to_state));
    return row.has_value();
  }

  absl::StatusOr<std::optional<ImportRecord>> FindImport(std::string_view id) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row, tx_.First(q::kGetImport, id));
    if (!row.has_value()) return std::nullopt;
    ImportRecord record;
    record.received_bytes = row->Int(0);
    record.run_time = absl::FromUnixMicros(row->Int(1));
    record.attempts = static_cast<int>(row->Int(2));
    FANGPIN_ASSIGN_OR_RETURN(record.import, Open<pb::Import>(row->Bytes(3), ImportPlace(id)));
    return record;
  }

  absl::StatusOr<std::vector<std::string>> ImportsInState(pb::ImportState state) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<Row> rows, tx_.Query(q::kListImportsInState, state));
    std::vector<std::string> ids;
    for (const Row& row : rows) ids.emplace_back(row.Text(0));
    return ids;
  }

  absl::StatusOr<std::optional<std::string>> Chunk(std::string_view import_id,
                                                   int64_t offset) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row,
                             tx_.First(q::kGetChunk, import_id, offset));
    if (!row.has_value()) return std::nullopt;
    return sealer_.Unseal(row->Bytes(0), ChunkPlace(import_id, offset));
  }

  absl::StatusOr<std::string> Content(std::string_view import_id) override {
    std::string content;
    FANGPIN_RETURN_IF_ERROR(
        tx_.ForEach(q::kListChunks, {import_id}, [&](const Row& row) -> absl::Status {
          FANGPIN_ASSIGN_OR_RETURN(const std::string piece,
                                   sealer_.Unseal(row.Bytes(1), ChunkPlace(import_id, row.Int(0))));
          content += piece;
          return absl::OkStatus();
        }));
    return content;
  }

  absl::StatusOr<std::vector<std::pair<int64_t, pb::RowError>>> ImportErrors(
      std::string_view import_id, int64_t after, int limit) override {
    std::vector<std::pair<int64_t, pb::RowError>> errors;
    FANGPIN_RETURN_IF_ERROR(
        tx_.ForEach(q::kListErrors, {import_id, after, limit}, [&](const Row& row) -> absl::Status {
          FANGPIN_ASSIGN_OR_RETURN(
              pb::RowError error,
              Open<pb::RowError>(row.Bytes(1), ErrorPlace(import_id, row.Int(0))));
          errors.emplace_back(row.Int(0), std::move(error));
          return absl::OkStatus();
        }));
    return errors;
  }

  absl::StatusOr<std::string> ErrorsWorkbookPiece(std::string_view import_id, int piece) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row,
                             tx_.First(q::kGetWorkbookPiece, import_id, piece));
    if (!row.has_value()) return std::string();
    return sealer_.Unseal(row->Bytes(0), WorkbookPlace(import_id, piece));
  }

  absl::StatusOr<std::vector<std::optional<v1::VillageProfile>>> VillageProfiles(
      absl::Span<const std::string> villages) override {
    absl::flat_hash_map<std::string, v1::VillageProfile> found;
    FANGPIN_RETURN_IF_ERROR(
        ForKeys(q::kGetVillageProfiles, villages, TextKey, [&](const Row& row) -> absl::Status {
          FANGPIN_ASSIGN_OR_RETURN(found[std::string(row.Text(0))], ReadVillage(row));
          return absl::OkStatus();
        }));
    return InOrder<v1::VillageProfile>(villages, found);
  }

  absl::StatusOr<std::vector<v1::VillageProfile>> ListVillageProfiles(const DivisionRange& range,
                                                                      std::string_view after,
                                                                      int limit) override {
    std::vector<v1::VillageProfile> profiles;
    FANGPIN_RETURN_IF_ERROR(
        tx_.ForEach(q::kListVillageProfiles, {range.begin, range.end, after, limit},
                    [&](const Row& row) -> absl::Status {
                      FANGPIN_ASSIGN_OR_RETURN(v1::VillageProfile profile, ReadVillage(row));
                      profiles.push_back(std::move(profile));
                      return absl::OkStatus();
                    }));
    return profiles;
  }

  absl::StatusOr<int> ReserveSerials(std::string_view village, int count) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Row> row,
                             tx_.First(q::kReserveSerials, village, count));
    if (!row.has_value()) return HouseholdSerialsUsedUp(village);
    return static_cast<int>(row->Int(0)) - count + 1;
  }

  absl::Status Put(absl::Span<const HouseholdChange> changes) override {
    FANGPIN_ASSIGN_OR_RETURN(const auto rows, SqlChanges::Make(changes, sealer_));
    return rows->Write(tx_, engine_, *touched_);
  }

  absl::Status PutPrepared(const PreparedChanges& changes) override {
    return static_cast<const SqlChanges&>(changes).Write(tx_, engine_, *touched_);
  }

  absl::StatusOr<bool> RememberAnswer(const RequestKey& key, std::string_view answer,
                                      absl::Time now) override {
    if (answers_->IsDue(now)) {
      FANGPIN_RETURN_IF_ERROR(
          tx_.Execute(q::kDropAnswers, absl::ToUnixMicros(now - kAnswerLife)).status());
    }
    FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer_.Seal(answer, AnswerPlace(key)));
    FANGPIN_ASSIGN_OR_RETURN(
        const int64_t kept, tx_.Execute(q::kInsertAnswer, key.principal, key.method, key.request_id,
                                        Blob{sealer_.Fingerprint(key.body)},
                                        absl::ToUnixMicros(now), Blob{std::move(sealed)}));
    return kept > 0;
  }

  absl::Status RememberDecision(std::string_view household_id, std::string_view decided_by,
                                int to_state) override {
    return tx_.Execute(q::kInsertDecision, household_id, decided_by, to_state).status();
  }

  absl::Status PutImport(const ImportRecord& record) override {
    const pb::Import& import = record.import;
    FANGPIN_ASSIGN_OR_RETURN(std::string sealed,
                             sealer_.Seal(import.SerializeAsString(), ImportPlace(import.id())));
    return tx_
        .Execute(q::kPutImport, import.id(), import.state(), record.received_bytes,
                 absl::ToUnixMicros(record.run_time), record.attempts, Blob{std::move(sealed)})
        .status();
  }

  absl::Status PutChunk(std::string_view import_id, int64_t offset,
                        std::string_view data) override {
    FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer_.Seal(data, ChunkPlace(import_id, offset)));
    return tx_.Execute(q::kInsertChunk, import_id, offset, Blob{std::move(sealed)}).status();
  }

  absl::Status DropChunks(std::string_view import_id) override {
    return tx_.Execute(q::kDropChunks, import_id).status();
  }

  absl::Status PutImportErrors(std::string_view import_id,
                               absl::Span<const pb::RowError> errors) override {
    FANGPIN_RETURN_IF_ERROR(tx_.Execute(q::kDropErrors, import_id).status());
    std::vector<std::vector<Value>> rows;
    rows.reserve(errors.size());
    for (const pb::RowError& error : errors) {
      const auto sequence = static_cast<int64_t>(rows.size()) + 1;
      FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer_.Seal(error.SerializeAsString(),
                                                                ErrorPlace(import_id, sequence)));
      rows.push_back({import_id, sequence, Blob{std::move(sealed)}});
    }
    return tx_.ExecuteMany(q::kInsertError, rows).status();
  }

  absl::Status PutErrorsWorkbook(std::string_view import_id, std::string_view workbook) override {
    FANGPIN_RETURN_IF_ERROR(tx_.Execute(q::kDropWorkbook, import_id).status());
    std::vector<std::vector<Value>> rows;
    for (size_t at = 0; at < workbook.size(); at += kWorkbookPiece) {
      const auto piece = static_cast<int64_t>(rows.size());
      FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer_.Seal(workbook.substr(at, kWorkbookPiece),
                                                                WorkbookPlace(import_id, piece)));
      rows.push_back({import_id, piece, Blob{std::move(sealed)}});
    }
    return tx_.ExecuteMany(q::kInsertWorkbookPiece, rows).status();
  }

  absl::Status PutVillageProfiles(absl::Span<const v1::VillageProfile> profiles) override {
    std::vector<std::vector<Value>> rows;
    rows.reserve(profiles.size());
    for (const v1::VillageProfile& profile : profiles) {
      FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer_.Seal(profile.SerializeAsString(),
                                                                VillagePlace(profile.division())));
      rows.push_back({profile.division(), Blob{std::move(sealed)}});
    }
    return tx_.ExecuteMany(q::kPutVillageProfile, rows).status();
  }

 private:
  using Key = std::pair<std::string, std::string>;  // division, id

  absl::StatusOr<std::vector<Key>> KeysOf(const sql::Statement& statement,
                                          const std::vector<Value>& args) {
    std::vector<Key> keys;
    FANGPIN_RETURN_IF_ERROR(tx_.ForEach(statement, args, [&](const Row& row) {
      keys.emplace_back(row.Text(0), row.Text(1));
      return absl::OkStatus();
    }));
    return keys;
  }

  absl::StatusOr<std::vector<Key>> KeysBetween(const HouseholdQuery& query, const Key& begin,
                                               const Key& end) {
    std::vector<Value> args = {begin.first, begin.second, end.first, end.second};
    AppendFilter(query.filter, &args);
    args.emplace_back(query.limit);
    return KeysOf(
        TakesMonitoredOnly(query.filter) ? q::kListMonitoredHouseholds : q::kListHouseholds, args);
  }

  absl::StatusOr<std::vector<Key>> KeysByName(const HouseholdQuery& query, const Key& begin) {
    std::vector<Value> args = {VillageNumber(begin.first), VillageNumber(query.range.end),
                               NameKey(query.filter.member_name(), sealer_), begin.first,
                               begin.second};
    AppendFilter(query.filter, &args);
    args.emplace_back(query.limit);
    return KeysOf(q::kListHouseholdsByName, args);
  }

  // The last household of the query's window; nullopt when the range ends within it.
  absl::StatusOr<std::optional<Key>> WindowEnd(const HouseholdQuery& query, const Key& begin) {
    FANGPIN_ASSIGN_OR_RETURN(
        const std::optional<Row> row,
        tx_.First(
            TakesMonitoredOnly(query.filter) ? q::kMonitoredHouseholdWindow : q::kHouseholdWindow,
            begin.first, begin.second, query.range.end, "", query.window));
    if (row->Int(1) < query.window) return std::nullopt;
    constexpr size_t kDivisionDigits = 12;
    const std::string_view last = row->Text(0);
    return Key(last.substr(0, kDivisionDigits), last.substr(kDivisionDigits));
  }

  template <typename Message>
  absl::StatusOr<Message> Open(std::string_view sealed, std::string_view place) const {
    FANGPIN_ASSIGN_OR_RETURN(const std::string bytes, sealer_.Unseal(sealed, place));
    Message message;
    if (!message.ParseFromString(bytes)) return absl::DataLossError("record does not parse");
    return message;
  }

  // From a row (id, revision, sealed).
  absl::StatusOr<pb::Household> ReadHousehold(const Row& row) const {
    FANGPIN_ASSIGN_OR_RETURN(
        pb::Revision revision,
        Open<pb::Revision>(row.Bytes(2), RevisionPlace(row.Text(0), row.Int(1))));
    return std::move(*revision.mutable_household());
  }

  // From a row (division, sealed).
  absl::StatusOr<v1::VillageProfile> ReadVillage(const Row& row) const {
    return Open<v1::VillageProfile>(row.Bytes(1), VillagePlace(row.Text(0)));
  }

  // Runs the statement over all keys, kKeysAtOnce at a time; the last key fills up the rest.
  template <typename Visit>
  absl::Status ForKeys(const sql::Statement& statement, absl::Span<const std::string> keys,
                       Value (*parameter)(const std::string&), Visit visit) {
    for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
      std::vector<Value> args;
      args.reserve(kKeysAtOnce);
      for (size_t i = 0; i < kKeysAtOnce; ++i) {
        args.push_back(parameter(keys[std::min(begin + i, keys.size() - 1)]));
      }
      FANGPIN_RETURN_IF_ERROR(tx_.ForEach(statement, args, visit));
    }
    return absl::OkStatus();
  }

  template <typename T>
  static std::vector<std::optional<T>> InOrder(absl::Span<const std::string> keys,
                                               const absl::flat_hash_map<std::string, T>& found) {
    std::vector<std::optional<T>> ordered;
    ordered.reserve(keys.size());
    for (const std::string& key : keys) {
      const auto at = found.find(key);
      ordered.push_back(at == found.end() ? std::nullopt : std::optional<T>(at->second));
    }
    return ordered;
  }

  sql::Tx& tx_;
  const sql::Engine engine_;
  const seal::Sealer& sealer_;
  TouchedKeys* const touched_;
  AnswerUpkeep* const answers_;
};

}  // namespace

bool AnswerUpkeep::IsDue(absl::Time now) {
  const int64_t us = absl::ToUnixMicros(now);
  int64_t last = last_us_.load(std::memory_order_relaxed);
  return (us < last || us - last >= absl::ToInt64Microseconds(kBetween)) &&
         last_us_.compare_exchange_strong(last, us, std::memory_order_relaxed);
}

absl::Status SqlRegistryStore::Read(absl::FunctionRef<absl::Status(RegistryReader&)> fn) {
  return database_->Read([&](sql::Tx& tx) {
    SqlTx reader(&tx, database_->engine(), sealer_, nullptr, nullptr);
    return fn(reader);
  });
}

absl::Status SqlRegistryStore::ReadOnce(absl::FunctionRef<absl::Status(RegistryReader&)> fn) {
  return database_->ReadOnce([&](sql::Tx& tx) {
    SqlTx reader(&tx, database_->engine(), sealer_, nullptr, nullptr);
    return fn(reader);
  });
}

absl::Status SqlRegistryStore::Write(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) {
  TouchedKeys touched(cache_);
  return database_->Write([&](sql::Tx& tx) {
    SqlTx writer(&tx, database_->engine(), sealer_, &touched, &answers_);
    return fn(writer);
  });
}

absl::StatusOr<std::unique_ptr<const PreparedChanges>> SqlRegistryStore::Prepare(
    absl::Span<const HouseholdChange> changes) const {
  return SqlChanges::Make(changes, *sealer_);
}

absl::Status SqlRegistryStore::Exclusively(std::string_view name,
                                           absl::FunctionRef<absl::Status()> fn) {
  return database_->Exclusively(name, fn);
}

absl::Status MigrateRegistry(sql::Database& database) {
  return sql::Migrate(database, q::kMigrations);
}

}  // namespace fangpin::registry
