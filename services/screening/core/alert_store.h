#ifndef FANGPIN_SCREENING_CORE_ALERT_STORE_H_
#define FANGPIN_SCREENING_CORE_ALERT_STORE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "fangpin/screening/v1/alert.pb.h"
#include "fangpin/screening/v1/stored.pb.h"
#include "libs/base/call_context.h"
#include "libs/records/records.h"

// Alerts: many, small, written once and settled once, so they have tables of their own beside the
// records of clues and cases, in the same transactions.
namespace fangpin::screening {

// A department's record, whatever its version.
struct Source {
  std::string feed_id;
  std::string source_id;
};

// A version of a source that is stored.
struct StoredVersion {
  size_t source = 0;  // Index into the sources asked for.
  int64_t version = 0;
  std::string alert_id;
};

// An alert as it is taken.
struct NewAlert {
  std::string id;
  std::string feed_id;
  int64_t version = 1;
  std::string id_number;  // Kept as a keyed fingerprint only.
  std::string event_on;   // YYYY-MM-DD
  std::optional<int64_t> amount_fen;
  std::string division;  // Where it is listed until the household is known.
  v1::AlertState state = v1::ALERT_STATE_PENDING;
  absl::Time accept_time;
  v1::AlertContent content;  // Kept sealed.
};

// An alert to be settled.
struct OpenAlert {
  std::string id;
  std::string feed_id;
  std::string fingerprint;
  std::string event_on;
  std::optional<int64_t> amount_fen;
  std::string division;
  v1::AlertState state = v1::ALERT_STATE_UNSPECIFIED;
  absl::Time accept_time;
  v1::AlertContent content;
};

// What became of one.
struct SettledAlert {
  std::string id;
  v1::AlertState state = v1::ALERT_STATE_UNSPECIFIED;
  std::string household_id;
  std::string person_id;
  std::string division;
  std::string clue_id;
  std::string judgement;
  absl::Time settle_time;
};

// An amount that counts towards a person's sums.
struct Amount {
  std::string person_id;
  std::string feed_id;
  std::string kind;
  std::string event_on;
  std::string alert_id;
  int64_t amount_fen = 0;
};

// Which amounts to add: of one person, feed and kind, from `from` to `to` (days included), of this
// alert and those taken before it.
struct AmountRange {
  std::string person_id;
  std::string feed_id;
  std::string kind;
  std::string from;
  std::string to;
  std::string up_to_alert;
};

// One batch that was taken.
struct Push {
  std::string feed_id;
  int64_t accepted = 0;
  std::string watermark;  // Latest event day in it.
  absl::Time time;
};

struct FeedStatus {
  int64_t accepted = 0;
  int64_t pending = 0;
  std::string watermark;
  std::optional<absl::Time> last_push;
};

struct AlertQuery {
  std::vector<std::string> divisions;  // Roots of the subtrees to look in; none: no alerts.
  std::string feed_id;                 // Empty for all.
  std::string household_id;            // Empty for all.
  std::vector<v1::AlertState> states;  // Empty for all.
  std::string after;                   // Place of the last alert seen; empty for the first page.
  int limit = 0;
};

struct AlertPage {
  std::vector<v1::Alert> alerts;
  std::string last;  // Place of the last one, for AlertQuery::after; empty when there is none.
};

// A consistent view of the alerts.
class AlertView {
 public:
  virtual ~AlertView() = default;

  // Every stored version of the sources, in no order.
  virtual absl::StatusOr<std::vector<StoredVersion>> FindVersions(
      absl::Span<const Source> sources) = 0;
  // Alerts that wait: PENDING ones, or with `again` UNMATCHED and FACT_MISSING ones. In id order
  // beyond `after`.
  virtual absl::StatusOr<std::vector<OpenAlert>> ListOpen(bool again, std::string_view after,
                                                          int limit) = 0;
  // By county and id.
  virtual absl::StatusOr<AlertPage> List(const AlertQuery& query) = 0;
  // Of feeds that ever sent something, by id.
  virtual absl::StatusOr<std::map<std::string, FeedStatus>> FeedStatuses() = 0;
};

// One transaction over alerts and records: all of it is kept, or nothing.
class AlertTx : public AlertView {
 public:
  virtual records::Tx& records() = 0;

  // ALREADY_EXISTS when a version of a source is stored already.
  virtual absl::Status Insert(absl::Span<const NewAlert> alerts) = 0;
  virtual absl::Status AddPush(const Push& push) = 0;
  // Marks alerts as SUPERSEDED and takes their amounts out of the sums.
  virtual absl::Status Supersede(absl::Span<const std::string> alert_ids, absl::Time now) = 0;
  // The states as of this transaction, of alerts that exist.
  virtual absl::StatusOr<std::map<std::string, v1::AlertState>> States(
      absl::Span<const std::string> alert_ids) = 0;
  virtual absl::Status Settle(absl::Span<const SettledAlert> alerts) = 0;
  // An amount that is there already stays as it is.
  virtual absl::Status AddAmounts(absl::Span<const Amount> amounts) = 0;
  virtual absl::StatusOr<int64_t> SumAmounts(const AmountRange& range) = 0;
};

// The alerts and, through AlertTx, the records of the service. Thread-safe. Statuses of the
// database pass through; see records::Store about fn running again.
class AlertStore {
 public:
  virtual ~AlertStore() = default;

  virtual absl::Status Read(absl::FunctionRef<absl::Status(AlertView&)> fn) = 0;
  virtual absl::Status Write(const base::CallContext& ctx,
                             absl::FunctionRef<absl::Status(AlertTx&)> fn) = 0;
  // Runs fn while no other process settles alerts of this store.
  virtual absl::Status Exclusively(absl::FunctionRef<absl::Status()> fn) = 0;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_ALERT_STORE_H_
