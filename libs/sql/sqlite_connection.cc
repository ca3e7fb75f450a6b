#include "libs/sql/sqlite_connection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sql/error_mapping.h"
#include "libs/sql/errors.h"
#include "libs/sql/tokens.h"

namespace fangpin::sql {
namespace {

// Virtual machine steps between two looks at the clock: a fraction of a millisecond.
constexpr int kProgressSteps = 20000;

absl::Status CreateFile(const std::string& path) {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, error);
  if (error) return SqliteError(SQLITE_CANTOPEN, {});
  // Ahead of SQLite, so that the file and the log beside it, which takes over its mode, are the
  // owner's alone. A file that is there is not opened: closing it again would give up the locks
  // that other connections of this process hold on it, and another process would then take the log
  // for one that nobody uses.
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd >= 0) {
    close(fd);
  } else if (errno != EEXIST) {
    return SqliteError(SQLITE_CANTOPEN, {});
  }
  return absl::OkStatus();
}

}  // namespace

class SqliteConnection::Use {
 public:
  explicit Use(sqlite3_stmt* stmt) : stmt_(stmt) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    sqlite3_reset(stmt_);
    // The bound bytes belong to the caller.
    sqlite3_clear_bindings(stmt_);
  }

 private:
  sqlite3_stmt* const stmt_;
};

SqliteConnection::SqliteConnection(sqlite3* db, absl::Duration statement_timeout)
    : db_(db), statement_timeout_(statement_timeout) {
  sqlite3_progress_handler(db, kProgressSteps, &OnProgress, this);
}

int SqliteConnection::OnProgress(void* self) {
  return absl::Now() > static_cast<SqliteConnection*>(self)->deadline_ ? 1 : 0;
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path,
                                                                         Access access,
                                                                         const Options& options) {
  if (access == Access::kWrite) FANGPIN_RETURN_IF_ERROR(CreateFile(path));
  sqlite3* db = nullptr;
  const int mode = access == Access::kWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(path.c_str(), &db, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  if (db == nullptr) return SqliteError(SQLITE_NOMEM, {});
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db, options.statement_timeout));
  if (code != SQLITE_OK) return SqliteError(sqlite3_extended_errcode(db), {});
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, static_cast<int>(absl::ToInt64Milliseconds(options.connect_timeout)));
  // What PostgreSQL refuses is refused here too: "text" as a string, LIKE that ignores case.
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  if (access == Access::kWrite) {
    FANGPIN_RETURN_IF_ERROR(connection->Script(
        "Open",
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"));
  } else {
    FANGPIN_RETURN_IF_ERROR(connection->Script("Open", "PRAGMA cache_size = -16384;"));
  }
  FANGPIN_RETURN_IF_ERROR(connection->Script(
      "Open",
      "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY;"));
  return connection;
}

absl::StatusOr<SqliteConnection::StmtPtr> SqliteConnection::Compile(std::string_view name,
                                                                    std::string_view text,
                                                                    bool persistent) const {
  const std::string expanded = ExpandTokens(text, Engine::kSqlite);
  sqlite3_stmt* stmt = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), expanded.data(), static_cast<int>(expanded.size()),
                                      persistent ? SQLITE_PREPARE_PERSISTENT : 0, &stmt, &tail);
  StmtPtr owned(stmt);
  if (code != SQLITE_OK) return Error(name, code);
  const std::string_view rest(tail, expanded.data() + expanded.size() - tail);
  if (stmt == nullptr || rest.find_first_not_of("; \t\r\n") != std::string_view::npos) {
    return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kSqlite, name,
                    "not exactly one statement");
  }
  return owned;
}

absl::StatusOr<SqliteConnection::Prepared*> SqliteConnection::Prepare(const Statement& statement) {
  if (const auto it = prepared_.find(base::ToAbsl(statement.text)); it != prepared_.end()) {
    return &it->second;
  }
  Prepared prepared;
  FANGPIN_ASSIGN_OR_RETURN(prepared.stmt,
                           Compile(statement.name, statement.text, /*persistent=*/true));
  const int count = sqlite3_bind_parameter_count(prepared.stmt.get());
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(prepared.stmt.get(), i);
    const auto number = name != nullptr && name[0] == '$' ? base::ParseInt(name + 1) : std::nullopt;
    if (!number.has_value() || *number < 1 || *number > count) {
      return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kSqlite, statement.name,
                      "parameters must be $1..$n");
    }
    prepared.numbers.push_back(static_cast<int>(*number));
  }
  prepared.max_number = count;
  return &prepared_.emplace(std::string(statement.text), std::move(prepared)).first->second;
}

