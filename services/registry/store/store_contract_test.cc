#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/id_key.h"
#include "libs/sql/statement_check.h"
#include "libs/testing/people.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/household.h"
#include "services/registry/store/store_fixture.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::fangpin::testing::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

std::string IdNumber(int sequence) {
  return testing::MakeIdNumber("621126", absl::CivilDay(1980, 3, 12), sequence);
}

absl::Time At(int second) { return absl::FromUnixSeconds(1'700'000'000 + second); }

// Promises of RegistryStore, on every implementation.
class RegistryStoreTest : public StoreFixture {
 protected:
  static pb::Household Household(std::string id, std::string division, std::vector<int> people) {
    pb::Household h;
    h.set_id(std::move(id));
    h.set_division(std::move(division));
    h.set_national_id("N" + h.id());
    h.mutable_monitoring()->set_state(policy::v1::MONITORING_STATE_NOT_MONITORED);
    h.set_kind(policy::v1::HOUSEHOLD_KIND_ORDINARY);
    for (const int sequence : people) {
      pb::Person& person = *h.add_members();
      person.set_name("测试甲");
      person.set_id_number(IdNumber(sequence));
      person.mutable_membership()->set_active(true);
    }
    AssignPersonIds(nullptr, &h);
    return h;
  }

  static HouseholdChange Change(const pb::Household* before, pb::Household after) {
    return {before, MakeRevision(before, std::move(after), At(1), "desk", "测试")};
  }

  absl::Status Put(const std::vector<HouseholdChange>& changes) {
    return store().Write([&](RegistryWriter& writer) { return writer.Put(changes); });
  }
  absl::Status Create(pb::Household household) {
    return Put({Change(nullptr, std::move(household))});
  }

  template <typename T>
  T Read(std::function<absl::StatusOr<T>(RegistryReader&)> get) {
    T result{};
    const absl::Status status = store().Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(result, get(reader));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }
  std::optional<pb::Household> Get(const std::string& id) {
    return Read<std::vector<std::optional<pb::Household>>>(
        [&](RegistryReader& r) { return r.Households({id}); })[0];
  }
  std::optional<PersonEntry> Find(int sequence) {
    return Read<std::vector<std::optional<PersonEntry>>>(
        [&](RegistryReader& r) { return r.PersonsByIdNumber({IdNumber(sequence)}); })[0];
  }
  std::vector<std::string> ListIds(HouseholdQuery query) {
    std::vector<std::string> ids;
    const HouseholdPart part =
        Read<HouseholdPart>([&](RegistryReader& r) { return r.ListHouseholds(query); });
    for (const pb::Household& h : part.households) ids.push_back(h.id());
    return ids;
  }

  const std::string a_ = "621126100201000001";
  const std::string b_ = "621126100201000002";
  const std::string c_ = "621126200201000001";
};

INSTANTIATE_TEST_SUITE_P(Stores, RegistryStoreTest, kEveryStore, StoreName);

TEST_P(RegistryStoreTest, EveryStatementPrepares) {
  if (GetParam() == StoreKind::kFake) return;
  sql::ExpectEveryStatementPrepares(*database(), registry_sql::kAllStatements);
}

TEST_P(RegistryStoreTest, GivesBackWhatWasPut) {
  const HouseholdChange change = Change(nullptr, Household(a_, "621126100201", {1, 2}));
  FASSERT_OK(Put({change}));
  ASSERT_TRUE(Get(a_).has_value());
  EXPECT_THAT(*Get(a_), EqualsProto(change.revision.household()));
  EXPECT_EQ(Get(b_), std::nullopt);
}

TEST_P(RegistryStoreTest, ManyAreFoundInTheOrderAsked) {
  std::vector<HouseholdChange> changes;
  std::vector<std::string> ids;
  std::vector<std::string> numbers;
  for (int i = 0; i < 130; ++i) {
    ids.push_back("621126100201" + std::to_string(100000 + i));
    numbers.push_back(IdNumber(i));
    changes.push_back(Change(nullptr, Household(ids.back(), "621126100201", {i})));
  }
  FASSERT_OK(Put(changes));
  std::reverse(ids.begin(), ids.end());
  std::reverse(numbers.begin(), numbers.end());
  ids.insert(ids.begin() + 60, "621126100201999999");
  numbers.insert(numbers.begin() + 60, IdNumber(999));
  const auto households = Read<std::vector<std::optional<pb::Household>>>(
      [&](RegistryReader& r) { return r.Households(ids); });
  const auto persons = Read<std::vector<std::optional<PersonEntry>>>(
      [&](RegistryReader& r) { return r.PersonsByIdNumber(numbers); });
  ASSERT_THAT(households, SizeIs(131));
  ASSERT_THAT(persons, SizeIs(131));
  for (size_t i = 0; i < ids.size(); ++i) {
    ASSERT_EQ(households[i].has_value(), i != 60) << i;
    ASSERT_EQ(persons[i].has_value(), i != 60) << i;
    if (i == 60) continue;
    EXPECT_EQ(households[i]->id(), ids[i]);
    EXPECT_EQ(persons[i]->match.household_id(), ids[i]);
  }
}

TEST_P(RegistryStoreTest, RevisionsStayAsTheyWere) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1})));
  const pb::Household first = *Get(a_);
  pb::Household after = first;
  after.set_address("上街12号");
  FASSERT_OK(Put({Change(&first, after)}));
  EXPECT_EQ(Get(a_)->revision(), 2);
  EXPECT_EQ(Get(a_)->address(), "上街12号");
  const auto revisions =
      Read<std::vector<pb::Revision>>([&](RegistryReader& r) { return r.Revisions(a_, 0, 10); });
  ASSERT_THAT(revisions, SizeIs(2));
  EXPECT_THAT(revisions[0].household(), EqualsProto(first));
  EXPECT_THAT(revisions[1].changed_fields(), ElementsAre("address"));
  EXPECT_THAT(
      Read<std::vector<pb::Revision>>([&](RegistryReader& r) { return r.Revisions(a_, 1, 10); }),
      SizeIs(1));
  EXPECT_THAT(
      Read<std::vector<pb::Revision>>([&](RegistryReader& r) { return r.Revisions(a_, 0, 1); }),
      SizeIs(1));
  const auto past =
      Read<std::optional<pb::Revision>>([&](RegistryReader& r) { return r.RevisionAt(a_, 1); });
  ASSERT_TRUE(past.has_value());
  EXPECT_THAT(past->household(), EqualsProto(first));
  EXPECT_FALSE(Read<std::optional<pb::Revision>>([&](RegistryReader& r) {
                 return r.RevisionAt(a_, 3);
               }).has_value());
}

