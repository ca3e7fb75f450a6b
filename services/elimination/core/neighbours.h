#ifndef FANGPIN_ELIMINATION_CORE_NEIGHBOURS_H_
#define FANGPIN_ELIMINATION_CORE_NEIGHBOURS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "libs/base/call_context.h"
#include "services/elimination/policy/hold_rules.h"

namespace fangpin::elimination {

// What an elimination needs to know of a household file.
struct Household {
  std::string division;
  policy::v1::MonitoringState state = policy::v1::MONITORING_STATE_UNSPECIFIED;
  std::optional<absl::CivilDay> determined_on;
  std::array<SafeguardFact, kSafeguardNames.size()> safeguards;
  std::vector<MemberFact> members;  // Active ones; ages on the day asked for.
  int64_t open_rigid_expenditure_fen = 0;
};

// 户档, as this service sees it.
class Households {
 public:
  virtual ~Households() = default;

  // The household as it is; `today` is the day on which members have their age. NOT_FOUND
  // HOUSEHOLD_NOT_FOUND, PERMISSION_DENIED SCOPE_DENIED, UNAVAILABLE.
  virtual absl::StatusOr<Household> Get(const base::CallContext& ctx, std::string_view household_id,
                                        absl::CivilDay today) = 0;
};

// What an elimination needs to know of a household's plan.
struct PlanInForce {
  bool exists = false;
  std::vector<MeasureFact> measures;  // Carried out ones.
};

// 一户一策, as this service sees it.
class Plans {
 public:
  virtual ~Plans() = default;

  virtual absl::StatusOr<PlanInForce> InForce(const base::CallContext& ctx,
                                              std::string_view household_id) = 0;
};

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CORE_NEIGHBOURS_H_
