#ifndef FANGPIN_REGISTRY_STORE_SQL_FEED_H_
#define FANGPIN_REGISTRY_STORE_SQL_FEED_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "libs/sql/database.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// How revisions get their places in the change feed.
//
// On SQLite there is one writer: a write takes the next positions in its own transaction, and they
// become visible in the order of the commits.
//
// On PostgreSQL writers commit side by side, and a counter that all of them touch would make each
// wait for the others, or run again. So a write only leaves a note of its changes (feed_pending),
// and the notes are turned into positions behind it, by whichever process comes first. Doing that
// begins by locking the one row of feed_head and ends by moving it on, so:
//
// - The transactions that give positions run one after the other, each in a snapshot that sees all
//   of the one before: the snapshot is taken by the statement that locks, and when the row was
//   moved on in between the database refuses and the transaction begins anew. Hence positions have
//   no gaps, and become visible in their order: who sees one sees every lower one.
// - A note that a snapshot does not see yet stays: the rows deleted are exactly those read, both by
//   the same snapshot. It gets a later position, whenever its transaction began. Nothing is
//   skipped, whatever order transactions commit in.
// - A note is deleted in the transaction that gives its positions. Nothing is given two.
// - Revision n of a household was committed before the transaction of n + 1 began to read, so no
//   snapshot sees the note of n + 1 without n or its position: they come in order.
class SqlFeed {
 public:
  // `database` must outlive this.
  explicit SqlFeed(sql::Database* database) : database_(database) {}
  ~SqlFeed() { Stop(); }

  // Begins to give positions and to call listeners, on a thread of its own.
  void Start();
  void Stop();

  // See FeedStore.
  absl::Status Position();
  std::unique_ptr<FeedStore::Listener> Listen(std::function<void(int64_t head)> fn);

 private:
  class Listener;
  struct State {
    int64_t head = 0;
    bool pending = false;
  };

  void Wake() ABSL_LOCKS_EXCLUDED(mutex_);
  void Work();
  // Waits until something was committed here, or it is time to look what others did; false at the
  // end. Says whether something was.
  bool Await(bool* committed) ABSL_LOCKS_EXCLUDED(mutex_);
  absl::StatusOr<State> Look();
  absl::Status PositionPending();
  absl::StatusOr<State> Advance(bool position);
  bool TakeNewListener() ABSL_LOCKS_EXCLUDED(listeners_mutex_);
  void Call(int64_t head) ABSL_LOCKS_EXCLUDED(listeners_mutex_);

  sql::Database* const database_;

  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  absl::Mutex listeners_mutex_;
  std::vector<Listener*> listeners_ ABSL_GUARDED_BY(listeners_mutex_);
  bool new_listener_ ABSL_GUARDED_BY(listeners_mutex_) = false;  // that was not called yet

  std::unique_ptr<sql::Database::Subscription> subscription_;
  std::thread thread_;
};

// What the changes of one write leave for the feed.
class FeedNote {
 public:
  void Add(const HouseholdChange& change);

  bool empty() const { return rows_.empty(); }
  const std::vector<FeedRow>& rows() const { return rows_; }
  absl::Time time() const { return time_; }  // of the first

 private:
  std::vector<FeedRow> rows_;
  absl::Time time_;
};

// What SqlFeed does inside the transactions of the store.
absl::Status AppendToFeed(sql::Tx& tx, sql::Engine engine, const FeedNote& note);
absl::StatusOr<int64_t> ReadFeedHead(sql::Tx& tx);
absl::StatusOr<std::vector<FeedRow>> ReadFeed(sql::Tx& tx, int64_t after, int limit);
absl::StatusOr<std::vector<FeedRow>> ReadPendingFeed(sql::Tx& tx);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_STORE_SQL_FEED_H_
