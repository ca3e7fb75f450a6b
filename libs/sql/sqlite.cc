#include "libs/sql/sqlite.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <exception>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sql/error_mapping.h"
#include "libs/sql/errors.h"
#include "libs/sql/sqlite_connection.h"

namespace fangpin::sql {
namespace {

// A snapshot that is still the newest is kept open between reads for this long, which saves BEGIN
// and COMMIT; the limit bounds how stale it can be towards another process's writes.
constexpr absl::Duration kSnapshotReuse = absl::Milliseconds(5);

// When the log has grown to this many times checkpoint_pages although it was written back, readers
// have kept it from starting over: they are then held off for a moment.
constexpr int kLogResetFactor = 4;
constexpr absl::Duration kLogResetWait = absl::Seconds(1);

class SqliteTx final : public Tx {
 public:
  SqliteTx(SqliteConnection& connection, const Options& options, bool once = false)
      : Tx(Engine::kSqlite, options, once), connection_(connection) {}

 private:
  absl::Status DoForEach(const Statement& statement, absl::Span<const Value> args, bool /*stream*/,
                         absl::FunctionRef<bool(const Row&)> visit) override {
    return connection_.ForEach(statement, args, visit);
  }

  absl::StatusOr<int64_t> DoExecute(const Statement& statement,
                                    absl::Span<const Value> args) override {
    return connection_.Execute(statement, args);
  }

  absl::StatusOr<int64_t> DoExecuteMany(const Statement& statement,
                                        absl::Span<const std::vector<Value>> rows) override {
    int64_t changed = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const absl::StatusOr<int64_t> one = connection_.Execute(statement, rows[i]);
      if (!one.ok()) return WithRow(one.status(), i);
      changed += *one;
    }
    return changed;
  }

  absl::Status DoScript(std::string_view text) override {
    return connection_.Script("Script", text);
  }

  SqliteConnection& connection_;
};

class SqliteDatabase final : public Database {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(Options options);
  ~SqliteDatabase() override;

  Engine engine() const override { return Engine::kSqlite; }
  absl::Status Read(absl::FunctionRef<absl::Status(Tx&)> fn) override {
    return ReadFrom(fn, /*once=*/false);
  }
  absl::Status ReadOnce(absl::FunctionRef<absl::Status(Tx&)> fn) override {
    return ReadFrom(fn, /*once=*/true);
  }
  absl::Status Write(absl::FunctionRef<absl::Status(Tx&)> fn) override;
  absl::Status Maintain(absl::FunctionRef<absl::Status(Tx&)> fn) override { return Write(fn); }
  absl::Status Prepare(const Statement& statement) override;
  absl::Status Exclusively(std::string_view name, absl::FunctionRef<absl::Status()> fn) override;

 private:
  struct Reader {
    std::unique_ptr<SqliteConnection> connection;
    bool in_transaction = false;
    uint64_t commits_seen = 0;
    absl::Time began;
  };

  // A Write that waits in its caller's stack frame.
  struct Request {
    absl::FunctionRef<absl::Status(Tx&)> fn;
    absl::Status status;
    std::exception_ptr exception;
    std::vector<std::string> topics;
    absl::Notification done;
  };

  SqliteDatabase(std::string path, Options options)
      : path_(std::move(path)), options_(std::move(options)) {}
  // Takes the file for this process until the end.
  absl::Status TakeFile();

  absl::Status ReadFrom(absl::FunctionRef<absl::Status(Tx&)> fn, bool once);
  absl::StatusOr<std::unique_ptr<Reader>> AcquireReader() ABSL_LOCKS_EXCLUDED(readers_mu_);
  void ReleaseReader(std::unique_ptr<Reader> reader) ABSL_LOCKS_EXCLUDED(readers_mu_);
  // Leaves the reader in a transaction whose snapshot includes all that was acknowledged.
  absl::Status BeginSnapshot(Reader& reader);
  bool ReaderFree() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(readers_mu_) {
    return !readers_held_ && (!idle_readers_.empty() || readers_ < options_.max_connections);
  }
  // Ends the snapshots that idle readers keep open.
  void EndIdleSnapshots() ABSL_EXCLUSIVE_LOCKS_REQUIRED(readers_mu_);