absl::Status SqliteConnection::Bind(const Statement& statement, Prepared& prepared,
                                    absl::Span<const Value> args) {
  if (static_cast<int>(args.size()) != prepared.max_number) {
    return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kSqlite, statement.name,
                    "wrong number of arguments");
  }
  sqlite3_stmt* stmt = prepared.stmt.get();
  for (size_t i = 0; i < prepared.numbers.size(); ++i) {
    const Value& value = args[prepared.numbers[i] - 1];
    const int index = static_cast<int>(i) + 1;
    int code = SQLITE_OK;
    if (const int64_t* integer = value.integer()) {
      code = sqlite3_bind_int64(stmt, index, *integer);
    } else if (const std::string* text = value.text()) {
      code =
          sqlite3_bind_text64(stmt, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else if (const std::string* blob = value.blob()) {
      code = sqlite3_bind_blob64(stmt, index, blob->data(), blob->size(), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(stmt, index);
    }
    if (code != SQLITE_OK) return Error(statement.name, code);
  }
  return absl::OkStatus();
}

absl::Status SqliteConnection::ForEach(const Statement& statement, absl::Span<const Value> args,
                                       absl::FunctionRef<bool(const Row&)> visit) {
  FANGPIN_ASSIGN_OR_RETURN(Prepared * prepared, Prepare(statement));
  sqlite3_stmt* stmt = prepared->stmt.get();
  const Use use(stmt);
  FANGPIN_RETURN_IF_ERROR(Bind(statement, *prepared, args));
  StartTimer();
  const int columns = sqlite3_column_count(stmt);
  std::vector<Row::Cell>& cells = row_.cells();
  int code;
  bool wanted = true;
  while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
    // A changing statement must run to its end; a query may be left.
    if (!wanted) {
      if (sqlite3_stmt_readonly(stmt) != 0) return absl::OkStatus();
      continue;
    }
    cells.assign(columns, Row::Cell());
    for (int i = 0; i < columns; ++i) {
      Row::Cell& cell = cells[i];
      switch (sqlite3_column_type(stmt, i)) {
        case SQLITE_NULL:
          break;
        case SQLITE_INTEGER:
          cell.kind = Row::Cell::Kind::kInteger;
          cell.integer = sqlite3_column_int64(stmt, i);
          break;
        case SQLITE_TEXT: {
          cell.kind = Row::Cell::Kind::kText;
          const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(stmt, i));
          cell.bytes = {text, static_cast<size_t>(sqlite3_column_bytes(stmt, i))};
          break;
        }
        case SQLITE_BLOB: {
          cell.kind = Row::Cell::Kind::kBlob;
          const auto* blob = static_cast<const char*>(sqlite3_column_blob(stmt, i));
          cell.bytes = {blob, static_cast<size_t>(sqlite3_column_bytes(stmt, i))};
          break;
        }
        default:
          return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kSqlite, statement.name,
                          "a floating-point column");
      }
    }
    wanted = visit(row_);
    if (!wanted && sqlite3_stmt_readonly(stmt) != 0) return absl::OkStatus();
  }
  if (code != SQLITE_DONE) return Error(statement.name, code);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SqliteConnection::Execute(const Statement& statement,
                                                  absl::Span<const Value> args) {
  FANGPIN_ASSIGN_OR_RETURN(Prepared * prepared, Prepare(statement));
  sqlite3_stmt* stmt = prepared->stmt.get();
  const Use use(stmt);
  FANGPIN_RETURN_IF_ERROR(Bind(statement, *prepared, args));
  StartTimer();
  int code;
  while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
  }
  if (code != SQLITE_DONE) return Error(statement.name, code);
  return sqlite3_stmt_readonly(stmt) != 0 ? 0 : sqlite3_changes64(db_.get());
}

absl::Status SqliteConnection::Control(std::string_view text) {
  const Statement statement{text, text};
  return Execute(statement, {}).status();
}

absl::Status SqliteConnection::Script(std::string_view name, std::string_view text) {
  StartTimer();
  const std::string expanded = ExpandTokens(text, Engine::kSqlite);
  const int code = sqlite3_exec(db_.get(), expanded.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(name, code);
}

absl::Status SqliteConnection::Check(const Statement& statement) {
  return Prepare(statement).status();
}

absl::Status SqliteConnection::Error(std::string_view statement, int code) const {
  ErrorContext context{.statement = statement};
  const int extended =
      sqlite3_extended_errcode(db_.get()) == SQLITE_OK ? code : sqlite3_extended_errcode(db_.get());
  const std::string message = sqlite3_errmsg(db_.get());
  if (extended == SQLITE_ERROR) context.detail = message;
  // "UNIQUE constraint failed: table.column, table.column", the same for NOT NULL.
  const size_t colon = message.find(": ");
  if ((extended & 0xff) == SQLITE_CONSTRAINT && colon != std::string::npos) {
    const std::string_view rest = std::string_view(message).substr(colon + 2);
    if (extended == SQLITE_CONSTRAINT_CHECK) {
      context.constraint = rest;
      return SqliteError(extended, context);
    }
    std::vector<std::string> columns;
    for (std::string_view part : base::Split(rest, ',')) {
      if (part.starts_with(' ')) part.remove_prefix(1);
      const size_t dot = part.find('.');
      if (dot == std::string_view::npos) continue;
      context.table = part.substr(0, dot);
      columns.emplace_back(part.substr(dot + 1));
    }
    context.constraint = ConstraintName(extended, context.table, columns);
  }
  return SqliteError(extended, context);
}

std::string SqliteConnection::ConstraintName(int extended_code, const std::string& table,
                                             const std::vector<std::string>& columns) const {
  if (extended_code == SQLITE_CONSTRAINT_PRIMARYKEY || extended_code == SQLITE_CONSTRAINT_ROWID) {
    return table + "_pkey";
  }
  if (extended_code != SQLITE_CONSTRAINT_UNIQUE || columns.empty()) return "";
  const std::string wanted = absl::StrJoin(columns, ",");
  // An index made by CREATE UNIQUE INDEX ('c') has a name of its own.
  auto stmt =
      Compile("ConstraintName",
              "SELECT l.name, (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i)"
              "  FROM pragma_index_list($1) l WHERE l.\"unique\" = 1 AND l.origin = 'c'",
              /*persistent=*/false);
  if (stmt.ok()) {
    sqlite3_bind_text(stmt->get(), 1, table.data(), static_cast<int>(table.size()), SQLITE_STATIC);
    while (sqlite3_step(stmt->get()) == SQLITE_ROW) {
      const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(stmt->get(), 0));
      const auto* of = reinterpret_cast<const char*>(sqlite3_column_text(stmt->get(), 1));
      if (name != nullptr && of != nullptr && wanted == of) return name;
    }
  }
  return base::StrCat(table, "_", absl::StrJoin(columns, "_"), "_key");
}

}  // namespace fangpin::sql
