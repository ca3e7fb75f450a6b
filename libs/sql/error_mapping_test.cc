#include "libs/sql/error_mapping.h"

#include <sqlite3.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/sql/errors.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::sql {
namespace {

using absl::StatusCode;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(ErrorMappingTest, SqlStatesHaveTheirCodes) {
  const struct {
    std::string_view sqlstate;
    StatusCode code;
    std::string_view reason;
  } cases[] = {
      {"23505", StatusCode::kAlreadyExists, kUniqueViolation},
      {"23503", StatusCode::kFailedPrecondition, kForeignKeyViolation},
      {"23514", StatusCode::kInternal, kCheckViolation},
      {"23502", StatusCode::kInternal, kNotNullViolation},
      {"40001", StatusCode::kAborted, kConflict},
      {"40P01", StatusCode::kAborted, kConflict},
      {"57014", StatusCode::kDeadlineExceeded, kTimeout},
      {"", StatusCode::kUnavailable, kUnavailable},
      {"08006", StatusCode::kUnavailable, kUnavailable},
      {"57P01", StatusCode::kUnavailable, kUnavailable},
      {"25P03", StatusCode::kUnavailable, kUnavailable},
      {"53100", StatusCode::kResourceExhausted, kFull},
      {"53300", StatusCode::kResourceExhausted, kFull},
      {"XX001", StatusCode::kDataLoss, kCorrupt},
      {"42P01", StatusCode::kInternal, kInternal},
      {"25006", StatusCode::kInternal, kInternal},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ClassifySqlState(c.sqlstate).code, c.code) << c.sqlstate;
    EXPECT_EQ(ClassifySqlState(c.sqlstate).reason, c.reason) << c.sqlstate;
  }
}

TEST(ErrorMappingTest, SqliteCodesHaveTheirCodes) {
  const struct {
    int extended;
    StatusCode code;
    std::string_view reason;
  } cases[] = {
      {SQLITE_CONSTRAINT_UNIQUE, StatusCode::kAlreadyExists, kUniqueViolation},
      {SQLITE_CONSTRAINT_PRIMARYKEY, StatusCode::kAlreadyExists, kUniqueViolation},
      {SQLITE_CONSTRAINT_FOREIGNKEY, StatusCode::kFailedPrecondition, kForeignKeyViolation},
      {SQLITE_CONSTRAINT_CHECK, StatusCode::kInternal, kCheckViolation},
      {SQLITE_CONSTRAINT_NOTNULL, StatusCode::kInternal, kNotNullViolation},
      {SQLITE_BUSY_SNAPSHOT, StatusCode::kAborted, kConflict},
      {SQLITE_LOCKED, StatusCode::kAborted, kConflict},
      {SQLITE_INTERRUPT, StatusCode::kDeadlineExceeded, kTimeout},
      {SQLITE_CANTOPEN, StatusCode::kUnavailable, kUnavailable},
      {SQLITE_IOERR_FSYNC, StatusCode::kUnavailable, kUnavailable},
      {SQLITE_FULL, StatusCode::kResourceExhausted, kFull},
      {SQLITE_CORRUPT_VTAB, StatusCode::kDataLoss, kCorrupt},
      {SQLITE_NOTADB, StatusCode::kDataLoss, kCorrupt},
      {SQLITE_READONLY, StatusCode::kInternal, kInternal},
      {SQLITE_ERROR, StatusCode::kInternal, kInternal},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ClassifySqlite(c.extended).code, c.code) << c.extended;
    EXPECT_EQ(ClassifySqlite(c.extended).reason, c.reason) << c.extended;
  }
}

TEST(ErrorMappingTest, MetadataSaysWhereAndOmitsWhatIsUnknown) {
  const absl::Status status =
      PostgresError("23505", {.statement = "InsertPerson", .constraint = "people_pkey"});
  EXPECT_THAT(
      base::GetErrorInfo(status)->metadata(),
      UnorderedElementsAre(Pair("engine", "postgresql"), Pair("code", "23505"),
                           Pair("statement", "InsertPerson"), Pair("constraint", "people_pkey")));
  const absl::Status second = WithRow(status, 7);
  EXPECT_THAT(second, testing::ErrorIs(StatusCode::kAlreadyExists, kUniqueViolation));
  EXPECT_EQ(base::GetErrorInfo(second)->metadata().at("row"), "7");
  EXPECT_EQ(base::GetErrorInfo(second)->metadata().at("constraint"), "people_pkey");
}

TEST(ErrorMappingTest, UniqueViolationIsToldByConstraint) {
  const absl::Status status = SqliteError(SQLITE_CONSTRAINT_UNIQUE, {.constraint = "a_b_key"});
  EXPECT_TRUE(IsUniqueViolation(status));
  EXPECT_TRUE(IsUniqueViolation(status, "a_b_key"));
  EXPECT_FALSE(IsUniqueViolation(status, "a_pkey"));
  EXPECT_FALSE(IsUniqueViolation(absl::AlreadyExistsError("another's")));
  EXPECT_FALSE(IsUniqueViolation(absl::OkStatus()));
}

}  // namespace
}  // namespace fangpin::sql
