#ifndef FANGPIN_REGISTRY_CORE_FAKE_STORE_H_
#define FANGPIN_REGISTRY_CORE_FAKE_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The store in memory, for tests: one transaction at a time on a copy of everything.
class FakeStore final : public RegistryStore {
 public:
  absl::Status Read(absl::FunctionRef<absl::Status(RegistryReader&)> fn) override;
  absl::Status Write(absl::FunctionRef<absl::Status(RegistryWriter&)> fn) override;
  absl::StatusOr<std::unique_ptr<const PreparedChanges>> Prepare(
      absl::Span<const HouseholdChange> changes) const override;
  absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) override;
  absl::StatusOr<RecordPtr> Record(std::string_view id) override;
  absl::StatusOr<std::vector<RecordPtr>> Records(absl::Span<const std::string> ids) override;
  absl::StatusOr<std::vector<PersonPlace>> Persons(absl::Span<const base::IdKey> keys) override;

  absl::Status PositionFeed() override;
  std::unique_ptr<Listener> ListenToFeed(std::function<void(int64_t head)> fn) override;

  // Whether writes leave it to PositionFeed to give their revisions positions in the feed.
  void DelayFeed(bool delay);

  // 16 bytes, equal for equal numbers.
  static std::string FingerprintOf(std::string_view id_number);

  // Makes the n-th Write from now on fail with this status; 0 for none.
  void FailWrite(int nth, absl::Status status);

 private:
  class Tx;
  class FeedListener;

  struct IndexedPerson {
    std::string household_id;
    std::string person_id;
    bool active = false;
  };
  struct KeptAnswer {
    std::string body;
    std::string answer;
    absl::Time time;
  };
  struct Data {
    std::map<std::string, std::vector<pb::Revision>> households;  // by id
    std::map<std::string, std::string> by_national_id;
    std::map<std::string, IndexedPerson> persons;  // by fingerprint
    std::map<std::string, int> serials;
    std::map<std::tuple<std::string, std::string, std::string>, KeptAnswer> answers;
    std::map<std::tuple<std::string, std::string, int>, bool> decisions;
    std::map<std::string, ImportRecord> imports;
    std::map<std::pair<std::string, int64_t>, std::string> chunks;
    std::map<std::string, std::vector<pb::RowError>> errors;
    std::map<std::string, std::string> workbooks;
    std::map<std::string, v1::VillageProfile> villages;
    std::vector<FeedRow> feed;  // position i + 1 at i
    std::vector<FeedRow> feed_pending;
  };

  absl::Status WriteLocked(absl::FunctionRef<absl::Status(RegistryWriter&)> fn)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void TellOfFeed() ABSL_LOCKS_EXCLUDED(mutex_, listeners_mutex_);

  absl::Mutex mutex_;
  Data data_ ABSL_GUARDED_BY(mutex_);
  int fail_in_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  bool delay_feed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Mutex exclusive_;
  absl::Mutex listeners_mutex_;
  int64_t told_ ABSL_GUARDED_BY(listeners_mutex_) = 0;  // the last head that listeners heard of
  std::vector<FeedListener*> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_FAKE_STORE_H_
