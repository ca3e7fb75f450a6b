#ifndef FANGPIN_SCREENING_SETTLEMENT_WORKER_H_
#define FANGPIN_SCREENING_SETTLEMENT_WORKER_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "services/screening/core/settlement.h"

namespace fangpin::screening {

// Settles alerts on a thread of its own: at once when woken, and now and then those that could not
// be matched or judged. While the registry or the store is away it tries again with back-off.
class SettlementWorker {
 public:
  struct Options {
    int batch = 500;  // Alerts a transaction.
    // How often to try unmatched alerts again; more seldom where that takes long, so that it never
    // takes more than a twentieth of the time.
    absl::Duration again_interval = absl::Seconds(15);
    // How often to look for alerts that another process took.
    absl::Duration poll_interval = absl::Seconds(1);
    absl::Duration gauge_interval = absl::Seconds(5);
    absl::Duration min_backoff = absl::Milliseconds(100);
    absl::Duration max_backoff = absl::Seconds(15);
  };

  // All must outlive this. `clock` tells how long alerts waited.
  SettlementWorker(Settlement* settlement, AlertStore* store, records::Store* records,
                   Instruments* instruments, const base::Clock* clock, Options options);
  ~SettlementWorker() { Stop(); }

  void Start();
  // Returns when the batch under way is done. Idempotent.
  void Stop();
  // There is something to settle. Quick; from any thread.
  void Wake();

 private:
  void Work();
  absl::Status Drain();
  absl::Status TryAgain();
  void SetGauges();
  bool stopping() const;
  // Waits for a Wake (unless `deaf`), Stop or the time.
  void Wait(absl::Duration at_most, bool deaf);

  Settlement* const settlement_;
  AlertStore* const store_;
  records::Store* const records_;
  Instruments* const instruments_;
  const base::Clock* const clock_;
  const Options options_;

  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  // Of the worker's thread alone, in the machine's time.
  absl::Time next_again_ = absl::InfinitePast();
  absl::Time next_gauges_ = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_SETTLEMENT_WORKER_H_
