#ifndef FANGPIN_REGISTRY_POLICY_INCOME_H_
#define FANGPIN_REGISTRY_POLICY_INCOME_H_

#include <cstdint>
#include <optional>

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
