#ifndef FANGPIN_OUTBOX_LEASE_H_
#define FANGPIN_OUTBOX_LEASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/outbox/outbox.h"
#include "libs/sql/database.h"

namespace fangpin::outbox {

// An entry with its place in its key's order.
struct Queued {
  Entry entry;
  int64_t seq = 0;
};

// What the outbox's tables say about who delivers a key, on behalf of one dispatcher. Each method
// is one transaction. Thread-safe.
class Leases {
 public:
  enum class Held { kYes, kNo };

  // owner tells dispatchers of one database apart.
  Leases(sql::Database* database, std::string owner)
      : database_(database), owner_(std::move(owner)) {}

  struct Claimed {
    std::vector<std::string> keys;
    // When the next key falls due that was not; InfiniteFuture when there is none.
    absl::Time next_due = absl::InfiniteFuture();
  };
  // Takes up to limit keys that are due, until lease_end.
  absl::StatusOr<Claimed> Claim(absl::Time now, absl::Time lease_end, int limit);

  // Takes every leased key back from whoever held it. Only where no other process can hold one.
  absl::Status Reclaim();

  // The first entry of the key. Without one, drops the key and returns nullopt.
  absl::StatusOr<std::optional<Queued>> First(const std::string& key);

  // Each returns kNo when another owner has taken the key over, which the caller must then leave.
  absl::StatusOr<Held> Extend(const std::string& key, absl::Time lease_end);
  // Removes what was delivered. Drops the key after its last entry, and says kNo then too.
  absl::StatusOr<Held> Complete(const Queued& queued, absl::Time lease_end);
  // Counts a failure and gives the key back until due. `reason`: why it was refused, empty when it
  // could not be taken.
  absl::Status Retry(const Queued& queued, std::string_view reason, absl::Time due);
  // Gives the key back at once.
  absl::Status Release(const std::string& key);

 private:
  sql::Database* const database_;
  const std::string owner_;
};

}  // namespace fangpin::outbox

#endif  // FANGPIN_OUTBOX_LEASE_H_
