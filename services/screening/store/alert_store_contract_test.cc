#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/division.h"
#include "libs/base/id.h"
#include "libs/records/sql_store.h"
#include "libs/seal/sealer.h"
#include "libs/sql/engine_test.h"
#include "libs/sql/statement_check.h"
#include "libs/testing/people.h"
#include "libs/testing/status_matchers.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/fake_alert_store.h"
#include "services/screening/store/sql_alert_store.h"
#include "sql/screening_sql.h"

namespace fangpin::screening {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kKeys[] =
    "seal 00000001 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "active 00000001\n"
    "fingerprint 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n";
constexpr char kCounty[] = "621126000000";
constexpr char kVillage[] = "621126100201";
constexpr char kHousehold[] = "621126100201000001";
const absl::Time kNow = absl::FromUnixSeconds(1'710'000'000);

enum class Kind { kFake, kSqlite, kPostgres };

void PrintTo(Kind kind, std::ostream* out) {
  *out << (kind == Kind::kFake ? "Fake" : kind == Kind::kSqlite ? "Sqlite" : "Postgres");
}

class AlertStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kFake) {
      fake_ = std::make_unique<FakeAlertStore>();
      store_ = fake_.get();
      return;
    }
    sql::Options options;
    if (GetParam() == Kind::kSqlite) {
      options.uri = "sqlite:" + File();
    } else {
      FANGPIN_TEST_SERVER(space_, testing::TestPostgres());
      options.uri = space_->uri();
      options.schema = space_->schema();
    }
    FASSERT_OK_AND_ASSIGN(database_, sql::Open(options));
    FASSERT_OK(MigrateScreening(*database_));
    records_ = std::make_unique<records::SqlStore>(database_.get(), &sealer_);
    sql_ = std::make_unique<SqlAlertStore>(database_.get(), records_.get(), &sealer_);
    store_ = sql_.get();
  }

  std::string File() const { return directory_.File("screening.db"); }

  static base::CallContext Context() {
    base::CallContext ctx;
    ctx.principal.subject = "feed";
    ctx.now = kNow;
    return ctx;
  }

  static NewAlert Alert(std::string source, int64_t version = 1, int person = 1,
                        std::string division = kCounty) {
    NewAlert alert;
    alert.id = base::NewId(base::CountyOf(division), kNow);
    alert.feed_id = "severe_illness";
    alert.version = version;
    alert.id_number = testing::MakeIdNumber("621126", absl::CivilDay(1970, 3, 4), person);
    alert.event_on = "2024-03-01";
    alert.division = std::move(division);
    alert.accept_time = kNow;
    alert.content.set_source_id(std::move(source));
    alert.content.add_columns("sfzh");
    alert.content.add_values(alert.id_number);
    (*alert.content.mutable_codes())["illness_class"] = "SEVERE";
    (*alert.content.mutable_numbers())["amount"] = 7;
    return alert;
  }

  absl::Status Insert(std::vector<NewAlert> alerts) {
    return store_->Write(Context(), [&](AlertTx& tx) { return tx.Insert(alerts); });
  }

  absl::Status Settle(std::vector<SettledAlert> alerts) {
    return store_->Write(Context(), [&](AlertTx& tx) { return tx.Settle(alerts); });
  }

  std::vector<OpenAlert> Open(bool again = false, std::string_view after = {}, int limit = 100) {
    std::vector<OpenAlert> open;
    EXPECT_THAT(store_->Read([&](AlertView& view) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(open, view.ListOpen(again, after, limit));
      return absl::OkStatus();
    }),
                IsOk());
    return open;
  }

  AlertPage List(AlertQuery query) {
    AlertPage page;
    EXPECT_THAT(store_->Read([&](AlertView& view) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(page, view.List(query));
      return absl::OkStatus();
    }),
                IsOk());
    return page;
  }
  static AlertQuery Everything() {
    AlertQuery query;
    query.divisions = {"620000000000"};
    query.limit = 100;
    return query;
  }
  static SettledAlert Matched(const NewAlert& alert, v1::AlertState state) {
    return {.id = alert.id,
            .state = state,
            .household_id = kHousehold,
            .person_id = std::string(kHousehold) + "-01",
            .division = kVillage,
            .clue_id = state == v1::ALERT_STATE_CLUE ? "621126-CLUE" : "",
            .judgement = "新登记大病或慢性病",
            .settle_time = kNow};
  }

  testing::TempDir directory_;
  std::unique_ptr<testing::PostgresSpace> space_;
  const seal::Sealer sealer_{seal::KeyRing::Parse(kKeys).value()};
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<records::SqlStore> records_;
  std::unique_ptr<SqlAlertStore> sql_;
  std::unique_ptr<FakeAlertStore> fake_;
  AlertStore* store_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Stores, AlertStoreTest,
                         ::testing::Values(Kind::kFake, Kind::kSqlite, Kind::kPostgres),
                         [](const auto& info) { return ::testing::PrintToString(info.param); });

