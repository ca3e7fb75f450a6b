#include "libs/sql/postgres_connection.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/numeric/int128.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sql/error_mapping.h"
#include "libs/sql/errors.h"
#include "libs/sql/tokens.h"

namespace fangpin::sql {
namespace {

// Of pg_type.dat; stable across versions.
enum TypeOid : Oid {
  kBool = 16,
  kBytea = 17,
  kName = 19,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kBpchar = 1042,
  kVarchar = 1043,
  kNumeric = 1700,
};

// Rows of ExecuteMany on their way at once: bounds the memory that libpq holds.
constexpr size_t kPipelineRows = 512;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, Clear>;

bool Succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

int64_t RowsChanged(PGresult* result) {
  // For SELECT the same field counts the rows returned.
  if (std::string_view(PQcmdStatus(result)).starts_with("SELECT")) return 0;
  return base::ParseInt(PQcmdTuples(result)).value_or(0);
}

template <typename T>
T BigEndian(const char* bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(bytes[i]));
  }
  return value;
}

// sum(bigint) is NUMERIC. nullopt for fractions and for what int64_t does not hold.
std::optional<int64_t> IntegerOfNumeric(std::string_view bytes) {
  constexpr uint16_t kNegative = 0x4000;
  constexpr size_t kHeader = 8;
  if (bytes.size() < kHeader) return std::nullopt;
  const int digits = BigEndian<uint16_t>(bytes.data());
  const int weight = static_cast<int16_t>(BigEndian<uint16_t>(bytes.data() + 2));
  const uint16_t sign = BigEndian<uint16_t>(bytes.data() + 4);
  if ((sign != 0 && sign != kNegative) ||
      bytes.size() < kHeader + 2 * static_cast<size_t>(digits)) {
    return std::nullopt;
  }
  constexpr int kMaxWeight = 4;  // 10000^5 exceeds 2^63 already
  if (digits > 0 && weight > kMaxWeight) return std::nullopt;
  absl::int128 value = 0;
  for (int i = 0; i <= std::max(weight, digits - 1); ++i) {
    const int digit = i < digits ? BigEndian<uint16_t>(bytes.data() + kHeader + 2 * i) : 0;
    if (i <= weight) {
      value = value * 10000 + digit;
    } else if (digit != 0) {
      return std::nullopt;
    }
  }
  if (sign == kNegative) value = -value;
  if (value > std::numeric_limits<int64_t>::max() || value < std::numeric_limits<int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value);
}

bool Accepts(Oid type, const Value& value) {
  if (value.is_null()) return true;
  if (value.integer() != nullptr) {
    return type == kInt8 || type == kInt4 || type == kInt2 || type == kNumeric;
  }
  if (value.blob() != nullptr) return type == kBytea;
  return type == kText || type == kVarchar || type == kBpchar || type == kName;
}

}  // namespace

class PostgresConnection::Params {
 public:
  // args must stay as they are while this is used.
  void Set(absl::Span<const Value> args) {
    const size_t count = args.size();
    pointers_.assign(count, nullptr);
    lengths_.assign(count, 0);
    formats_.assign(count, 0);
    digits_.resize(count);
    for (size_t i = 0; i < count; ++i) {
      if (const int64_t* integer = args[i].integer()) {
        char* begin = digits_[i].data();
        *std::to_chars(begin, begin + digits_[i].size() - 1, *integer).ptr = '\0';
        pointers_[i] = begin;
      } else if (const std::string* text = args[i].text()) {
        pointers_[i] = text->c_str();
      } else if (const std::string* blob = args[i].blob()) {
        pointers_[i] = blob->data();
        lengths_[i] = static_cast<int>(blob->size());
        formats_[i] = 1;
      }
    }
  }

