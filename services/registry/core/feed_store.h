#ifndef FANGPIN_REGISTRY_CORE_FEED_STORE_H_
#define FANGPIN_REGISTRY_CORE_FEED_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fangpin/registry/v1/household.pb.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// A revision as the change feed sees it.
struct FeedRow {
  int64_t position = 0;  // from 1, without gaps; 0 while it has none
  std::string household_id;
  int64_t number = 0;
  std::string division;    // after the revision
  std::string moved_from;  // before it; empty unless it moved the household

  friend bool operator==(const FeedRow&, const FeedRow&) = default;
};

struct RevisionKey {
  std::string household_id;
  int64_t number = 0;
};

// The change feed in one consistent snapshot. A snapshot that sees a position sees every lower one,
// and no later snapshot sees anything new below it: a reader that has read up to a position has
// read all there will ever be up to there. The revisions of one household come in their order.
class FeedReader {
 public:
  virtual ~FeedReader() = default;

  // The last position given; 0 for none.
  virtual absl::StatusOr<int64_t> FeedHead() = 0;
  // Up to `limit` rows with position > after, in order.
  virtual absl::StatusOr<std::vector<FeedRow>> Feed(int64_t after, int limit) = 0;
  // What is committed and will get its position later, in the order in which it would get it now.
  virtual absl::StatusOr<std::vector<FeedRow>> FeedPending() = 0;
  // The revisions with their households, one a key, in order; nullopt for an unknown one.
  virtual absl::StatusOr<std::vector<std::optional<pb::Revision>>> RevisionsAt(
      absl::Span<const RevisionKey> keys) = 0;
};

// What a store does for the feed beside its transactions. Thread-safe.
class FeedStore {
 public:
  // Ends when destroyed, after a call under way has returned.
  class Listener {
   public:
    virtual ~Listener() = default;
  };

  virtual ~FeedStore() = default;

  // Gives a position to everything that was committed before the call. Must not be called inside a
  // transaction.
  virtual absl::Status PositionFeed() = 0;

  // Calls fn with the last position given, soon after this call and after each time that the feed
  // has grown, whoever wrote. fn must be quick and must not use the store.
  [[nodiscard]] virtual std::unique_ptr<Listener> ListenToFeed(
      std::function<void(int64_t head)> fn) = 0;
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_FEED_STORE_H_
