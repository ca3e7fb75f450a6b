#ifndef FANGPIN_SCREENING_CORE_FAKE_ALERT_STORE_H_
#define FANGPIN_SCREENING_CORE_FAKE_ALERT_STORE_H_

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/records/fake_store.h"
#include "services/screening/core/alert_store.h"

namespace fangpin::screening {

// Alerts in memory, for tests, over a fake store of records: one transaction at a time on a copy of
// everything. A person's fingerprint is "fingerprint/" and the ID number.
class FakeAlertStore final : public AlertStore {
 public:
  absl::Status Read(absl::FunctionRef<absl::Status(AlertView&)> fn) override;
  absl::Status Write(const base::CallContext& ctx,
                     absl::FunctionRef<absl::Status(AlertTx&)> fn) override;
  absl::Status Exclusively(absl::FunctionRef<absl::Status()> fn) override { return fn(); }

  records::FakeStore& records() { return records_; }

  // The next writes fail with this after fn has run, as when a process dies before it commits.
  void FailCommits(absl::Status status);

  static std::string FingerprintOf(std::string_view id_number);

 private:
  class FakeTx;

  struct Stored {
    NewAlert alert;
    SettledAlert settled;
  };
  struct Data {
    std::map<std::string, Stored> alerts;
    std::map<std::tuple<std::string, std::string, std::string>, Amount> amounts;
    std::vector<Push> pushes;
  };

  records::FakeStore records_;
  absl::Mutex mutex_;
  Data data_ ABSL_GUARDED_BY(mutex_);
  absl::Status commit_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_FAKE_ALERT_STORE_H_
