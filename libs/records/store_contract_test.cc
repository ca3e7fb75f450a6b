#include <atomic>
#include <memory>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/outbox/outbox.h"
#include "libs/records/collection.h"
#include "libs/records/fake_store.h"
#include "libs/records/records.h"
#include "libs/records/sql_store.h"
#include "libs/seal/key_ring.h"
#include "libs/sql/statement_check.h"
#include "libs/testing/servers.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"
#include "sql/records_sql.h"

namespace fangpin::records {
namespace {

using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

enum class Kind { kFake, kSqlite, kPostgres };

void PrintTo(Kind kind, std::ostream* out) {
  *out << (kind == Kind::kFake ? "Fake" : kind == Kind::kSqlite ? "Sqlite" : "Postgres");
}

constexpr char kPlans[] = "plan";
constexpr char kHousehold[] = "621126001001000001";

// Stands for a protobuf message, and for a request with its answer.
class Note {
 public:
  const std::string& id() const { return id_; }
  const std::string& text() const { return text_; }
  const std::string& etag() const { return etag_; }
  const std::string& request_id() const { return request_id_; }
  void set_id(std::string id) { id_ = std::move(id); }
  void set_text(std::string text) { text_ = std::move(text); }
  void set_etag(std::string etag) { etag_ = std::move(etag); }
  void set_request_id(std::string id) { request_id_ = std::move(id); }
  void clear_etag() { etag_.clear(); }
  std::string SerializeAsString() const { return id_ + "\n" + text_ + "\n" + etag_; }
  bool ParseFromString(const std::string& bytes) {
    const size_t first = bytes.find('\n');
    const size_t second = bytes.find('\n', first + 1);
    if (second == std::string::npos) return false;
    id_ = bytes.substr(0, first);
    text_ = bytes.substr(first + 1, second - first - 1);
    etag_ = bytes.substr(second + 1);
    return true;
  }

 private:
  std::string id_, text_, etag_, request_id_;
};

class RecordsStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kFake) {
      store_ = std::make_unique<FakeStore>();
      return;
    }
    sql::Options options;
    options.uri = "sqlite:" + directory_.File("records.db");
    if (GetParam() == Kind::kPostgres) {
      FANGPIN_TEST_SERVER(space_, testing::TestPostgres());
      options.uri = space_->uri();
      options.schema = space_->schema();
    }
    FASSERT_OK_AND_ASSIGN(database_, sql::Open(options));
    FASSERT_OK(MigrateSqlStore(*database_));
    FASSERT_OK_AND_ASSIGN(seal::KeyRing ring,
                          seal::KeyRing::LoadOrCreate(directory_.File("seal.key")));
    sealer_ = std::make_unique<seal::Sealer>(std::move(ring));
    store_ = std::make_unique<SqlStore>(database_.get(), sealer_.get());
  }

  static Header Plan(std::string id, std::string slot = "", int64_t state = 1,
                     std::string division = "621126001001") {
    return {.id = std::move(id),
            .division = std::move(division),
            .household_id = kHousehold,
            .state = state,
            .slot = std::move(slot)};
  }

  absl::Status Insert(const Header& header, std::string_view body = "body") {
    return store_->Write(ctx_, [&](Tx& tx) { return tx.Insert(kPlans, header, body); });
  }
  absl::StatusOr<int64_t> Update(const Header& header, std::string_view body, int64_t revision) {
    int64_t updated = 0;
    FANGPIN_RETURN_IF_ERROR(store_->Write(ctx_, [&](Tx& tx) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(updated, tx.Update(kPlans, header, body, revision));
      return absl::OkStatus();
    }));
    return updated;
  }
  std::optional<Record> Find(std::string_view id) {
    std::optional<Record> found;
    FEXPECT_OK(store_->Read([&](View& view) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(found, view.Find(kPlans, id));
      return absl::OkStatus();
    }));
    return found;
  }
  std::vector<std::string> List(const Query& query) {
    std::vector<std::string> ids;
    FEXPECT_OK(store_->Read([&](View& view) -> absl::Status {
      ids.clear();
      FANGPIN_ASSIGN_OR_RETURN(const std::vector<Record> records, view.List(kPlans, query));
      for (const Record& record : records) ids.push_back(record.header.id);
      return absl::OkStatus();
    }));
    return ids;
  }

  testing::TempDir directory_;
  std::unique_ptr<testing::PostgresSpace> space_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<seal::Sealer> sealer_;
  std::unique_ptr<Store> store_;
  base::CallContext ctx_ = {
      .principal = {.subject = "zhang", .divisions = {"621126000000"}},
      .request_id = "r1",
      .now = absl::FromUnixSeconds(1'718'000'000),
  };
};

