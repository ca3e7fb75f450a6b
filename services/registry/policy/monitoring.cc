#include "services/registry/policy/monitoring.h"

#include <algorithm>

namespace fangpin::registry {
namespace {

constexpr Transition kTransitions[] = {
    {State::kNotMonitored, State::kMonitored, "识别纳入"},
    {State::kMonitored, State::kUnderAssistance, "一户一策帮扶计划生效"},
    {State::kMonitored, State::kEliminationProposed, "自然消除程序启动"},
    {State::kUnderAssistance, State::kEliminationProposed, "风险消除程序启动"},
    {State::kEliminationProposed, State::kUnderAssistance, "风险消除程序终止，继续帮扶"},
    {State::kEliminationProposed, State::kMonitored, "风险消除程序终止，继续监测"},
    {State::kEliminationProposed, State::kEliminated, "风险消除审定"},
    {State::kEliminated, State::kUnderAssistance, "回退帮扶"},
    {State::kEliminated, State::kMonitored, "再次识别纳入"},
};

}  // namespace

std::span<const Transition> AllowedTransitions() { return kTransitions; }

bool MayMove(State from, State to) {
  return std::any_of(std::begin(kTransitions), std::end(kTransitions),
                     [&](const Transition& t) { return t.from == from && t.to == to; });
}

bool CategoryFitsKind(Category category, Kind kind) {
  if (kind == Kind::kUnknown) return true;
  if (category == Category::kUnstableExit) return kind == Kind::kLiftedOut;
  if (category == Category::kMarginal) return kind == Kind::kOrdinary;
  return true;
}

}  // namespace fangpin::registry
