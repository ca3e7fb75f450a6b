#include "libs/records/sql_store.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "libs/base/division.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/outbox/outbox.h"
#include "libs/records/errors.h"
#include "libs/sql/errors.h"
#include "sql/records_sql.h"

namespace fangpin::records {
namespace {

// One in so many calls with a request id drops the answers that have expired.
constexpr size_t kCallsADrop = 64;

// The least text that is greater than every text with this prefix of digits.
std::string EndOfPrefix(std::string_view digits) { return base::StrCat(digits, ":"); }

std::string AssociatedData(std::string_view collection, std::string_view id) {
  return base::StrCat(collection, "/", id);
}

std::string AnswerPlace(const Request& request, std::string_view subject) {
  return base::StrCat("answer/", request.method, "/", subject, "/", request.id);
}

int64_t StateMask(const std::vector<int64_t>& states) {
  if (states.empty()) return ~int64_t{0};
  int64_t mask = 0;
  for (const int64_t state : states) {
    if (state >= 0 && state <= 62) mask |= int64_t{1} << state;
  }
  return mask;
}

sql::Value SlotValue(const std::string& slot) {
  return slot.empty() ? sql::Value() : sql::Value(slot);
}

// Works on an open transaction of the database. A Read hands it out as a View, so that its writing
// half is out of reach there.
class SqlTx final : public Tx {
 public:
  SqlTx(sql::Tx& tx, const seal::Sealer& sealer, const base::CallContext* ctx)
      : tx_(tx), sealer_(sealer), ctx_(ctx) {}

  absl::StatusOr<std::optional<Record>> Find(std::string_view collection,
                                             std::string_view id) override {
    return One(collection, tx_.First(records_sql::kFindRecord, collection, id));
  }

  absl::StatusOr<std::optional<Record>> InSlot(std::string_view collection,
                                               std::string_view slot) override {
    return One(collection, tx_.First(records_sql::kFindRecordInSlot, collection, slot));
  }

  absl::StatusOr<std::vector<Record>> List(std::string_view collection,
                                           const Query& query) override {
    std::vector<Record> records;
    for (const std::string& root : query.divisions) {
      FANGPIN_RETURN_IF_ERROR(ListWithin(collection, query, root, records));
    }
    // Each subtree gave its own first records; roots may lie inside each other.
    std::sort(records.begin(), records.end(),
              [](const Record& a, const Record& b) { return a.header.id < b.header.id; });
    records.erase(
        std::unique(records.begin(), records.end(),
                    [](const Record& a, const Record& b) { return a.header.id == b.header.id; }),
        records.end());
    if (records.size() > static_cast<size_t>(query.limit)) records.resize(query.limit);
    return records;
  }

  absl::StatusOr<std::vector<Revision>> History(std::string_view collection,
                                                std::string_view id) override {
    FANGPIN_ASSIGN_OR_RETURN(const auto rows,
                             tx_.Query(records_sql::kListRevisions, collection, id));
    std::vector<Revision> revisions;
    for (const sql::Row& row : rows) {
      FANGPIN_ASSIGN_OR_RETURN(std::string body,
                               sealer_.Unseal(row.Bytes(3), AssociatedData(collection, id)));
      revisions.push_back({.number = row.Int(0),
                           .actor = std::string(row.Text(1)),
                           .time = absl::FromUnixMicros(row.Int(2)),
                           .body = std::move(body)});
    }
    return revisions;
  }

  absl::StatusOr<std::map<int64_t, int64_t>> CountByState(std::string_view collection) override {
    FANGPIN_ASSIGN_OR_RETURN(const auto rows,
                             tx_.Query(records_sql::kCountRecordsByState, collection));
    std::map<int64_t, int64_t> counts;
    for (const sql::Row& row : rows) counts[row.Int(0)] = row.Int(1);
    return counts;
  }

  absl::Status Insert(std::string_view collection, const Header& header,
                      std::string_view body) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::string sealed,
                             sealer_.Seal(body, AssociatedData(collection, header.id)));
    const absl::StatusOr<int64_t> inserted = tx_.Execute(
        records_sql::kInsertRecord, collection, header.id, header.division, header.household_id,
        header.state, SlotValue(header.slot), absl::ToUnixMicros(ctx_->now), sql::Blob{sealed});
    FANGPIN_RETURN_IF_ERROR(SlotChecked(collection, inserted.status()));
    if (*inserted == 0) return RecordExists(collection, header.id);
    return InsertRevision(collection, header.id, 1, sealed);
  }

  absl::StatusOr<int64_t> Update(std::string_view collection, const Header& header,
                                 std::string_view body, int64_t revision) override {
    FANGPIN_ASSIGN_OR_RETURN(const std::string sealed,
                             sealer_.Seal(body, AssociatedData(collection, header.id)));
    const absl::StatusOr<int64_t> updated =
        tx_.Execute(records_sql::kUpdateRecord, collection, header.id, revision, header.state,
                    SlotValue(header.slot), absl::ToUnixMicros(ctx_->now), sql::Blob{sealed});
    FANGPIN_RETURN_IF_ERROR(SlotChecked(collection, updated.status()));
    if (*updated == 0) return EtagMismatch();
    FANGPIN_RETURN_IF_ERROR(InsertRevision(collection, header.id, revision + 1, sealed));
    return revision + 1;
  }

  absl::Status Enqueue(const Effect& effect) override {
    return outbox::Enqueue(tx_, {.id = effect.id,
                                 .key = effect.key,
                                 .kind = effect.kind,
                                 .payload = effect.payload,
                                 .created = ctx_->now});
  }

