#ifndef FANGPIN_SQL_SQLITE_CONNECTION_H_
#define FANGPIN_SQL_SQLITE_CONNECTION_H_

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/sql/database.h"

namespace fangpin::sql {

// One SQLite connection with its prepared statements. Used by one thread at a time.
class SqliteConnection {
 public:
  enum class Access { kRead, kWrite };

  // kWrite creates the file and its directory when absent and puts it into WAL mode.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path,
                                                                Access access,
                                                                const Options& options);

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  sqlite3* handle() const { return db_.get(); }
  // False once BEGIN has run, until COMMIT, ROLLBACK or an error that made SQLite roll back.
  bool autocommit() const { return sqlite3_get_autocommit(db_.get()) != 0; }

  // Runs one of a few constant statements without parameters or result (BEGIN, COMMIT …).
  absl::Status Control(std::string_view text);
  // Runs a script of any length, tokens expanded.
  absl::Status Script(std::string_view name, std::string_view text);
  // Compiles the statement and drops it.
  absl::Status Check(const Statement& statement);

  absl::Status ForEach(const Statement& statement, absl::Span<const Value> args,
                       absl::FunctionRef<bool(const Row&)> visit);
  // Returns the rows changed.
  absl::StatusOr<int64_t> Execute(const Statement& statement, absl::Span<const Value> args);

  // The last error of this connection as a status.
  absl::Status Error(std::string_view statement, int extended_code) const;

 private:
  struct CloseDb {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* stmt) const { sqlite3_finalize(stmt); }
  };
  using StmtPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

  struct Prepared {
    StmtPtr stmt;
    // The n of "$n", by SQLite's own parameter index less one: SQLite numbers by first appearance.
    std::vector<int> numbers;
    int max_number = 0;
  };
  // Makes the statement ready for its next use on every way out.
  class Use;

  SqliteConnection(sqlite3* db, absl::Duration statement_timeout);

  absl::StatusOr<StmtPtr> Compile(std::string_view name, std::string_view text,
                                  bool persistent) const;
  absl::StatusOr<Prepared*> Prepare(const Statement& statement);
  absl::Status Bind(const Statement& statement, Prepared& prepared, absl::Span<const Value> args);
  void StartTimer() { deadline_ = absl::Now() + statement_timeout_; }
  static int OnProgress(void* self);
  // The name that PostgreSQL would give to the violated unique constraint; empty when unknown.
  std::string ConstraintName(int extended_code, const std::string& table,
                             const std::vector<std::string>& columns) const;

  const std::unique_ptr<sqlite3, CloseDb> db_;
  const absl::Duration statement_timeout_;
  absl::Time deadline_ = absl::InfiniteFuture();
  // By text, since names are unique within one service's file only. Declared after db_, so that
  // statements go before the connection.
  absl::flat_hash_map<std::string, Prepared> prepared_;
  Row row_;
};

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_SQLITE_CONNECTION_H_
