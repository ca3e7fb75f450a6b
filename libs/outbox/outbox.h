#ifndef FANGPIN_OUTBOX_OUTBOX_H_
#define FANGPIN_OUTBOX_OUTBOX_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/sql/database.h"

// Effects in other services, kept in the service's own database: written in the transaction of the
// change that causes them, delivered afterwards at least once by a Dispatcher.
namespace fangpin::outbox {

struct Entry {
  // Unique; the receiver's request id, by which a second delivery is recognised.
  std::string id;
  // Entries of one key are delivered in the order in which they were committed: a household id.
  std::string key;
  // Chooses the handler.
  std::string kind;
  // Opaque here; sealed by the service when it holds personal data.
  std::string payload;
  absl::Time created;
  // Deliveries that failed so far. Not used by Enqueue.
  int64_t attempts = 0;
};

// Creates or updates the outbox's tables in database.
absl::Status Migrate(sql::Database& database);

// Adds entry as part of tx; a Dispatcher on the same Database object learns of it at commit.
// ALREADY_EXISTS, SQL_UNIQUE_VIOLATION when an entry with this id is pending.
absl::Status Enqueue(sql::Tx& tx, const Entry& entry);

struct Depth {
  int64_t pending = 0;
  int64_t parked = 0;
  // Creation of the oldest pending entry; InfiniteFuture when there is none.
  absl::Time oldest_pending = absl::InfiniteFuture();
};

// Counts what waits, for gauges.
absl::StatusOr<Depth> ReadDepth(sql::Database& database);

// An entry that failed for good, without its payload.
struct Parked {
  std::string id;
  std::string key;
  std::string kind;
  absl::Time created;
  int64_t attempts = 0;
  // Of the last error: its ErrorInfo's reason, or the name of its code.
  std::string reason;
};

// Parked entries in the order of their ids, beginning behind after_id; at most limit.
absl::StatusOr<std::vector<Parked>> ListParked(sql::Database& database, std::string_view after_id,
                                               int limit);

// Makes a parked entry pending again, behind what its key has pending. NOT_FOUND,
// OUTBOX_ENTRY_NOT_FOUND when no parked entry has this id.
absl::Status Requeue(sql::Database& database, std::string_view id);

}  // namespace fangpin::outbox

#endif  // FANGPIN_OUTBOX_OUTBOX_H_
