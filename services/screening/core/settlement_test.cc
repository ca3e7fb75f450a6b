#include "services/screening/core/settlement.h"

#include <string>

#include "gmock/gmock.h"
#include "services/screening/core/core_testing.h"

namespace fangpin::screening {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;

class SettlementTest : public CoreTest {
 protected:
  v1::Alert OnlyAlert() {
    const auto alerts = AllAlerts();
    EXPECT_THAT(alerts, SizeIs(1));
    return alerts.at(0);
  }
  std::vector<std::string> Bill(std::string id, std::string person, std::string day,
                                std::string kind, std::string self_paid) {
    return {std::move(id), std::move(person), day + " 08:00:00", std::move(kind), self_paid,
            "0",           self_paid};
  }
};

TEST_F(SettlementTest, AnAlertAboveTheThresholdBecomesAClueWithAVisitTask) {
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  const SettleResult result = Settle();
  EXPECT_EQ(result.settled, 1);
  const v1::Alert alert = OnlyAlert();
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_CLUE);
  EXPECT_EQ(alert.household_id(), kHousehold);
  EXPECT_EQ(alert.division(), kVillage);
  EXPECT_EQ(alert.risk(), policy::v1::RISK_TYPE_ILLNESS);
  EXPECT_FALSE(alert.judgement().empty());
  const auto clues = AllClues();
  ASSERT_THAT(clues, SizeIs(1));
  EXPECT_EQ(clues[0].id(), alert.clue_id());
  EXPECT_EQ(clues[0].state(), v1::CLUE_STATE_DISPATCHED);
  EXPECT_EQ(clues[0].found_on(), "2024-03-08");
  EXPECT_EQ(clues[0].due_on(), "2024-03-23");
  EXPECT_EQ(clues[0].reports(0).alert_id(), alert.id());
  EXPECT_EQ(clues[0].reports(0).channel(), v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT);
  const auto tasks = AllTasks();
  ASSERT_THAT(tasks, SizeIs(1));
  EXPECT_EQ(tasks[0].id(), clues[0].visit_task_id());
  // 2024-03-08 is a Friday; five working days lead to the next one.
  EXPECT_EQ(tasks[0].due_on(), "2024-03-15");
  EXPECT_EQ(tasks[0].cause(), "部门筛查预警：因病");
  EXPECT_THAT(cache_.published, SizeIs(1));
}

TEST_F(SettlementTest, SettlingAgainChangesNothing) {
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  Settle();
  EXPECT_EQ(Settle().loaded, 0);
  EXPECT_EQ(Settle(SettlePass::kAgain).loaded, 0);
  EXPECT_THAT(AllClues()[0].reports(), SizeIs(1));
}

