#include "services/registry/policy/life.h"

#include <algorithm>

#include "libs/base/civil.h"

namespace fangpin::registry {
namespace {

using policy::Outcome;
using policy::Rule;
using policy::Verdict;

constexpr std::string_view kHandbook = "HANDBOOK";
constexpr std::string_view kHukouRegulations = "HKTL";

// 民法典第十七条: 十八周岁以上的自然人为成年人.
constexpr int kAdultAge = 18;

bool IsAdult(absl::CivilDay birth, absl::CivilDay today) {
  return base::AgeOn(birth, today) >= kAdultAge;
}

Outcome HoldIf(bool hold) { return {.verdict = hold ? Verdict::kHold : Verdict::kClear}; }

template <typename Predicate>
Outcome HoldIfAny(const std::vector<MoverFacts>& movers, Predicate is) {
  return HoldIf(std::any_of(movers.begin(), movers.end(), is));
}

// Why a person leaves the household that is left.
Cause LeavingCause(const LifeCase& c) {
  return c.event == LifeEvent::kTransferMember ? LeavingCauseOf(c.cause) : c.cause;
}

// Death, marriage and emigration of the last member are grounds of 自然消除. Whoever goes to
// another household of the county without one of them takes the household out of monitoring with
// him.
bool IsGroundOfNaturalElimination(Cause leaving) {
  return leaving == Cause::kDeath || leaving == Cause::kMarriedOut || leaving == Cause::kEmigrated;
}

constexpr Rule<LifeCase> kInputRules[] = {
    {"CAUSE_NOT_JOINING",
     {kHandbook, "4.4"},
     "增加成员的原因应为新生儿、嫁入、抚养关系转入或其他转入；从另一户转来的不能是新生儿",
     [](const LifeCase& c) {
       return HoldIf(
           (c.event == LifeEvent::kJoin && !IsJoining(c.cause)) ||
           (c.event == LifeEvent::kTransferMember && LeavingCauseOf(c.cause) == Cause::kUnknown));
     }},
    {"CAUSE_NOT_LEAVING",
     {kHandbook, "4.4"},
     "减少成员的原因应为死亡、嫁出、抚养关系转出、出国定居、判刑收监或其他转出",
     [](const LifeCase& c) { return HoldIf(c.event == LifeEvent::kLeave && !IsLeaving(c.cause)); }},
    {"DATE_IN_FUTURE",
     {kHandbook, "4.6"},
     "日期不能晚于今天",
     [](const LifeCase& c) { return HoldIf(c.on > c.today); }},
    {"DATE_BEFORE_BIRTH",
     {kHandbook, "4.6"},
     "日期早于本人出生日期",
     [](const LifeCase& c) {
       return HoldIfAny(c.movers,
                        [&](const MoverFacts& m) { return m.birth_date && c.on < *m.birth_date; });
     }},
    {"DATE_BEFORE_JOINED",
     {kHandbook, "4.6"},
     "日期早于该成员成为本户成员的日期",
     [](const LifeCase& c) {
       return HoldIfAny(
           c.movers, [&](const MoverFacts& m) { return m.member_since && c.on < *m.member_since; });
     }},
    {"DATE_BEFORE_LEFT",
     {kHandbook, "4.6"},
     "日期早于该人员上次离开该户的日期",
     [](const LifeCase& c) {
       return HoldIfAny(
           c.movers, [&](const MoverFacts& m) { return m.left_before && c.on < *m.left_before; });
     }},
};
static_assert(policy::WellFormed(kInputRules));

constexpr Rule<LifeCase> kStateRules[] = {
    {"HOUSEHOLD_IS_MONITORED",
     {kHandbook, "2.10"},
     "监测对象不能通过并户或转出最后一名成员退出监测；因死亡、嫁出、出国定居而整户减少的除外，应按"
     "自然消除办理",
     [](const LifeCase& c) {
       return HoldIf(c.household_ends && UnderMonitoring(c.monitoring) &&
                     !IsGroundOfNaturalElimination(LeavingCause(c)));
     }},
    {"PERSON_RECORDED_DEAD",
     {kHandbook, "4.6"},
     "该人员在原户已登记死亡；登记有误的，先在原户重新登记为成员",
     [](const LifeCase& c) {
       return HoldIfAny(c.movers, [](const MoverFacts& m) { return m.recorded_dead; });
     }},
    {"HEAD_IS_MINOR",
     {kHukouRegulations, "5"},
     "户内有成年人的，户主应为成年人",
     [](const LifeCase& c) {
       return HoldIf(std::any_of(c.new_heads.begin(), c.new_heads.end(), [&](const HeadFacts& h) {
         return h.birth_date && h.eldest_other && !IsAdult(*h.birth_date, c.today) &&
                IsAdult(*h.eldest_other, c.today);
       }));
     }},
};
static_assert(policy::WellFormed(kStateRules));

std::optional<int64_t> Sum(std::optional<int64_t> a, std::optional<int64_t> b) {
  return a && b ? std::optional<int64_t>(*a + *b) : std::nullopt;
}

}  // namespace

bool IsJoining(Cause cause) { return cause >= Cause::kBirth && cause <= Cause::kOtherIn; }

bool IsLeaving(Cause cause) { return cause >= Cause::kDeath && cause <= Cause::kOtherOut; }

bool CauseFits(Cause cause, bool active) {
  return cause == Cause::kUnknown || cause == Cause::kSplit || cause == Cause::kMerge ||
         (active ? IsJoining(cause) : IsLeaving(cause));
}

Cause LeavingCauseOf(Cause joining) {
  switch (joining) {
    case Cause::kMarriedIn:
      return Cause::kMarriedOut;
    case Cause::kCustodyIn:
      return Cause::kCustodyOut;
    case Cause::kOtherIn:
      return Cause::kOtherOut;
    default:
      return Cause::kUnknown;
  }
}

bool UnderMonitoring(State state) {
  return state == State::kMonitored || state == State::kUnderAssistance ||
         state == State::kEliminationProposed;
}

bool MayMoveOnceClosed(State from, State to, bool natural) {
  return UnderMonitoring(from) && (to != State::kEliminated || natural);
}

std::span<const Rule<LifeCase>> LifeInputRules() { return kInputRules; }

std::span<const Rule<LifeCase>> LifeStateRules() { return kStateRules; }

bool OfDwelling(SafeguardKind safeguard) {
  return safeguard == SafeguardKind::kHousing || safeguard == SafeguardKind::kWater;
}

std::optional<bool> SecuredAfterMerge(SafeguardKind safeguard, std::optional<bool> taking,
                                      std::optional<bool> ending) {
  if (OfDwelling(safeguard)) return taking;
  if (taking == false || ending == false) return false;
  if (!taking || !ending) return std::nullopt;
  return true;
}

IncomeParts AddIncome(const IncomeParts& a, const IncomeParts& b) {
  return {.wage = Sum(a.wage, b.wage),
          .business = Sum(a.business, b.business),
          .property = Sum(a.property, b.property),
          .transfer = Sum(a.transfer, b.transfer),
          .business_expenditure = Sum(a.business_expenditure, b.business_expenditure),
          .claim = Sum(a.claim, b.claim),
          .compliant_self_paid = Sum(a.compliant_self_paid, b.compliant_self_paid)};
}

}  // namespace fangpin::registry
