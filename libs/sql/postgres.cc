#include "libs/sql/postgres.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sql/error_mapping.h"
#include "libs/sql/errors.h"
#include "libs/sql/postgres_connection.h"
#include "libs/sql/tokens.h"

namespace fangpin::sql {
namespace {

// A snapshot needs no predicate locks, so reading never aborts a writer.
constexpr std::string_view kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
// A statement by itself has a snapshot of its own, taken when it begins.
constexpr std::string_view kNoTransaction = "";
// As on SQLite: what commits could have run one after the other.
constexpr std::string_view kBeginWrite = "BEGIN ISOLATION LEVEL SERIALIZABLE";
// Without predicate locks, so a scan of what writers add to aborts none of them.
constexpr std::string_view kBeginMaintain = "BEGIN ISOLATION LEVEL REPEATABLE READ";

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(1);
constexpr absl::Duration kMaxBackoff = absl::Milliseconds(100);

// Times that a call goes on with a fresh connection after losing one before its commit: once for a
// server that restarted, once for bad luck.
constexpr int kMaxLost = 2;

bool IsSchemaName(std::string_view name) {
  constexpr size_t kMaxIdentifier = 63;
  return !name.empty() && name.size() <= kMaxIdentifier && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

class PostgresTx final : public Tx {
 public:
  PostgresTx(PostgresConnection& connection, const Options& options, bool once)
      : Tx(Engine::kPostgres, options, once), connection_(connection) {}

 private:
  absl::Status DoForEach(const Statement& statement, absl::Span<const Value> args, bool stream,
                         absl::FunctionRef<bool(const Row&)> visit) override {
    return connection_.ForEach(statement, args, stream, visit);
  }

  absl::StatusOr<int64_t> DoExecute(const Statement& statement,
                                    absl::Span<const Value> args) override {
    return connection_.Execute(statement, args);
  }

  absl::StatusOr<int64_t> DoExecuteMany(const Statement& statement,
                                        absl::Span<const std::vector<Value>> rows) override {
    return connection_.ExecuteMany(statement, rows);
  }

  absl::Status DoScript(std::string_view text) override {
    return connection_.Script("Script", ExpandTokens(text, Engine::kPostgres));
  }

  PostgresConnection& connection_;
};

class PostgresDatabase final : public Database {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresDatabase>> Open(Options options);

  Engine engine() const override { return Engine::kPostgres; }
  absl::Status Read(absl::FunctionRef<absl::Status(Tx&)> fn) override {
    return Transact(kBeginRead, fn);
  }
  absl::Status ReadOnce(absl::FunctionRef<absl::Status(Tx&)> fn) override {
    return Transact(kNoTransaction, fn);
  }
  absl::Status Write(absl::FunctionRef<absl::Status(Tx&)> fn) override {
    return Transact(kBeginWrite, fn);
  }
  absl::Status Maintain(absl::FunctionRef<absl::Status(Tx&)> fn) override {
    return Transact(kBeginMaintain, fn);
  }
  absl::Status Prepare(const Statement& statement) override;
  absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) override;

 private:
  using ConnectionPtr = std::unique_ptr<PostgresConnection>;

  struct Outcome {
    absl::Status status;
    bool conflict = false;
    bool lost_before_commit = false;
  };

  explicit PostgresDatabase(Options options) : options_(std::move(options)) {}

  absl::Status CreateSchema();
  absl::Status Transact(std::string_view begin, absl::FunctionRef<absl::Status(Tx&)> fn);
  Outcome TransactOnce(PostgresConnection& connection, std::string_view begin,
                       absl::FunctionRef<absl::Status(Tx&)> fn);

  absl::StatusOr<ConnectionPtr> Acquire() ABSL_LOCKS_EXCLUDED(mu_);
  void Release(ConnectionPtr connection) ABSL_LOCKS_EXCLUDED(mu_);
  bool ConnectionFree() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return !idle_.empty() || open_ < options_.max_connections;
  }

  const Options options_;
  absl::Mutex mu_;
  // The last one used is on top, so that a quiet pool keeps few sessions warm.
  std::vector<ConnectionPtr> idle_ ABSL_GUARDED_BY(mu_);
  int open_ ABSL_GUARDED_BY(mu_) = 0;  // idle and in use
  int waiting_ ABSL_GUARDED_BY(mu_) = 0;
};

absl::StatusOr<std::unique_ptr<PostgresDatabase>> PostgresDatabase::Open(Options options) {
  if (!IsSchemaName(options.schema)) {
    return base::InvalidField("schema", "SQL_OPTIONS_INVALID",
                              "数据库模式名须由小写字母、数字和下划线组成");
  }
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(std::move(options)));
  FANGPIN_RETURN_IF_ERROR(database->CreateSchema());
  return database;
}

absl::Status PostgresDatabase::CreateSchema() {
  FANGPIN_ASSIGN_OR_RETURN(ConnectionPtr connection, Acquire());
  // Two processes that create it at once would both see it absent, and one would fail.
  absl::Status status = connection->Script(
      "CreateSchema", base::StrCat("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('fangpin ",
                                   options_.schema, "', 0)); CREATE SCHEMA IF NOT EXISTS ",
                                   options_.schema, "; COMMIT"));
  Release(std::move(connection));
  return status;
}

