#ifndef FANGPIN_REGISTRY_POLICY_MONITORING_H_
#define FANGPIN_REGISTRY_POLICY_MONITORING_H_

#include <span>
#include <string_view>

namespace fangpin::registry {

// 监测 states; the values are those of fangpin.policy.v1.MonitoringState.
enum class State {
  kNotMonitored = 1,
  kMonitored = 2,
  kUnderAssistance = 3,
  kEliminationProposed = 4,
  kEliminated = 5,
};

// One step that the procedure knows (handbook 2.14).
struct Transition {
  State from;
  State to;
  std::string_view meaning;  // Chinese
};

// Every step there is.
std::span<const Transition> AllowedTransitions();

// Whether the procedure knows a step from one state to the other. A household is never taken out of
// monitoring by other means than elimination, and never skips the proposal.
bool MayMove(State from, State to);

// 监测对象类别; the values are those of fangpin.policy.v1.MonitoredCategory.
enum class Category { kNone = 0, kUnstableExit = 1, kMarginal = 2, kSuddenSevere = 3 };
// 户类型; the values are those of fangpin.policy.v1.HouseholdKind.
enum class Kind { kUnknown = 0, kLiftedOut = 1, kOrdinary = 2 };

// DQ-RK-11: 脱贫不稳定户 are former poor households, 边缘易致贫户 are not. A kind that is not on
// record fits every category.
bool CategoryFitsKind(Category category, Kind kind);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_POLICY_MONITORING_H_