  int count() const { return static_cast<int>(pointers_.size()); }
  const char* const* values() const { return pointers_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<const char*> pointers_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::array<char, 24>> digits_;
};

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Connect(
    const Options& options) {
  // libpq counts whole seconds, and takes 1 for 2.
  const std::string timeout =
      std::to_string(std::max<int64_t>(2, absl::ToInt64Seconds(options.connect_timeout)));
  const std::string application = "fangpin-" + options.schema;
  // What stands before dbname, the uri may override.
  const char* keywords[] = {
      "connect_timeout",  "application_name", "target_session_attrs", "keepalives_idle",
      "tcp_user_timeout", "dbname",           "client_encoding",      nullptr};
  const char* values[] = {timeout.c_str(), application.c_str(), "read-write", "30",
                          "30000",         options.uri.c_str(), "UTF8",       nullptr};
  PGconn* raw = PQconnectdbParams(keywords, values, /*expand_dbname=*/1);
  if (raw == nullptr) return PostgresError("53200", {});
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(raw));
  if (connection->broken()) return PostgresError("", {.statement = "Connect"});
  // Libpq prints notices ("relation already exists, skipping") to stderr by default.
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  const char* encoding = PQparameterStatus(raw, "server_encoding");
  if (encoding == nullptr || std::strcmp(encoding, "UTF8") != 0) {
    return base::Error(absl::StatusCode::kFailedPrecondition, kEncoding,
                       "PostgreSQL 数据库的编码须为 UTF8");
  }
  const int64_t statement_ms = absl::ToInt64Milliseconds(options.statement_timeout);
  FANGPIN_RETURN_IF_ERROR(connection->Script(
      "Connect",
      base::StrCat("SET search_path = ", options.schema, "; SET statement_timeout = ", statement_ms,
                   "; SET idle_in_transaction_session_timeout = ", 4 * statement_ms,
                   // Short transactions: compiling a plan takes longer than running it.
                   "; SET jit = off; SET synchronous_commit = on; SET timezone = 'UTC'")));
  return connection;
}

absl::Status PostgresConnection::Script(std::string_view name, const std::string& text) {
  const ResultPtr result(PQexec(conn_.get(), text.c_str()));
  return Succeeded(result.get()) || PQresultStatus(result.get()) == PGRES_EMPTY_QUERY
             ? absl::OkStatus()
             : Error(name, result.get());
}

absl::Status PostgresConnection::Commit() {
  const ResultPtr result(PQexec(conn_.get(), "COMMIT"));
  if (Succeeded(result.get())) {
    // The server answers COMMIT of a failed transaction with ROLLBACK.
    if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return absl::OkStatus();
    return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kPostgres, "COMMIT",
                    "rolled back");
  }
  if (broken()) {
    return OwnError(absl::StatusCode::kUnavailable, kCommitUnknown, Engine::kPostgres, "COMMIT",
                    "");
  }
  return Error("COMMIT", result.get());
}

absl::Status PostgresConnection::Check(const Statement& statement) {
  const std::string text = ExpandTokens(statement.text, Engine::kPostgres);
  const ResultPtr result(PQprepare(conn_.get(), "", text.c_str(), 0, nullptr));
  return Succeeded(result.get()) ? absl::OkStatus() : Error(statement.name, result.get());
}

absl::StatusOr<const PostgresConnection::Prepared*> PostgresConnection::Prepare(
    const Statement& statement) {
  if (const auto it = prepared_.find(base::ToAbsl(statement.text)); it != prepared_.end()) {
    return it->second.get();
  }
  auto prepared = std::make_unique<Prepared>();
  // The number keeps statements of one name apart (the service's, the outbox's).
  constexpr size_t kMaxName = 48;
  prepared->name =
      base::StrCat(statement.name.substr(0, kMaxName), "_", static_cast<int>(prepared_.size()));
  const std::string text = ExpandTokens(statement.text, Engine::kPostgres);
  const ResultPtr result(PQprepare(conn_.get(), prepared->name.c_str(), text.c_str(), 0, nullptr));
  if (!Succeeded(result.get())) return Error(statement.name, result.get());
  const ResultPtr description(PQdescribePrepared(conn_.get(), prepared->name.c_str()));
  if (!Succeeded(description.get())) return Error(statement.name, description.get());
  for (int i = 0; i < PQnparams(description.get()); ++i) {
    prepared->types.push_back(PQparamtype(description.get(), i));
  }
  const Prepared* kept = prepared.get();
  prepared_.emplace(std::string(statement.text), std::move(prepared));
  return kept;
}

