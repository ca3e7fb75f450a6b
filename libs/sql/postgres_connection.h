#ifndef FANGPIN_SQL_POSTGRES_CONNECTION_H_
#define FANGPIN_SQL_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/sql/database.h"

namespace fangpin::sql {

// One PostgreSQL session with its prepared statements. Used by one thread at a time.
class PostgresConnection {
 public:
  // Connects and sets the session up for options.schema, which need not exist.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(const Options& options);

  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // True once the session is lost; nothing runs on it any more.
  bool broken() const { return unusable_ || PQstatus(conn_.get()) == CONNECTION_BAD; }
  bool in_transaction() const { return PQtransactionStatus(conn_.get()) != PQTRANS_IDLE; }

  // Runs a script of any length without parameters, as it stands. Its result is discarded.
  absl::Status Script(std::string_view name, const std::string& text);
  // COMMIT. ABORTED or another error when the server rolled back instead.
  absl::Status Commit();
  // Has the server parse the statement, without keeping it.
  absl::Status Check(const Statement& statement);

  // stream: row by row as they arrive, else fetched whole.
  absl::Status ForEach(const Statement& statement, absl::Span<const Value> args, bool stream,
                       absl::FunctionRef<bool(const Row&)> visit);
  absl::StatusOr<int64_t> Execute(const Statement& statement, absl::Span<const Value> args);
  absl::StatusOr<int64_t> ExecuteMany(const Statement& statement,
                                      absl::Span<const std::vector<Value>> rows);

 private:
  struct Finish {
    void operator()(PGconn* conn) const { PQfinish(conn); }
  };
  struct Prepared {
    std::string name;
    std::vector<Oid> types;  // of the parameters
  };
  // Arguments in the form libpq takes them; views the values.
  class Params;

  explicit PostgresConnection(PGconn* conn) : conn_(conn) {}

  absl::StatusOr<const Prepared*> Prepare(const Statement& statement);
  static absl::Status CheckArgs(const Statement& statement, const Prepared& prepared,
                                absl::Span<const Value> args);
  // Runs one prepared chunk in the pipeline and adds what it changed.
  absl::Status RunPipeline(const Statement& statement, const Prepared& prepared,
                           absl::Span<const std::vector<Value>> rows, size_t first,
                           int64_t& changed);
  // The error of a result, or of the connection where result is null.
  absl::Status Error(std::string_view statement, const PGresult* result) const;
  // Reads and drops results until the session is ready for the next command. Not in a pipeline.
  void Drain();
  absl::Status Decode(std::string_view statement, const PGresult* result, int row);

  const std::unique_ptr<PGconn, Finish> conn_;
  // By text, since names are unique within one service's file only.
  absl::flat_hash_map<std::string, std::unique_ptr<Prepared>> prepared_;
  Row row_;
  bool unusable_ = false;
};

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_POSTGRES_CONNECTION_H_