TEST_P(AlertStoreTest, AnAlertComesBackAsItWasTaken) {
  NewAlert alert = Alert("源-Ä");
  alert.amount_fen = 12345;
  FASSERT_OK(Insert({alert}));
  const auto open = Open();
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].id, alert.id);
  EXPECT_EQ(open[0].feed_id, "severe_illness");
  EXPECT_EQ(open[0].event_on, "2024-03-01");
  EXPECT_EQ(open[0].amount_fen, 12345);
  EXPECT_EQ(open[0].state, v1::ALERT_STATE_PENDING);
  EXPECT_EQ(open[0].accept_time, kNow);
  EXPECT_EQ(open[0].content.codes().at("illness_class"), "SEVERE");
  EXPECT_EQ(open[0].content.numbers().at("amount"), 7);
  const AlertPage page = List(Everything());
  ASSERT_THAT(page.alerts, SizeIs(1));
  EXPECT_EQ(page.alerts[0].source_id(), "源-Ä");
  EXPECT_EQ(page.alerts[0].amount_fen(), 12345);
  EXPECT_EQ(page.alerts[0].division(), "");
  EXPECT_FALSE(page.alerts[0].has_settle_time());
}

TEST_P(AlertStoreTest, PeopleHaveOneFingerprintWhateverTheFeed) {
  NewAlert other = Alert("b", 1, 1);
  other.feed_id = "employment";
  FASSERT_OK(Insert({Alert("a", 1, 1), other, Alert("c", 1, 2)}));
  const auto open = Open();
  ASSERT_THAT(open, SizeIs(3));
  EXPECT_EQ(open[0].fingerprint, open[1].fingerprint);
  EXPECT_NE(open[0].fingerprint, open[2].fingerprint);
}

TEST_P(AlertStoreTest, VersionsOfASourceAreFoundByFeedAndExactId) {
  NewAlert same_id_elsewhere = Alert("a");
  same_id_elsewhere.feed_id = "employment";
  const NewAlert first = Alert("a", 1), second = Alert("a", 2), other = Alert("A");
  FASSERT_OK(Insert({first, second, other, same_id_elsewhere}));
  std::vector<StoredVersion> found;
  FASSERT_OK(store_->Read([&](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(
        found, view.FindVersions({{"severe_illness", "nothing"}, {"severe_illness", "a"}}));
    return absl::OkStatus();
  }));
  ASSERT_THAT(found, SizeIs(2));
  for (const StoredVersion& version : found) {
    EXPECT_EQ(version.source, 1u);
    EXPECT_EQ(version.alert_id, version.version == 1 ? first.id : second.id);
  }
}

TEST_P(AlertStoreTest, ASecondAlertOfOneVersionIsAlreadyThereAndNothingOfTheBatchIsKept) {
  FASSERT_OK(Insert({Alert("a")}));
  EXPECT_TRUE(absl::IsAlreadyExists(Insert({Alert("b"), Alert("a")})));
  EXPECT_THAT(Open(), SizeIs(1));
}

TEST_P(AlertStoreTest, AWriteThatFailsLeavesNeitherAlertsNorRecords) {
  const absl::Status status = store_->Write(Context(), [&](AlertTx& tx) -> absl::Status {
    v1::RiskClue clue;
    clue.set_id(base::NewId("621126", kNow));
    clue.set_division(kVillage);
    clue.set_household_id(kHousehold);
    clue.set_state(v1::CLUE_STATE_DISPATCHED);
    FANGPIN_RETURN_IF_ERROR(tx.Insert({Alert("a")}));
    FANGPIN_RETURN_IF_ERROR(Clues().Insert(tx.records(), clue));
    return absl::CancelledError("changed my mind");
  });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_THAT(Open(), IsEmpty());
  FASSERT_OK(store_->Write(Context(), [&](AlertTx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto clue, Clues().InSlot(tx.records(), kHousehold));
    EXPECT_FALSE(clue.has_value());
    return absl::OkStatus();
  }));
}

