#include "libs/outbox/lease.h"

#include <utility>

#include "libs/base/status.h"
#include "sql/outbox_sql.h"

namespace fangpin::outbox {

absl::StatusOr<Leases::Claimed> Leases::Claim(absl::Time now, absl::Time lease_end, int limit) {
  std::vector<std::pair<std::string, int64_t>> due;
  Claimed claimed;
  // Found in a snapshot of its own: a serialisable scan would collide with every Enqueue.
  FANGPIN_RETURN_IF_ERROR(database_->Read([&](sql::Tx& tx) -> absl::Status {
    due.clear();
    FANGPIN_ASSIGN_OR_RETURN(const auto rows,
                             tx.Query(outbox_sql::kListDueKeys, absl::ToUnixMicros(now), limit));
    for (const sql::Row& row : rows) due.emplace_back(row.Text(0), row.Int(1));
    if (!due.empty()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(const auto next, tx.First(outbox_sql::kNextDue));
    if (!next->IsNull(0)) claimed.next_due = absl::FromUnixMicros(next->Int(0));
    return absl::OkStatus();
  }));
  if (due.empty()) return claimed;
  FANGPIN_RETURN_IF_ERROR(database_->Write([&](sql::Tx& tx) -> absl::Status {
    claimed.keys.clear();
    for (const auto& [key, due_us] : due) {
      // Only as it was seen: otherwise another dispatcher came first.
      FANGPIN_ASSIGN_OR_RETURN(
          const int64_t rows,
          tx.Execute(outbox_sql::kClaimKey, owner_, absl::ToUnixMicros(lease_end), key, due_us));
      if (rows == 1) claimed.keys.push_back(key);
    }
    return absl::OkStatus();
  }));
  // There may be more than limit.
  claimed.next_due = now;
  return claimed;
}

absl::Status Leases::Reclaim() {
  return database_->Write(
      [&](sql::Tx& tx) { return tx.Execute(outbox_sql::kReleaseAllKeys).status(); });
}

absl::StatusOr<std::optional<Queued>> Leases::First(const std::string& key) {
  for (;;) {
    std::optional<Queued> first;
    std::optional<int64_t> last_seq;
    FANGPIN_RETURN_IF_ERROR(database_->Read([&](sql::Tx& tx) -> absl::Status {
      first.reset();
      FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(outbox_sql::kFirstEntry, key));
      if (row.has_value()) {
        first = Queued{.entry = {.id = std::string(row->Text(1)),
                                 .key = key,
                                 .kind = std::string(row->Text(2)),
                                 .payload = std::string(row->Bytes(3)),
                                 .created = absl::FromUnixMicros(row->Int(4)),
                                 .attempts = row->Int(5)},
                       .seq = row->Int(0)};
        return absl::OkStatus();
      }
      FANGPIN_ASSIGN_OR_RETURN(const auto last, tx.First(outbox_sql::kLastSeq, key, owner_));
      last_seq = last.has_value() ? last->OptionalInt(0) : std::nullopt;
      return absl::OkStatus();
    }));
    if (first.has_value() || !last_seq.has_value()) return first;
    int64_t dropped = 0;
    FANGPIN_RETURN_IF_ERROR(database_->Write([&](sql::Tx& tx) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(dropped,
                               tx.Execute(outbox_sql::kDeleteDrainedKey, key, owner_, *last_seq));
      return absl::OkStatus();
    }));
    if (dropped == 1) return std::nullopt;
    // An entry came in between, or the key went to another owner: look again.
  }
}

absl::StatusOr<Leases::Held> Leases::Extend(const std::string& key, absl::Time lease_end) {
  int64_t rows = 0;
  FANGPIN_RETURN_IF_ERROR(database_->Write([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(
        rows, tx.Execute(outbox_sql::kExtendLease, absl::ToUnixMicros(lease_end), key, owner_));
    return absl::OkStatus();
  }));
  return rows == 1 ? Held::kYes : Held::kNo;
}

absl::StatusOr<Leases::Held> Leases::Complete(const Queued& queued, absl::Time lease_end) {
  const std::string& key = queued.entry.key;
  Held held = Held::kNo;
  FANGPIN_RETURN_IF_ERROR(database_->Write([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(outbox_sql::kDeleteEntry, key, queued.seq).status());
    FANGPIN_ASSIGN_OR_RETURN(const int64_t drained,
                             tx.Execute(outbox_sql::kDeleteDrainedKey, key, owner_, queued.seq));
    held = Held::kNo;
    if (drained == 1) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(
        const int64_t extended,
        tx.Execute(outbox_sql::kExtendLease, absl::ToUnixMicros(lease_end), key, owner_));
    if (extended == 1) held = Held::kYes;
    return absl::OkStatus();
  }));
  return held;
}

absl::Status Leases::Retry(const Queued& queued, std::string_view reason, absl::Time due) {
  return database_->Write([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(
        const int64_t released,
        tx.Execute(outbox_sql::kReleaseKey, absl::ToUnixMicros(due), queued.entry.key, owner_));
    // Whoever took the key over may still succeed with it.
    if (released == 0) return absl::OkStatus();
    return tx.Execute(outbox_sql::kCountFailure, reason, queued.entry.key, queued.seq).status();
  });
}

absl::Status Leases::Release(const std::string& key) {
  return database_->Write(
      [&](sql::Tx& tx) { return tx.Execute(outbox_sql::kReleaseKey, 0, key, owner_).status(); });
}

}  // namespace fangpin::outbox