  absl::StatusOr<std::optional<std::string>> FindAnswer(const Request& request) override {
    if (request.id.empty()) return std::nullopt;
    const std::string& subject = ctx_->principal.subject;
    FANGPIN_ASSIGN_OR_RETURN(
        const auto row, tx_.First(records_sql::kFindAnswer, request.method, subject, request.id,
                                  absl::ToUnixMicros(ctx_->now)));
    if (!row) return std::nullopt;
    if (row->Bytes(0) != sealer_.Fingerprint(request.body)) return RequestIdReused();
    FANGPIN_ASSIGN_OR_RETURN(std::string answer,
                             sealer_.Unseal(row->Bytes(1), AnswerPlace(request, subject)));
    return answer;
  }

  absl::Status KeepAnswer(const Request& request, std::string_view answer) override {
    if (request.id.empty()) return absl::OkStatus();
    const std::string& subject = ctx_->principal.subject;
    FANGPIN_ASSIGN_OR_RETURN(std::string sealed,
                             sealer_.Seal(answer, AnswerPlace(request, subject)));
    // Now and then is enough, and keeps concurrent writers out of each other's way.
    if (std::hash<std::string_view>{}(request.id) % kCallsADrop == 0) {
      FANGPIN_RETURN_IF_ERROR(
          tx_.Execute(records_sql::kDropAnswers, absl::ToUnixMicros(ctx_->now)).status());
    }
    return tx_
        .Execute(records_sql::kKeepAnswer, request.method, subject, request.id,
                 sql::Blob{sealer_.Fingerprint(request.body)}, sql::Blob{std::move(sealed)},
                 absl::ToUnixMicros(ctx_->now + kAnswerLife))
        .status();
  }

 private:
  absl::StatusOr<Record> ToRecord(std::string_view collection, const sql::Row& row) {
    Record record;
    record.header = {.id = std::string(row.Text(0)),
                     .division = std::string(row.Text(1)),
                     .household_id = std::string(row.Text(2)),
                     .state = row.Int(3),
                     .slot = std::string(row.Text(4))};
    record.revision = row.Int(5);
    FANGPIN_ASSIGN_OR_RETURN(
        record.body, sealer_.Unseal(row.Bytes(6), AssociatedData(collection, record.header.id)));
    return record;
  }

  absl::StatusOr<std::optional<Record>> One(std::string_view collection,
                                            absl::StatusOr<std::optional<sql::Row>> row) {
    FANGPIN_RETURN_IF_ERROR(row.status());
    if (!row->has_value()) return std::nullopt;
    FANGPIN_ASSIGN_OR_RETURN(Record record, ToRecord(collection, **row));
    return record;
  }

  absl::Status ListWithin(std::string_view collection, const Query& query, std::string_view root,
                          std::vector<Record>& records) {
    const std::string_view prefix = base::DivisionPrefix(root);
    if (prefix.empty()) return absl::OkStatus();
    const std::string_view county = prefix.substr(0, 6);
    absl::StatusOr<std::vector<sql::Row>> rows;
    if (query.household_id.empty()) {
      const std::string_view after = std::max<std::string_view>(query.after, county);
      rows = tx_.Query(records_sql::kListRecords, collection, after, EndOfPrefix(county), prefix,
                       EndOfPrefix(prefix), StateMask(query.states), query.limit);
    } else {
      rows =
          tx_.Query(records_sql::kListRecordsOfHousehold, collection, query.household_id,
                    query.after, prefix, EndOfPrefix(prefix), StateMask(query.states), query.limit);
    }
    FANGPIN_RETURN_IF_ERROR(rows.status());
    for (const sql::Row& row : *rows) {
      FANGPIN_ASSIGN_OR_RETURN(Record record, ToRecord(collection, row));
      records.push_back(std::move(record));
    }
    return absl::OkStatus();
  }

  absl::Status InsertRevision(std::string_view collection, std::string_view id, int64_t revision,
                              const std::string& sealed) {
    return tx_
        .Execute(records_sql::kInsertRevision, collection, id, revision, ctx_->principal.subject,
                 absl::ToUnixMicros(ctx_->now), sql::Blob{sealed})
        .status();
  }

  static absl::Status SlotChecked(std::string_view collection, const absl::Status& status) {
    return sql::IsUniqueViolation(status) ? SlotTaken(collection) : status;
  }

  sql::Tx& tx_;
  const seal::Sealer& sealer_;
  const base::CallContext* const ctx_;  // Null while reading.
};

}  // namespace

absl::Status SqlStore::Read(absl::FunctionRef<absl::Status(View&)> fn) {
  return ReadWith([&](View& view, sql::Tx&) { return fn(view); });
}

absl::Status SqlStore::Write(const base::CallContext& ctx,
                             absl::FunctionRef<absl::Status(Tx&)> fn) {
  return WriteWith(ctx, [&](Tx& tx, sql::Tx&) { return fn(tx); });
}

absl::Status SqlStore::ReadWith(absl::FunctionRef<absl::Status(View&, sql::Tx&)> fn) {
  return database_->Read([&](sql::Tx& tx) {
    SqlTx view(tx, *sealer_, nullptr);
    return fn(view, tx);
  });
}

absl::Status SqlStore::WriteWith(const base::CallContext& ctx,
                                 absl::FunctionRef<absl::Status(Tx&, sql::Tx&)> fn) {
  return database_->Write([&](sql::Tx& tx) {
    SqlTx writer(tx, *sealer_, &ctx);
    return fn(writer, tx);
  });
}

absl::Status MigrateSqlStore(sql::Database& database) {
  FANGPIN_RETURN_IF_ERROR(sql::Migrate(database, "records", records_sql::kMigrations));
  return outbox::Migrate(database);
}

}  // namespace fangpin::records
