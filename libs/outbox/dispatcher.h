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
#include "libs/outbox/outbox.h"
#include "libs/sql/database.h"

namespace fangpin::outbox {

// Delivers one entry to an idempotent method. UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED,
// RESOURCE_EXHAUSTED and CANCELLED are tried again later; any other error parks the entry. Must
// return well before Options::lease has passed.
using Handler = std::function<absl::Status(const Entry&)>;

struct Options {
  // Deliveries at the same time, each of another key.
  int workers = 4;
  // How often to look for work that another process enqueued or gave up.
  absl::Duration poll_interval = absl::Seconds(1);
  absl::Duration min_backoff = absl::Milliseconds(100);
  absl::Duration max_backoff = absl::Minutes(1);
  // A key claimed by a process that died is taken over after this long.
  absl::Duration lease = absl::Seconds(60);
  std::function<absl::Time()> now = &absl::Now;
  // Called after each delivery with its outcome, from the workers' threads.
  std::function<void(const Entry&, const absl::Status&, bool parked)> observer;
};

// Delivers the outbox of one database, every key in order, by threads of its own from Start to
// Stop. Several processes may run one each on the same PostgreSQL schema: a lease keeps a key with
// one of them. An entry is delivered again when the process dies between delivery and mark, so
// handlers call idempotent methods. A parked entry does not hold up its key.
class Dispatcher {
 public:
  // database must outlive the dispatcher. Entries of a kind without handler are parked.
  Dispatcher(sql::Database* database, absl::flat_hash_map<std::string, Handler> handlers,
             Options options = {});
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;
  ~Dispatcher();

  // Starts the threads; a second call does nothing.
  void Start();
  // Waits for deliveries under way and gives back what was claimed. Idempotent.
  void Stop();
  // Looks for due work now.
  void Wake();
};

}  // namespace fangpin::outbox

#endif  // FANGPIN_OUTBOX_DISPATCHER_H_
