#ifndef FANGPIN_ELIMINATION_POLICY_HOLD_RULES_H_
#define FANGPIN_ELIMINATION_POLICY_HOLD_RULES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/rule.h"

namespace fangpin::elimination {

// 风险消除方式.
enum class Mode { kByAssistance, kNatural };

// "三保障"和饮水安全; an entry that is not on record is kUnknown.
enum class SafeguardState { kUnknown, kSecured, kNotSecured };
struct SafeguardFact {
  SafeguardState state = SafeguardState::kUnknown;
  std::optional<absl::CivilDay> since;
};
inline constexpr std::array<policy::FactName, 4> kSafeguardNames = {{
    {"compulsory_education", "义务教育"},
    {"basic_medical_care", "基本医疗"},
    {"housing_safety", "住房安全"},
    {"drinking_water_safety", "饮水安全"},
}};

// An active member.
struct MemberFact {
  std::optional<bool> can_work;  // 劳动技能 neither 无 nor 丧失.
  std::optional<bool> severely_ill;
  std::optional<int> disability_grade;  // 0: not disabled; 1 is the most severe.
  std::optional<int> age;
  std::optional<bool> incapacitated;  // 失能
};

// 帮扶成效.
enum class EffectResult { kClear, kPartial, kUnclear, kNone };

// A measure of the plan in force that was carried out.
struct MeasureFact {
  absl::CivilDay carried_out_on;
  // Its latest evaluation.
  std::optional<absl::CivilDay> evaluated_on;
  std::optional<EffectResult> result;
};

// 大病重病患者等特殊困难人口: which groups the open list of the notice contains.
enum class SpecialGroup { kSevereIllness, kSevereDisability, kDisabledElder };

// An elimination as the rules see it. What a step leaves behind is absent while it is not done.
struct EliminationFacts {
  absl::CivilDay today;
  Mode mode = Mode::kByAssistance;

  // From the household file.
  std::optional<absl::CivilDay> determined_on;
  std::array<SafeguardFact, kSafeguardNames.size()> safeguards;
  std::vector<MemberFact> members;
  // The largest yearly rigid expenditure that is neither ended nor covered; 0 when there is none.
  int64_t open_rigid_expenditure_fen = 0;

  // From the plan.
  bool has_plan_in_force = false;
  std::vector<MeasureFact> measures;  // Carried out ones.

  // From the five steps.
  int steps_done = 0;
  std::optional<int64_t> visitors;                    // 一看
  std::optional<int64_t> per_capita_reference_fen;    // 二算
  std::optional<absl::CivilDay> income_stable_since;  // 二算
  std::optional<bool> rigid_expenditure_resolved;     // 二算
  std::optional<bool> account_signed;                 // 二算
  std::optional<int64_t> contradictions;              // 三核
  std::optional<bool> new_risk;                       // 三核
  std::optional<int64_t> attendance;                  // 四评议
  std::optional<int64_t> votes_for;                   // 四评议
  std::optional<absl::CivilDay> publicity_from;       // 五公示
  std::optional<absl::CivilDay> publicity_to;         // 五公示
  std::optional<int64_t> objections_open;             // 五公示
  std::optional<bool> household_acknowledged;         // 五公示

  // Parameters of the division on the day; absent when not configured.
  std::string division;
  std::optional<int64_t> line_fen;
  std::optional<int64_t> safeguards_stable_months;
  std::optional<int64_t> income_stable_months;
  std::optional<int64_t> min_monitored_months;
  std::optional<int64_t> measure_effect_min_days;
  std::optional<int64_t> min_visitors;
  std::optional<int64_t> publicity_min_days;
  std::optional<int64_t> large_expenditure_floor_fen;
  std::optional<int64_t> severe_disability_max_grade;
  std::optional<int64_t> elder_age_from;
  std::optional<std::set<SpecialGroup>> special_groups;
};

inline constexpr int kEliminationSteps = 5;

// True for a version with a rule table here: "gansu-2021", "gansu-2023".
bool KnowsPolicyVersion(std::string_view version);

// Its rules: the seven holds, then the further conditions. `version` must be known.
std::span<const policy::Rule<EliminationFacts>> RulesOf(std::string_view version);

// What each of the seven holds says, and then each further condition: in the order of the notice,
// clear ones included. `version` must be known.
std::vector<policy::Finding> Evaluate(std::string_view version, const EliminationFacts& facts);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_POLICY_HOLD_RULES_H_
