#ifndef FANGPIN_ASSISTANCE_CLIENTS_REGISTRY_HOUSEHOLDS_H_
#define FANGPIN_ASSISTANCE_CLIENTS_REGISTRY_HOUSEHOLDS_H_

#include <memory>
#include <utility>

#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/assistance/core/households.h"

namespace fangpin::assistance {

// Households from the registry service.
class RegistryHouseholds final : public Households {
 public:
  explicit RegistryHouseholds(std::shared_ptr<rpc::Neighbour> registry)
      : client_(std::move(registry)) {}

  absl::StatusOr<Household> Get(const base::CallContext& ctx,
                                std::string_view household_id) override;
  absl::Status BringUnderAssistance(const base::CallContext& ctx,
                                    const v1::HouseholdPlan& plan) override;

 private:
  rpc::Client<registry::v1::RegistryService> client_;
};

// The part of a household file that a plan needs.
Household FromRegistry(const registry::v1::Household& record);

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CLIENTS_REGISTRY_HOUSEHOLDS_H_
