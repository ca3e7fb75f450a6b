#ifndef FANGPIN_REGISTRY_CORE_FEED_H_
#define FANGPIN_REGISTRY_CORE_FEED_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/feed.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/feed_tail.h"
#include "services/registry/core/household_export.h"
#include "services/registry/core/household_watch.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// The use cases of RegistryService that leave in bulk; each keeps the promises of the method with
// its name. Both begin with what was committed before the call. Thread-safe; what it opens must not
// outlive it.
class Feed {
 public:
  // `store` must outlive this.
  explicit Feed(RegistryStore* store) : store_(store), tail_(store) {}

  // `from`: where an earlier export of the same filter came to. RESUME_TOKEN_INVALID when this
  // registry has not come as far as its position.
  absl::StatusOr<std::unique_ptr<HouseholdExport>> ExportHouseholds(
      const base::CallContext& ctx, const pb::ExportHouseholdsRequest& request,
      std::optional<ExportPoint> from);

  // `from`: the position to go on behind; from now on without one. WATCH_TOKEN_INVALID as above.
  absl::StatusOr<std::unique_ptr<HouseholdWatch>> WatchHouseholds(
      const base::CallContext& ctx, const pb::WatchHouseholdsRequest& request,
      std::optional<int64_t> from, std::function<void()> wake);

 private:
  absl::StatusOr<int64_t> Head();

  RegistryStore* const store_;
  FeedTail tail_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_FEED_H_