TEST_F(SettlementTest, WithoutTheRegistryAlertsStayPendingAndAreSettledOnceItIsBack) {
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  households_.SetStatus(absl::UnavailableError("registry away"));
  EXPECT_THAT(settlement_.Run(SettlePass::kPending, "", 100),
              StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(OnlyAlert().state(), v1::ALERT_STATE_PENDING);
  households_.SetStatus(absl::OkStatus());
  EXPECT_EQ(Settle().settled, 1);
  EXPECT_THAT(AllClues(), SizeIs(1));
}

TEST_F(SettlementTest, DyingBeforeTheCommitSettlesNothingHalf) {
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  store_.FailCommits(absl::UnavailableError("killed"));
  EXPECT_THAT(settlement_.Run(SettlePass::kPending, "", 100),
              StatusIs(absl::StatusCode::kUnavailable));
  store_.FailCommits(absl::OkStatus());
  EXPECT_EQ(OnlyAlert().state(), v1::ALERT_STATE_PENDING);
  EXPECT_THAT(AllClues(), IsEmpty());
  EXPECT_THAT(cache_.published, IsEmpty());
  Settle();
  EXPECT_THAT(AllClues(), SizeIs(1));
  EXPECT_THAT(AllClues()[0].reports(), SizeIs(1));
}

TEST_F(SettlementTest, AnUnmatchedAlertIsListedInTheCountyOfItsIdNumberOrWithItsSender) {
  auto province = Department("2024-03-08", "health");
  province.principal.divisions = {"620000000000"};
  const std::string elsewhere = testing::MakeIdNumber("110105", absl::CivilDay(1970, 3, 4), 2);
  Push(province, Illness({{"here", "1", Person(1), "20240301", "大病"},
                          {"elsewhere", "1", elsewhere, "20240301", "大病"}}));
  // A department of one county keeps what is about another's people.
  auto county = Department("2024-03-08", "health");
  county.principal.divisions = {"621102000000"};
  Push(county, Illness({{"neighbour", "1", Person(3), "20240301", "大病"}}));
  Settle();
  const auto seen = [this](std::string division) {
    v1::ListAlertsRequest request;
    request.add_states(v1::ALERT_STATE_UNMATCHED);
    const auto listed =
        alerts_.ListAlerts(At("2024-12-31", "desk", "COUNTY_DESK", std::move(division)), request);
    EXPECT_THAT(listed, testing::IsOk());
    std::vector<std::string> sources;
    for (const v1::Alert& alert : listed->alerts()) sources.push_back(alert.source_id());
    return sources;
  };
  EXPECT_THAT(seen(kCounty), ::testing::ElementsAre("here"));
  EXPECT_THAT(seen("621102000000"), ::testing::ElementsAre("neighbour"));
  EXPECT_THAT(seen("620000000000"),
              ::testing::UnorderedElementsAre("here", "elsewhere", "neighbour"));
  EXPECT_THAT(seen(kVillage), ::testing::IsEmpty());
  EXPECT_THAT(seen("620102000000"), ::testing::IsEmpty());
}

TEST_F(SettlementTest, UnmatchedAlertsAreMatchedOnceTheRegistryHasGrown) {
  const std::string person = Person(1);
  Push(Department("2024-03-08", "health"), Illness({{"a", "1", person, "20240301", "大病"}}));
  Settle();
  EXPECT_EQ(OnlyAlert().state(), v1::ALERT_STATE_UNMATCHED);
  EXPECT_EQ(OnlyAlert().division(), "");
  EXPECT_EQ(Settle(SettlePass::kAgain).settled, 0);
  Person(1, kHousehold);
  EXPECT_EQ(Settle(SettlePass::kAgain).settled, 1);
  EXPECT_EQ(OnlyAlert().state(), v1::ALERT_STATE_CLUE);
  // The clock started when the alert came, not when it could be matched.
  EXPECT_EQ(AllClues()[0].found_on(), "2024-03-08");
}

TEST_F(SettlementTest, LiftedOutAndOrdinaryHouseholdsHaveThresholdsOfTheirOwn) {
  Push(Department("2024-03-08", "medical_insurance"),
       Bills({Bill("s1", Person(1, kHousehold), "2024-03-01", "21", "5000.00"),
              Bill("s2", Person(2, kOtherHousehold, HouseholdKind::kLiftedOut), "2024-03-01", "21",
                   "5000.00"),
              Bill("s3", Person(3, kOtherHousehold, HouseholdKind::kLiftedOut), "2024-03-01", "21",
                   "4999.99")}));
  Settle();
  std::map<std::string, v1::AlertState> states;
  for (const v1::Alert& alert : AllAlerts()) states[alert.source_id()] = alert.state();
  EXPECT_EQ(states["s1"], v1::ALERT_STATE_BELOW_THRESHOLD);
  EXPECT_EQ(states["s2"], v1::ALERT_STATE_CLUE);
  EXPECT_EQ(states["s3"], v1::ALERT_STATE_BELOW_THRESHOLD);
}

TEST_F(SettlementTest, BillsOfAPersonAddUpOverTheYearAndAcrossBatches) {
  const std::string person = Person(1, kOtherHousehold, HouseholdKind::kLiftedOut);
  Push(Department("2024-01-20", "medical_insurance"),
       Bills({Bill("s1", person, "2023-12-30", "21", "4000.00"),
              Bill("s2", person, "2024-01-10", "21", "3000.00")}));
  Settle();
  EXPECT_THAT(AllClues(), IsEmpty());
  Push(Department("2024-02-20", "medical_insurance"),
       Bills({Bill("s3", person, "2024-02-10", "21", "1999.99"),
              Bill("s4", person, "2024-02-11", "11", "499.99"),
              Bill("s5", person, "2024-02-12", "21", "0.01")}));
  Settle();
  const auto clues = AllClues();
  ASSERT_THAT(clues, SizeIs(1));
  EXPECT_THAT(clues[0].reports(), SizeIs(1));
  for (const v1::Alert& alert : AllAlerts()) {
    EXPECT_EQ(alert.state() == v1::ALERT_STATE_CLUE, alert.source_id() == "s5")
        << alert.source_id();
  }
}

TEST_F(SettlementTest, ASupersededBillNoLongerCounts) {
  const std::string person = Person(1, kOtherHousehold, HouseholdKind::kLiftedOut);
  const auto bill = [&](std::string id, std::string time, std::string self_paid) {
    return Batch("medical_settlement",
                 {"setl_id", "updt_time", "certno", "setl_time", "med_type", "psn_pay",
                  "fund_pay_sumamt", "medfee_sumamt"},
                 {{id, time, person, "2024-01-10 08:00:00", "21", self_paid, "0", self_paid}});
  };
  const auto ctx = Department("2024-01-20", "medical_insurance");
  Push(ctx, bill("s1", "2024-01-11 08:00:00", "4900.00"));
  Settle();
  Push(ctx, bill("s1", "2024-01-12 08:00:00", "49.00"));
  Settle();
  Push(ctx, bill("s2", "2024-01-12 08:00:00", "200.00"));
  Settle();
  EXPECT_THAT(AllClues(), IsEmpty());
}

TEST_F(SettlementTest, ReportsOfOneHouseholdWithinThirtyDaysAreOneClue) {
  Push(Department("2024-03-01", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  Settle();
  Push(Department("2024-03-31", "housing"),
       Batch("house_appraisal", {"jdbh", "hzsfzh", "jdrq", "jddj"},
             {{"h", Person(2, kHousehold), "2024-03-30", "D级"}}));
  Settle();
  auto clues = AllClues();
  ASSERT_THAT(clues, SizeIs(1));
  EXPECT_THAT(clues[0].reports(), SizeIs(2));
  EXPECT_EQ(AllTasks()[0].cause(), "部门筛查预警：因病；部门筛查预警：因安全住房");
  Push(Department("2024-04-01", "health"),
       Illness({{"b", "1", Person(3, kHousehold), "20240401", "大病"}}));
  Settle();
  clues = AllClues();
  ASSERT_THAT(clues, SizeIs(2));
  EXPECT_TRUE(clues[0].superseded());
  EXPECT_THAT(AllTasks(), SizeIs(2));
  // What comes next joins the newer one.
  Push(Department("2024-04-02", "health"),
       Illness({{"c", "1", Person(3, kHousehold), "20240402", "慢性病"}}));
  Settle();
  EXPECT_THAT(AllClues()[1].reports(), SizeIs(2));
}

TEST_F(SettlementTest, WhatThePolicyHasNoNumberForWaitsForIt) {
  Push(Department("2020-11-10", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20201101", "大病"}}));
  Settle();
  EXPECT_EQ(OnlyAlert().state(), v1::ALERT_STATE_FACT_MISSING);
  EXPECT_THAT(AllClues(), IsEmpty());
  EXPECT_EQ(Settle(SettlePass::kAgain).loaded, 1);
}

TEST_F(SettlementTest, AMonitoredHouseholdGetsItsClueToo) {
  households_.Add({.id = kHousehold, .division = kVillage, .monitored = true});
  Push(Department("2024-03-08", "health"),
       Illness({{"a", "1", Person(1, kHousehold), "20240301", "大病"}}));
  Settle();
  EXPECT_THAT(AllClues(), SizeIs(1));
}

TEST_F(SettlementTest, ABatchIsNoLargerThanAskedFor) {
  std::vector<std::vector<std::string>> records;
  for (int i = 0; i < 10; ++i) {
    records.push_back({std::to_string(i), "1", Person(i + 1), "20240301", "大病"});
  }
  Push(Department("2024-03-08", "health"), Illness(records));
  const auto first = settlement_.Run(SettlePass::kPending, "", 6);
  FASSERT_OK(first);
  EXPECT_EQ(first->loaded, 6);
  const auto second = settlement_.Run(SettlePass::kPending, first->last, 6);
  FASSERT_OK(second);
  EXPECT_EQ(second->loaded, 4);
  EXPECT_THAT(second->accept_times, SizeIs(4));
}

}  // namespace
}  // namespace fangpin::screening
