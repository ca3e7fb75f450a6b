#include "libs/outbox/outbox.h"

#include <optional>

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
    FANGPIN_ASSIGN_OR_RETURN(const auto refused, tx.First(outbox_sql::kCountRefused));
    depth.pending = pending->Int(0);
    const std::optional<int64_t> oldest = pending->OptionalInt(1);
    depth.oldest_pending =
        oldest.has_value() ? absl::FromUnixMicros(*oldest) : absl::InfiniteFuture();
    depth.refused = refused->Int(0);
    return absl::OkStatus();
  }));
  return depth;
}

}  // namespace fangpin::outbox
