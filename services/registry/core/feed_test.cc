#include "services/registry/core/feed.h"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/household.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Outcome = HouseholdWatch::Outcome;

constexpr char kProvince[] = "620000000000";
constexpr const char* kVillages[] = {kVillageElsewhere, kVillage, kOtherVillage};

// Records by (division, id).
using Records = std::map<std::pair<std::string, std::string>, pb::Household>;

// A registry in which households are registered, change and move.
class FeedTest : public ::testing::Test {
 protected:
  pb::Household Make(const std::string& division) {
    pb::Household h;
    h.set_id(std::string(kVillage) + std::to_string(100'000 + next_serial_++));
    h.set_division(division);
    h.set_kind(policy::v1::HOUSEHOLD_KIND_ORDINARY);
    h.mutable_monitoring()->set_state(policy::v1::MONITORING_STATE_NOT_MONITORED);
    return h;
  }

  void Put(const std::vector<HouseholdChange>& changes) {
    FASSERT_OK(store_.Write([&](RegistryWriter& writer) { return writer.Put(changes); }));
    for (const HouseholdChange& change : changes) {
      now_[change.revision.household_id()] = change.revision.household();
    }
  }
  HouseholdChange Change(const pb::Household* before, pb::Household after) const {
    return {before, MakeRevision(before, std::move(after), TestContext().now, "desk", "测试")};
  }
  std::string Create(const std::string& division) {
    pb::Household household = Make(division);
    const std::string id = household.id();
    Put({Change(nullptr, std::move(household))});
    return id;
  }
  void CreateMany(int count, const std::string& division) {
    std::vector<HouseholdChange> changes;
    for (int i = 0; i < count; ++i) changes.push_back(Change(nullptr, Make(division)));
    Put(changes);
  }
  void Update(const std::string& id) {
    const pb::Household before = now_[id];
    pb::Household after = before;
    after.set_address("上街" + std::to_string(before.revision()) + "号");
    Put({Change(&before, std::move(after))});
  }
  void Move(const std::string& id, const std::string& division) {
    const pb::Household before = now_[id];
    pb::Household after = before;
    after.set_division(division);
    Put({Change(&before, std::move(after))});
  }

  // Everything as it is now.
  Records Now() const {
    Records records;
    for (const auto& [id, household] : now_) records[{household.division(), id}] = household;
    return records;
  }

  // A random step of the life of the registry.
  void Live(std::mt19937& random) {
    const auto pick = [&](size_t n) {
      return std::uniform_int_distribution<size_t>(0, n - 1)(random);
    };
    const std::string village = kVillages[pick(std::size(kVillages))];
    const std::string id = std::next(now_.begin(), static_cast<long>(pick(now_.size())))->first;
    switch (pick(8)) {
      case 0:
        return (void)Create(village);
      case 1:
        return store_.DelayFeed(pick(2) == 0);
      case 2:
        FASSERT_OK(store_.PositionFeed());
        return;
      case 3:
      case 4:
        return Move(id, village);
      default:
        return Update(id);
    }
  }

  std::unique_ptr<HouseholdExport> Export(const base::CallContext& ctx,
                                          const pb::HouseholdFilter& filter = {},
                                          std::optional<ExportPoint> from = std::nullopt) {
    pb::ExportHouseholdsRequest request;
    *request.mutable_filter() = filter;
    auto opened = feed_.ExportHouseholds(ctx, request, std::move(from));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  static std::vector<pb::Household> Next(HouseholdExport& from) {
    auto part = from.Next();
    EXPECT_TRUE(part.ok()) << part.status();
    return *std::move(part);
  }
  static std::vector<pb::Household> Rest(HouseholdExport& from) {
    std::vector<pb::Household> all;
    while (!from.complete()) {
      for (pb::Household& household : Next(from)) all.push_back(std::move(household));
    }
    return all;
  }

  std::unique_ptr<HouseholdWatch> Watch(const base::CallContext& ctx,
                                        std::optional<int64_t> from = std::nullopt,
                                        pb::WatchHouseholdsRequest request = {}) {
    auto opened = feed_.WatchHouseholds(ctx, request, from, [this] { ++wakes_; });
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  static Outcome Next(HouseholdWatch& from, std::vector<pb::HouseholdEvent>* events) {
    auto outcome = from.Next(events);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return *outcome;
  }
  // "CHANGED id number division", up to where there is nothing.
  static std::vector<std::string> Events(HouseholdWatch& from) {
    std::vector<std::string> all;
    std::vector<pb::HouseholdEvent> events;
    while (Next(from, &events) == Outcome::kEvents) {
      for (const pb::HouseholdEvent& event : events) {
        all.push_back(pb::HouseholdEventKind_Name(event.kind()).substr(21) + " " +
                      event.revision().household_id() + " " +
                      std::to_string(event.revision().number()) + " " + event.division());
      }
    }
    return all;
  }

  FakeStore store_;
  Feed feed_{&store_};
  std::atomic<int> wakes_{0};
  std::map<std::string, pb::Household> now_;
  int next_serial_ = 0;
};

// ---- export

TEST_F(FeedTest, AnExportIsInOrderAndComplete) {
  for (const char* village : kVillages) CreateMany(150, village);
  const auto all = Export(TestContext(kProvince));
  std::vector<pb::Household> out;
  int parts = 0;
  while (!all->complete()) {
    const auto part = Next(*all);
    EXPECT_LE(part.size(), HouseholdExport::kPartHouseholds);
    out.insert(out.end(), part.begin(), part.end());
    ++parts;
  }
  EXPECT_GE(parts, 5);
  Records records = Now();
  ASSERT_EQ(out.size(), records.size());
  size_t i = 0;
  for (const auto& [place, household] : records) EXPECT_THAT(out[i++], EqualsProto(household));
}

TEST_F(FeedTest, AnEmptyRegistryExportsNothing) {
  const auto empty = Export(TestContext(kProvince));
  EXPECT_THAT(Rest(*empty), IsEmpty());
  EXPECT_TRUE(empty->complete());
  EXPECT_EQ(empty->point().position, 0);
  const auto nowhere = Export(TestContext(""));
  EXPECT_TRUE(nowhere->complete());
}

TEST_F(FeedTest, AnExportSeesWhatTheCallerSees) {
  const std::string here = Create(kVillage), there = Create(kVillageElsewhere);
  const std::string beside = Create(kOtherVillage);
  const auto ids = [&](const base::CallContext& ctx, const std::string& division = "") {
    pb::HouseholdFilter filter;
    filter.set_division(division);
    std::vector<std::string> found;
    for (const pb::Household& household : Rest(*Export(ctx, filter)))
      found.push_back(household.id());
    return found;
  };
  EXPECT_THAT(ids(TestContext(kCounty)), ElementsAre(here, beside));
  EXPECT_THAT(ids(TestContext(kCounty), kOtherVillage), ElementsAre(beside));
  EXPECT_THAT(ids(TestContext(kProvince), kOtherCounty), ElementsAre(there));
  base::CallContext two = TestContext(kOtherVillage);
  two.principal.divisions.push_back(kOtherCounty);
  EXPECT_THAT(ids(two), ElementsAre(there, beside));
}

TEST_F(FeedTest, AnExportTakesWhatItsFilterTakes) {
  CreateMany(300, kVillage);
  const std::string id = Create(kVillage);
  Update(id);
  pb::HouseholdFilter filter;
  *filter.mutable_changed_since() = now_[id].update_time();
  filter.add_states(policy::v1::MONITORING_STATE_MONITORED);
  EXPECT_THAT(Rest(*Export(TestContext(), filter)), IsEmpty());
  filter.clear_states();
  EXPECT_THAT(Rest(*Export(TestContext(), filter)), SizeIs(301));
  filter.set_member_name("测试甲");
  EXPECT_THAT(Rest(*Export(TestContext(), filter)), IsEmpty());

  pb::ExportHouseholdsRequest wrong;
  wrong.mutable_filter()->add_states(policy::v1::MONITORING_STATE_UNSPECIFIED);
  EXPECT_THAT(feed_.ExportHouseholds(TestContext(), wrong, std::nullopt).status(),
              ErrorIs(StatusCode::kInvalidArgument, "VALUE_UNKNOWN"));
}

TEST_F(FeedTest, APartIsBoundInBytes) {
  std::vector<HouseholdChange> changes;
  for (int i = 0; i < 20; ++i) {
    pb::Household household = Make(kVillage);
    household.set_address(std::string(100 << 10, 'x'));
    changes.push_back(Change(nullptr, std::move(household)));
  }
  Put(changes);
  const auto all = Export(TestContext());
  size_t households = 0;
  while (!all->complete()) {
    const auto part = Next(*all);
    EXPECT_LE(part.size(), 3u);
    households += part.size();
  }
  EXPECT_EQ(households, 20u);
}

TEST_F(FeedTest, APositionBeyondTheFeedIsRefused) {
  Create(kVillage);
  EXPECT_THAT(feed_.ExportHouseholds(TestContext(), {}, ExportPoint{2, kVillage, ""}).status(),
              ErrorIs(StatusCode::kInvalidArgument, "RESUME_TOKEN_INVALID"));
  EXPECT_THAT(feed_.WatchHouseholds(TestContext(), {}, 2, [] {}).status(),
              ErrorIs(StatusCode::kInvalidArgument, "WATCH_TOKEN_INVALID"));
}

// By seed.
class FeedHistoryTest : public FeedTest, public ::testing::WithParamInterface<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, FeedHistoryTest, ::testing::Range(1u, 25u));

// Whatever happens between its parts, and however often it is taken up again, an export is the
// registry as it was when it began; and with the feed behind it, it is the registry as it ends.
TEST_P(FeedHistoryTest, ExportAndFeedAreOneHistoryUnderWriters) {
  std::mt19937 random(GetParam());
  for (const char* village : kVillages) CreateMany(30 + static_cast<int>(random() % 200), village);
  for (int i = 0; i < 20; ++i) Live(random);

  // The county of the last two villages, or all.
  const base::CallContext ctx = TestContext(GetParam() % 2 == 0 ? kCounty : kProvince);
  Records expected = Now();
  std::erase_if(expected,
                [&](const auto& record) { return !ctx.principal.MayAccess(record.first.first); });
  auto running = Export(ctx);
  const int64_t position = running->point().position;
  std::vector<pb::Household> out;
  while (!running->complete()) {
    for (pb::Household& household : Next(*running)) out.push_back(std::move(household));
    for (auto steps = random() % 30; steps > 0; --steps) Live(random);
    if (random() % 3 == 0) running = Export(ctx, {}, running->point());
  }
  EXPECT_EQ(running->point().position, position);
  ASSERT_EQ(out.size(), expected.size());
  size_t i = 0;
  for (const auto& [place, household] : expected) EXPECT_THAT(out[i++], EqualsProto(household));

  // The feed, read while writers go on, and taken up again now and then.
  std::map<std::string, pb::Household> replayed;
  for (const pb::Household& household : out) replayed[household.id()] = household;
  pb::WatchHouseholdsRequest request;
  request.set_include_household(true);
  auto watch = Watch(ctx, position, request);
  std::vector<pb::HouseholdEvent> events;
  for (int writes = 80; writes >= 0;) {
    if (writes > 0) {
      Live(random);
    } else {
      FASSERT_OK(store_.PositionFeed());
    }
    if (random() % 5 == 0) watch = Watch(ctx, watch->position(), request);
    if (Next(*watch, &events) == Outcome::kNothing || writes > 0) --writes;
    for (const pb::HouseholdEvent& event : events) {
      const std::string& id = event.revision().household_id();
      if (event.kind() == pb::HOUSEHOLD_EVENT_KIND_LEFT_SCOPE) {
        EXPECT_EQ(replayed.erase(id), 1u) << "left without having been there";
        continue;
      }
      const auto known = replayed.find(id);
      if (known != replayed.end()) {
        EXPECT_EQ(event.revision().number(), known->second.revision() + 1);
      }
      replayed[id] = event.revision().household();
    }
  }
  std::map<std::string, pb::Household> final_state = now_;
  std::erase_if(final_state, [&](const auto& record) {
    return !ctx.principal.MayAccess(record.second.division());
  });
  ASSERT_EQ(replayed.size(), final_state.size());
  for (const auto& [id, household] : final_state) EXPECT_THAT(replayed[id], EqualsProto(household));
}

// ---- watch

TEST_F(FeedTest, FromNowOnTellsWhereNowIs) {
  const std::string id = Create(kVillage);
  const auto watch = Watch(TestContext());
  std::vector<pb::HouseholdEvent> events;
  EXPECT_EQ(Next(*watch, &events), Outcome::kEvents);
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(watch->position(), 1);
  EXPECT_EQ(Next(*watch, &events), Outcome::kNothing);
  const int wakes = wakes_;
  Update(id);
  EXPECT_GT(wakes_, wakes);
  EXPECT_THAT(Events(*watch), ElementsAre("CHANGED " + id + " 2 " + kVillage));
}

TEST_F(FeedTest, NowIncludesWhatHasNoPositionYet) {
  store_.DelayFeed(true);
  const std::string id = Create(kVillage);
  EXPECT_EQ(Watch(TestContext())->position(), 1);
  Update(id);
  EXPECT_EQ(Export(TestContext())->point().position, 2);
  Update(id);
  pb::WatchHouseholdsRequest until_now;
  until_now.set_until_now(true);
  const auto watch = Watch(TestContext(), 1, until_now);
  Update(id);
  FASSERT_OK(store_.PositionFeed());
  EXPECT_THAT(Events(*watch),
              ElementsAre("CHANGED " + id + " 2 " + kVillage, "CHANGED " + id + " 3 " + kVillage));
  std::vector<pb::HouseholdEvent> events;
  EXPECT_EQ(Next(*watch, &events), Outcome::kEnd);
}

TEST_F(FeedTest, UntilNowTellsTheEndAlsoWhenNothingConcernsTheReader) {
  Create(kVillageElsewhere);
  pb::WatchHouseholdsRequest until_now;
  until_now.set_until_now(true);
  const auto watch = Watch(TestContext(), 0, until_now);
  std::vector<pb::HouseholdEvent> events;
  EXPECT_EQ(Next(*watch, &events), Outcome::kEvents);
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(watch->position(), 1);
  EXPECT_EQ(Next(*watch, &events), Outcome::kEnd);
}

TEST_F(FeedTest, WhoMovesAwayLeavesOnceAndWithoutATrace) {
  const std::string id = Create(kVillage);
  pb::WatchHouseholdsRequest request;
  request.set_include_household(true);
  const auto watch = Watch(TestContext(kCounty), 0, request);
  std::vector<pb::HouseholdEvent> events;
  ASSERT_EQ(Next(*watch, &events), Outcome::kEvents);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(events[0].revision().household(), EqualsProto(now_[id]));

  Move(id, kVillageElsewhere);
  ASSERT_EQ(Next(*watch, &events), Outcome::kEvents);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].kind(), pb::HOUSEHOLD_EVENT_KIND_LEFT_SCOPE);
  EXPECT_EQ(events[0].revision().household_id(), id);
  EXPECT_EQ(events[0].revision().number(), 2);
  EXPECT_FALSE(events[0].revision().has_household());
  EXPECT_EQ(events[0].revision().reason(), "");
  EXPECT_EQ(events[0].revision().actor(), "");
  EXPECT_THAT(events[0].revision().changed_fields(), IsEmpty());
  EXPECT_EQ(events[0].division(), "");

  Update(id);
  EXPECT_THAT(Events(*watch), IsEmpty());
  Move(id, kOtherVillage);
  Move(id, kVillage);
  EXPECT_THAT(Events(*watch), ElementsAre("CHANGED " + id + " 4 " + kOtherVillage,
                                          "CHANGED " + id + " 5 " + kVillage));
}

TEST_F(FeedTest, AWatchedDivisionIsPartOfTheCallers) {
  const std::string id = Create(kVillage);
  pb::WatchHouseholdsRequest request;
  request.set_division(kOtherVillage);
  const auto watch = Watch(TestContext(kCounty), 0, request);
  EXPECT_THAT(Events(*watch), IsEmpty());
  Move(id, kOtherVillage);
  Move(id, kVillage);
  EXPECT_THAT(Events(*watch),
              ElementsAre("CHANGED " + id + " 2 " + kOtherVillage, "LEFT_SCOPE " + id + " 3 "));
}

TEST_F(FeedTest, AReaderWhomNothingConcernsIsToldWhereItStands) {
  CreateMany(static_cast<int>(HouseholdWatch::kTellAfter) + 5, kVillageElsewhere);
  const std::string id = Create(kVillage);
  const auto watch = Watch(TestContext(), 0);
  std::vector<pb::HouseholdEvent> events;
  EXPECT_EQ(Next(*watch, &events), Outcome::kEvents);
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(watch->position(), HouseholdWatch::kTellAfter);
  EXPECT_THAT(Events(*watch), ElementsAre("CHANGED " + id + " 1 " + kVillage));
  // Who is further behind than the rows kept in memory reads the same.
  EXPECT_THAT(Events(*Watch(TestContext(), 3)), ElementsAre("CHANGED " + id + " 1 " + kVillage));
}

TEST_F(FeedTest, PartsOfTheFeedAreBound) {
  CreateMany(250, kVillage);
  const auto watch = Watch(TestContext(), 0);
  std::vector<pb::HouseholdEvent> events;
  std::vector<size_t> sizes;
  while (Next(*watch, &events) == Outcome::kEvents) sizes.push_back(events.size());
  EXPECT_THAT(sizes, ElementsAre(100, 100, 50));

  std::vector<HouseholdChange> changes;
  for (int i = 0; i < 6; ++i) {
    pb::Household household = Make(kVillage);
    household.set_address(std::string(100 << 10, 'x'));
    changes.push_back(Change(nullptr, std::move(household)));
  }
  Put(changes);
  pb::WatchHouseholdsRequest request;
  request.set_include_household(true);
  const auto large = Watch(TestContext(), 250, request);
  sizes.clear();
  while (Next(*large, &events) == Outcome::kEvents) sizes.push_back(events.size());
  EXPECT_THAT(sizes, ElementsAre(3, 3));
}

}  // namespace
}  // namespace fangpin::registry
