// What both engines do alike with values, errors and statements.

#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/sql/database.h"
#include "libs/sql/engine_test.h"
#include "libs/sql/errors.h"
#include "libs/sql/statement_check.h"
#include "libs/testing/status_matchers.h"
#include "sql/sql_sample_sql.h"

namespace fangpin::sql {
namespace {

using absl::StatusCode;
using sql_sample_sql::kAddToCounter;
using sql_sample_sql::kCountPeople;
using sql_sample_sql::kCountTo;
using sql_sample_sql::kDeleteVillage;
using sql_sample_sql::kFindLike;
using sql_sample_sql::kFindPerson;
using sql_sample_sql::kGetCounter;
using sql_sample_sql::kInsertCounter;
using sql_sample_sql::kInsertPerson;
using sql_sample_sql::kInsertVillage;
using sql_sample_sql::kListCounters;
using sql_sample_sql::kListPeople;
using sql_sample_sql::kPutCounter;
using sql_sample_sql::kUpdateNotes;
using ::testing::ElementsAre;
using testing::ErrorIs;
using testing::IsOk;
using testing::IsOkAndHolds;

struct Person {
  std::string id;
  Value village;
  Value email;
  Value county;
  Value serial;
  Value amount;
  Value note = "";
  Value photo;

  std::vector<Value> Values() const {
    return {id, village, email, county, serial, amount, note, photo};
  }
};

class DatabaseContractTest : public EngineTest {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    options().statement_timeout = absl::Seconds(20);
    database_ = OpenDatabase();
    ASSERT_NE(database_, nullptr);
    ASSERT_THAT(Migrate(*database_, sql_sample_sql::kMigrations), IsOk());
  }

  absl::Status Insert(const Person& person) {
    return database_->Write(
        [&](Tx& tx) { return tx.ExecuteWith(kInsertPerson, person.Values()).status(); });
  }

  // The first columns of all rows, as text.
  std::vector<std::string> Column(const Statement& statement, std::vector<Value> args) {
    std::vector<std::string> result;
    EXPECT_THAT(database_->Read([&](Tx& tx) {
      return tx.ForEach(statement, args, [&](const Row& row) {
        result.emplace_back(row.Text(0));
        return absl::OkStatus();
      });
    }),
                IsOk());
    return result;
  }

