#ifndef FANGPIN_REGISTRY_CORE_HOUSEHOLD_WATCH_H_
#define FANGPIN_REGISTRY_CORE_HOUSEHOLD_WATCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/registry/v1/feed.pb.h"
#include "services/registry/core/feed_tail.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// One reader of the change feed: what happened to the households of some divisions, revision by
// revision. Used by one thread at a time.
class HouseholdWatch {
 public:
  // Bounds of a part, and how much of the feed is looked at for one.
  static constexpr size_t kPartEvents = 100;
  static constexpr size_t kPartBytes = 256 << 10;
  static constexpr int kRows = 1000;
  // A reader whom nothing concerned is told where it stands after this many revisions, so that it
  // never has to look at more of them again.
  static constexpr int64_t kTellAfter = 10'000;

  struct Options {
    std::vector<DivisionRange> ranges;  // in order, without overlap
    int64_t position = 0;               // events behind it
    std::optional<int64_t> end;         // ends there instead of waiting for more
    bool include_household = false;
    bool tell_position = false;  // at once, before any event
  };

  // `wake` is called when there may be more, from any thread. `store` and `tail` must outlive this.
  HouseholdWatch(RegistryStore* store, FeedTail* tail, Options options, std::function<void()> wake);

  // kEvents: `events` holds the next ones, or none when only position() moved on. kNothing: ask
  // again once woken. kEnd: everything up to Options::end has been told.
  enum class Outcome { kEvents, kNothing, kEnd };
  absl::StatusOr<Outcome> Next(std::vector<pb::HouseholdEvent>* events);

  // Where to go on behind what Next has told.
  int64_t position() const { return position_; }

 private:
  bool Sees(std::string_view division) const;
  // What the row means to this reader; UNSPECIFIED: nothing.
  pb::HouseholdEventKind KindOf(const FeedRow& row) const;
  absl::Status AddEvents(const std::vector<FeedRow>& rows, std::vector<pb::HouseholdEvent>* events);

  RegistryStore* const store_;
  FeedTail* const tail_;
  const Options options_;
  int64_t position_;
  int64_t told_;  // the last position() that Next has told
  bool tell_;     // whether position() is still to be told, with or without events
  std::unique_ptr<FeedStore::Listener> listener_;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_HOUSEHOLD_WATCH_H_