absl::StatusOr<PostgresDatabase::ConnectionPtr> PostgresDatabase::Acquire() {
  {
    absl::MutexLock lock(&mu_);
    if (!ConnectionFree()) {
      bool free = false;
      if (waiting_ < options_.max_waiting) {
        ++waiting_;
        free = mu_.AwaitWithTimeout(absl::Condition(this, &PostgresDatabase::ConnectionFree),
                                    options_.connect_timeout);
        --waiting_;
      }
      if (!free) {
        return OwnError(absl::StatusCode::kResourceExhausted, kQueueFull, Engine::kPostgres, "",
                        "");
      }
    }
    if (!idle_.empty()) {
      ConnectionPtr connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    ++open_;
  }
  absl::StatusOr<ConnectionPtr> connection = PostgresConnection::Connect(options_);
  if (!connection.ok()) {
    absl::MutexLock lock(&mu_);
    --open_;
  }
  return connection;
}

void PostgresDatabase::Release(ConnectionPtr connection) {
  if (!connection->broken() && connection->in_transaction()) {
    (void)connection->Script("ROLLBACK", "ROLLBACK");
  }
  std::vector<ConnectionPtr> dropped;
  absl::MutexLock lock(&mu_);
  if (!connection->broken() && !connection->in_transaction()) {
    idle_.push_back(std::move(connection));
    return;
  }
  // The server went away, and with it most likely every other session.
  dropped.swap(idle_);
  dropped.push_back(std::move(connection));
  open_ -= static_cast<int>(dropped.size());
}

PostgresDatabase::Outcome PostgresDatabase::TransactOnce(PostgresConnection& connection,
                                                         std::string_view begin,
                                                         absl::FunctionRef<absl::Status(Tx&)> fn) {
  Outcome outcome;
  const auto judge = [&](const absl::Status& database_status) {
    outcome.conflict = database_status.code() == absl::StatusCode::kAborted;
    outcome.lost_before_commit = connection.broken();
  };
  const bool once = begin == kNoTransaction;
  if (!once) outcome.status = connection.Script("BEGIN", std::string(begin));
  if (!outcome.status.ok()) {
    judge(outcome.status);
    return outcome;
  }
  std::vector<std::string> topics;
  {
    PostgresTx tx(connection, options_, once);
    outcome.status = fn(tx);
    if (!Doomed(tx).ok()) {
      judge(Doomed(tx));
      if (outcome.status.ok() || outcome.conflict) outcome.status = Doomed(tx);
      return outcome;
    }
    topics = TakeTopics(tx);
  }
  if (!outcome.status.ok() || once) return outcome;
  outcome.status = connection.Commit();
  if (!outcome.status.ok()) {
    outcome.conflict = outcome.status.code() == absl::StatusCode::kAborted;
    return outcome;
  }
  Publish(topics);
  return outcome;
}

absl::Status PostgresDatabase::Transact(std::string_view begin,
                                        absl::FunctionRef<absl::Status(Tx&)> fn) {
  absl::Duration backoff = kFirstBackoff;
  int lost = 0;
  for (int attempt = 1;; ++attempt) {
    Outcome outcome;
    {
      FANGPIN_ASSIGN_OR_RETURN(ConnectionPtr connection, Acquire());
      // Also when fn throws.
      const absl::Cleanup release = [&] { Release(std::move(connection)); };
      outcome = TransactOnce(*connection, begin, fn);
    }
    if (outcome.status.ok()) return outcome.status;
    if (outcome.lost_before_commit && ++lost <= kMaxLost) continue;
    if (!outcome.conflict || attempt >= options_.max_attempts) return outcome.status;
    // Full jitter: those that collided must not meet again.
    thread_local absl::BitGen random;
    absl::SleepFor(backoff * absl::Uniform(random, 0.0, 1.0));
    backoff = std::min(backoff * 2, kMaxBackoff);
  }
}

absl::Status PostgresDatabase::Prepare(const Statement& statement) {
  FANGPIN_ASSIGN_OR_RETURN(ConnectionPtr connection, Acquire());
  absl::Status status = connection->Check(statement);
  Release(std::move(connection));
  return status;
}

absl::Status PostgresDatabase::Exclusively(std::string_view name,
                                           absl::FunctionRef<absl::Status()> fn) {
  // A session of its own: the lock goes with it, also when this process dies. Its holder may take
  // as long as a migration takes.
  Options options = options_;
  options.statement_timeout = absl::ZeroDuration();
  FANGPIN_ASSIGN_OR_RETURN(const ConnectionPtr connection, PostgresConnection::Connect(options));
  constexpr Statement kLock{"Lock", "SELECT pg_advisory_lock(hashtextextended($1, 0))"};
  FANGPIN_RETURN_IF_ERROR(
      connection->Execute(kLock, {Value(base::StrCat("fangpin ", options_.schema, " ", name))})
          .status());
  return fn();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(Options options) {
  return PostgresDatabase::Open(std::move(options));
}

}  // namespace fangpin::sql
