#ifndef FANGPIN_ELIMINATION_CLIENTS_ASSISTANCE_PLANS_H_
#define FANGPIN_ELIMINATION_CLIENTS_ASSISTANCE_PLANS_H_

#include <memory>

#include "fangpin/assistance/v1/assistance_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/elimination/core/neighbours.h"

namespace fangpin::elimination {

// Plans from the assistance service.
class AssistancePlans final : public Plans {
 public:
  explicit AssistancePlans(std::shared_ptr<rpc::Neighbour> assistance)
      : client_(std::move(assistance)) {}

  absl::StatusOr<PlanInForce> InForce(const base::CallContext& ctx,
                                      std::string_view household_id) override;

 private:
  rpc::Client<assistance::v1::AssistanceService> client_;
};

// The part of a plan in force that an elimination needs.
PlanInForce FromAssistance(const assistance::v1::HouseholdPlan& plan);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CLIENTS_ASSISTANCE_PLANS_H_