  void WriterLoop() ABSL_LOCKS_EXCLUDED(writes_mu_);
  Request* NextRequest() ABSL_LOCKS_EXCLUDED(writes_mu_);
  void RunGroup();
  // Runs the request's fn in the transaction or savepoint that is open.
  void RunFn(Request& request);
  void RunAlone(Request& request);
  void Finish(absl::Span<Request* const> group);

  void CheckpointLoop() ABSL_LOCKS_EXCLUDED(checkpoint_mu_);
  void ResetLog() ABSL_LOCKS_EXCLUDED(writes_mu_, readers_mu_);
  static int OnCommit(void* self, sqlite3* db, const char* name, int pages);

  const std::string path_;
  const Options options_;
  int owner_fd_ = -1;  // locked, of a sole owner

  // Commits acknowledged by this object; a snapshot taken at an older count is not reused.
  std::atomic<uint64_t> commits_{0};

  absl::Mutex readers_mu_;
  std::vector<std::unique_ptr<Reader>> idle_readers_ ABSL_GUARDED_BY(readers_mu_);
  int readers_ ABSL_GUARDED_BY(readers_mu_) = 0;  // idle and in use
  int readers_waiting_ ABSL_GUARDED_BY(readers_mu_) = 0;
  bool readers_held_ ABSL_GUARDED_BY(readers_mu_) = false;

  absl::Mutex writes_mu_;
  std::deque<Request*> requests_ ABSL_GUARDED_BY(writes_mu_);
  bool stopping_ ABSL_GUARDED_BY(writes_mu_) = false;
  bool group_running_ ABSL_GUARDED_BY(writes_mu_) = false;
  bool writer_held_ ABSL_GUARDED_BY(writes_mu_) = false;

  absl::Mutex checkpoint_mu_;
  int log_pages_ ABSL_GUARDED_BY(checkpoint_mu_) = 0;
  int log_pages_written_back_ ABSL_GUARDED_BY(checkpoint_mu_) = 0;
  bool checkpoint_stopping_ ABSL_GUARDED_BY(checkpoint_mu_) = false;

  // Of the writer's and the checkpoint's thread alone.
  std::unique_ptr<SqliteConnection> writer_;
  std::unique_ptr<SqliteConnection> checkpointer_;
  std::thread checkpoint_thread_;
  std::thread writer_thread_;
};

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(Options options) {
  std::string path = options.uri.substr(kSqliteScheme.size());
  if (path.starts_with("//")) path.erase(0, 2);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(std::move(path), std::move(options)));
  const Options& o = database->options_;
  if (o.sole_owner) FANGPIN_RETURN_IF_ERROR(database->TakeFile());
  using Access = SqliteConnection::Access;
  FANGPIN_ASSIGN_OR_RETURN(database->writer_,
                           SqliteConnection::Open(database->path_, Access::kWrite, o));
  FANGPIN_ASSIGN_OR_RETURN(database->checkpointer_,
                           SqliteConnection::Open(database->path_, Access::kWrite, o));
  // Instead of SQLite's own checkpoint, which runs inside the commit that crosses the threshold.
  sqlite3_wal_autocheckpoint(database->checkpointer_->handle(), 0);
  sqlite3_wal_hook(database->writer_->handle(), &OnCommit, database.get());
  SqliteDatabase* self = database.get();
  database->checkpoint_thread_ = std::thread([self] { self->CheckpointLoop(); });
  database->writer_thread_ = std::thread([self] { self->WriterLoop(); });
  return database;
}

