// What RegistryStore promises about searching and counting, on every implementation.
#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/strings.h"
#include "libs/metrics/metrics.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/household.h"
#include "services/registry/core/household_filter.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/scope.h"
#include "services/registry/core/test_world.h"
#include "services/registry/store/store_fixture.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
namespace vocab = ::fangpin::policy::v1;

constexpr char kName[] = "测试甲";
const DivisionRange kProvince = {"62", "63"};

absl::Time At(int64_t micros) { return absl::FromUnixMicros(1'700'000'000'000'000 + micros); }

class SearchContractTest : public StoreFixture {
 protected:
  // One member with the name; ID numbers never repeat.
  pb::Household Household(std::string id, std::string division, std::string name = kName) {
    pb::Household h;
    h.set_id(std::move(id));
    h.set_division(std::move(division));
    h.set_kind(vocab::HOUSEHOLD_KIND_ORDINARY);
    h.mutable_monitoring()->set_state(vocab::MONITORING_STATE_NOT_MONITORED);
    AddMember(std::move(name), &h);
    return h;
  }
  void AddMember(std::string name, pb::Household* h) {
    pb::Person& person = *h->add_members();
    person.set_id(base::StrCat(h->id(), "-", h->members_size()));
    person.set_name(std::move(name));
    person.set_id_number(base::StrCat("number ", ++people_));
    person.mutable_membership()->set_active(true);
  }

  absl::Status Put(std::vector<HouseholdChange> changes) {
    return store().Write([&](RegistryWriter& writer) { return writer.Put(changes); });
  }
  absl::Status Create(pb::Household h) {
    return Put({{nullptr, MakeRevision(nullptr, std::move(h), At(++time_), "desk", "")}});
  }
  // Stores the household after the change.
  void Change(const std::string& id, std::function<void(pb::Household&)> change) {
    const absl::Status status = store().Write([&](RegistryWriter& writer) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(const auto found, writer.Households({id}));
      pb::Household after = *found[0];
      change(after);
      return writer.Put({{&*found[0], MakeRevision(&*found[0], after, At(++time_), "desk", "")}});
    });
    EXPECT_TRUE(status.ok()) << status;
  }

  HouseholdPart List(const HouseholdQuery& query) {
    HouseholdPart part;
    const absl::Status status = store().Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(part, reader.ListHouseholds(query));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return part;
  }
  // Every id, part by part; checks what a part promises.
  std::vector<std::string> ListAll(HouseholdQuery query) {
    std::vector<std::string> ids;
    while (true) {
      const HouseholdPart part = List(query);
      EXPECT_LE(static_cast<int>(part.households.size()), query.limit);
      std::pair<std::string, std::string> last(query.after_division, query.after_id);
      for (const pb::Household& h : part.households) {
        EXPECT_LT(last, std::pair(h.division(), h.id()));
        last = {h.division(), h.id()};
        ids.push_back(h.id());
      }
      if (part.complete) return ids;
      EXPECT_LE(last, std::pair(part.last_division, part.last_id));
      if (std::pair(query.after_division, query.after_id) >=
          std::pair(part.last_division, part.last_id)) {
        ADD_FAILURE() << "the search stands still";
        return ids;
      }
      query.after_division = part.last_division;
      query.after_id = part.last_id;
    }
  }
  std::vector<std::string> Named(std::string name, DivisionRange range = kProvince) {
    HouseholdQuery query{.range = std::move(range), .limit = 2};
    query.filter.set_member_name(std::move(name));
    return ListAll(query);
  }

  using Counts = std::map<std::tuple<std::string, int, int, int>, std::pair<int64_t, int64_t>>;
  Counts Count(const DivisionRange& range, const pb::HouseholdFilter& filter) {
    Counts counts;
    const absl::Status status = store().Read([&](RegistryReader& reader) -> absl::Status {
      counts.clear();
      FANGPIN_ASSIGN_OR_RETURN(const auto groups, reader.CountHouseholds(range, filter));
      for (const HouseholdGroup& g : groups) {
        auto& [households, persons] = counts[{g.division, g.state, g.category, g.kind}];
        households += g.households;
        persons += g.persons;
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return counts;
  }

  int people_ = 0;
  int64_t time_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Stores, SearchContractTest, kEveryStore, StoreName);

// Households of every sort in a few villages, some changed after they were created.
class RandomHouseholds {
 public:
  explicit RandomHouseholds(unsigned seed) : random_(seed) {}

  static std::vector<std::string> Villages() {
    return {kVillage, kOtherVillage, kVillageElsewhere, "620201100201", "621129100201"};
  }
  static std::vector<DivisionRange> Ranges() {
    return {kProvince,
            RangeOf("621100000000"),
            RangeOf("621126000000"),
            RangeOf("621126200000"),
            RangeOf(kVillage),
            RangeOf("620201000000"),
            RangeOf("621129000000"),
            RangeOf("621199000000")};
  }

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  std::string Name() { return base::StrCat("测试", Below(6)); }

  void Fill(pb::Household* h) {
    h->set_kind(static_cast<vocab::HouseholdKind>(Below(3)));
    pb::Monitoring& monitoring = *h->mutable_monitoring();
    monitoring.Clear();
    monitoring.set_state(static_cast<vocab::MonitoringState>(1 + Below(5)));
    monitoring.set_category(static_cast<vocab::MonitoredCategory>(Below(4)));
    for (int i = Below(4); i > 0; --i) {
      monitoring.add_risks()->set_type(static_cast<vocab::RiskType>(1 + Below(13)));
    }
    h->clear_flags();
    for (int flag = 1; flag < pb::HouseholdFlag_ARRAYSIZE; ++flag) {
      if (Below(2) == 0) h->add_flags(static_cast<pb::HouseholdFlag>(flag));
    }
    h->mutable_lifecycle()->set_state(Below(5) == 0 ? static_cast<pb::LifecycleState>(2 + Below(2))
                                                    : pb::LIFECYCLE_STATE_OPEN);
    for (pb::Person& person : *h->mutable_members()) {
      person.set_name(Name());
      person.mutable_membership()->set_active(Below(4) != 0);
    }
  }

  pb::HouseholdFilter Filter() {
    pb::HouseholdFilter filter;
    const auto some = [&](int chance) { return Below(chance) == 0 ? 1 + Below(2) : 0; };
    for (int i = some(2); i > 0; --i) {
      filter.add_states(static_cast<vocab::MonitoringState>(1 + Below(5)));
    }
    for (int i = some(4); i > 0; --i) {
      filter.add_categories(static_cast<vocab::MonitoredCategory>(1 + Below(3)));
    }
    for (int i = some(4); i > 0; --i) {
      filter.add_kinds(static_cast<vocab::HouseholdKind>(1 + Below(2)));
    }
    for (int i = some(3); i > 0; --i) {
      filter.add_risk_types(static_cast<vocab::RiskType>(1 + Below(13)));
    }
    for (int i = some(3); i > 0; --i) {
      filter.add_flags(static_cast<pb::HouseholdFlag>(1 + Below(pb::HouseholdFlag_MAX)));
    }
    if (Below(4) == 0) *filter.mutable_changed_since() = ToTimestamp(At(Below(400)));
    // Between two microseconds: the later one is taken.
    if (Below(2) == 0 && filter.has_changed_since()) {
      filter.mutable_changed_since()->set_nanos(filter.changed_since().nanos() + 1);
    }
    filter.set_include_closed(Below(2) == 0);
    return filter;
  }

 private:
  std::mt19937 random_;
};

TEST_P(SearchContractTest, FindsAndCountsWhatTheFilterTakes) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(base::StrCat("seed ", seed));
  RandomHouseholds random(seed);
  const std::vector<std::string> villages = RandomHouseholds::Villages();
  std::vector<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const std::string& village = villages[static_cast<size_t>(random.Below(5))];
    pb::Household h = Household(base::StrCat(village, 100'000 + i), village);
    for (int more = random.Below(3); more > 0; --more) AddMember("", &h);
    random.Fill(&h);
    ids.push_back(h.id());
    FASSERT_OK(Create(std::move(h)));
  }
  for (const std::string& id : ids) {
    if (random.Below(3) == 0) Change(id, [&](pb::Household& h) { random.Fill(&h); });
    if (random.Below(6) == 0) {
      Change(id, [&](pb::Household& h) {
        h.set_division(villages[static_cast<size_t>(random.Below(5))]);
      });
    }
  }
  HouseholdQuery everybody{.range = kProvince, .limit = 1000};
  everybody.filter.set_include_closed(true);
  const std::vector<pb::Household> all = List(everybody).households;
  ASSERT_EQ(all.size(), ids.size());

  for (int round = 0; round < 60; ++round) {
    pb::HouseholdFilter filter = random.Filter();
    const bool named = random.Below(4) == 0;
    if (named) filter.set_member_name(random.Name());
    const auto ranges = RandomHouseholds::Ranges();
    const DivisionRange& range = ranges[static_cast<size_t>(random.Below(8))];
    SCOPED_TRACE(base::StrCat(range.begin, " ", filter.ShortDebugString()));
    std::vector<std::string> expected;
    Counts counts;
    for (const pb::Household& h : all) {
      if (h.division() < range.begin || h.division() >= range.end || !Takes(filter, h)) continue;
      expected.push_back(h.id());
      auto& [households, persons] =
          counts[{h.division(), h.monitoring().state(), h.monitoring().category(), h.kind()}];
      ++households;
      persons += ActiveMembers(h);
    }
    const HouseholdQuery query{.range = range,
                               .filter = filter,
                               .limit = 1 + random.Below(20),
                               .window = 1 + random.Below(40)};
    EXPECT_EQ(ListAll(query), expected);
    if (named) continue;
    EXPECT_EQ(Count(range, filter), counts);
  }
}

TEST_P(SearchContractTest, ARareFilterEndsAfterItsWindow) {
  for (int i = 0; i < 10; ++i) {
    pb::Household h = Household(base::StrCat(kVillage, 100'000 + i), kVillage);
    if (i == 7) h.add_flags(pb::HOUSEHOLD_FLAG_TEKUN);
    FASSERT_OK(Create(h));
  }
  HouseholdQuery query{.range = kProvince, .limit = 5, .window = 4};
  query.filter.add_flags(pb::HOUSEHOLD_FLAG_TEKUN);
  HouseholdPart part = List(query);
  EXPECT_THAT(part.households, IsEmpty());
  EXPECT_FALSE(part.complete);
  EXPECT_EQ(part.last_id, base::StrCat(kVillage, 100'003));
  query.after_division = part.last_division;
  query.after_id = part.last_id;
  part = List(query);
  ASSERT_EQ(part.households.size(), 1u);
  EXPECT_FALSE(part.complete);
  EXPECT_EQ(part.last_id, base::StrCat(kVillage, 100'007));
  query.after_id = part.last_id;
  part = List(query);
  EXPECT_THAT(part.households, IsEmpty());
  EXPECT_TRUE(part.complete);
}

TEST_P(SearchContractTest, NamesFollowTheirPeople) {
  const std::string a = "621126200201000001";
  const std::string b = "621125100201000001";
  FASSERT_OK(Create(Household(a, kVillage, "测试甲")));
  FASSERT_OK(Create(Household(b, kVillageElsewhere, "测试乙")));
  EXPECT_THAT(Named("测试甲"), ElementsAre(a));
  EXPECT_THAT(Named("测试"), IsEmpty());
  EXPECT_THAT(Named("测试甲", RangeOf(kOtherCounty)), IsEmpty());

  Change(a, [](pb::Household& h) { h.mutable_members(0)->set_name("测试丙"); });
  EXPECT_THAT(Named("测试甲"), IsEmpty());
  EXPECT_THAT(Named("测试丙"), ElementsAre(a));

  Change(a, [](pb::Household& h) { h.set_division("621125100202"); });
  EXPECT_THAT(Named("测试丙", RangeOf(kCounty)), IsEmpty());
  EXPECT_THAT(Named("测试丙", RangeOf(kOtherCounty)), ElementsAre(a));

  // A second member of the name does not make a second household; who has left is not found.
  Change(a, [&](pb::Household& h) { AddMember("测试丙", &h); });
  EXPECT_THAT(Named("测试丙"), ElementsAre(a));
  Change(a, [&](pb::Household& h) {
    for (pb::Person& p : *h.mutable_members()) p.mutable_membership()->set_active(false);
  });
  EXPECT_THAT(Named("测试丙"), IsEmpty());

  // The person joins the other household under another name.
  Change(b, [&](pb::Household& h) {
    AddMember("测试丁", &h);
    h.mutable_members(1)->set_id_number("number 1");
  });
  EXPECT_THAT(Named("测试丁"), ElementsAre(b));
  EXPECT_THAT(Named("测试丙"), IsEmpty());
}

TEST_P(SearchContractTest, NamesWithOneKeyAreToldApart) {
  if (database() == nullptr) return;
  FASSERT_OK(Create(Household("621126200201000001", kVillage, "测试甲")));
  FASSERT_OK(Create(Household("621126200201000002", kVillage, "测试乙")));
  FASSERT_OK(Create(Household("621126200201000003", kVillage, "测试甲")));
  const sql::Statement one_key = {"OneKey",
                                  "UPDATE persons SET name_key = (SELECT p.name_key FROM persons p "
                                  "WHERE p.household_id = '621126200201000001')"};
  FASSERT_OK(database()->Write([&](sql::Tx& tx) { return tx.Execute(one_key).status(); }));
  EXPECT_THAT(Named("测试甲"), ElementsAre("621126200201000001", "621126200201000003"));
}

// Pages while others insert, change and move: whoever was there before the first page and stays
// where he is is seen once.
TEST_P(SearchContractTest, PagesNeitherRepeatNorMissUnderInserts) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(base::StrCat("seed ", seed));
  const std::vector<std::string> villages = {kVillage, kOtherVillage, kVillageElsewhere};
  std::vector<HouseholdChange> first;
  for (int i = 0; i < 90; ++i) {
    const std::string& village = villages[static_cast<size_t>(i % 3)];
    pb::Household h = Household(base::StrCat(village, 100'000 + 1000 * i), village);
    if (i % 2 == 0) h.add_flags(pb::HOUSEHOLD_FLAG_DIBAO);
    first.push_back({nullptr, MakeRevision(nullptr, std::move(h), At(++time_), "desk", "")});
  }
  FASSERT_OK(Put(first));

  std::atomic<bool> done = false;
  std::thread inserter([&] {
    std::mt19937 random(seed);
    for (int i = 0; i < 150; ++i) {
      const std::string& village = villages[random() % 3];
      pb::Household h =
          Household(base::StrCat(village, 100'001 + i + 1000 * (random() % 90)), village, "测试乙");
      if (random() % 2 == 0) h.add_flags(pb::HOUSEHOLD_FLAG_DIBAO);
      const absl::Status status = Create(std::move(h));
      EXPECT_TRUE(status.ok()) << status;
    }
    done = true;
  });

  const DivisionTree divisions = TestDivisions();
  metrics::Registry metric_registry;
  RegistryMetrics metrics(metric_registry);
  Registry registry(&store(), &divisions, &metrics);
  base::CallContext ctx = TestContext();
  ctx.principal.divisions = {kOtherVillage, kCounty, kOtherCounty};
  pb::ListHouseholdsRequest everybody;
  everybody.set_page_size(7);
  pb::ListHouseholdsRequest poor = everybody;
  poor.mutable_filter()->add_flags(pb::HOUSEHOLD_FLAG_DIBAO);
  pb::ListHouseholdsRequest named = everybody;
  named.mutable_filter()->set_member_name(kName);
  int walks = 0;
  // Once more after the last insert.
  for (bool last = false; !last; ++walks) {
    last = done;
    for (const pb::ListHouseholdsRequest& request : {everybody, poor, named}) {
      std::pair<std::string, std::string> previous;
      std::set<std::string> seen;
      PageKey after;
      do {
        const auto page = registry.ListHouseholds(ctx, request, after);
        ASSERT_TRUE(page.ok()) << page.status();
        for (const pb::Household& h : page->items) {
          EXPECT_LT(previous, std::pair(h.division(), h.id())) << "repeated or out of order";
          previous = {h.division(), h.id()};
          seen.insert(h.id());
        }
        after = page->next;
      } while (!after.empty());
      for (const HouseholdChange& change : first) {
        const pb::Household& h = change.revision.household();
        EXPECT_EQ(seen.contains(h.id()), Takes(request.filter(), h)) << h.id();
      }
    }
  }
  inserter.join();
  RecordProperty("walks", walks);
}

// No search or count reads a whole table, and no page is sorted.
TEST_P(SearchContractTest, StatementsUseTheirIndexes) {
  if (GetParam() != StoreKind::kSqlite) return;
  struct Expected {
    sql::Statement statement;
    size_t parameters;
    const char* index;
  };
  for (const auto& [statement, parameters, index] : std::vector<Expected>{
           {registry_sql::kListHouseholds, 12, "households_division"},
           {registry_sql::kListMonitoredHouseholds, 12, "households_monitored"},
           {registry_sql::kHouseholdWindow, 5, "COVERING INDEX households_division"},
           {registry_sql::kMonitoredHouseholdWindow, 5, "households_monitored"},
           {registry_sql::kListHouseholdsByName, 13, "COVERING INDEX persons_name"},
           {registry_sql::kCountHouseholds, 6, "COVERING INDEX households_sorts"},
           {registry_sql::kCountFilteredHouseholds, 9, "INDEX households_"},
           {registry_sql::kCountMonitoredHouseholds, 9, "households_monitored"}}) {
    const std::string text = base::StrCat("EXPLAIN QUERY PLAN ", statement.text);
    std::vector<std::string> plan;
    FASSERT_OK(database()->Read([&, parameters = parameters](sql::Tx& tx) {
      return tx.ForEach({"Explain", text}, std::vector<sql::Value>(parameters),
                        [&](const sql::Row& row) {
                          plan.emplace_back(row.Text(3));
                          return absl::OkStatus();
                        });
    }));
    SCOPED_TRACE(base::StrCat(statement.name, "\n", ::testing::PrintToString(plan)));
    for (const char* table : {"SCAN households", "SCAN persons", "SCAN h", "SCAN p"}) {
      EXPECT_THAT(plan, Each(Not(StartsWith(table))));
    }
    EXPECT_THAT(plan, Contains(HasSubstr(index)));
    if (statement.name.starts_with("List") && statement.name != "ListHouseholdsByName") {
      EXPECT_THAT(plan, Each(Not(StartsWith("USE TEMP B-TREE"))));
    }
  }
}

}  // namespace
}  // namespace fangpin::registry
