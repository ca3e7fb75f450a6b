#ifndef FANGPIN_REGISTRY_POLICY_INCOME_H_
#define FANGPIN_REGISTRY_POLICY_INCOME_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/time/civil_time.h"

namespace fangpin::registry {

// 家庭收入 by group, in fen; a part that is not on record is absent.
struct IncomeParts {
  std::optional<int64_t> wage;                  // A 工资性收入
  std::optional<int64_t> business;              // B 生产经营性收入
  std::optional<int64_t> property;              // C 财产性收入
  std::optional<int64_t> transfer;              // D 转移性收入
  std::optional<int64_t> business_expenditure;  // E 生产经营性支出
  std::optional<int64_t> claim;                 // F 理赔收入
  std::optional<int64_t> compliant_self_paid;   // G 合规自付支出
};

// Sums of the items given of each group, A to G; absent for a group without items.
using IncomeItems = std::array<std::optional<int64_t>, 7>;

// Whether a group has items that do not add up to its part (DQ-IN-02). A part that is not on record
// agrees with everything.
bool ItemsDisagree(const IncomeParts& parts, const IncomeItems& items);

// Whether the months from first to last are twelve and all of them over on `today` (handbook 2.4).
bool IsIncomePeriod(absl::CivilMonth first, absl::CivilMonth last, absl::CivilDay today);

// What follows from the parts; absent when a part that it needs is.
struct IncomeSums {
  std::optional<int64_t> net;                   // 纯收入 = A + B + C + D − E
  std::optional<int64_t> per_capita_net;        // 人均纯收入
  std::optional<int64_t> reference;             // 收入参考 = 纯收入 + F − G
  std::optional<int64_t> per_capita_reference;  // 人均收入参考
};

// The arithmetic of handbook 2.4. Per-capita figures are rounded to the nearest fen, halves away
// from zero, and absent without population.
IncomeSums ComputeIncome(const IncomeParts& parts, int population);

// Whether a figure as reported differs from the computed one by more than one yuan (DQ-IN-02 and
// DQ-IN-03). False when either is not on record.
bool IncomeDisagrees(std::optional<int64_t> reported, std::optional<int64_t> computed);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_POLICY_INCOME_H_