INSTANTIATE_TEST_SUITE_P(Stores, RecordsStoreTest,
                         ::testing::Values(Kind::kFake, Kind::kSqlite, Kind::kPostgres),
                         [](const auto& info) { return ::testing::PrintToString(info.param); });

TEST_P(RecordsStoreTest, FindsWhatWasInserted) {
  FASSERT_OK(Insert(Plan("621126-A", "open/1", 3), "低保户"));
  const std::optional<Record> found = Find("621126-A");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->body, "低保户");
  EXPECT_EQ(found->revision, 1);
  EXPECT_EQ(found->header.division, "621126001001");
  EXPECT_EQ(found->header.household_id, kHousehold);
  EXPECT_EQ(found->header.state, 3);
  EXPECT_EQ(found->header.slot, "open/1");
  EXPECT_FALSE(Find("621126-a").has_value());
}

TEST_P(RecordsStoreTest, SecondInsertIsRefused) {
  FASSERT_OK(Insert(Plan("621126-A")));
  EXPECT_THAT(Insert(Plan("621126-A")), ErrorIs(absl::StatusCode::kAlreadyExists, "RECORD_EXISTS"));
}

TEST_P(RecordsStoreTest, SlotIsHeldByOneRecordAndCanBePassedOn) {
  FASSERT_OK(Insert(Plan("621126-A", "open/1")));
  EXPECT_THAT(Insert(Plan("621126-B", "open/1")),
              ErrorIs(absl::StatusCode::kAlreadyExists, "RECORD_SLOT_TAKEN"));
  FASSERT_OK(Insert(Plan("621126-B")));
  EXPECT_THAT(Update(Plan("621126-B", "open/1"), "b", 1),
              ErrorIs(absl::StatusCode::kAlreadyExists, "RECORD_SLOT_TAKEN"));
  FASSERT_OK(Update(Plan("621126-A"), "a", 1));
  FASSERT_OK(Update(Plan("621126-B", "open/1"), "b", 1));
  std::string holder;
  FASSERT_OK(store_->Read([&](View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto record, view.InSlot(kPlans, "open/1"));
    holder = record ? record->header.id : "";
    return absl::OkStatus();
  }));
  EXPECT_EQ(holder, "621126-B");
}

TEST_P(RecordsStoreTest, UpdateNeedsTheRevisionItRead) {
  FASSERT_OK(Insert(Plan("621126-A"), "one"));
  EXPECT_THAT(Update(Plan("621126-A", "", 2), "two", 1), testing::IsOkAndHolds(2));
  EXPECT_THAT(Update(Plan("621126-A", "", 3), "three", 1),
              ErrorIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(Update(Plan("621126-B"), "x", 1),
              ErrorIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(Find("621126-A")->body, "two");
  EXPECT_EQ(Find("621126-A")->header.state, 2);
}

TEST_P(RecordsStoreTest, HistoryKeepsEveryVersionWithItsAuthor) {
  FASSERT_OK(Insert(Plan("621126-A"), "one"));
  ctx_.principal.subject = "li";
  ctx_.now += absl::Hours(1);
  FASSERT_OK(Update(Plan("621126-A"), "two", 1));
  std::vector<Revision> history;
  FASSERT_OK(store_->Read([&](View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(history, view.History(kPlans, "621126-A"));
    return absl::OkStatus();
  }));
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].actor, "zhang");
  EXPECT_EQ(history[0].body, "one");
  EXPECT_EQ(history[1].actor, "li");
  EXPECT_EQ(history[1].body, "two");
  EXPECT_EQ(history[1].number, 2);
  EXPECT_EQ(history[1].time - history[0].time, absl::Hours(1));
}

TEST_P(RecordsStoreTest, ListsSubtreesInIdOrderWithoutRepeats) {
  FASSERT_OK(Insert(Plan("621126-C", "", 1, "621126001002")));
  FASSERT_OK(Insert(Plan("621126-A", "", 2, "621126001001")));
  FASSERT_OK(Insert(Plan("621126-B", "", 1, "621126002001")));
  FASSERT_OK(Insert(Plan("621121-Z", "", 1, "621121001001")));
  EXPECT_THAT(List({.divisions = {"621100000000"}, .limit = 10}),
              ElementsAre("621121-Z", "621126-A", "621126-B", "621126-C"));
  EXPECT_THAT(List({.divisions = {"621126001000", "621126000000", "621121001001"}, .limit = 3}),
              ElementsAre("621121-Z", "621126-A", "621126-B"));
  EXPECT_THAT(List({.divisions = {"621126001000"}, .limit = 10}),
              ElementsAre("621126-A", "621126-C"));
  EXPECT_THAT(List({.divisions = {"621126000000"}, .after = "621126-A", .limit = 1}),
              ElementsAre("621126-B"));
  EXPECT_THAT(List({.divisions = {"621126000000"}, .states = {2, 5}, .limit = 10}),
              ElementsAre("621126-A"));
  EXPECT_THAT(List({.limit = 10}), IsEmpty());
}

