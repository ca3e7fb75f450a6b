#ifndef FANGPIN_ASSISTANCE_CORE_HOUSEHOLDS_H_
#define FANGPIN_ASSISTANCE_CORE_HOUSEHOLDS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/assistance/v1/plan.pb.h"
#include "libs/base/call_context.h"
#include "services/assistance/policy/plan_rules.h"

namespace fangpin::assistance {

// What a plan needs to know of a household file.
struct Household {
  std::string id;
  std::string division;
  v1::PlanFacts facts;  // As a plan made now would carry them over.
  std::map<Safeguard, SafeguardState> safeguards;
  std::optional<absl::CivilDay> changed_on;  // Last change of the file.
  std::vector<v1::Measure>
      reported_measures;    // Category and item, as the national system has them.
  std::string helper_name;  // 帮扶责任人
  std::string helper_unit;
};

// 户档, as this service sees it.
class Households {
 public:
  virtual ~Households() = default;

  // The household as it is. NOT_FOUND HOUSEHOLD_NOT_FOUND, UNAVAILABLE.
  virtual absl::StatusOr<Household> Get(const base::CallContext& ctx,
                                        std::string_view household_id) = 0;

  // Moves the household to 帮扶中 unless it is there already or beyond. Idempotent.
  virtual absl::Status BringUnderAssistance(const base::CallContext& ctx,
                                            const v1::HouseholdPlan& plan) = 0;
};

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CORE_HOUSEHOLDS_H_