absl::Status SqliteDatabase::TakeFile() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  // Beside the file itself, whose own locks are SQLite's.
  const std::string file = base::StrCat(path_, ".owner");
  owner_fd_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (owner_fd_ < 0) return SqliteError(SQLITE_CANTOPEN, {});
  if (flock(owner_fd_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  return OwnError(absl::StatusCode::kFailedPrecondition, kFileInUse, Engine::kSqlite, "", "");
}

SqliteDatabase::~SqliteDatabase() {
  if (writer_thread_.joinable()) {
    {
      absl::MutexLock lock(&writes_mu_);
      stopping_ = true;
    }
    writer_thread_.join();
  }
  if (checkpoint_thread_.joinable()) {
    {
      absl::MutexLock lock(&checkpoint_mu_);
      checkpoint_stopping_ = true;
    }
    checkpoint_thread_.join();
  }
  writer_.reset();
  checkpointer_.reset();
  // Closing gives the lock back, as does the end of the process.
  if (owner_fd_ >= 0) close(owner_fd_);
}

// ---- reading

absl::StatusOr<std::unique_ptr<SqliteDatabase::Reader>> SqliteDatabase::AcquireReader() {
  {
    absl::MutexLock lock(&readers_mu_);
    if (!ReaderFree()) {
      if (readers_waiting_ >= options_.max_waiting) {
        return OwnError(absl::StatusCode::kResourceExhausted, kQueueFull, Engine::kSqlite, "", "");
      }
      ++readers_waiting_;
      const bool free = readers_mu_.AwaitWithTimeout(
          absl::Condition(this, &SqliteDatabase::ReaderFree), options_.statement_timeout);
      --readers_waiting_;
      if (!free) {
        return OwnError(absl::StatusCode::kResourceExhausted, kQueueFull, Engine::kSqlite, "", "");
      }
    }
    if (!idle_readers_.empty()) {
      std::unique_ptr<Reader> reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
    ++readers_;
  }
  auto connection = SqliteConnection::Open(path_, SqliteConnection::Access::kRead, options_);
  if (!connection.ok()) {
    absl::MutexLock lock(&readers_mu_);
    --readers_;
    return connection.status();
  }
  auto reader = std::make_unique<Reader>();
  reader->connection = *std::move(connection);
  return reader;
}

void SqliteDatabase::ReleaseReader(std::unique_ptr<Reader> reader) {
  absl::MutexLock lock(&readers_mu_);
  idle_readers_.push_back(std::move(reader));
  if (readers_held_) EndIdleSnapshots();
}

void SqliteDatabase::EndIdleSnapshots() {
  for (const std::unique_ptr<Reader>& reader : idle_readers_) {
    if (!reader->in_transaction) continue;
    (void)reader->connection->Control("COMMIT");
    reader->in_transaction = !reader->connection->autocommit();
  }
}

absl::Status SqliteDatabase::ReadFrom(absl::FunctionRef<absl::Status(Tx&)> fn, bool once) {
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, AcquireReader());
  Reader& r = *reader;
  bool keep_snapshot = false;
  const absl::Cleanup release = [&] {
    if (r.in_transaction && !keep_snapshot) {
      (void)r.connection->Control("ROLLBACK");
      r.in_transaction = !r.connection->autocommit();
    }
    ReleaseReader(std::move(reader));
  };
  FANGPIN_RETURN_IF_ERROR(BeginSnapshot(r));
  SqliteTx tx(*r.connection, options_, once);
  absl::Status status = fn(tx);
  if (!Doomed(tx).ok()) return status.ok() ? Doomed(tx) : status;
  keep_snapshot = true;
  return status;
}

absl::Status SqliteDatabase::BeginSnapshot(Reader& reader) {
  const absl::Time now = absl::Now();
  // The count is read before the snapshot is taken, so a snapshot is at least as new as it says.
  const uint64_t commits = commits_.load(std::memory_order_acquire);
  if (reader.in_transaction &&
      (reader.commits_seen != commits || now - reader.began > kSnapshotReuse)) {
    FANGPIN_RETURN_IF_ERROR(reader.connection->Control("COMMIT"));
    reader.in_transaction = false;
  }
  if (!reader.in_transaction) {
    FANGPIN_RETURN_IF_ERROR(reader.connection->Control("BEGIN"));
    reader.in_transaction = true;
    reader.commits_seen = commits;
    reader.began = now;
  }
  return absl::OkStatus();
}

absl::Status SqliteDatabase::Prepare(const Statement& statement) {
  FANGPIN_ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, AcquireReader());
  // In a new snapshot, since an older one may not know the table.
  absl::Status status = BeginSnapshot(*reader);
  if (status.ok()) status = reader->connection->Check(statement);
  ReleaseReader(std::move(reader));
  return status;
}