TEST_P(RegistryStoreTest, ASecondInsertOfAHouseholdFails) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1})));
  pb::Household other = Household(b_, "621126100201", {2});
  other.set_national_id("N" + a_);
  EXPECT_THAT(Create(other), ErrorIs(absl::StatusCode::kAlreadyExists, "HOUSEHOLD_NUMBER_EXISTS"));
  EXPECT_EQ(Get(b_), std::nullopt);
  EXPECT_EQ(Find(2), std::nullopt);
}

TEST_P(RegistryStoreTest, HouseholdsWithoutANumberDoNotCollide) {
  for (const std::string& id : {a_, b_}) {
    pb::Household h = Household(id, "621126100201", {id == a_ ? 1 : 2});
    h.clear_national_id();
    FEXPECT_OK(Create(h));
  }
  EXPECT_EQ(Read<std::vector<std::optional<std::string>>>(
                [&](RegistryReader& r) { return r.HouseholdIdsByNationalId({"N" + a_}); })[0],
            std::nullopt);
}

TEST_P(RegistryStoreTest, NumbersAreCaseSensitiveAndMayBeChinese) {
  int person = 1;
  for (const std::string number : {"ab", "AB", "户一"}) {
    pb::Household h =
        Household("62112610020100000" + std::to_string(person), "621126100201", {person});
    ++person;
    h.set_national_id(number);
    FEXPECT_OK(Create(h));
  }
  const auto ids = Read<std::vector<std::optional<std::string>>>([&](RegistryReader& r) {
    return r.HouseholdIdsByNationalId({"户一", "aB", "AB"});
  });
  EXPECT_THAT(ids, ElementsAre("621126100201000003", std::nullopt, "621126100201000002"));
}

