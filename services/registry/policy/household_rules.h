#ifndef FANGPIN_REGISTRY_POLICY_HOUSEHOLD_RULES_H_
#define FANGPIN_REGISTRY_POLICY_HOUSEHOLD_RULES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/base/id_number.h"
#include "services/registry/policy/income.h"
#include "services/registry/policy/monitoring.h"

namespace fangpin::registry {

// A value of a code list as a rule sees it.
enum class Listed { kAbsent, kInList, kNotInList };

// A number as given, read.
template <typename Number>
struct Checked {
  std::optional<Number> number;
  std::string problem;  // base's reason code when it is refused; empty when valid or not given
  bool given = false;
};

// One spell of work away. Days as YYYY-MM-DD, or YYYY-MM where only the month is on record; empty
// when not on record.
struct SpellFacts {
  std::string begin;
  std::string end;
};

// What the rules see of one member.
struct PersonFacts {
  Checked<base::IdNumber> id;
  Checked<base::DisabilityNumber> disability;
  std::optional<base::Sex> sex;
  std::optional<absl::CivilDay> birth_date;
  Listed relation = Listed::kAbsent;
  bool is_head = false;
  bool is_spouse = false;
  Listed education = Listed::kAbsent;
  Listed schooling = Listed::kAbsent;
  Listed labour = Listed::kAbsent;
  std::optional<int64_t> work_months;
  std::optional<int64_t> welfare_post_months;
  std::vector<SpellFacts> spells;  // oldest first
  bool active = true;
};

// Reads the two numbers of a person as of `today`.
Checked<base::IdNumber> CheckIdNumber(std::string_view text, absl::CivilDay today);
Checked<base::DisabilityNumber> CheckDisabilityNumber(std::string_view text, absl::CivilDay today);

// What the rules see of a household.
struct HouseholdFacts {
  std::vector<PersonFacts> members;
  std::string division_problem;  // reason code; empty for a village that exists
  Kind kind = Kind::kUnknown;
  Category category = Category::kNone;
  bool monitored = false;  // in any state but 未纳入
  bool has_risk = false;
  bool other_without_remark = false;   // a risk 其他 that says no more
  bool disaster_without_kind = false;  // 因自然灾害 without 子项
  IncomeParts income;
  IncomeItems items;
  std::optional<absl::CivilMonth> income_first;  // of the account's period
  std::optional<absl::CivilMonth> income_last;
  absl::CivilDay today;
  std::optional<int64_t> reported_net;
  std::optional<int64_t> reported_per_capita_net;
  int population = 0;  // active members
};

// Why a record is refused. The registry promises all of these of every record that it holds, so
// each of them stops the write, whatever its severity in a data-quality report.
struct Violation {
  std::string_view rule;   // id in handbook 4.6: "DQ-ID-02"
  int member = -1;         // index in members; -1 for the household
  int spell = -1;          // with a member: index in work_spells; -1 for the person
  std::string_view field;  // field of Household, with a member of Person, with a spell of WorkSpell
  std::string_view reason;   // stable reason code
  std::string_view message;  // Chinese, without personal data
};

// Every violation: members in order, each followed by its spells, then the household.
std::vector<Violation> CheckHousehold(const HouseholdFacts& facts);

// A row of the tables, for lints and documentation.
struct RuleInfo {
  std::string_view rule;
  std::string_view reason;
  std::string_view message;
};
std::vector<RuleInfo> HouseholdRules();

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_POLICY_HOUSEHOLD_RULES_H_
