#ifndef FANGPIN_REGISTRY_CORE_HISTORY_H_
#define FANGPIN_REGISTRY_CORE_HISTORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fangpin/registry/v1/life.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// A revision of a household as requests name it: by number, by the end of a day in China, or
// neither for the current one.
struct RevisionName {
  int64_t number = 0;
  std::string day;
  std::string day_field;  // of the request, for errors
};

// The revision with its household. INVALID_ARGUMENT DATE_FORMAT, DATE_IN_FUTURE,
// REVISION_NAMED_TWICE; NOT_FOUND REVISION_NOT_FOUND.
absl::StatusOr<pb::Revision> FindRevision(RegistryReader& reader, const pb::Household& current,
                                          const RevisionName& name, absl::Time now);

// What differs, field by field in the order of the record, bookkeeping apart. Members are compared
// by person id and called by their place in `after` (in `before` when they are only there);
// safeguards by which they are; all else that repeats by place.
std::vector<pb::FieldDifference> Differences(const pb::Household& before,
                                             const pb::Household& after);

// The use case CompareHousehold. Thread-safe.
class History {
 public:
  // The store must outlive this.
  explicit History(RegistryStore* store) : store_(store) {}

  absl::StatusOr<pb::CompareHouseholdResponse> CompareHousehold(
      const base::CallContext& ctx, const pb::CompareHouseholdRequest& request);

 private:
  RegistryStore* const store_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_HISTORY_H_