TEST_P(AlertStoreTest, SettledAlertsLeaveTheQueueAndUnmatchedOnesAreListedAgain) {
  const NewAlert a = Alert("a"), b = Alert("b"), c = Alert("c"), d = Alert("d");
  FASSERT_OK(Insert({a, b, c, d}));
  FASSERT_OK(Settle(
      {Matched(a, v1::ALERT_STATE_CLUE),
       {.id = b.id, .state = v1::ALERT_STATE_UNMATCHED, .division = kCounty, .settle_time = kNow},
       Matched(c, v1::ALERT_STATE_FACT_MISSING)}));
  ASSERT_THAT(Open(), SizeIs(1));
  EXPECT_EQ(Open()[0].id, d.id);
  const auto again = Open(/*again=*/true);
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0].id, b.id);
  EXPECT_EQ(again[1].state, v1::ALERT_STATE_FACT_MISSING);
  std::map<std::string, v1::AlertState> states;
  FASSERT_OK(store_->Write(Context(), [&](AlertTx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(states, tx.States({a.id, d.id, base::NewId("621126", kNow)}));
    return absl::OkStatus();
  }));
  EXPECT_THAT(states, SizeIs(2));
  EXPECT_EQ(states[a.id], v1::ALERT_STATE_CLUE);
  EXPECT_EQ(states[d.id], v1::ALERT_STATE_PENDING);
}

TEST_P(AlertStoreTest, TheQueueIsReadInOrderFromAnyPlace) {
  std::vector<NewAlert> alerts;
  for (int i = 0; i < 5; ++i) alerts.push_back(Alert(std::to_string(i)));
  FASSERT_OK(Insert(alerts));
  const auto first = Open(false, "", 2);
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].id, alerts[0].id);
  const auto rest = Open(false, first[1].id, 10);
  ASSERT_THAT(rest, SizeIs(3));
  EXPECT_EQ(rest[2].id, alerts[4].id);
}

TEST_P(AlertStoreTest, ListsAreFilteredByEverythingAndPagedAcrossCounties) {
  const NewAlert a = Alert("a"), b = Alert("b"), c = Alert("c", 1, 1, "621102000000");
  FASSERT_OK(Insert({a, b, c}));
  FASSERT_OK(Settle({Matched(a, v1::ALERT_STATE_CLUE)}));
  const auto sources = [this](AlertQuery query) {
    std::vector<std::string> found;
    query.limit = 1;
    for (AlertPage page = List(query); !page.alerts.empty(); page = List(query)) {
      found.push_back(page.alerts[0].source_id());
      query.after = page.last;
    }
    return found;
  };
  AlertQuery query = Everything();
  EXPECT_THAT(sources(query), ElementsAre("c", "a", "b"));
  query.divisions = {kCounty};
  EXPECT_THAT(sources(query), ElementsAre("a", "b"));
  query.divisions = {kVillage};
  EXPECT_THAT(sources(query), ElementsAre("a"));
  query.divisions = {kVillage, kCounty, "621102000000"};
  EXPECT_THAT(sources(query), ElementsAre("c", "a", "b"));
  query.divisions = {};
  EXPECT_THAT(sources(query), IsEmpty());
  query = Everything();
  query.household_id = kHousehold;
  EXPECT_THAT(sources(query), ElementsAre("a"));
  query = Everything();
  query.states = {v1::ALERT_STATE_PENDING, v1::ALERT_STATE_UNMATCHED};
  EXPECT_THAT(sources(query), ElementsAre("c", "b"));
  query = Everything();
  query.feed_id = "employment";
  EXPECT_THAT(sources(query), IsEmpty());
  const v1::Alert settled = List(Everything()).alerts[1];
  EXPECT_EQ(settled.household_id(), kHousehold);
  EXPECT_EQ(settled.division(), kVillage);
  EXPECT_EQ(settled.clue_id(), "621126-CLUE");
  EXPECT_TRUE(settled.has_settle_time());
}

TEST_P(AlertStoreTest, AmountsAddUpWithinTheRangeAndSupersededOnesAreTakenOut) {
  const NewAlert a = Alert("a"), b = Alert("b"), c = Alert("c");
  FASSERT_OK(Insert({a, b, c}));
  const std::string person = std::string(kHousehold) + "-01";
  const auto amount = [&](const NewAlert& alert, std::string day, int64_t fen) {
    return Amount{person, alert.feed_id, "INPATIENT", day, alert.id, fen};
  };
  AmountRange range = {person, "severe_illness", "INPATIENT", "2024-01-01", "2024-12-31", c.id};
  int64_t all = 0, up_to_b = 0, other_kind = 0, after = 0;
  FASSERT_OK(store_->Write(Context(), [&](AlertTx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.Settle({Matched(a, v1::ALERT_STATE_BELOW_THRESHOLD),
                                       Matched(b, v1::ALERT_STATE_BELOW_THRESHOLD),
                                       Matched(c, v1::ALERT_STATE_BELOW_THRESHOLD)}));
    FANGPIN_RETURN_IF_ERROR(tx.AddAmounts(
        {amount(a, "2024-01-01", 1), amount(b, "2024-12-31", 20), amount(c, "2023-12-31", 300)}));
    FANGPIN_RETURN_IF_ERROR(tx.AddAmounts({amount(a, "2024-01-01", 5000)}));
    FANGPIN_ASSIGN_OR_RETURN(all, tx.SumAmounts(range));
    range.up_to_alert = a.id;
    FANGPIN_ASSIGN_OR_RETURN(up_to_b, tx.SumAmounts(range));
    range.up_to_alert = c.id;
    range.kind = "OUTPATIENT";
    FANGPIN_ASSIGN_OR_RETURN(other_kind, tx.SumAmounts(range));
    range.kind = "INPATIENT";
    FANGPIN_RETURN_IF_ERROR(tx.Supersede({b.id}, kNow));
    FANGPIN_ASSIGN_OR_RETURN(after, tx.SumAmounts(range));
    return absl::OkStatus();
  }));
  EXPECT_EQ(all, 21);
  EXPECT_EQ(up_to_b, 1);
  EXPECT_EQ(other_kind, 0);
  EXPECT_EQ(after, 1);
  AlertQuery query = Everything();
  query.states = {v1::ALERT_STATE_SUPERSEDED};
  EXPECT_THAT(List(query).alerts, SizeIs(1));
}