TEST_P(RegistryStoreTest, APersonIsInOneHousehold) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1, 2})));
  EXPECT_THAT(Create(Household(b_, "621126100201", {3, 2})),
              ErrorIs(absl::StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
  EXPECT_EQ(Get(b_), std::nullopt);
  EXPECT_EQ(Find(3), std::nullopt);
  ASSERT_TRUE(Find(2).has_value());
  EXPECT_EQ(Find(2)->match.household_id(), a_);
  EXPECT_EQ(Find(2)->match.person_id(), a_ + "-02");
  EXPECT_TRUE(Find(2)->active);
}

TEST_P(RegistryStoreTest, WhoHasLeftMayJoinAnother) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1, 2})));
  const pb::Household before = *Get(a_);
  pb::Household after = before;
  after.mutable_members(1)->mutable_membership()->set_active(false);
  FASSERT_OK(Put({Change(&before, after)}));
  EXPECT_FALSE(Find(2)->active);
  FASSERT_OK(Create(Household(b_, "621126100201", {2})));
  EXPECT_EQ(Find(2)->match.household_id(), b_);
  EXPECT_TRUE(Find(2)->active);
  // Later changes of the household that was left do not take the person back.
  const pb::Household left = *Get(a_);
  pb::Household later = left;
  later.set_address("x");
  FASSERT_OK(Put({Change(&left, later)}));
  EXPECT_EQ(Find(2)->match.household_id(), b_);
}

TEST_P(RegistryStoreTest, AMoveWithinOnePutFreesThePersonFirst) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1, 2})));
  const pb::Household before = *Get(a_);
  pb::Household after = before;
  after.mutable_members(1)->mutable_membership()->set_active(false);
  FASSERT_OK(Put({Change(nullptr, Household(b_, "621126100201", {2})), Change(&before, after)}));
  EXPECT_EQ(Find(2)->match.household_id(), b_);
}

TEST_P(RegistryStoreTest, ACorrectedNumberFreesTheOldOne) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1})));
  const pb::Household before = *Get(a_);
  pb::Household after = before;
  after.mutable_members(0)->set_id_number(IdNumber(5));
  FASSERT_OK(Put({Change(&before, after)}));
  EXPECT_EQ(Find(1), std::nullopt);
  EXPECT_EQ(Find(5)->match.person_id(), a_ + "-01");
}

TEST_P(RegistryStoreTest, AMatchSaysWhereTheHouseholdStands) {
  pb::Household h = Household(a_, "621126100201", {1});
  h.mutable_monitoring()->set_state(policy::v1::MONITORING_STATE_MONITORED);
  h.mutable_monitoring()->set_category(policy::v1::MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE);
  FASSERT_OK(Create(h));
  EXPECT_THAT(Find(1)->match, EqualsProto(R"pb(
                person_id: "621126100201000001-01"
                household_id: "621126100201000001"
                division: "621126100201"
                household_kind: HOUSEHOLD_KIND_ORDINARY
                monitoring_state: MONITORING_STATE_MONITORED
                category: MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE
              )pb"));
}

TEST_P(RegistryStoreTest, ListsASubtreePageByPage) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1})));
  FASSERT_OK(Create(Household(b_, "621126100201", {2})));
  FASSERT_OK(Create(Household(c_, "621126200201", {3})));
  HouseholdQuery query;
  query.range = {"621126", "621127"};
  query.limit = 2;
  EXPECT_THAT(ListIds(query), ElementsAre(a_, b_));
  query.after_division = "621126100201";
  query.after_id = b_;
  EXPECT_THAT(ListIds(query), ElementsAre(c_));
  query.after_division = "621126200201";
  query.after_id = c_;
  EXPECT_THAT(ListIds(query), IsEmpty());
  HouseholdQuery township;
  township.range = {"621126200", "621126201"};
  township.limit = 10;
  EXPECT_THAT(ListIds(township), ElementsAre(c_));
  township.range = {"621126200201", "621126200202"};
  EXPECT_THAT(ListIds(township), ElementsAre(c_));
}