absl::Status SqliteDatabase::Exclusively(std::string_view name,
                                         absl::FunctionRef<absl::Status()> fn) {
  const std::string file = base::StrCat(path_, ".", name, ".lock");
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return SqliteError(SQLITE_CANTOPEN, {});
  // Closing gives the lock back, as does the end of the process.
  const absl::Cleanup unlock = [fd] { close(fd); };
  int result;
  while ((result = flock(fd, LOCK_EX)) != 0 && errno == EINTR) {
  }
  if (result != 0) return SqliteError(SQLITE_IOERR, {});
  return fn();
}

// ---- writing

absl::Status SqliteDatabase::Write(absl::FunctionRef<absl::Status(Tx&)> fn) {
  if (std::this_thread::get_id() == writer_thread_.get_id()) {
    return OwnError(absl::StatusCode::kInternal, kNestedWrite, Engine::kSqlite, "",
                    "Write inside a Write");
  }
  Request request{.fn = fn};
  {
    absl::MutexLock lock(&writes_mu_);
    if (requests_.size() >= static_cast<size_t>(options_.max_waiting)) {
      return OwnError(absl::StatusCode::kResourceExhausted, kQueueFull, Engine::kSqlite, "", "");
    }
    requests_.push_back(&request);
  }
  request.done.WaitForNotification();
  if (request.exception != nullptr) std::rethrow_exception(request.exception);
  return request.status;
}

void SqliteDatabase::WriterLoop() {
  for (;;) {
    {
      absl::MutexLock lock(&writes_mu_);
      group_running_ = false;
      const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(writes_mu_) {
        return !writer_held_ && (stopping_ || !requests_.empty());
      };
      writes_mu_.Await(absl::Condition(&ready));
      if (requests_.empty()) return;
      group_running_ = true;
    }
    RunGroup();
  }
}

SqliteDatabase::Request* SqliteDatabase::NextRequest() {
  absl::MutexLock lock(&writes_mu_);
  if (requests_.empty()) return nullptr;
  Request* request = requests_.front();
  requests_.pop_front();
  return request;
}

void SqliteDatabase::RunFn(Request& request) {
  request.topics.clear();
  SqliteTx tx(*writer_, options_);
  try {
    request.status = request.fn(tx);
  } catch (...) {
    // Thrown again in the caller's thread; this one serves all callers.
    request.exception = std::current_exception();
    request.status = absl::UnknownError("");
    return;
  }
  if (request.status.ok() && !Doomed(tx).ok()) request.status = Doomed(tx);
  request.topics = TakeTopics(tx);
}

void SqliteDatabase::RunAlone(Request& request) {
  request.status = writer_->Control("BEGIN IMMEDIATE");
  if (!request.status.ok()) return;
  RunFn(request);
  if (request.status.ok()) request.status = writer_->Control("COMMIT");
  if (!writer_->autocommit()) (void)writer_->Control("ROLLBACK");
}

