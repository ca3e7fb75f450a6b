#ifndef FANGPIN_SCREENING_POLICY_ALERT_RULES_H_
#define FANGPIN_SCREENING_POLICY_ALERT_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/rule.h"

namespace fangpin::screening {

// 户类型, as far as a rule tells them apart.
enum class HouseholdKind { kUnknown, kLiftedOut, kOrdinary };

// One department record about a person whose household is known, and what it is judged with.
struct AlertCase {
  std::map<std::string, int64_t, std::less<>> numbers;    // Amounts in fen, counts, by fact.
  std::map<std::string, std::string, std::less<>> codes;  // Code facts and texts, by fact.
  // Amount of this record and of the person's earlier ones of the same kind, in its calendar year
  // and month; for feeds that accumulate.
  std::optional<int64_t> year_amount_fen;
  std::optional<int64_t> month_amount_fen;
  HouseholdKind household_kind = HouseholdKind::kUnknown;
  absl::CivilDay event_on;
  absl::CivilDay as_of;  // The day the record was taken.
  // The feed's parameters; absent when none is configured for the household's division and as_of.
  std::map<std::string, int64_t, std::less<>> parameters;
  std::map<std::string, std::vector<std::string>, std::less<>> lists;

  std::optional<int64_t> Number(std::string_view fact) const;
  std::optional<std::string_view> Code(std::string_view fact) const;
  std::optional<int64_t> Parameter(std::string_view name) const;
};

using AlertRule = policy::Rule<AlertCase>;

// The rule with this id; null when there is none.
const AlertRule* FindAlertRule(std::string_view id);

// What the rule says: kHold makes a clue, kClear is below the threshold, kFactMissing waits.
policy::Finding JudgeAlert(const AlertRule& rule, const AlertCase& alert);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_POLICY_ALERT_RULES_H_
