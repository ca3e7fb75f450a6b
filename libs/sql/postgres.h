#ifndef FANGPIN_SQL_POSTGRES_H_
#define FANGPIN_SQL_POSTGRES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/sql/database.h"

namespace fangpin::sql {

// Open() for options with a PostgreSQL uri.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgres(Options options);

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_POSTGRES_H_