TEST_P(RegistryStoreTest, ListsByState) {
  pb::Household monitored = Household(b_, "621126100201", {2});
  monitored.mutable_monitoring()->set_state(policy::v1::MONITORING_STATE_MONITORED);
  FASSERT_OK(Create(Household(a_, "621126100201", {1})));
  FASSERT_OK(Create(monitored));
  HouseholdQuery query;
  query.range = {"62", "63"};
  query.limit = 10;
  query.filter.add_states(policy::v1::MONITORING_STATE_MONITORED);
  EXPECT_THAT(ListIds(query), ElementsAre(b_));
  query.filter.add_states(policy::v1::MONITORING_STATE_NOT_MONITORED);
  EXPECT_THAT(ListIds(query), ElementsAre(a_, b_));
  query.filter.clear_states();
  query.filter.add_states(policy::v1::MONITORING_STATE_ELIMINATED);
  EXPECT_THAT(ListIds(query), IsEmpty());
}

TEST_P(RegistryStoreTest, SerialsAreNeverGivenTwice) {
  const auto reserve = [&](std::string_view village, int count) {
    absl::StatusOr<int> first = 0;
    const absl::Status status = store().Write([&](RegistryWriter& writer) {
      first = writer.ReserveSerials(village, count);
      return first.status();
    });
    return status.ok() ? first : status;
  };
  EXPECT_THAT(reserve("621126100201", 1), IsOkAndHolds(1));
  EXPECT_THAT(reserve("621126100201", 5), IsOkAndHolds(2));
  EXPECT_THAT(reserve("621126100201", 1), IsOkAndHolds(7));
  EXPECT_THAT(reserve("621126100202", 1), IsOkAndHolds(1));
  EXPECT_THAT(reserve("621126100201", 999'999),
              ErrorIs(absl::StatusCode::kResourceExhausted, "HOUSEHOLD_SERIALS_USED_UP"));
  EXPECT_THAT(reserve("621126100202", 999'998), IsOkAndHolds(2));
}

TEST_P(RegistryStoreTest, KeepsAnswersForSevenDays) {
  const RequestKey key = {"desk", "CreateHousehold", "r-1", "body"};
  const auto remember = [&](const RequestKey& k, absl::Time now) {
    return store().Write(
        [&](RegistryWriter& writer) { return writer.RememberAnswer(k, "answer", now); });
  };
  const auto find = [&](const RequestKey& k) {
    return Read<std::optional<std::string>>([&](RegistryReader& r) { return r.FindAnswer(k); });
  };
  FASSERT_OK(remember(key, At(0)));
  EXPECT_THAT(find(key), Optional(std::string("answer")));
  EXPECT_EQ(find({"other", "CreateHousehold", "r-1", "body"}), std::nullopt);
  EXPECT_THAT(store().Read([&](RegistryReader& r) {
    return r.FindAnswer({"desk", "CreateHousehold", "r-1", "other body"}).status();
  }),
              ErrorIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  FASSERT_OK(remember({"desk", "CreateHousehold", "r-2", ""}, At(0) + absl::Hours(24 * 7)));
  EXPECT_NE(find(key), std::nullopt);
  FASSERT_OK(remember({"desk", "CreateHousehold", "r-3", ""}, At(0) + absl::Hours(24 * 7 + 2)));
  EXPECT_EQ(find(key), std::nullopt);
}

TEST_P(RegistryStoreTest, RemembersDecisions) {
  FASSERT_OK(store().Write(
      [&](RegistryWriter& writer) { return writer.RememberDecision(a_, "case-1", 2); }));
  EXPECT_TRUE(Read<bool>([&](RegistryReader& r) { return r.WasDecided(a_, "case-1", 2); }));
  EXPECT_FALSE(Read<bool>([&](RegistryReader& r) { return r.WasDecided(a_, "case-1", 3); }));
  EXPECT_FALSE(Read<bool>([&](RegistryReader& r) { return r.WasDecided(a_, "case-2", 2); }));
  EXPECT_FALSE(Read<bool>([&](RegistryReader& r) { return r.WasDecided(b_, "case-1", 2); }));
}

TEST_P(RegistryStoreTest, AFailedWriteLeavesNothing) {
  const absl::Status status = store().Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(writer.ReserveSerials("621126100201", 1).status());
    FANGPIN_RETURN_IF_ERROR(writer.Put({Change(nullptr, Household(a_, "621126100201", {1}))}));
    return absl::CancelledError("no");
  });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(Get(a_), std::nullopt);
  EXPECT_EQ(Find(1), std::nullopt);
}

TEST_P(RegistryStoreTest, KeepsImportsWithTheirPiecesAndErrors) {
  const auto record = [](std::string id, pb::ImportState state, absl::Time run) {
    ImportRecord r;
    r.import.set_id(std::move(id));
    r.import.set_state(state);
    r.import.set_file_name("户信息.xlsx");
    r.received_bytes = 7;
    r.run_time = run;
    r.attempts = 2;
    return r;
  };
  FASSERT_OK(store().Write([&](RegistryWriter& w) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(w.PutImport(record("i-1", pb::IMPORT_STATE_UPLOADING, At(0))));
    FANGPIN_RETURN_IF_ERROR(w.PutImport(record("i-1", pb::IMPORT_STATE_RUNNING, At(9))));
    FANGPIN_RETURN_IF_ERROR(w.PutImport(record("i-2", pb::IMPORT_STATE_RUNNING, At(5))));
    FANGPIN_RETURN_IF_ERROR(w.PutImport(record("i-3", pb::IMPORT_STATE_SUCCEEDED, At(1))));
    FANGPIN_RETURN_IF_ERROR(w.PutChunk("i-1", 4, "def"));
    FANGPIN_RETURN_IF_ERROR(w.PutChunk("i-1", 0, std::string("a\0bc", 4)));
    pb::RowError error;
    error.set_row(5);
    error.set_reason("ID_NUMBER_CHECK_DIGIT");
    FANGPIN_RETURN_IF_ERROR(w.PutImportErrors("i-1", {error, error}));
    return w.PutImportErrors("i-1", {error, error, error});
  }));
  EXPECT_THAT(Read<std::vector<std::string>>(
                  [](RegistryReader& r) { return r.ImportsInState(pb::IMPORT_STATE_RUNNING); }),
              ElementsAre("i-2", "i-1"));
  const auto found =
      Read<std::optional<ImportRecord>>([](RegistryReader& r) { return r.FindImport("i-1"); });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->run_time, At(9));
  EXPECT_EQ(found->attempts, 2);
  EXPECT_EQ(found->received_bytes, 7);
  EXPECT_EQ(found->import.file_name(), "户信息.xlsx");
  EXPECT_EQ(Read<std::string>([](RegistryReader& r) { return r.Content("i-1"); }),
            std::string("a\0bcdef", 7));
  EXPECT_EQ(Read<std::optional<std::string>>([](RegistryReader& r) { return r.Chunk("i-1", 4); }),
            "def");
  EXPECT_EQ(Read<std::optional<std::string>>([](RegistryReader& r) { return r.Chunk("i-1", 1); }),
            std::nullopt);
  const auto errors = Read<std::vector<std::pair<int64_t, pb::RowError>>>(
      [](RegistryReader& r) { return r.ImportErrors("i-1", 1, 10); });
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].first, 2);
  EXPECT_EQ(errors[1].second.row(), 5);
  FASSERT_OK(store().Write([](RegistryWriter& w) { return w.DropChunks("i-1"); }));
  EXPECT_EQ(Read<std::string>([](RegistryReader& r) { return r.Content("i-1"); }), "");
}

