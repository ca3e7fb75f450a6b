#ifndef FANGPIN_SCREENING_POLICY_DETERMINATION_RULES_H_
#define FANGPIN_SCREENING_POLICY_DETERMINATION_RULES_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/rule.h"
#include "services/screening/policy/alert_rules.h"
#include "services/screening/policy/assessment_rules.h"
#include "services/screening/policy/risk.h"

namespace fangpin::screening {

// How a hit against the asset standard was adjudicated; a hit that nobody adjudicated is pending.
enum class AssetOutcome { kPending, kPass, kExcludedInPrinciple, kExceptionApproved };

// 三类户, notice §3; numbered as in fangpin.policy.v1.MonitoredCategory.
enum class Category {
  kUndecided = 0,
  kUnstablePovertyExit = 1,
  kMarginalPovertyProne = 2,
  kSuddenSevereDifficulty = 3,
};

// "UNSTABLE_POVERTY_EXIT"; "UNDECIDED".
std::string_view CategoryName(Category category);

// A determination case as the rules see it. 低保 is left out on purpose: being on it neither
// includes nor excludes a household (notice §2 三).
struct DeterminationFacts {
  absl::CivilDay today;  // The day of determination.

  // From the household file.
  HouseholdKind household_kind = HouseholdKind::kUnknown;
  bool already_monitored = false;
  std::optional<bool> safeguards_secured;  // False when one is not; absent when one is not known.
  std::optional<int64_t> yearly_net_income_fen;
  std::optional<int64_t> per_capita_net_fen;
  std::optional<int64_t> previous_per_capita_net_fen;

  // From the assessment.
  AssessmentCase assessment;

  // From the steps: how many are done in order (受理 is the first, 乡镇审核 the seventh), and what
  // each left behind. Absent while the step is not done.
  int steps_done = 0;
  std::optional<int64_t> checkers;
  std::optional<int64_t> per_capita_reference_fen;
  std::optional<int64_t> rigid_expenditure_fen;
  std::optional<bool> basic_life_difficult;
  std::optional<bool> authorised;
  std::optional<absl::CivilDay> authorised_on;
  std::optional<absl::CivilDay> compared_on;
  std::optional<std::vector<AssetOutcome>> asset_hits;
  std::optional<int64_t> attendance;
  std::optional<int64_t> votes_for;
  std::optional<absl::CivilDay> publicity_from;
  std::optional<absl::CivilDay> publicity_to;
  std::optional<int64_t> objections_open;
  std::optional<bool> township_agreed;

  // Parameters of the division on the day; absent when not configured.
  std::string division;
  std::optional<int64_t> line_fen;
  std::optional<int64_t> publicity_min_days;
  std::optional<int64_t> min_checkers;
  std::optional<int64_t> income_drop_percent;
  std::optional<int64_t> large_expenditure_floor_fen;
  std::optional<int64_t> large_expenditure_income_percent;
};

inline constexpr int kStepsBeforeApproval = 7;

// What the rules of a version make of a case.
struct Determination {
  std::vector<policy::Finding> findings;  // In the order of the notice, clear ones included.
  Category category = Category::kUndecided;

  bool approvable() const { return policy::Blocking(findings).empty(); }
};

// True for a version with rule tables here: "gansu-2021", "gansu-2023".
bool KnowsPolicyVersion(std::string_view version);

// Decides by the tables of `version`, which must be known.
Determination Determine(std::string_view version, const DeterminationFacts& facts);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_POLICY_DETERMINATION_RULES_H_
