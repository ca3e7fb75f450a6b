#include "services/registry/policy/life.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/strings.h"
#include "libs/policy/case_file.h"

namespace fangpin::registry {
namespace {

using nlohmann::json;
using policy::CaseFile;
using policy::OptionalDay;
using policy::OptionalFact;

constexpr char kCases[] = "services/registry/policy/testdata/life_cases.json";

template <typename Enum>
using Names = std::map<std::string, Enum>;

const Names<LifeEvent> kEvents = {{"JOIN", LifeEvent::kJoin},
                                  {"LEAVE", LifeEvent::kLeave},
                                  {"TRANSFER_MEMBER", LifeEvent::kTransferMember},
                                  {"SPLIT", LifeEvent::kSplit},
                                  {"MERGE", LifeEvent::kMerge},
                                  {"TRANSFER_HOUSEHOLD", LifeEvent::kTransferHousehold}};
const Names<Cause> kCauses = {{"UNKNOWN", Cause::kUnknown},
                              {"BIRTH", Cause::kBirth},
                              {"MARRIED_IN", Cause::kMarriedIn},
                              {"CUSTODY_IN", Cause::kCustodyIn},
                              {"OTHER_IN", Cause::kOtherIn},
                              {"DEATH", Cause::kDeath},
                              {"MARRIED_OUT", Cause::kMarriedOut},
                              {"EMIGRATED", Cause::kEmigrated},
                              {"IMPRISONED", Cause::kImprisoned},
                              {"OTHER_OUT", Cause::kOtherOut},
                              {"SPLIT", Cause::kSplit},
                              {"MERGE", Cause::kMerge}};
const Names<State> kStates = {{"NOT_MONITORED", State::kNotMonitored},
                              {"MONITORED", State::kMonitored},
                              {"UNDER_ASSISTANCE", State::kUnderAssistance},
                              {"ELIMINATION_PROPOSED", State::kEliminationProposed},
                              {"ELIMINATED", State::kEliminated}};

LifeCase CaseOf(const json& facts) {
  LifeCase c;
  c.event = kEvents.at(facts.at("event").get<std::string>());
  c.today = *OptionalDay(facts, "today");
  c.on = *OptionalDay(facts, "on");
  c.cause = kCauses.at(facts.at("cause").get<std::string>());
  for (const auto& [name, mover] : facts.at("movers").items()) {
    c.movers.push_back({.birth_date = OptionalDay(mover, "birth_date"),
                        .member_since = OptionalDay(mover, "member_since"),
                        .left_before = OptionalDay(mover, "left_before"),
                        .recorded_dead = OptionalFact<bool>(mover, "recorded_dead") == true});
  }
  for (const auto& [name, head] : facts.at("new_heads").items()) {
    c.new_heads.push_back({.birth_date = OptionalDay(head, "birth_date"),
                           .eldest_other = OptionalDay(head, "eldest_other")});
  }
  c.household_ends = facts.at("household_ends").get<bool>();
  c.monitoring = kStates.at(facts.at("monitoring").get<std::string>());
  return c;
}

std::vector<policy::Rule<LifeCase>> AllRules() {
  std::vector<policy::Rule<LifeCase>> rules(LifeInputRules().begin(), LifeInputRules().end());
  rules.insert(rules.end(), LifeStateRules().begin(), LifeStateRules().end());
  return rules;
}

class LifeRulesTest : public ::testing::TestWithParam<CaseFile::Case> {};

TEST_P(LifeRulesTest, SaysEverythingThatStandsAgainstTheEvent) {
  policy::ExpectVerdicts<LifeCase>(AllRules(), CaseOf(GetParam().facts), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Cases, LifeRulesTest, ::testing::ValuesIn(policy::LoadCases(kCases).cases),
                         [](const auto& info) { return base::StrCat("Case", info.index); });

TEST(LifeRulesTableTest, EveryRuleHasACase) {
  policy::ExpectEveryRuleCovered<LifeCase>(AllRules(), policy::LoadCases(kCases));
}

TEST(LifeTest, EveryCauseHasADirection) {
  for (int number = 1; number <= 12; ++number) {
    const auto cause = static_cast<Cause>(number);
    const bool whole = cause == Cause::kSplit || cause == Cause::kMerge;
    EXPECT_EQ(IsJoining(cause) + IsLeaving(cause) + whole, 1) << number;
    EXPECT_EQ(CauseFits(cause, true), IsJoining(cause) || whole) << number;
    EXPECT_EQ(CauseFits(cause, false), IsLeaving(cause) || whole) << number;
  }
  EXPECT_TRUE(CauseFits(Cause::kUnknown, true));
  EXPECT_TRUE(CauseFits(Cause::kUnknown, false));
}

TEST(LifeTest, WhoIsTakenInHereLeavesThere) {
  EXPECT_EQ(LeavingCauseOf(Cause::kMarriedIn), Cause::kMarriedOut);
  EXPECT_EQ(LeavingCauseOf(Cause::kCustodyIn), Cause::kCustodyOut);
  EXPECT_EQ(LeavingCauseOf(Cause::kOtherIn), Cause::kOtherOut);
  EXPECT_EQ(LeavingCauseOf(Cause::kBirth), Cause::kUnknown);
  EXPECT_EQ(LeavingCauseOf(Cause::kMarriedOut), Cause::kUnknown);
}

TEST(LifeTest, AClosedHouseholdOnlyGoesOnToNaturalElimination) {
  using enum State;
  EXPECT_TRUE(MayMoveOnceClosed(kMonitored, kEliminationProposed, false));
  EXPECT_TRUE(MayMoveOnceClosed(kEliminationProposed, kUnderAssistance, false));
  EXPECT_TRUE(MayMoveOnceClosed(kEliminationProposed, kEliminated, true));
  EXPECT_FALSE(MayMoveOnceClosed(kEliminationProposed, kEliminated, false));
  EXPECT_FALSE(MayMoveOnceClosed(kNotMonitored, kMonitored, false));
  EXPECT_FALSE(MayMoveOnceClosed(kEliminated, kMonitored, false));
  EXPECT_FALSE(MayMoveOnceClosed(kEliminated, kUnderAssistance, false));
}

TEST(LifeTest, ThoseWhoComeLiveInTheHouseThatTheyComeTo) {
  for (const SafeguardKind kind : {SafeguardKind::kHousing, SafeguardKind::kWater}) {
    EXPECT_TRUE(OfDwelling(kind));
    EXPECT_EQ(SecuredAfterMerge(kind, true, false), true);
    EXPECT_EQ(SecuredAfterMerge(kind, false, true), false);
    EXPECT_EQ(SecuredAfterMerge(kind, std::nullopt, true), std::nullopt);
  }
}

TEST(LifeTest, ThoseWhoComeBringTheirSchoolingAndInsurance) {
  for (const SafeguardKind kind : {SafeguardKind::kEducation, SafeguardKind::kMedical}) {
    EXPECT_FALSE(OfDwelling(kind));
    EXPECT_EQ(SecuredAfterMerge(kind, true, true), true);
    EXPECT_EQ(SecuredAfterMerge(kind, true, false), false);
    EXPECT_EQ(SecuredAfterMerge(kind, false, std::nullopt), false);
    EXPECT_EQ(SecuredAfterMerge(kind, true, std::nullopt), std::nullopt);
    EXPECT_EQ(SecuredAfterMerge(kind, std::nullopt, true), std::nullopt);
  }
}

TEST(LifeTest, AnUnknownPartMakesTheSumUnknown) {
  const IncomeParts a = {.wage = 100, .business = 20, .property = 0, .claim = 5};
  const IncomeParts b = {.wage = 50, .business = std::nullopt, .property = 3, .transfer = 7};
  const IncomeParts sum = AddIncome(a, b);
  EXPECT_EQ(sum.wage, 150);
  EXPECT_EQ(sum.business, std::nullopt);
  EXPECT_EQ(sum.property, 3);
  EXPECT_EQ(sum.transfer, std::nullopt);
  EXPECT_EQ(sum.claim, std::nullopt);
  EXPECT_EQ(sum.business_expenditure, std::nullopt);
}

}  // namespace
}  // namespace fangpin::registry