TEST_P(RegistryStoreTest, WritersOneAfterTheOtherSeeEachOther) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1})));
  const auto add = [&] {
    for (int i = 0; i < 20; ++i) {
      const absl::Status status = store().Write([&](RegistryWriter& writer) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(auto found, writer.Households({a_}));
        pb::Household after = *found[0];
        after.set_address(std::to_string(after.revision()));
        return writer.Put({Change(&*found[0], after)});
      });
      EXPECT_TRUE(status.ok()) << status;
    }
  };
  std::thread other(add);
  add();
  other.join();
  EXPECT_EQ(Get(a_)->revision(), 41);
  EXPECT_THAT(
      Read<std::vector<pb::Revision>>([&](RegistryReader& r) { return r.Revisions(a_, 0, 100); }),
      SizeIs(41));
}

TEST_P(RegistryStoreTest, RecordsAreTheHouseholdsAsTheyAre) {
  FASSERT_OK(Create(Household(a_, "621126100201", {1, 2})));
  pb::Household without_number = Household(b_, "621126100201", {3});
  without_number.clear_national_id();
  FASSERT_OK(Create(without_number));
  for (int round = 0; round < 3; ++round) {
    FASSERT_OK_AND_ASSIGN(const RecordPtr record, store().Record(a_));
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->id, a_);
    EXPECT_EQ(record->division, "621126100201");
    EXPECT_EQ(record->national_id, "N" + a_);
    EXPECT_THAT(record->Parse(), IsOkAndHolds(EqualsProto(*Get(a_))));
    EXPECT_THAT(store().Record(c_), IsOkAndHolds(nullptr));
    EXPECT_THAT(store().Record("none"), IsOkAndHolds(nullptr));
    FASSERT_OK_AND_ASSIGN(const auto records, store().Records({b_, c_, a_, b_}));
    ASSERT_THAT(records, SizeIs(4));
    EXPECT_EQ(records[0]->id, b_);
    EXPECT_EQ(records[0]->national_id, "");
    EXPECT_EQ(records[1], nullptr);
    EXPECT_EQ(records[2]->id, a_);
    EXPECT_EQ(records[3]->id, b_);
    // Together they are the answer to a batch.
    pb::BatchGetHouseholdsResponse batch;
    ASSERT_TRUE(batch.ParseFromString(records[0]->answer + records[2]->answer));
    ASSERT_THAT(batch.households(), SizeIs(2));
    EXPECT_THAT(batch.households(1), EqualsProto(*Get(a_)));
  }
}

