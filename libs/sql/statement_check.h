#ifndef FANGPIN_SQL_STATEMENT_CHECK_H_
#define FANGPIN_SQL_STATEMENT_CHECK_H_

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "libs/sql/database.h"

namespace fangpin::sql {

// Fails the running test for each statement that the engine of database does not take. The schema
// must be there: call Migrate first.
inline void ExpectEveryStatementPrepares(Database& database,
                                         absl::Span<const Statement> statements) {
  for (const Statement& statement : statements) {
    const absl::Status status = database.Prepare(statement);
    EXPECT_TRUE(status.ok()) << statement.name << ": " << status;
  }
}

}  // namespace fangpin::sql

#endif  // FANGPIN_SQL_STATEMENT_CHECK_H_