void SqliteDatabase::RunGroup() {
  std::vector<Request*> group;
  const absl::Status begun = writer_->Control("BEGIN IMMEDIATE");
  const absl::Time end = absl::Now() + options_.max_group_time;
  Request* culprit = nullptr;
  while (static_cast<int>(group.size()) < options_.max_group_writes) {
    Request* request = NextRequest();
    if (request == nullptr) break;
    group.push_back(request);
    if (!begun.ok()) {
      request->status = begun;
      continue;
    }
    request->status = writer_->Control("SAVEPOINT w");
    if (request->status.ok()) {
      RunFn(*request);
      if (!writer_->autocommit()) {
        const absl::Status closed = request->status.ok() ? writer_->Control("RELEASE w")
                                                         : writer_->Control("ROLLBACK TO w");
        if (request->status.ok()) {
          request->status = closed;
        } else {
          (void)writer_->Control("RELEASE w");
        }
      }
    }
    if (writer_->autocommit()) {
      // A full disk, an I/O error or a time-out in the middle of a change makes SQLite roll back
      // the whole transaction.
      culprit = request;
      break;
    }
    if (absl::Now() >= end) break;
  }
  if (begun.ok()) {
    const absl::Status committed =
        culprit == nullptr ? writer_->Control("COMMIT") : culprit->status;
    if (!writer_->autocommit()) (void)writer_->Control("ROLLBACK");
    if (!committed.ok()) {
      for (Request* request : group) {
        if (request == culprit || request->exception != nullptr) continue;
        if (group.size() == 1) {
          if (request->status.ok()) request->status = committed;
        } else {
          // Neighbours do not suffer: each gets a transaction, and so an answer, of its own.
          RunAlone(*request);
        }
      }
    }
  }
  Finish(group);
}

void SqliteDatabase::Finish(absl::Span<Request* const> group) {
  // Before any caller learns of its commit, so that what it reads next includes it.
  commits_.fetch_add(1, std::memory_order_release);
  for (Request* request : group) {
    if (request->status.ok()) Publish(request->topics);
    request->done.Notify();
  }
}

// ---- checkpoints

int SqliteDatabase::OnCommit(void* self, sqlite3*, const char*, int pages) {
  SqliteDatabase* database = static_cast<SqliteDatabase*>(self);
  absl::MutexLock lock(&database->checkpoint_mu_);
  // Fewer pages than before: the log has started over.
  if (pages < database->log_pages_) database->log_pages_written_back_ = 0;
  database->log_pages_ = pages;
  return SQLITE_OK;
}

void SqliteDatabase::CheckpointLoop() {
  for (;;) {
    bool reset;
    {
      absl::MutexLock lock(&checkpoint_mu_);
      const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(checkpoint_mu_) {
        return checkpoint_stopping_ ||
               log_pages_ - log_pages_written_back_ >= options_.checkpoint_pages;
      };
      checkpoint_mu_.Await(absl::Condition(&due));
      if (checkpoint_stopping_) return;
      reset = log_pages_ >= kLogResetFactor * options_.checkpoint_pages;
    }
    {
      absl::MutexLock lock(&readers_mu_);
      EndIdleSnapshots();
    }
    int pages = 0;
    int written_back = 0;
    const int code = sqlite3_wal_checkpoint_v2(checkpointer_->handle(), nullptr,
                                               SQLITE_CHECKPOINT_PASSIVE, &pages, &written_back);
    {
      absl::MutexLock lock(&checkpoint_mu_);
      // After a failure too: the next try is one interval later, not at once.
      log_pages_written_back_ = log_pages_;
    }
    if (code == SQLITE_OK && reset) ResetLog();
  }
}

void SqliteDatabase::ResetLog() {
  {
    absl::MutexLock lock(&writes_mu_);
    writer_held_ = true;
    const auto still = [this]()
                           ABSL_EXCLUSIVE_LOCKS_REQUIRED(writes_mu_) { return !group_running_; };
    writes_mu_.Await(absl::Condition(&still));
  }
  bool alone;
  {
    absl::MutexLock lock(&readers_mu_);
    readers_held_ = true;
    EndIdleSnapshots();
    const auto all_idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(readers_mu_) {
      return readers_ == static_cast<int>(idle_readers_.size());
    };
    alone = readers_mu_.AwaitWithTimeout(absl::Condition(&all_idle), kLogResetWait);
  }
  if (alone) {
    // Little is left to write back after the passive checkpoint just before.
    (void)sqlite3_wal_checkpoint_v2(checkpointer_->handle(), nullptr, SQLITE_CHECKPOINT_RESTART,
                                    nullptr, nullptr);
  }
  {
    absl::MutexLock lock(&readers_mu_);
    readers_held_ = false;
  }
  absl::MutexLock lock(&writes_mu_);
  writer_held_ = false;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(Options options) {
  return SqliteDatabase::Open(std::move(options));
}

}  // namespace fangpin::sql