TEST_P(RecordsStoreTest, ListsTheRecordsOfOneHousehold) {
  FASSERT_OK(Insert(Plan("621126-A", "", 5)));
  FASSERT_OK(Insert(Plan("621126-B", "", 1)));
  Header other = Plan("621126-C");
  other.household_id = "621126001001000002";
  FASSERT_OK(Insert(other));
  Query query = {.divisions = {"621126000000"}, .household_id = kHousehold, .limit = 10};
  EXPECT_THAT(List(query), ElementsAre("621126-A", "621126-B"));
  query.after = "621126-A";
  EXPECT_THAT(List(query), ElementsAre("621126-B"));
  query = {.divisions = {"621121000000"}, .household_id = kHousehold, .limit = 10};
  EXPECT_THAT(List(query), IsEmpty());
}

TEST_P(RecordsStoreTest, CountsByState) {
  FASSERT_OK(Insert(Plan("621126-A", "", 1)));
  FASSERT_OK(Insert(Plan("621126-B", "", 4)));
  FASSERT_OK(Insert(Plan("621126-C", "", 4)));
  std::map<int64_t, int64_t> counts;
  FASSERT_OK(store_->Read([&](View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(counts, view.CountByState(kPlans));
    return absl::OkStatus();
  }));
  EXPECT_THAT(counts, ElementsAre(std::pair(1, 1), std::pair(4, 2)));
}

