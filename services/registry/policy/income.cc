#include "services/registry/policy/income.h"

#include <cstdlib>

#include "libs/base/money.h"

namespace fangpin::registry {
namespace {

constexpr int64_t kToleranceFen = base::kFenPerYuan;
constexpr int kIncomeMonths = 12;

std::optional<int64_t> PerCapita(std::optional<int64_t> total, int population) {
  if (!total.has_value() || population <= 0) return std::nullopt;
  const int64_t half = population / 2;
  return (*total + (*total < 0 ? -half : half)) / population;
}

}  // namespace

IncomeSums ComputeIncome(const IncomeParts& parts, int population) {
  IncomeSums sums;
  if (parts.wage && parts.business && parts.property && parts.transfer &&
      parts.business_expenditure) {
    sums.net = *parts.wage + *parts.business + *parts.property + *parts.transfer -
               *parts.business_expenditure;
  }
  if (sums.net && parts.claim && parts.compliant_self_paid) {
    sums.reference = *sums.net + *parts.claim - *parts.compliant_self_paid;
  }
  sums.per_capita_net = PerCapita(sums.net, population);
  sums.per_capita_reference = PerCapita(sums.reference, population);
  return sums;
}

bool ItemsDisagree(const IncomeParts& parts, const IncomeItems& items) {
  const std::optional<int64_t> subtotals[] = {parts.wage,
                                              parts.business,
                                              parts.property,
                                              parts.transfer,
                                              parts.business_expenditure,
                                              parts.claim,
                                              parts.compliant_self_paid};
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i] && subtotals[i] && *items[i] != *subtotals[i]) return true;
  }
  return false;
}

bool IsIncomePeriod(absl::CivilMonth first, absl::CivilMonth last, absl::CivilDay today) {
  return last - first == kIncomeMonths - 1 && last < absl::CivilMonth(today);
}

bool IncomeDisagrees(std::optional<int64_t> reported, std::optional<int64_t> computed) {
  return reported && computed && std::llabs(*reported - *computed) > kToleranceFen;
}

}  // namespace fangpin::registry