  std::unique_ptr<Database> database_;
};
FANGPIN_INSTANTIATE_ENGINES(DatabaseContractTest);

TEST_P(DatabaseContractTest, EveryStatementPrepares) {
  ExpectEveryStatementPrepares(*database_, sql_sample_sql::kAllStatements);
}

TEST_P(DatabaseContractTest, StatementWithUnknownColumnDoesNotPrepare) {
  EXPECT_THAT(database_->Prepare({"Bad", "SELECT nothing FROM people"}),
              ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(database_->Prepare({"Bad", "SELECT id FROM people WHERE id = \"x\""}),
              ErrorIs(StatusCode::kInternal, kInternal));
}

TEST_P(DatabaseContractTest, ReadOnceSeesWhatWasCommittedAndTakesOneStatement) {
  const auto get = [&](int64_t* value) {
    return database_->ReadOnce([&](Tx& tx) -> absl::Status {
      const auto row = tx.First(kGetCounter, "a");
      if (!row.ok()) return row.status();
      *value = row->has_value() ? (*row)->Int(0) : -1;
      return absl::OkStatus();
    });
  };
  int64_t value = 0;
  ASSERT_THAT(get(&value), IsOk());
  EXPECT_EQ(value, -1);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_THAT(database_->Write([&](Tx& tx) { return tx.Execute(kPutCounter, "a", i).status(); }),
                IsOk());
    ASSERT_THAT(get(&value), IsOk());
    EXPECT_EQ(value, i);
  }
  EXPECT_THAT(database_->ReadOnce([](Tx& tx) -> absl::Status {
    (void)tx.First(kGetCounter, "a");
    return tx.First(kGetCounter, "a").status();
  }),
              ErrorIs(StatusCode::kInternal, kSecondStatement));
  // The connection is as good as before.
  ASSERT_THAT(get(&value), IsOk());
}

TEST_P(DatabaseContractTest, KeysSortByByte) {
  for (const char* id : {"户", "é", "b", "B", "a", "A", "ä", "安", "Z", "-", "1", "10", "2"}) {
    ASSERT_THAT(Insert({.id = id}), IsOk());
  }
  EXPECT_THAT(Column(kListPeople, {"", 100}),
              ElementsAre("-", "1", "10", "2", "A", "B", "Z", "a", "b", "ä", "é", "安", "户"));
  EXPECT_THAT(Column(kListPeople, {"b", 2}), ElementsAre("ä", "é"));
}

TEST_P(DatabaseContractTest, KeysDistinguishCaseAndTrailingSpace) {
  ASSERT_THAT(Insert({.id = "x"}), IsOk());
  EXPECT_THAT(Insert({.id = "X"}), IsOk());
  EXPECT_THAT(Insert({.id = "x "}), IsOk());
  // Composed and decomposed é: normalising is the caller's business.
  EXPECT_THAT(Insert({.id = "\xc3\xa9"}), IsOk());
  EXPECT_THAT(Insert({.id = "e\xcc\x81"}), IsOk());
}

TEST_P(DatabaseContractTest, LikeDistinguishesCase) {
  ASSERT_THAT(Insert({.id = "1", .note = "Alpha 100%"}), IsOk());
  ASSERT_THAT(Insert({.id = "2", .note = "alpha 100"}), IsOk());
  EXPECT_THAT(Column(kFindLike, {"A%"}), ElementsAre("1"));
  EXPECT_THAT(Column(kFindLike, {"%100!%"}), ElementsAre("1"));
}

TEST_P(DatabaseContractTest, EmptyIsNotNull) {
  ASSERT_THAT(Insert({.id = "1", .note = "", .photo = Blob{""}}), IsOk());
  ASSERT_THAT(Insert({.id = "2", .note = "n", .photo = nullptr}), IsOk());
  ASSERT_THAT(database_->Read([](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto empty, tx.First(kFindPerson, "1", ""));
    FANGPIN_ASSIGN_OR_RETURN(const auto null, tx.First(kFindPerson, "2", "n"));
    EXPECT_FALSE(empty->IsNull(1));
    EXPECT_EQ(empty->OptionalText(1), "");
    EXPECT_EQ(empty->OptionalBytes(2), "");
    EXPECT_EQ(null->OptionalBytes(2), std::nullopt);
    EXPECT_EQ(null->OptionalInt(3), std::nullopt);
    EXPECT_EQ(null->OptionalText(4), std::nullopt);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, BlobsKeepEveryByte) {
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes.push_back(static_cast<char>(i % 256));
  ASSERT_THAT(Insert({.id = "1", .note = "n", .photo = Blob{bytes}}), IsOk());
  ASSERT_THAT(database_->Read([&](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kFindPerson, "1", "n"));
    EXPECT_TRUE(row->Bytes(2) == bytes);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, IntegersKeepTheirLimits) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ASSERT_THAT(database_->Write([&](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "min", kMin).status());
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "max", kMax).status());
    return tx.Execute(kPutCounter, "zero", 0).status();
  }),
              IsOk());
  std::vector<int64_t> values;
  ASSERT_THAT(database_->Read([&](Tx& tx) {
    return tx.ForEach(kListCounters, {}, [&](const Row& row) {
      values.push_back(row.Int(1));
      return absl::OkStatus();
    });
  }),
              IsOk());
  EXPECT_THAT(values, ElementsAre(kMax, kMin, 0));
}

