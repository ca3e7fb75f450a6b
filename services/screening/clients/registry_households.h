#ifndef FANGPIN_SCREENING_CLIENTS_REGISTRY_HOUSEHOLDS_H_
#define FANGPIN_SCREENING_CLIENTS_REGISTRY_HOUSEHOLDS_H_

#include <memory>
#include <utility>

#include "fangpin/registry/v1/registry_service.grpc.pb.h"
#include "libs/rpc/client.h"
#include "services/screening/core/households.h"

namespace fangpin::screening {

// Households from the registry service.
class RegistryHouseholds final : public Households {
 public:
  explicit RegistryHouseholds(std::shared_ptr<rpc::Neighbour> registry)
      : client_(std::move(registry)) {}

  absl::StatusOr<std::vector<std::optional<PersonMatch>>> Match(
      const base::CallContext& ctx, absl::Span<const std::string> fingerprints) override;
  absl::StatusOr<HouseholdFile> Get(const base::CallContext& ctx,
                                    std::string_view household_id) override;
  absl::Status Include(const base::CallContext& ctx, const Inclusion& inclusion) override;

 private:
  rpc::Client<registry::v1::RegistryService> client_;
};

// The part of a household file that determination needs.
HouseholdFile FromRegistry(const registry::v1::Household& record);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CLIENTS_REGISTRY_HOUSEHOLDS_H_
