#ifndef FANGPIN_SQL_DATABASE_H_
#define FANGPIN_SQL_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/sql/statement.h"
#include "libs/sql/value.h"

namespace fangpin::sql {

enum class Engine { kSqlite, kPostgres };

// One use of a statement, for metrics.
struct Observation {
  std::string_view statement;  // its name
  absl::Duration elapsed;
  int64_t rows = 0;  // returned, or changed
  absl::StatusCode code = absl::StatusCode::kOk;
};

struct Options {
  // "sqlite:/path/file.db", or "postgresql://user@host:port/database" as libpq takes it.
  std::string uri;
  // PostgreSQL: the schema that holds the tables, created when absent. Lower-case letters, digits
  // and '_'. SQLite: unused, a file holds one service.
  std::string schema;
  // PostgreSQL: pooled connections. SQLite: connections for reading. Callers beyond it wait.
  int max_connections = 8;
  // Write calls that may wait; one more is RESOURCE_EXHAUSTED, SQL_QUEUE_FULL. PostgreSQL: calls
  // of both kinds waiting for a connection.
  int max_waiting = 4096;
  // SQLite: no other process may open the file so: FAILED_PRECONDITION, SQL_FILE_IN_USE. For owners
  // who keep what they have read. PostgreSQL: without meaning.
  bool sole_owner = false;
  // SQLite: a commit gathers waiting writes up to this many, and starts none after this long.
  int max_group_writes = 512;
  absl::Duration max_group_time = absl::Milliseconds(5);
  // SQLite: the log is written back to the file once it has this many pages (4 KiB each).
  int checkpoint_pages = 16384;
  // One statement: DEADLINE_EXCEEDED, SQL_TIMEOUT beyond it.
  absl::Duration statement_timeout = absl::Seconds(30);
  // PostgreSQL: connecting, and waiting for a pooled connection. SQLite: waiting for another
  // process's lock.
  absl::Duration connect_timeout = absl::Seconds(5);
  // A write that loses against another one runs again, up to this many times in all.
  int max_attempts = 12;
  // Called after each statement, on the thread that ran it, from many threads at once.
  std::function<void(const Observation&)> observer;
};

// One open transaction, used by one thread, valid during the Read or Write that passed it. A
// statement that fails dooms the transaction: what follows fails with the same error, and nothing
// of it is kept. Errors carry the reasons of libs/sql/errors.h.
class Tx {
 public:
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;

  // All rows. For results that are bounded; ForEach for the others.
  template <typename... Args>
  absl::StatusOr<std::vector<Row>> Query(const Statement& statement, Args&&... args) {
    const Value values[] = {Value(std::forward<Args>(args))..., Value()};
    return QueryWith(statement, absl::MakeConstSpan(values, sizeof...(Args)));
  }
  absl::StatusOr<std::vector<Row>> QueryWith(const Statement& statement,
                                             absl::Span<const Value> args);

  // The first row, or nullopt when there is none.
  template <typename... Args>
  absl::StatusOr<std::optional<Row>> First(const Statement& statement, Args&&... args) {
    const Value values[] = {Value(std::forward<Args>(args))..., Value()};
    return FirstWith(statement, absl::MakeConstSpan(values, sizeof...(Args)));
  }
  absl::StatusOr<std::optional<Row>> FirstWith(const Statement& statement,
                                               absl::Span<const Value> args);

  // Calls visit for each row as it arrives, without holding the result in memory; stops at the
  // first error of visit and returns it (the transaction stays usable). visit must not use this
  // transaction: INTERNAL, SQL_NESTED_STATEMENT.
  absl::Status ForEach(const Statement& statement, absl::Span<const Value> args,
                       absl::FunctionRef<absl::Status(const Row&)> visit);

  // Returns the number of rows inserted, updated or deleted.
  template <typename... Args>
  absl::StatusOr<int64_t> Execute(const Statement& statement, Args&&... args) {
    const Value values[] = {Value(std::forward<Args>(args))..., Value()};
    return ExecuteWith(statement, absl::MakeConstSpan(values, sizeof...(Args)));
  }
  absl::StatusOr<int64_t> ExecuteWith(const Statement& statement, absl::Span<const Value> args);

  // Runs the statement once per row of parameters, prepared once and pipelined. Returns the number
  // of rows changed. The error's metadata "row" is the index of the one refused.
  absl::StatusOr<int64_t> ExecuteMany(const Statement& statement,
                                      absl::Span<const std::vector<Value>> rows);

  // Runs a script of several statements without parameters. For schemas, not for data.
  absl::Status Script(std::string_view text);

  // Publishes topic to the Database's subscribers once this transaction is committed.
  void Notify(std::string_view topic);

 protected:
  // options must outlive the transaction. once: for one statement only.
  Tx(Engine engine, const Options& options, bool once)
      : engine_(engine), options_(options), once_(once) {}
  virtual ~Tx() = default;

 private:
  friend class Database;

