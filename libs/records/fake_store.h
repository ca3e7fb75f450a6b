#ifndef FANGPIN_RECORDS_FAKE_STORE_H_
#define FANGPIN_RECORDS_FAKE_STORE_H_

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "libs/records/records.h"

namespace fangpin::records {

// Records in memory, for tests: one transaction at a time on a copy of everything.
class FakeStore final : public Store {
 public:
  absl::Status Read(absl::FunctionRef<absl::Status(View&)> fn) override;
  absl::Status Write(const base::CallContext& ctx,
                     absl::FunctionRef<absl::Status(Tx&)> fn) override;

  // Effects enqueued so far, in order.
  std::vector<Effect> effects() const;

 private:
  class FakeTx;

  struct Stored {
    Header header;
    std::vector<Revision> revisions;
  };
  struct Answer {
    std::string request;
    std::string answer;
    absl::Time expires;
  };
  struct Data {
    std::map<std::pair<std::string, std::string>, Stored> records;  // by collection and id
    std::map<std::tuple<std::string, std::string, std::string>, Answer> answers;
    std::vector<Effect> effects;
  };

  mutable absl::Mutex mutex_;
  Data data_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::records

#endif  // FANGPIN_RECORDS_FAKE_STORE_H_
