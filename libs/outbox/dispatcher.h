#ifndef FANGPIN_OUTBOX_DISPATCHER_H_
#define FANGPIN_OUTBOX_DISPATCHER_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/outbox/lease.h"
#include "libs/outbox/outbox.h"
#include "libs/sql/database.h"

namespace fangpin::outbox {

// Delivers one entry to an idempotent method. UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED and CANCELLED say that it cannot be taken now, any other error that it is
// refused; both are tried again, for ever. Must return well within half of Options::lease.
using Handler = std::function<absl::Status(const Entry&)>;

enum class Outcome { kDelivered, kRetried, kRefused };

struct Options {
  // Deliveries at the same time, each of another key.
  int workers = 4;
  // How often to look for what another process enqueued or left behind.
  absl::Duration poll_interval = absl::Seconds(1);
  // Between two attempts: doubles from the first to the second, less up to half of it by chance.
  absl::Duration min_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Minutes(1);
  // The same upper end for what is refused: what the receiver lacks takes people to put right.
  absl::Duration max_refused_backoff = absl::Minutes(30);
  // A key held by a process that died is taken over after this long.
  absl::Duration lease = absl::Seconds(60);
  // Null: the machine's. Must outlive the dispatcher.
  const base::Clock* clock = nullptr;
  // Called after each delivery has been recorded, from the workers' threads.
  std::function<void(const Entry&, const absl::Status&, Outcome)> observer;
};

// Delivers the outbox of one database, every key in order, by threads of its own from Start to
// Stop. Several processes may run one each on the same PostgreSQL schema: a lease keeps a key with
// one of them; a SQLite file has one. An entry is delivered again when the process dies between
// delivery and record. What fails holds up its key, whose later entries rest on it, and no other.
class Dispatcher {
 public:
  // database must outlive the dispatcher. Entries of a kind without handler are refused.
  Dispatcher(sql::Database* database, absl::flat_hash_map<std::string, Handler> handlers,
             Options options = {});
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;
  ~Dispatcher();

  // Starts the threads. Once only.
  void Start();
  // Waits for deliveries under way and gives back what is held. May be called again.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);
  // Looks for due work now.
  void Wake() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void PollLoop() ABSL_LOCKS_EXCLUDED(mu_);
  void WorkLoop() ABSL_LOCKS_EXCLUDED(mu_);
  bool Stopping() ABSL_LOCKS_EXCLUDED(mu_);
  // Delivers what the key has, until it is empty, fails, is lost, or the dispatcher stops.
  absl::Status DeliverKey(const std::string& key, absl::Time lease_end);
  // Delivers and records one; returns whether the key is still held.
  absl::StatusOr<Leases::Held> DeliverOne(const Queued& queued);
  absl::Status Handle(const Entry& entry) const;
  static absl::Duration Backoff(absl::Duration least, absl::Duration most, int64_t attempts);

  sql::Database* const database_;
  const absl::flat_hash_map<std::string, Handler> handlers_;
  const Options options_;
  const base::SystemClock system_clock_;
  const base::Clock& clock_;
  Leases leases_;

  struct Ready {
    std::string key;
    absl::Time lease_end;
  };

  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  bool wake_ ABSL_GUARDED_BY(mu_) = true;
  std::deque<Ready> ready_ ABSL_GUARDED_BY(mu_);

  std::unique_ptr<sql::Database::Subscription> subscription_;
  std::vector<std::thread> threads_;
};

}  // namespace fangpin::outbox

#endif  // FANGPIN_OUTBOX_DISPATCHER_H_
