#include "services/registry/store/sql_feed.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "services/registry/core/household.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

namespace q = ::fangpin::registry_sql;
using sql::Row;
using sql::Value;

// Published by every commit that changed the feed or its notes.
constexpr char kTopic[] = "feed";

// How often a process looks for what others committed: while somebody listens, and otherwise.
constexpr absl::Duration kListenedPoll = absl::Milliseconds(50);
constexpr absl::Duration kQuietPoll = absl::Seconds(1);
// Between two runs, so that a run under load takes many writes at once; and at least as long as
// the last one took, so that giving positions never takes more than half of a connection's time.
constexpr absl::Duration kGather = absl::Milliseconds(5);

Value NullIfEmpty(const std::string& text) { return text.empty() ? Value() : Value(text); }

// The text of a note and back: one line a change.
std::string WriteNote(const FeedNote& changes) {
  std::string note;
  for (const FeedRow& row : changes.rows()) {
    base::StrAppend(&note, row.household_id, " ", row.number, " ", row.division, " ",
                    row.moved_from, "\n");
  }
  return note;
}

absl::Status ReadNote(std::string_view note, std::vector<FeedRow>* rows) {
  for (const std::string_view line : base::Split(note, '\n')) {
    if (line.empty()) continue;
    const std::vector<std::string_view> parts = base::Split(line, ' ');
    const auto number = parts.size() == 4 ? base::ParseInt(parts[1]) : std::nullopt;
    if (!number.has_value()) return absl::DataLossError("a pending feed row does not parse");
    rows->push_back({.household_id = std::string(parts[0]),
                     .number = *number,
                     .division = std::string(parts[2]),
                     .moved_from = std::string(parts[3])});
  }
  return absl::OkStatus();
}

}  // namespace

void FeedNote::Add(const HouseholdChange& change) {
  if (rows_.empty()) time_ = FromTimestamp(change.revision.time());
  rows_.push_back(FeedRowOf(change));
}

absl::Status AppendToFeed(sql::Tx& tx, sql::Engine engine, const FeedNote& note) {
  if (note.empty()) return absl::OkStatus();
  tx.Notify(kTopic);
  if (engine == sql::Engine::kPostgres) {
    const FeedRow& first = note.rows().front();
    return tx
        .Execute(q::kInsertPendingFeed, first.household_id, first.number,
                 absl::ToUnixMicros(note.time()), WriteNote(note))
        .status();
  }
  FANGPIN_ASSIGN_OR_RETURN(const auto head, tx.First(q::kAdvanceFeedHead, note.rows().size()));
  int64_t position = head->Int(0) - static_cast<int64_t>(note.rows().size());
  std::vector<std::vector<Value>> rows;
  rows.reserve(note.rows().size());
  for (const FeedRow& row : note.rows()) {
    rows.push_back(
        {++position, row.household_id, row.number, row.division, NullIfEmpty(row.moved_from)});
  }
  return tx.ExecuteMany(q::kInsertFeedRow, rows).status();
}

absl::StatusOr<int64_t> ReadFeedHead(sql::Tx& tx) {
  FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(q::kGetFeedState));
  return row->Int(0);
}

absl::StatusOr<std::vector<FeedRow>> ReadFeed(sql::Tx& tx, int64_t after, int limit) {
  std::vector<FeedRow> rows;
  FANGPIN_RETURN_IF_ERROR(tx.ForEach(q::kListFeed, {after, limit}, [&](const Row& row) {
    rows.push_back({.position = row.Int(0),
                    .household_id = std::string(row.Text(1)),
                    .number = row.Int(2),
                    .division = std::string(row.Text(3)),
                    .moved_from = row.IsNull(4) ? std::string() : std::string(row.Text(4))});
    return absl::OkStatus();
  }));
  return rows;
}

absl::StatusOr<std::vector<FeedRow>> ReadPendingFeed(sql::Tx& tx) {
  struct Pending {
    int64_t time_us;
    FeedRow row;
  };
  std::vector<Pending> pending;
  std::vector<FeedRow> rows;
  FANGPIN_RETURN_IF_ERROR(tx.ForEach(q::kListPendingFeed, {}, [&](const Row& row) -> absl::Status {
    rows.clear();
    FANGPIN_RETURN_IF_ERROR(ReadNote(row.Text(1), &rows));
    for (FeedRow& one : rows) pending.push_back({row.Int(0), std::move(one)});
    return absl::OkStatus();
  }));
  // By the time of the call, which puts what was answered before a call arrived before that call.
  // Clocks differ between processes, so a household's later revision is never taken as earlier
  // than the ones before it.
  std::sort(pending.begin(), pending.end(), [](const Pending& a, const Pending& b) {
    return std::tie(a.row.household_id, a.row.number) < std::tie(b.row.household_id, b.row.number);
  });
  for (size_t i = 1; i < pending.size(); ++i) {
    if (pending[i].row.household_id == pending[i - 1].row.household_id) {
      pending[i].time_us = std::max(pending[i].time_us, pending[i - 1].time_us);
    }
  }
  std::stable_sort(pending.begin(), pending.end(),
                   [](const Pending& a, const Pending& b) { return a.time_us < b.time_us; });
  rows.clear();
  for (Pending& one : pending) rows.push_back(std::move(one.row));
  return rows;
}