TEST_P(AlertStoreTest, FeedsAddUpTheirBatches) {
  FASSERT_OK(Insert({Alert("a")}));
  FASSERT_OK(store_->Write(Context(), [&](AlertTx& tx) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(tx.AddPush({"severe_illness", 2, "2024-03-05", kNow}));
    return tx.AddPush({"severe_illness", 3, "2024-03-01", kNow + absl::Minutes(1)});
  }));
  std::map<std::string, FeedStatus> statuses;
  FASSERT_OK(store_->Read([&](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(statuses, view.FeedStatuses());
    return absl::OkStatus();
  }));
  ASSERT_THAT(statuses, SizeIs(1));
  const FeedStatus& status = statuses["severe_illness"];
  EXPECT_EQ(status.accepted, 5);
  EXPECT_EQ(status.pending, 1);
  EXPECT_EQ(status.watermark, "2024-03-05");
  EXPECT_EQ(status.last_push, kNow + absl::Minutes(1));
}

TEST_P(AlertStoreTest, AFullBatchGoesInAndComesBack) {
  std::vector<NewAlert> alerts;
  std::vector<Source> sources;
  for (int i = 0; i < 1000; ++i) {
    alerts.push_back(Alert("s" + std::to_string(i)));
    sources.push_back({"severe_illness", "s" + std::to_string(i)});
  }
  FASSERT_OK(Insert(alerts));
  std::vector<StoredVersion> found;
  FASSERT_OK(store_->Read([&](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(found, view.FindVersions(sources));
    return absl::OkStatus();
  }));
  ASSERT_THAT(found, SizeIs(1000));
  for (const StoredVersion& version : found) {
    EXPECT_EQ(version.alert_id, alerts[version.source].id);
  }
  EXPECT_THAT(Open(false, "", 2000), SizeIs(1000));
}

// The file of SQLite stands for all.
class AlertFileTest : public AlertStoreTest {};
INSTANTIATE_TEST_SUITE_P(Sqlite, AlertFileTest, ::testing::Values(Kind::kSqlite));

TEST_P(AlertFileTest, HoldsNoPersonAndNoSourceInTheClear) {
  const NewAlert alert = Alert("SOURCE-THAT-NAMES-SOMEBODY");
  FASSERT_OK(Insert({alert}));
  store_ = nullptr;
  sql_.reset();
  records_.reset();
  database_.reset();
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream in(File() + suffix, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.find(alert.id_number), std::string::npos);
    EXPECT_EQ(bytes.find("SOURCE-THAT-NAMES-SOMEBODY"), std::string::npos);
    EXPECT_EQ(bytes.find("SEVERE"), std::string::npos);
  }
}

class ScreeningSqlTest : public sql::EngineTest {};
FANGPIN_INSTANTIATE_ENGINES(ScreeningSqlTest);

TEST_P(ScreeningSqlTest, EveryStatementPrepares) {
  auto database = OpenDatabase();
  ASSERT_NE(database, nullptr);
  FASSERT_OK(MigrateScreening(*database));
  sql::ExpectEveryStatementPrepares(*database, screening_sql::kAllStatements);
}

TEST_P(ScreeningSqlTest, ADatabaseKeepsItsIdentity) {
  auto database = OpenDatabase();
  ASSERT_NE(database, nullptr);
  FASSERT_OK(MigrateScreening(*database));
  FASSERT_OK_AND_ASSIGN(const std::string identity, StoreIdentity(*database));
  FASSERT_OK(MigrateScreening(*database));
  EXPECT_THAT(StoreIdentity(*database), testing::IsOkAndHolds(identity));
}

}  // namespace
}  // namespace fangpin::screening
