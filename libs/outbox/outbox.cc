#include "libs/outbox/outbox.h"

#include <optional>

#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/outbox/topic.h"
#include "sql/outbox_sql.h"

namespace fangpin::outbox {

absl::Status Migrate(sql::Database& database) {
  return sql::Migrate(database, "outbox", outbox_sql::kMigrations);
}

absl::Status Enqueue(sql::Tx& tx, const Entry& entry) {
  const int64_t created_us = absl::ToUnixMicros(entry.created);
  // The row of the key makes writers of one key follow each other, so seq is the commit order.
  FANGPIN_ASSIGN_OR_RETURN(const std::optional<sql::Row> row,
                           tx.First(outbox_sql::kNextSeq, entry.key, created_us));
  FANGPIN_RETURN_IF_ERROR(tx.Execute(outbox_sql::kInsertEntry, entry.key, row->Int(0), entry.id,
                                     entry.kind, sql::Blob{entry.payload}, created_us)
                              .status());
  tx.Notify(kTopic);
  return absl::OkStatus();
}

absl::StatusOr<Depth> ReadDepth(sql::Database& database) {
  Depth depth;
  FANGPIN_RETURN_IF_ERROR(database.Read([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto pending, tx.First(outbox_sql::kCountPending));
    FANGPIN_ASSIGN_OR_RETURN(const auto parked, tx.First(outbox_sql::kCountParked));
    depth.pending = pending->Int(0);
    const std::optional<int64_t> oldest = pending->OptionalInt(1);
    depth.oldest_pending =
        oldest.has_value() ? absl::FromUnixMicros(*oldest) : absl::InfiniteFuture();
    depth.parked = parked->Int(0);
    return absl::OkStatus();
  }));
  return depth;
}

absl::StatusOr<std::vector<Parked>> ListParked(sql::Database& database, std::string_view after_id,
                                               int limit) {
  std::vector<Parked> result;
  FANGPIN_RETURN_IF_ERROR(database.Read([&](sql::Tx& tx) {
    result.clear();
    return tx.ForEach(outbox_sql::kListParked, {after_id, limit}, [&](const sql::Row& row) {
      result.push_back({.id = std::string(row.Text(0)),
                        .key = std::string(row.Text(1)),
                        .kind = std::string(row.Text(2)),
                        .created = absl::FromUnixMicros(row.Int(3)),
                        .attempts = row.Int(4),
                        .reason = std::string(row.Text(5))});
      return absl::OkStatus();
    });
  }));
  return result;
}

absl::Status Requeue(sql::Database& database, std::string_view id) {
  return database.Write([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<sql::Row> row,
                             tx.First(outbox_sql::kTakeParked, id));
    if (!row.has_value()) {
      return base::Error(absl::StatusCode::kNotFound, "OUTBOX_ENTRY_NOT_FOUND",
                         "没有这条已搁置的待发事项")
          .WithMetadata("id", id);
    }
    return Enqueue(tx, {.id = std::string(id),
                        .key = std::string(row->Text(0)),
                        .kind = std::string(row->Text(1)),
                        .payload = std::string(row->Bytes(2)),
                        .created = absl::FromUnixMicros(row->Int(3))});
  });
}

}  // namespace fangpin::outbox