TEST_P(RecordsStoreTest, FailedWriteLeavesNothing) {
  EXPECT_THAT(store_->Write(ctx_,
                            [&](Tx& tx) -> absl::Status {
                              FANGPIN_RETURN_IF_ERROR(tx.Insert(kPlans, Plan("621126-A"), "x"));
                              FANGPIN_RETURN_IF_ERROR(tx.Enqueue(
                                  {.id = "e1", .key = kHousehold, .kind = "k", .payload = "p"}));
                              return absl::FailedPreconditionError("no");
                            }),
              testing::StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(Find("621126-A").has_value());
  if (database_ != nullptr) {
    FASSERT_OK_AND_ASSIGN(const outbox::Depth depth, outbox::ReadDepth(*database_));
    EXPECT_EQ(depth.pending, 0);
  } else {
    EXPECT_THAT(static_cast<FakeStore*>(store_.get())->effects(), IsEmpty());
  }
}

TEST_P(RecordsStoreTest, EffectIsKeptOnceWithTheChange) {
  const Effect effect = {.id = "e1", .key = kHousehold, .kind = "k", .payload = "p"};
  FASSERT_OK(store_->Write(ctx_, [&](Tx& tx) { return tx.Enqueue(effect); }));
  EXPECT_THAT(store_->Write(ctx_, [&](Tx& tx) { return tx.Enqueue(effect); }),
              testing::StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_P(RecordsStoreTest, RepeatedRequestGetsTheFirstAnswer) {
  Note request;
  request.set_request_id("q1");
  request.set_text("first");
  int runs = 0;
  const auto write = [&]() {
    return WriteOnce<Note>(*store_, ctx_, "Plan/Update", request, [&](Tx&) -> absl::StatusOr<Note> {
      Note answer;
      answer.set_text("answer " + std::to_string(++runs));
      return answer;
    });
  };
  FASSERT_OK_AND_ASSIGN(Note answer, write());
  EXPECT_EQ(answer.text(), "answer 1");
  ctx_.now += absl::Hours(24);
  FASSERT_OK_AND_ASSIGN(answer, write());
  EXPECT_EQ(answer.text(), "answer 1");

  request.set_text("second");
  EXPECT_THAT(write(), ErrorIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  ctx_.principal.subject = "li";
  FASSERT_OK_AND_ASSIGN(answer, write());
  EXPECT_EQ(answer.text(), "answer 2");
  ctx_.now += kAnswerLife + absl::Seconds(1);
  FASSERT_OK_AND_ASSIGN(answer, write());
  EXPECT_EQ(answer.text(), "answer 3");

  request.set_request_id("");
  FASSERT_OK(write());
  FASSERT_OK_AND_ASSIGN(answer, write());
  EXPECT_EQ(answer.text(), "answer 5");
  request.set_request_id(std::string(65, 'x'));
  EXPECT_THAT(write(), ErrorIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_TOO_LONG"));
}

TEST_P(RecordsStoreTest, CollectionMovesTheEtagWithTheRevision) {
  const Collection<Note> notes("note", [](const Note& note) {
    return Header{.id = note.id(), .division = "621126001001", .household_id = kHousehold};
  });
  Note note;
  note.set_id("621126-N");
  note.set_text("a");
  FASSERT_OK(store_->Write(ctx_, [&](Tx& tx) { return notes.Insert(tx, note); }));
  EXPECT_EQ(note.etag(), "r1");
  Note stale = note;
  note.set_text("b");
  FASSERT_OK(store_->Write(ctx_, [&](Tx& tx) {
    Note attempt = note;
    const absl::Status status = notes.Update(tx, attempt);
    EXPECT_EQ(attempt.etag(), "r2");
    return status;
  }));
  EXPECT_THAT(store_->Write(ctx_,
                            [&](Tx& tx) {
                              Note attempt = stale;
                              return notes.Update(tx, attempt);
                            }),
              ErrorIs(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  FASSERT_OK(store_->Read([&](View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto found, notes.Find(view, "621126-N"));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), "b");
    EXPECT_EQ(found->etag(), "r2");
    return absl::OkStatus();
  }));
}

TEST_P(RecordsStoreTest, OneOfManyWritersTakesASlot) {
  std::atomic<int> taken = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      const absl::Status status = Insert(Plan("621126-" + std::to_string(i), "open/1"));
      if (status.ok()) ++taken;
      if (base::Reason(status) == "RECORD_SLOT_TAKEN") ++refused;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(refused, 7);
}

TEST_P(RecordsStoreTest, NoWriterOverwritesAnother) {
  FASSERT_OK(Insert(Plan("621126-A"), ""));
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      FEXPECT_OK(store_->Write(ctx_, [&](Tx& tx) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(const auto record, tx.Find(kPlans, "621126-A"));
        return tx.Update(kPlans, record->header, record->body + "x", record->revision).status();
      }));
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(Find("621126-A")->body, "xxxx");
  EXPECT_EQ(Find("621126-A")->revision, 5);
}

TEST_P(RecordsStoreTest, EveryStatementPrepares) {
  if (database_ == nullptr) return;
  sql::ExpectEveryStatementPrepares(*database_, records_sql::kAllStatements);
}

TEST_P(RecordsStoreTest, BodiesAreSealedAndBoundToTheirRecord) {
  if (database_ == nullptr) return;
  FASSERT_OK(Insert(Plan("621126-A"), "王某某"));
  FASSERT_OK(Insert(Plan("621126-B"), "李某某"));
  std::string sealed;
  FASSERT_OK(database_->Write([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row,
                             tx.First(records_sql::kFindRecord, kPlans, "621126-A"));
    sealed = std::string(row->Bytes(6));
    return tx
        .Execute(records_sql::kUpdateRecord, kPlans, "621126-B", 1, 1, nullptr, 0,
                 sql::Blob{sealed})
        .status();
  }));
  EXPECT_EQ(sealed.find("王某某"), std::string::npos);
  EXPECT_THAT(store_->Read([](View& view) { return view.Find(kPlans, "621126-B").status(); }),
              ErrorIs(absl::StatusCode::kDataLoss, "SEAL_TAMPERED"));
}

TEST(Visible, NarrowsToWhatThePrincipalMaySee) {
  const base::Principal principal = {.divisions = {"621126001000", "621126002000"}};
  EXPECT_THAT(Visible(principal, ""), ElementsAre("621126001000", "621126002000"));
  EXPECT_THAT(Visible(principal, "621126001001"), ElementsAre("621126001001"));
  EXPECT_THAT(Visible(principal, "621126000000"), ElementsAre("621126001000", "621126002000"));
  EXPECT_THAT(Visible(principal, "621121000000"), IsEmpty());
}

TEST(Etag, IsTheRevisionAndBack) {
  EXPECT_EQ(RevisionOf(EtagOf(7)), 7);
  EXPECT_EQ(RevisionOf(""), 0);
  EXPECT_EQ(RevisionOf("7"), 0);
  EXPECT_EQ(RevisionOf("rx"), 0);
}

}  // namespace
}  // namespace fangpin::records
