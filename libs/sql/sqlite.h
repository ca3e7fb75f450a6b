#ifndef FANGPIN_SQL_SQLITE_H_
#define FANGPIN_SQL_SQLITE_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/sql/database.h"

namespace fangpin::sql {

inline constexpr std::string_view kSqliteScheme = "sqlite:";

// Open() for options whose uri has kSqliteScheme.
absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(Options options);

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_SQLITE_H_