  // Calls visit for each row until it returns false. stream: rows are handed over as they arrive;
  // otherwise they may be fetched whole first. The rest of a stopped result is discarded.
  virtual absl::Status DoForEach(const Statement& statement, absl::Span<const Value> args,
                                 bool stream, absl::FunctionRef<bool(const Row&)> visit) = 0;
  virtual absl::StatusOr<int64_t> DoExecute(const Statement& statement,
                                            absl::Span<const Value> args) = 0;
  virtual absl::StatusOr<int64_t> DoExecuteMany(const Statement& statement,
                                                absl::Span<const std::vector<Value>> rows) = 0;
  virtual absl::Status DoScript(std::string_view text) = 0;

  // Checks, runs body(rows) and observes it; any error dooms the transaction.
  template <typename Body>
  absl::Status Run(std::string_view name, absl::Span<const Value> args, Body body);
  absl::Status CheckUsable(std::string_view name);
  absl::Status CheckText(std::string_view name, absl::Span<const Value> args);
  // Keeps the first error as the reason why the transaction cannot go on; returns status.
  absl::Status Doom(absl::Status status);

  const Engine engine_;
  const Options& options_;
  const bool once_;
  bool used_ = false;
  absl::Status doomed_;
  bool visiting_ = false;
  std::vector<std::string> topics_;
};

// A database of one service. Thread-safe.
class Database {
 public:
  // Ends a subscription when destroyed, after a call under way has returned. Must not outlive the
  // Database, nor be destroyed inside its own call.
  class Subscription;

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  virtual ~Database();

  virtual Engine engine() const = 0;

  // Runs fn on one consistent snapshot that includes every write acknowledged before. fn may run
  // again when the connection was lost. Returns fn's status, or why the database failed.
  virtual absl::Status Read(absl::FunctionRef<absl::Status(Tx&)> fn) = 0;

  // As Read, for one statement, which needs no transaction around it: a second one fails with
  // INTERNAL, SQL_SECOND_STATEMENT. On PostgreSQL a third of the way to the server and back.
  virtual absl::Status ReadOnce(absl::FunctionRef<absl::Status(Tx&)> fn) = 0;

  // Runs fn in a serialisable transaction and returns once it is durably committed. fn may run
  // again after a conflict, on another thread than the caller's; it must have no effect but
  // through its Tx, and assign its results anew each time. When fn fails, nothing is kept and its
  // status is returned. UNAVAILABLE, SQL_COMMIT_UNKNOWN: the connection broke while committing,
  // the change is either whole or absent. Must not be called inside another Write's fn.
  virtual absl::Status Write(absl::FunctionRef<absl::Status(Tx&)> fn) = 0;

  // As Write, but on PostgreSQL at snapshot isolation, where it is in no writer's way: for upkeep
  // that its own row locks and constraints keep right. On SQLite it is Write.
  virtual absl::Status Maintain(absl::FunctionRef<absl::Status(Tx&)> fn) = 0;

  // Prepares the statement without running it, so that a test can see that the engine takes it.
  virtual absl::Status Prepare(const Statement& statement) = 0;

  // Runs fn while no other process runs one on this database under the same name.
  virtual absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) = 0;

  // Calls fn after each commit of this Database object whose transaction notified topic, on the
  // committing thread: fn must be quick and must not use the Database.
  [[nodiscard]] std::unique_ptr<Subscription> Subscribe(std::string topic,
                                                        std::function<void()> fn);

 protected:
  Database() = default;

  // Why tx cannot be committed; OK when it can.
  static const absl::Status& Doomed(const Tx& tx) { return tx.doomed_; }
  // The topics that tx notified, to be published after its commit.
  static std::vector<std::string> TakeTopics(Tx& tx) { return std::exchange(tx.topics_, {}); }
  void Publish(absl::Span<const std::string> topics) ABSL_LOCKS_EXCLUDED(subscribers_mu_);

 private:
  absl::Mutex subscribers_mu_;
  std::vector<Subscription*> subscribers_ ABSL_GUARDED_BY(subscribers_mu_);
};

class Database::Subscription {
 public:
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription();

 private:
  friend class Database;
  Subscription(Database* database, std::string topic, std::function<void()> fn)
      : database_(database), topic_(std::move(topic)), fn_(std::move(fn)) {}

  Database* const database_;
  const std::string topic_;
  const std::function<void()> fn_;
};

// Opens the database, creating the file or schema when absent. INVALID_ARGUMENT for options that
// make no sense; UNAVAILABLE when it cannot be reached.
absl::StatusOr<std::unique_ptr<Database>> Open(Options options);

// Brings the schema of component up to the last of migrations, whose versions count from 1, each
// in a transaction of its own. Safe to run from several processes at once. FAILED_PRECONDITION:
// SQL_SCHEMA_NEWER when the database knows versions that migrations do not, SQL_SCHEMA_CHANGED
// when one that was applied differs from the one given.
absl::Status Migrate(Database& database, std::string_view component,
                     absl::Span<const Migration> migrations);

// The same for the service's own schema, whose component is "service".
absl::Status Migrate(Database& database, absl::Span<const Migration> migrations);

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_DATABASE_H_
