#ifndef FANGPIN_SQL_ERROR_MAPPING_H_
#define FANGPIN_SQL_ERROR_MAPPING_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/sql/database.h"

// The one place where engine errors become statuses.
namespace fangpin::sql {

struct Classified {
  absl::StatusCode code;
  std::string_view reason;
};

// From PostgreSQL's five-character SQLSTATE. Empty: the connection failed.
Classified ClassifySqlState(std::string_view sqlstate);
// From SQLite's extended result code.
Classified ClassifySqlite(int extended_code);

// What the engine tells about an error beside its code. Empty where it does not.
struct ErrorContext {
  std::string_view statement;
  std::string table;
  std::string constraint;
  // The engine's words; only for errors in the SQL text itself, which quote no column's value.
  std::string detail;
};

absl::Status PostgresError(std::string_view sqlstate, const ErrorContext& context);
absl::Status SqliteError(int extended_code, const ErrorContext& context);

// An error that libs/sql finds itself. detail: what a developer needs; holds no data.
absl::Status OwnError(absl::StatusCode code, std::string_view reason, Engine engine,
                      std::string_view statement, std::string_view detail);

// The error of the row-th of many, with that in its metadata.
absl::Status WithRow(const absl::Status& status, size_t row);

// True for errors in the SQL text, whose message may be shown.
bool IsTextError(std::string_view sqlstate);

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_ERROR_MAPPING_H_
