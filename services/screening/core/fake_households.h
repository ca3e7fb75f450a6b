#ifndef FANGPIN_SCREENING_CORE_FAKE_HOUSEHOLDS_H_
#define FANGPIN_SCREENING_CORE_FAKE_HOUSEHOLDS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/screening/core/errors.h"
#include "services/screening/core/households.h"

namespace fangpin::screening {

// A registry in memory that can go away, for tests.
class FakeHouseholds final : public Households {
 public:
  void Add(HouseholdFile household) {
    absl::MutexLock lock(&mutex_);
    households_[household.id] = std::move(household);
  }
  void AddPerson(std::string fingerprint, PersonMatch match) {
    absl::MutexLock lock(&mutex_);
    persons_[std::move(fingerprint)] = std::move(match);
  }
  // OK brings it back.
  void SetStatus(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
  }
  std::vector<Inclusion> inclusions() const {
    absl::MutexLock lock(&mutex_);
    return inclusions_;
  }

  absl::StatusOr<std::vector<std::optional<PersonMatch>>> Match(
      const base::CallContext&, absl::Span<const std::string> fingerprints) override {
    absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    std::vector<std::optional<PersonMatch>> matches;
    for (const std::string& fingerprint : fingerprints) {
      const auto found = persons_.find(fingerprint);
      matches.push_back(found == persons_.end() ? std::nullopt : std::optional(found->second));
    }
    return matches;
  }

  absl::StatusOr<HouseholdFile> Get(const base::CallContext&,
                                    std::string_view household_id) override {
    absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    const auto found = households_.find(household_id);
    if (found == households_.end()) return HouseholdNotFound(household_id);
    return found->second;
  }

  absl::Status Include(const base::CallContext&, const Inclusion& inclusion) override {
    absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    inclusions_.push_back(inclusion);
    return absl::OkStatus();
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, HouseholdFile, std::less<>> households_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, PersonMatch, std::less<>> persons_ ABSL_GUARDED_BY(mutex_);
  std::vector<Inclusion> inclusions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_FAKE_HOUSEHOLDS_H_
