#ifndef FANGPIN_SCREENING_CORE_SETTLEMENT_H_
#define FANGPIN_SCREENING_CORE_SETTLEMENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/policy/load.h"
#include "services/screening/core/alert_cache.h"
#include "services/screening/core/alert_store.h"
#include "services/screening/core/feeds.h"
#include "services/screening/core/households.h"
#include "services/screening/core/instruments.h"

namespace fangpin::screening {

// Which alerts a pass works on.
enum class SettlePass {
  kPending,  // Taken, never settled.
  kAgain,    // Unmatched, or matched while a number to judge with was missing.
};

struct SettleResult {
  int loaded = 0;
  int settled = 0;                       // Whose state changed.
  std::string last;                      // Id of the last one loaded.
  std::vector<absl::Time> accept_times;  // Of those settled for the first time.
};

// Settles alerts: match, judge, clue, visit task. One pass is one call to the registry and one
// transaction that checks the state of each alert, so a pass that is repeated, or run twice at
// once, settles nothing twice. Domain dates come from the time an alert was taken. Thread-safe.
class Settlement {
 public:
  // All must outlive this.
  Settlement(AlertStore* store, const FeedCatalogue* feeds, const policy::PolicyData* policy,
             Households* households, AlertCache* cache, Instruments* instruments)
      : store_(store),
        feeds_(feeds),
        policy_(policy),
        households_(households),
        cache_(cache),
        instruments_(instruments) {}

  // Works on up to `limit` (at most Households::kMaxMatch) alerts beyond the id `after`.
  // UNAVAILABLE and other errors of the registry and the store leave everything as it was.
  absl::StatusOr<SettleResult> Run(SettlePass pass, std::string_view after, int limit);

 private:
  // What a pass did beside settling.
  struct Tally {
    int opened = 0;         // Clues.
    int without_terms = 0;  // Alerts over their threshold for which no clue could be opened,
    absl::Status lacking;   // and what has to be configured for the last of them.
  };

  absl::StatusOr<std::vector<SettledAlert>> SettleIn(
      AlertTx& tx, const std::vector<OpenAlert>& alerts,
      const std::vector<std::optional<PersonMatch>>& matches, Tally& tally);

  AlertStore* const store_;
  const FeedCatalogue* const feeds_;
  const policy::PolicyData* const policy_;
  Households* const households_;
  AlertCache* const cache_;
  Instruments* const instruments_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_SETTLEMENT_H_
