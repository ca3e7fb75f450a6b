#ifndef FANGPIN_ELIMINATION_CORE_FAKE_NEIGHBOURS_H_
#define FANGPIN_ELIMINATION_CORE_FAKE_NEIGHBOURS_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "libs/base/civil.h"
#include "services/elimination/core/neighbours.h"

namespace fangpin::elimination {

// Households given by the test; any other is NOT_FOUND.
class FakeHouseholds final : public Households {
 public:
  absl::StatusOr<Household> Get(const base::CallContext& ctx, std::string_view household_id,
                                absl::CivilDay today) override {
    const auto found = households.find(household_id);
    if (found == households.end()) return absl::NotFoundError("no such household");
    return found->second;
  }

  std::map<std::string, Household, std::less<>> households;
};

// Plans given by the test; no other household has one in force.
class FakePlans final : public Plans {
 public:
  absl::StatusOr<PlanInForce> InForce(const base::CallContext& ctx,
                                      std::string_view household_id) override {
    if (!failure.ok()) return failure;
    const auto found = plans.find(household_id);
    return found == plans.end() ? PlanInForce() : found->second;
  }

  std::map<std::string, PlanInForce, std::less<>> plans;
  absl::Status failure;
};

// A household of the village against which no rule holds on 2024-07-10 but for the five steps.
inline Household SoundHousehold() {
  Household household;
  household.division = "621126100200";
  household.state = policy::v1::MONITORING_STATE_UNDER_ASSISTANCE;
  household.determined_on = *base::ParseDay("2023-09-18");
  household.safeguards.fill({SafeguardState::kSecured, *base::ParseDay("2023-10-01")});
  household.members = {{true, false, 0, 45, false}, {true, false, 0, 43, false}};
  return household;
}

// A plan in force whose one measure shows a clear effect.
inline PlanInForce SoundPlan() {
  return {.exists = true,
          .measures = {{*base::ParseDay("2023-10-15"), *base::ParseDay("2024-03-31"),
                        EffectResult::kClear}}};
}

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CORE_FAKE_NEIGHBOURS_H_
