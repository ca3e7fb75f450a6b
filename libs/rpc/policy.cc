#include "libs/rpc/policy.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/civil.h"
#include "libs/base/status.h"
#include "libs/log/log.h"
#include "libs/policy/gaps.h"
#include "libs/rpc/principal.h"

namespace fangpin::rpc {
namespace {

constexpr int kQuarterMonths = 3;

// Gaps from today on; of today alone, or of the coming quarter as well.
std::vector<policy::Gap> GapsNow(const policy::PolicyData& data, bool quarter) {
  const absl::CivilDay today = base::Today(absl::Now());
  return policy::FindGaps(data, kProvince, today,
                          quarter ? base::AddMonths(today, kQuarterMonths) : today);
}

void ShowGaps(metrics::Registry& metrics, std::string_view service,
              const std::shared_ptr<const policy::PolicyData>& data) {
  for (const std::string_view item : policy::kYearlyItems) {
    for (const bool quarter : {false, true}) {
      metrics.AddGaugeReader(
          "fangpin_policy_missing",
          "1 when the policy says nothing about a day that decisions need it for.",
          {{"service", std::string(service)},
           {"item", std::string(item)},
           {"within", quarter ? "quarter" : "today"}},
          [data, item, quarter] {
            const std::vector<policy::Gap> gaps = GapsNow(*data, quarter);
            return std::any_of(gaps.begin(), gaps.end(),
                               [item](const policy::Gap& gap) { return gap.item == item; })
                       ? 1.0
                       : 0.0;
          });
    }
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const policy::PolicyData>> LoadPolicy(ModuleEnv& env,
                                                                     std::string_view service) {
  FANGPIN_ASSIGN_OR_RETURN(policy::PolicyData loaded, policy::LoadPolicy(env.policy_dir()));
  auto data = std::make_shared<const policy::PolicyData>(std::move(loaded));
  for (const policy::Gap& gap : GapsNow(*data, true)) {
    log::Warning("policy is incomplete", {{"needed_by", service},
                                          {"item", gap.item},
                                          {"division", kProvince},
                                          {"from", base::FormatDay(gap.day)},
                                          {"policy_dir", env.policy_dir()}});
  }
  ShowGaps(env.metrics(), service, data);
  return data;
}

}  // namespace fangpin::rpc