class SqlFeed::Listener final : public FeedStore::Listener {
 public:
  Listener(SqlFeed* feed, std::function<void(int64_t)> fn) : feed_(feed), fn_(std::move(fn)) {}
  ~Listener() override {
    absl::MutexLock lock(&feed_->listeners_mutex_);
    std::erase(feed_->listeners_, this);
  }
  void Call(int64_t head) const { fn_(head); }

 private:
  SqlFeed* const feed_;
  const std::function<void(int64_t)> fn_;
};

std::unique_ptr<FeedStore::Listener> SqlFeed::Listen(std::function<void(int64_t)> fn) {
  auto listener = std::make_unique<Listener>(this, std::move(fn));
  {
    absl::MutexLock lock(&listeners_mutex_);
    listeners_.push_back(listener.get());
    new_listener_ = true;
  }
  Wake();
  return listener;
}

bool SqlFeed::TakeNewListener() {
  absl::MutexLock lock(&listeners_mutex_);
  return std::exchange(new_listener_, false);
}

void SqlFeed::Call(int64_t head) {
  absl::MutexLock lock(&listeners_mutex_);
  for (const Listener* listener : listeners_) listener->Call(head);
}

void SqlFeed::Start() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
    // There may be notes that a process left when it died.
    woken_ = true;
  }
  subscription_ = database_->Subscribe(kTopic, [this] { Wake(); });
  thread_ = std::thread([this] { Work(); });
}

void SqlFeed::Stop() {
  subscription_.reset();
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void SqlFeed::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

absl::Status SqlFeed::Position() {
  if (database_->engine() == sql::Engine::kSqlite) return absl::OkStatus();
  FANGPIN_ASSIGN_OR_RETURN(const State state, Look());
  if (!state.pending) return absl::OkStatus();
  FANGPIN_RETURN_IF_ERROR(PositionPending());
  Wake();
  return absl::OkStatus();
}

absl::StatusOr<SqlFeed::State> SqlFeed::Look() {
  State state;
  FANGPIN_RETURN_IF_ERROR(database_->Read([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(q::kGetFeedState));
    state = {.head = row->Int(0), .pending = row->Int(1) != 0};
    return absl::OkStatus();
  }));
  return state;
}

absl::Status SqlFeed::PositionPending() {
  return database_->Maintain([](sql::Tx& tx) -> absl::Status {
    // First of all: the snapshot must be taken while no other holds the row.
    FANGPIN_ASSIGN_OR_RETURN(const auto head, tx.First(q::kLockFeedHead));
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<FeedRow> pending, ReadPendingFeed(tx));
    if (pending.empty()) return absl::OkStatus();
    int64_t position = head->Int(0);
    std::vector<std::vector<Value>> rows;
    rows.reserve(pending.size());
    for (const FeedRow& row : pending) {
      rows.push_back(
          {++position, row.household_id, row.number, row.division, NullIfEmpty(row.moved_from)});
    }
    FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kInsertFeedRow, rows).status());
    // All that this snapshot sees, which is what was read.
    FANGPIN_RETURN_IF_ERROR(tx.Execute(q::kDropPendingFeed).status());
    return tx.First(q::kAdvanceFeedHead, pending.size()).status();
  });
}

bool SqlFeed::Await(bool* committed) {
  // One process alone has a SQLite file.
  absl::Duration poll = absl::InfiniteDuration();
  if (database_->engine() == sql::Engine::kPostgres) {
    absl::MutexLock lock(&listeners_mutex_);
    poll = listeners_.empty() ? kQuietPoll : kListenedPoll;
  }
  absl::MutexLock lock(&mutex_);
  const auto wanted = [this]()
                          ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return woken_ || stopping_; };
  mutex_.AwaitWithTimeout(absl::Condition(&wanted), poll);
  *committed = std::exchange(woken_, false);
  return !stopping_;
}

void SqlFeed::Work() {
  int64_t known = 0;
  bool pending = false;  // at the last look
  for (bool committed = false; Await(&committed);) {
    const absl::Time began = absl::Now();
    absl::Duration pause = kGather;
    // Before the look, which then shows what was committed before somebody began to listen.
    const bool tell = TakeNewListener();
    // What another process committed is left to that process for one more look.
    if (absl::StatusOr<State> state = Advance(committed || pending); state.ok()) {
      pending = state->pending;
      if (std::exchange(known, state->head) != state->head || tell) Call(state->head);
      pause = std::max(kGather, absl::Now() - began);
    } else {
      log::Warning("the change feed stands still",
                   {{"reason", base::Reason(state.status())},
                    {"error", base::ToStd(state.status().message())}});
      pending = true;
      known = -1;
      pause = kQuietPoll;
    }
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause);
  }
}

absl::StatusOr<SqlFeed::State> SqlFeed::Advance(bool position) {
  if (position && database_->engine() == sql::Engine::kPostgres) {
    FANGPIN_RETURN_IF_ERROR(PositionPending());
  }
  return Look();
}

}  // namespace fangpin::registry