TEST_P(DatabaseContractTest, SumsAreIntegers) {
  int64_t serial = 0;
  for (const int64_t amount : {999999, -1234567890, 10000, 0, 40000000}) {
    ASSERT_THAT(Insert({.id = std::to_string(++serial), .amount = amount % 1000000}), IsOk());
  }
  ASSERT_THAT(Insert({.id = "6", .amount = -9000000000000000000}), IsOk());
  ASSERT_THAT(database_->Read([](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kCountPeople));
    EXPECT_EQ(row->Int(0), 6);
    EXPECT_EQ(row->Int(1), 999999 - 567890 + 10000 - 9000000000000000000);
    EXPECT_EQ(row->Text(2), "6");
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, AggregatesOfNothingAreNull) {
  ASSERT_THAT(database_->Read([](Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kCountPeople));
    EXPECT_EQ(row->Int(0), 0);
    EXPECT_TRUE(row->IsNull(1));
    FANGPIN_ASSIGN_OR_RETURN(const auto none, tx.First(kGetCounter, "absent"));
    EXPECT_FALSE(none.has_value());
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, TextThatIsNotTextIsRefused) {
  EXPECT_THAT(Insert({.id = std::string("a\0b", 3)}),
              ErrorIs(StatusCode::kInvalidArgument, kTextInvalid));
  EXPECT_THAT(Insert({.id = "\xbb\xa7"}), ErrorIs(StatusCode::kInvalidArgument, kTextInvalid));
  EXPECT_THAT(Column(kListPeople, {"", 10}), ElementsAre());
}

TEST_P(DatabaseContractTest, DuplicateNamesItsConstraint) {
  ASSERT_THAT(Insert({.id = "1", .email = "a@b", .county = "621126", .serial = 1}), IsOk());
  const absl::Status key = Insert({.id = "1"});
  EXPECT_THAT(key, ErrorIs(StatusCode::kAlreadyExists, kUniqueViolation));
  EXPECT_TRUE(IsUniqueViolation(key, "people_pkey"));
  EXPECT_EQ(base::GetErrorInfo(key)->metadata().at("table"), "people");
  EXPECT_EQ(base::GetErrorInfo(key)->metadata().at("statement"), "InsertPerson");
  const absl::Status unique = Insert({.id = "2", .county = "621126", .serial = 1});
  EXPECT_TRUE(IsUniqueViolation(unique, "people_county_serial_key")) << unique;
  const absl::Status index = Insert({.id = "2", .email = "a@b"});
  EXPECT_TRUE(IsUniqueViolation(index, "people_by_email")) << index;
}

TEST_P(DatabaseContractTest, NullsDoNotCollide) {
  ASSERT_THAT(Insert({.id = "1", .county = "621126"}), IsOk());
  EXPECT_THAT(Insert({.id = "2", .county = "621126"}), IsOk());
}

TEST_P(DatabaseContractTest, ForeignKeysHold) {
  EXPECT_THAT(Insert({.id = "1", .village = "none"}),
              ErrorIs(StatusCode::kFailedPrecondition, kForeignKeyViolation));
  ASSERT_THAT(database_->Write([](Tx& tx) { return tx.Execute(kInsertVillage, "v").status(); }),
              IsOk());
  ASSERT_THAT(Insert({.id = "1", .village = "v"}), IsOk());
  const absl::Status status =
      database_->Write([](Tx& tx) { return tx.Execute(kDeleteVillage, "v").status(); });
  EXPECT_TRUE(IsForeignKeyViolation(status)) << status;
}

TEST_P(DatabaseContractTest, BrokenChecksAreBugs) {
  EXPECT_THAT(Insert({.id = "1", .amount = 1000000}),
              ErrorIs(StatusCode::kInternal, kCheckViolation));
  EXPECT_THAT(Insert({.id = "1", .note = nullptr}),
              ErrorIs(StatusCode::kInternal, kNotNullViolation));
}

TEST_P(DatabaseContractTest, WrongArgumentsAreBugs) {
  EXPECT_THAT(database_->Read([](Tx& tx) { return tx.Query(kGetCounter).status(); }),
              ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(database_->Read([](Tx& tx) { return tx.Query(kGetCounter, "a", "b").status(); }),
              ErrorIs(StatusCode::kInternal, kInternal));
}

TEST_P(DatabaseContractTest, RowsChangedAreCounted) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(Insert({.id = std::to_string(i), .county = "621126"}), IsOk());
  }
  ASSERT_THAT(database_->Write([](Tx& tx) -> absl::Status {
    EXPECT_THAT(tx.Execute(kUpdateNotes, "n", "621126"), IsOkAndHolds(3));
    EXPECT_THAT(tx.Execute(kUpdateNotes, "n", "621126"), IsOkAndHolds(3));
    EXPECT_THAT(tx.Execute(kUpdateNotes, "n", "621127"), IsOkAndHolds(0));
    EXPECT_THAT(tx.Execute(kInsertCounter, "c", 1), IsOkAndHolds(1));
    EXPECT_THAT(tx.Execute(kInsertCounter, "c", 2), IsOkAndHolds(0));
    EXPECT_THAT(tx.Execute(kGetCounter, "c"), IsOkAndHolds(0));
    EXPECT_THAT(tx.Execute(kAddToCounter, "c", 2), IsOkAndHolds(1));
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, ReturningGivesTheNewRow) {
  ASSERT_THAT(database_->Write([](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, "c", 40).status());
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kAddToCounter, "c", 2));
    EXPECT_EQ(row->Int(0), 42);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, ExecuteManyInsertsAllOrSaysWhichFailed) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 3000; ++i) rows.push_back({"c" + std::to_string(i), i});
  ASSERT_THAT(database_->Write([&](Tx& tx) -> absl::Status {
    EXPECT_THAT(tx.ExecuteMany(kPutCounter, rows), IsOkAndHolds(3000));
    EXPECT_THAT(tx.ExecuteMany(kPutCounter, {}), IsOkAndHolds(0));
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(kGetCounter, "c2999"));
    EXPECT_EQ(row->Int(0), 2999);
    return absl::OkStatus();
  }),
              IsOk());
  std::vector<std::vector<Value>> people;
  for (int i = 0; i < 2000; ++i) {
    people.push_back(Person{.id = "p" + std::to_string(i == 1234 ? 7 : i)}.Values());
  }
  const absl::Status status =
      database_->Write([&](Tx& tx) { return tx.ExecuteMany(kInsertPerson, people).status(); });
  EXPECT_TRUE(IsUniqueViolation(status, "people_pkey")) << status;
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("row"), "1234");
  EXPECT_THAT(Column(kListPeople, {"", 10}), ElementsAre());
}

