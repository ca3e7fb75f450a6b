#ifndef FANGPIN_ASSISTANCE_POLICY_PLAN_RULES_H_
#define FANGPIN_ASSISTANCE_POLICY_PLAN_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/rule.h"
#include "services/assistance/policy/measures.h"

namespace fangpin::assistance {

enum class SafeguardState { kSecured, kNotSecured, kUnknown };

// What a plan rests on: the household as it was when the plan was made, or as it is now.
struct Basis {
  bool category_known = false;
  std::optional<absl::CivilDay> determined_on;
  std::set<Risk> risks;
  int population = 0;
  int labour_population = 0;
  int labour_unknown = 0;  // Members whose labour capacity is not on record.
  std::optional<int64_t> per_capita_reference_fen;
  std::set<Safeguard> open_safeguards;  // Not secured, or not known to be.

  friend bool operator==(const Basis&, const Basis&) = default;
};

struct PlannedMeasure {
  std::optional<MeasureGroup> group;
  std::string item;
  std::set<Risk> risks;
  std::set<int> need_numbers;
  bool has_person = false;
  bool has_unit = false;
  bool has_due_day = false;
  bool carried_out = false;
};

struct Review {
  bool by_author = false;           // The reviewer drafted, changed or submitted the plan.
  bool by_former_reviewer = false;  // The reviewer also agreed at the desk before.
  int open_defects = 0;             // Blocking findings at the time.
};

// One plan on one day, as plain facts.
struct PlanCase {
  absl::CivilDay today;
  Basis plan;                                          // As carried over into the plan.
  Basis household;                                     // As the registry has it now.
  std::optional<absl::CivilDay> household_changed_on;  // Last change of the household file.
  std::map<Safeguard, SafeguardState> safeguards;      // As now; absent: not on record.
  std::map<Risk, bool> analyses;                       // Analysed risks; whether there is a text.
  std::map<int, bool> needs;                           // Needs by number; whether there is a text.
  std::vector<PlannedMeasure> measures;
  std::vector<Review> agreed_reviews;

  // Parameters of the division on the day; absent when not configured.
  std::optional<int64_t> refresh_days;                  // plan_refresh_days
  std::optional<int64_t> measure_overdue_months;        // measure_overdue_months
  std::optional<int64_t> developmental_overdue_months;  // developmental_overdue_months
};

// The eight defects and the faults of notice §4, in its order, then what practice adds.
extern const std::span<const policy::Rule<PlanCase>> kPlanRules;

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_POLICY_PLAN_RULES_H_
