#ifndef FANGPIN_SQL_ERRORS_H_
#define FANGPIN_SQL_ERRORS_H_

#include <string_view>

#include "absl/status/status.h"

// The statuses of libs/sql: one google.rpc.ErrorInfo each, with one of these reasons and metadata
// "engine", "statement", "code" (SQLSTATE or SQLite's extended code) and, where the engine tells,
// "table", "constraint" and "row". They hold no value of any column.
namespace fangpin::sql {

inline constexpr std::string_view kUniqueViolation = "SQL_UNIQUE_VIOLATION";  // ALREADY_EXISTS
inline constexpr std::string_view kForeignKeyViolation =
    "SQL_FOREIGN_KEY_VIOLATION";                                            // FAILED_PRECONDITION
inline constexpr std::string_view kCheckViolation = "SQL_CHECK_VIOLATION";  // INTERNAL
inline constexpr std::string_view kNotNullViolation = "SQL_NOT_NULL_VIOLATION";  // INTERNAL
inline constexpr std::string_view kTextInvalid = "SQL_TEXT_INVALID";             // INVALID_ARGUMENT
inline constexpr std::string_view kConflict = "SQL_CONFLICT";                    // ABORTED
inline constexpr std::string_view kTimeout = "SQL_TIMEOUT";                   // DEADLINE_EXCEEDED
inline constexpr std::string_view kUnavailable = "SQL_UNAVAILABLE";           // UNAVAILABLE
inline constexpr std::string_view kCommitUnknown = "SQL_COMMIT_UNKNOWN";      // UNAVAILABLE
inline constexpr std::string_view kQueueFull = "SQL_QUEUE_FULL";              // RESOURCE_EXHAUSTED
inline constexpr std::string_view kFull = "SQL_FULL";                         // RESOURCE_EXHAUSTED
inline constexpr std::string_view kCorrupt = "SQL_CORRUPT";                   // DATA_LOSS
inline constexpr std::string_view kNestedWrite = "SQL_NESTED_WRITE";          // INTERNAL
inline constexpr std::string_view kNestedStatement = "SQL_NESTED_STATEMENT";  // INTERNAL
inline constexpr std::string_view kSecondStatement = "SQL_SECOND_STATEMENT";  // INTERNAL
inline constexpr std::string_view kInternal = "SQL_INTERNAL";                 // INTERNAL
inline constexpr std::string_view kEncoding = "SQL_ENCODING";                 // FAILED_PRECONDITION
inline constexpr std::string_view kFileInUse = "SQL_FILE_IN_USE";             // FAILED_PRECONDITION
inline constexpr std::string_view kSchemaNewer = "SQL_SCHEMA_NEWER";          // FAILED_PRECONDITION
inline constexpr std::string_view kSchemaChanged = "SQL_SCHEMA_CHANGED";      // FAILED_PRECONDITION

// True when status says that a unique key or index was violated; with a constraint, only by that
// one. Constraints carry PostgreSQL's names on both engines: <table>_pkey for a primary key,
// <table>_<columns>_key for UNIQUE (…), the index name for CREATE UNIQUE INDEX.
bool IsUniqueViolation(const absl::Status& status, std::string_view constraint = {});

// True when status says that a foreign key was violated.
bool IsForeignKeyViolation(const absl::Status& status);

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_ERRORS_H_