absl::Status PostgresConnection::CheckArgs(const Statement& statement, const Prepared& prepared,
                                           absl::Span<const Value> args) {
  if (args.size() != prepared.types.size()) {
    return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kPostgres, statement.name,
                    "wrong number of arguments");
  }
  for (size_t i = 0; i < args.size(); ++i) {
    if (!Accepts(prepared.types[i], args[i])) {
      return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kPostgres, statement.name,
                      base::StrCat("argument ", i + 1, " does not fit type ", prepared.types[i]));
    }
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::Decode(std::string_view statement, const PGresult* result,
                                        int row) {
  const int columns = PQnfields(result);
  std::vector<Row::Cell>& cells = row_.cells();
  cells.assign(columns, Row::Cell());
  for (int i = 0; i < columns; ++i) {
    if (PQgetisnull(result, row, i) != 0) continue;
    Row::Cell& cell = cells[i];
    const std::string_view bytes(PQgetvalue(result, row, i),
                                 static_cast<size_t>(PQgetlength(result, row, i)));
    cell.kind = Row::Cell::Kind::kInteger;
    switch (PQftype(result, i)) {
      case kInt8:
        cell.integer = static_cast<int64_t>(BigEndian<uint64_t>(bytes.data()));
        break;
      case kInt4:
        cell.integer = static_cast<int32_t>(BigEndian<uint32_t>(bytes.data()));
        break;
      case kInt2:
        cell.integer = static_cast<int16_t>(BigEndian<uint16_t>(bytes.data()));
        break;
      case kBool:
        cell.integer = bytes[0] != 0 ? 1 : 0;
        break;
      case kNumeric: {
        const std::optional<int64_t> integer = IntegerOfNumeric(bytes);
        if (!integer.has_value()) {
          return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kPostgres, statement,
                          "a numeric that is not a 64-bit integer");
        }
        cell.integer = *integer;
        break;
      }
      case kBytea:
        cell.kind = Row::Cell::Kind::kBlob;
        cell.bytes = bytes;
        break;
      case kText:
      case kVarchar:
      case kBpchar:
      case kName:
        cell.kind = Row::Cell::Kind::kText;
        cell.bytes = bytes;
        break;
      default:
        return OwnError(absl::StatusCode::kInternal, kInternal, Engine::kPostgres, statement,
                        base::StrCat("a column of type ", PQftype(result, i)));
    }
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::ForEach(const Statement& statement, absl::Span<const Value> args,
                                         bool stream, absl::FunctionRef<bool(const Row&)> visit) {
  FANGPIN_ASSIGN_OR_RETURN(const Prepared* prepared, Prepare(statement));
  FANGPIN_RETURN_IF_ERROR(CheckArgs(statement, *prepared, args));
  Params params;
  params.Set(args);
  if (PQsendQueryPrepared(conn_.get(), prepared->name.c_str(), params.count(), params.values(),
                          params.lengths(), params.formats(), /*resultFormat=*/1) == 0) {
    return Error(statement.name, nullptr);
  }
  if (stream) PQsetSingleRowMode(conn_.get());
  // Also when visit stops early or throws: the session must not be left in the middle of a result.
  const absl::Cleanup drain = [this] { Drain(); };
  bool wanted = true;
  while (const ResultPtr result{PQgetResult(conn_.get())}) {
    if (!Succeeded(result.get())) return Error(statement.name, result.get());
    for (int row = 0; wanted && row < PQntuples(result.get()); ++row) {
      FANGPIN_RETURN_IF_ERROR(Decode(statement.name, result.get(), row));
      wanted = visit(row_);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> PostgresConnection::Execute(const Statement& statement,
                                                    absl::Span<const Value> args) {
  FANGPIN_ASSIGN_OR_RETURN(const Prepared* prepared, Prepare(statement));
  FANGPIN_RETURN_IF_ERROR(CheckArgs(statement, *prepared, args));
  Params params;
  params.Set(args);
  const ResultPtr result(PQexecPrepared(conn_.get(), prepared->name.c_str(), params.count(),
                                        params.values(), params.lengths(), params.formats(),
                                        /*resultFormat=*/1));
  if (!Succeeded(result.get())) return Error(statement.name, result.get());
  return RowsChanged(result.get());
}

absl::StatusOr<int64_t> PostgresConnection::ExecuteMany(const Statement& statement,
                                                        absl::Span<const std::vector<Value>> rows) {
  if (rows.empty()) return 0;
  FANGPIN_ASSIGN_OR_RETURN(const Prepared* prepared, Prepare(statement));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (absl::Status status = CheckArgs(statement, *prepared, rows[i]); !status.ok()) {
      return WithRow(status, i);
    }
  }
  if (PQenterPipelineMode(conn_.get()) == 0) return Error(statement.name, nullptr);
  // Fails when results are still under way, which only happens when something broke.
  const absl::Cleanup leave = [this] { unusable_ |= PQexitPipelineMode(conn_.get()) == 0; };
  int64_t changed = 0;
  for (size_t first = 0; first < rows.size(); first += kPipelineRows) {
    FANGPIN_RETURN_IF_ERROR(
        RunPipeline(statement, *prepared, rows.subspan(first, kPipelineRows), first, changed));
  }
  return changed;
}

absl::Status PostgresConnection::RunPipeline(const Statement& statement, const Prepared& prepared,
                                             absl::Span<const std::vector<Value>> rows,
                                             size_t first, int64_t& changed) {
  Params params;
  for (const std::vector<Value>& row : rows) {
    params.Set(row);
    if (PQsendQueryPrepared(conn_.get(), prepared.name.c_str(), params.count(), params.values(),
                            params.lengths(), params.formats(), /*resultFormat=*/1) == 0) {
      return Error(statement.name, nullptr);
    }
  }
  if (PQpipelineSync(conn_.get()) == 0) return Error(statement.name, nullptr);
  absl::Status status;
  // Each statement gives its result and then null; after an error the others are skipped by the
  // server; the sync comes last.
  for (size_t i = 0; i < rows.size(); ++i) {
    const ResultPtr result(PQgetResult(conn_.get()));
    if (result == nullptr) return status.ok() ? Error(statement.name, nullptr) : status;
    if (Succeeded(result.get())) {
      changed += RowsChanged(result.get());
    } else if (status.ok()) {
      status = WithRow(Error(statement.name, result.get()), first + i);
    }
    if (broken()) return status;
    ResultPtr(PQgetResult(conn_.get()));
  }
  const ResultPtr sync(PQgetResult(conn_.get()));
  if (status.ok() && PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) {
    return Error(statement.name, sync.get());
  }
  return status;
}

void PostgresConnection::Drain() {
  while (const ResultPtr result{PQgetResult(conn_.get())}) {
  }
}

absl::Status PostgresConnection::Error(std::string_view statement, const PGresult* result) const {
  const auto field = [result](int code) -> std::string {
    const char* value = result == nullptr ? nullptr : PQresultErrorField(result, code);
    return value == nullptr ? "" : value;
  };
  std::string sqlstate = field(PG_DIAG_SQLSTATE);
  // Without a code it is libpq that complains: of a lost connection, or of our use of it.
  if (sqlstate.empty() && !broken()) sqlstate = "XX000";
  ErrorContext context{.statement = statement,
                       .table = field(PG_DIAG_TABLE_NAME),
                       .constraint = field(PG_DIAG_CONSTRAINT_NAME)};
  if (IsTextError(sqlstate)) context.detail = field(PG_DIAG_MESSAGE_PRIMARY);
  return PostgresError(sqlstate, context);
}

}  // namespace fangpin::sql
