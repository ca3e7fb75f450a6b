#ifndef FANGPIN_OUTBOX_OUTBOX_H_
#define FANGPIN_OUTBOX_OUTBOX_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/sql/database.h"

// Effects in other services, kept in the service's own database: written in the transaction of the
// change that causes them, delivered afterwards at least once, in order per key, by a Dispatcher.
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
  // All that waits.
  int64_t pending = 0;
  // Of those, the ones that their receiver refused when they were last tried.
  int64_t refused = 0;
  // Creation of the oldest pending entry; InfiniteFuture when there is none.
  absl::Time oldest_pending = absl::InfiniteFuture();
};

// Counts what waits, for gauges.
absl::StatusOr<Depth> ReadDepth(sql::Database& database);

}  // namespace fangpin::outbox

#endif  // FANGPIN_OUTBOX_OUTBOX_H_
