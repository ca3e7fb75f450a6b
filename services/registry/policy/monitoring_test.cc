#include "services/registry/policy/monitoring.h"

#include <set>
#include <utility>

#include "gtest/gtest.h"

namespace fangpin::registry {
namespace {

TEST(MonitoringTest, KnowsTheseStepsAndNoOthers) {
  using enum State;
  const std::set<std::pair<State, State>> allowed = {
      {kNotMonitored, kMonitored},
      {kMonitored, kUnderAssistance},
      {kMonitored, kEliminationProposed},
      {kUnderAssistance, kEliminationProposed},
      {kEliminationProposed, kUnderAssistance},
      {kEliminationProposed, kMonitored},
      {kEliminationProposed, kEliminated},
      {kEliminated, kUnderAssistance},
      {kEliminated, kMonitored},
  };
  const State all[] = {kNotMonitored, kMonitored, kUnderAssistance, kEliminationProposed,
                       kEliminated};
  for (const State from : all) {
    for (const State to : all) {
      EXPECT_EQ(MayMove(from, to), allowed.contains({from, to}))
          << static_cast<int>(from) << " to " << static_cast<int>(to);
    }
  }
  EXPECT_EQ(AllowedTransitions().size(), allowed.size());
}

TEST(MonitoringTest, CategoriesFitKinds) {
  EXPECT_TRUE(CategoryFitsKind(Category::kUnstableExit, Kind::kLiftedOut));
  EXPECT_FALSE(CategoryFitsKind(Category::kUnstableExit, Kind::kOrdinary));
  EXPECT_TRUE(CategoryFitsKind(Category::kMarginal, Kind::kOrdinary));
  EXPECT_FALSE(CategoryFitsKind(Category::kMarginal, Kind::kLiftedOut));
  EXPECT_TRUE(CategoryFitsKind(Category::kSuddenSevere, Kind::kLiftedOut));
  EXPECT_TRUE(CategoryFitsKind(Category::kSuddenSevere, Kind::kOrdinary));
  EXPECT_TRUE(CategoryFitsKind(Category::kUnstableExit, Kind::kUnknown));
}

}  // namespace
}  // namespace fangpin::registry
