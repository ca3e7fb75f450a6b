#ifndef FANGPIN_REGISTRY_POLICY_LIFE_H_
#define FANGPIN_REGISTRY_POLICY_LIFE_H_

#include <optional>
#include <span>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/rule.h"
#include "services/registry/policy/income.h"
#include "services/registry/policy/monitoring.h"
#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {

// 成员增减原因; the values are those of MemberChangeCause.
enum class Cause {
  kUnknown = 0,
  kBirth = 1,
  kMarriedIn = 2,
  kCustodyIn = 3,
  kOtherIn = 4,
  kDeath = 5,
  kMarriedOut = 6,
  kCustodyOut = 7,
  kEmigrated = 8,
  kImprisoned = 9,
  kOtherOut = 10,
  kSplit = 11,
  kMerge = 12,
};

// Whether a person can join, or leave, a household for this cause. 分户 and 并户 are done to the
// household as a whole, never said of one person.
bool IsJoining(Cause cause);
bool IsLeaving(Cause cause);

// Whether the cause fits a member who is there (joined for it) or has left (left for it); one that
// is not on record fits both.
bool CauseFits(Cause cause, bool active);

// Why the person leaves a household when another one takes him or her in for `joining`: 嫁入 there
// is 嫁出 here. Nobody is born from one household into another: kUnknown.
Cause LeavingCauseOf(Cause joining);

// In monitoring: determined and not yet eliminated.
bool UnderMonitoring(State state);

// Whether a closed household may still make the step. Its members are gone and its monitoring is
// not: what is left is the way to 自然消除 (handbook 2.10). Nothing begins anew.
bool MayMoveOnceClosed(State from, State to, bool natural);

// What happens to a household or its members.
enum class LifeEvent {
  kJoin,
  kLeave,
  kChangeHead,
  kTransferMember,
  kSplit,
  kMerge,
  kTransferHousehold,
};

// What the rules see of one person who moves. A day that is not on record forbids nothing.
struct MoverFacts {
  std::optional<absl::CivilDay> birth_date;
  std::optional<absl::CivilDay> member_since;  // of the household that the person leaves
  std::optional<absl::CivilDay> left_before;   // the household that takes the person in again
  bool recorded_dead = false;                  // by another household
};

// What the rules see of one person who becomes the head.
struct HeadFacts {
  std::optional<absl::CivilDay> birth_date;
  std::optional<absl::CivilDay> eldest_other;  // birth of the eldest other member; none without one
};

// One event as the rules see it.
struct LifeCase {
  LifeEvent event = LifeEvent::kJoin;
  absl::CivilDay today;
  absl::CivilDay on;
  Cause cause = Cause::kUnknown;  // as the caller states it
  std::vector<MoverFacts> movers;
  std::vector<HeadFacts> new_heads;
  bool household_ends = false;              // nobody is left in the household that is left
  State monitoring = State::kNotMonitored;  // of that household
};

// What is wrong with what the caller states: causes first, then days. None misses a fact.
std::span<const policy::Rule<LifeCase>> LifeInputRules();
// What the households as they are forbid.
std::span<const policy::Rule<LifeCase>> LifeStateRules();

// What is found out about a household is true of these people in this house. When people part, join
// or move, it stays on record only as far as it is still known (the three verdicts of libs/policy:
// what is not on record holds a decision back, a wrong figure does not).

// Whether the safeguard is one of the house that a household lives in, not of its members.
bool OfDwelling(SafeguardKind safeguard);

// A safeguard of the household that takes in all members of another one: they move into its house;
// of its members' education and medical care the worse is true, and unknown where either is.
std::optional<bool> SecuredAfterMerge(SafeguardKind safeguard, std::optional<bool> taking,
                                      std::optional<bool> ending);

// The income of two households that are one from now on: group by group the sum, not on record
// where one of them is not. Both accounts cover the same months.
IncomeParts AddIncome(const IncomeParts& a, const IncomeParts& b);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_POLICY_LIFE_H_
