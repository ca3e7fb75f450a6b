#ifndef FANGPIN_ELIMINATION_CLIENTS_REGISTRY_HOUSEHOLDS_H_
#define FANGPIN_ELIMINATION_CLIENTS_REGISTRY_HOUSEHOLDS_H_

#include <memory>

#include "fangpin/elimination/v1/elimination.pb.h"
#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/elimination/core/neighbours.h"

namespace fangpin::elimination {

// Households from the registry service, and the state effects to it.
class RegistryHouseholds final : public Households {
 public:
  explicit RegistryHouseholds(std::shared_ptr<rpc::Neighbour> registry)
      : client_(std::move(registry)) {}

  absl::StatusOr<Household> Get(const base::CallContext& ctx, std::string_view household_id,
                                absl::CivilDay today) override;

  // Moves the household's monitoring state. Idempotent in the effect.
  absl::Status Deliver(const base::CallContext& ctx, std::string_view state_effect);

 private:
  rpc::Client<registry::v1::RegistryService> client_;
};

// The part of a household file that an elimination needs, members with their age on `today`.
Household FromRegistry(const registry::v1::Household& record, absl::CivilDay today);

// The step that an effect asks of the registry.
registry::v1::TransitionMonitoringRequest ToRegistry(const v1::StateEffect& effect);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CLIENTS_REGISTRY_HOUSEHOLDS_H_