TEST_P(RegistryStoreTest, ManyRecordsComeInTheOrderAsked) {
  std::vector<HouseholdChange> changes;
  std::vector<std::string> ids;
  for (int i = 0; i < 130; ++i) {
    ids.push_back("621126100201" + std::to_string(100000 + i));
    changes.push_back(Change(nullptr, Household(ids.back(), "621126100201", {i})));
  }
  FASSERT_OK(Put(changes));
  FASSERT_OK(store().Record(ids[40]));  // some are hot already
  std::reverse(ids.begin(), ids.end());
  ids.insert(ids.begin() + 60, "621126100201999999");
  FASSERT_OK_AND_ASSIGN(const auto records, store().Records(ids));
  ASSERT_THAT(records, SizeIs(131));
  for (size_t i = 0; i < ids.size(); ++i) {
    ASSERT_EQ(records[i] != nullptr, i != 60) << i;
    if (i != 60) EXPECT_EQ(records[i]->id, ids[i]);
  }
}

TEST_P(RegistryStoreTest, RecordsAndPlacesFollowEveryWrite) {
  const auto place = [&](int sequence) {
    const auto places = store().Persons({*base::IdKeyOf(IdNumber(sequence))});
    EXPECT_TRUE(places.ok()) << places.status();
    return places->at(0);
  };
  const auto address = [&] { return (*store().Record(a_))->Parse()->address(); };
  EXPECT_EQ(place(1), PersonPlace());
  FASSERT_OK(Create(Household(a_, "621126100201", {1, 2})));
  EXPECT_EQ(address(), "");
  EXPECT_TRUE(place(1).active);
  EXPECT_EQ(place(1).Division(), "621126100201");

  // Another village, state and member; one left, one with a corrected number.
  const pb::Household first = *Get(a_);
  pb::Household after = first;
  after.set_address("上街12号");
  after.set_division("621126200201");
  after.mutable_monitoring()->set_state(policy::v1::MONITORING_STATE_MONITORED);
  after.mutable_members(0)->mutable_membership()->set_active(false);
  after.mutable_members(1)->set_id_number(IdNumber(4));
  FASSERT_OK(Put({Change(&first, after)}));
  EXPECT_EQ(address(), "上街12号");
  EXPECT_FALSE(place(1).active);
  EXPECT_EQ(place(2), PersonPlace());
  EXPECT_TRUE(place(4).active);
  EXPECT_EQ(place(4).Division(), "621126200201");
  pb::PersonMatch match;
  place(4).Describe(&match);
  EXPECT_THAT(match, EqualsProto(Find(4)->match));
  EXPECT_EQ(match.monitoring_state(), policy::v1::MONITORING_STATE_MONITORED);

  // Who has left is taken in elsewhere.
  FASSERT_OK(Create(Household(b_, "621126100201", {1})));
  place(1).Describe(&match);
  EXPECT_EQ(match.household_id(), b_);
  EXPECT_TRUE(place(1).active);

  // A write that fails changes nothing.
  const pb::Household second = *Get(a_);
  pb::Household refused = second;
  refused.set_address("下街1号");
  EXPECT_TRUE(absl::IsCancelled(store().Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(writer.Put({Change(&second, refused)}));
    return absl::CancelledError("no");
  })));
  EXPECT_EQ(address(), "上街12号");
}