TEST_P(DatabaseContractTest, ForEachStopsWhereItIsTold) {
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 1000; ++i) rows.push_back({"c" + std::to_string(i), i});
  ASSERT_THAT(database_->Write([&](Tx& tx) { return tx.ExecuteMany(kPutCounter, rows).status(); }),
              IsOk());
  ASSERT_THAT(database_->Write([](Tx& tx) -> absl::Status {
    int seen = 0;
    EXPECT_THAT(tx.ForEach(kListCounters, {},
                           [&](const Row&) {
                             return ++seen == 10 ? absl::CancelledError("enough")
                                                 : absl::OkStatus();
                           }),
                testing::StatusIs(StatusCode::kCancelled));
    EXPECT_EQ(seen, 10);
    // The transaction goes on.
    return tx.Execute(kPutCounter, "after", 1).status();
  }),
              IsOk());
}

TEST_P(DatabaseContractTest, StatementInsideForEachIsRefused) {
  ASSERT_THAT(database_->Write([](Tx& tx) { return tx.Execute(kPutCounter, "c", 1).status(); }),
              IsOk());
  EXPECT_THAT(database_->Read([](Tx& tx) {
    return tx.ForEach(kListCounters, {},
                      [&](const Row&) { return tx.Query(kListCounters).status(); });
  }),
              ErrorIs(StatusCode::kInternal, kNestedStatement));
}

TEST_P(DatabaseContractTest, WritingInsideReadIsRefused) {
  EXPECT_THAT(database_->Read([](Tx& tx) { return tx.Execute(kPutCounter, "c", 1).status(); }),
              ErrorIs(StatusCode::kInternal, kInternal));
  EXPECT_THAT(database_->Read([](Tx& tx) { return tx.Query(kListCounters).status(); }), IsOk());
}

TEST_P(DatabaseContractTest, SlowStatementIsEnded) {
  options().statement_timeout = absl::Milliseconds(50);
  const auto impatient = OpenDatabase();
  EXPECT_THAT(impatient->Read([](Tx& tx) { return tx.Query(kCountTo, 100000000).status(); }),
              ErrorIs(StatusCode::kDeadlineExceeded, kTimeout));
  EXPECT_THAT(impatient->Read([](Tx& tx) { return tx.Query(kCountTo, 10).status(); }), IsOk());
}

TEST_P(DatabaseContractTest, ObserverSeesEachStatement) {
  std::vector<std::string> seen;
  options().observer = [&](const Observation& o) {
    seen.push_back(std::string(o.statement) + " " + std::to_string(o.rows) + " " +
                   absl::StatusCodeToString(o.code));
  };
  const auto database = OpenDatabase();
  (void)database->Write([](Tx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Execute(kPutCounter, "c", 1).status());
    FANGPIN_RETURN_IF_ERROR(tx.Query(kListCounters).status());
    return tx.Execute(kDeleteVillage, nullptr, nullptr).status();
  });
  EXPECT_THAT(seen,
              ElementsAre("PutCounter 1 OK", "ListCounters 1 OK", "DeleteVillage 0 INTERNAL"));
}

TEST_P(DatabaseContractTest, OpenRefusesNonsense) {
  options().max_connections = 0;
  EXPECT_THAT(Open(options()), ErrorIs(StatusCode::kInvalidArgument, "SQL_OPTIONS_INVALID"));
  EXPECT_THAT(Open({.uri = "mysql://x"}),
              ErrorIs(StatusCode::kInvalidArgument, "SQL_OPTIONS_INVALID"));
  EXPECT_THAT(Open({.uri = "postgresql:///x", .schema = "a; DROP"}),
              ErrorIs(StatusCode::kInvalidArgument, "SQL_OPTIONS_INVALID"));
  EXPECT_THAT(Open({.uri = "sqlite:/dev/null/x.db"}),
              ErrorIs(StatusCode::kUnavailable, kUnavailable));
  EXPECT_THAT(Open({.uri = "postgresql://127.0.0.1:1/x", .schema = "a"}),
              ErrorIs(StatusCode::kUnavailable, kUnavailable));
}

}  // namespace
}  // namespace fangpin::sql