// Each writer changes households of his own and says which revision has been answered for; whoever
// asks afterwards must not get an older one, whether he finds it hot or reads it himself.
TEST_P(RegistryStoreTest, NobodyReadsLessThanAWriterWasAnswered) {
  constexpr int kWriters = 3;
  const int rounds = GetParam() == StoreKind::kFake ? 20 : 150;
  std::vector<pb::Household> households;
  std::array<std::atomic<int64_t>, kWriters> answered{};
  for (int i = 0; i < kWriters; ++i) {
    households.push_back(
        Household("62112610020100000" + std::to_string(i + 1), "621126100201", {i}));
    FASSERT_OK(Create(households.back()));
    households.back() = *Get(households.back().id());
    answered[i] = 1;
  }
  // The village says which revision it is, as the index of persons knows no revision.
  const auto division = [](int64_t revision) {
    return "6211261002" + std::to_string(10 + revision % 90);
  };
  const auto older = [&](const std::string& seen, int64_t least) {
    // The ring of 90 is longer than what one reader can fall behind.
    const int64_t behind = (least % 90 + 10 - std::stoll(seen.substr(10)) + 90) % 90;
    return behind > 0 && behind < 45;
  };
  std::atomic<bool> stop{false};
  std::atomic<int> stale{0};
  std::atomic<int> reads{0};
  std::vector<std::thread> threads;
  for (int r = 0; r < 2; ++r) {
    threads.emplace_back([&] {
      while (!stop) {
        for (int i = 0; i < kWriters; ++i) {
          const std::string& id = households[i].id();
          int64_t least = answered[i];
          const auto one = store().Record(id);
          if (!one.ok() || (*one)->Parse()->revision() < least) ++stale;
          least = answered[i];
          const auto many = store().Records({id, a_ + "x"});
          if (!many.ok() || (*many)[0]->Parse()->revision() < least) ++stale;
          least = answered[i];
          const auto places = store().Persons({*base::IdKeyOf(IdNumber(i))});
          if (!places.ok() || (least > 1 && older((*places)[0].Division(), least))) ++stale;
          ++reads;
        }
      }
    });
  }
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      pb::Household before = households[i];
      for (int round = 0; round < rounds; ++round) {
        pb::Household after = before;
        after.set_division(division(before.revision() + 1));
        const HouseholdChange change = Change(&before, after);
        const absl::Status status = Put({change});
        EXPECT_TRUE(status.ok()) << status;
        before = change.revision.household();
        answered[i] = before.revision();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stale, 0);
  EXPECT_GT(reads, 0);
}

}  // namespace
}  // namespace fangpin::registry
