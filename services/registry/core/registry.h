#ifndef FANGPIN_REGISTRY_CORE_REGISTRY_H_
#define FANGPIN_REGISTRY_CORE_REGISTRY_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "libs/base/call_context.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/registry_metrics.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// Part of a list: where the next part begins, as the key of the last item; empty at the end.
using PageKey = std::vector<std::string>;
template <typename Item>
struct Page {
  std::vector<Item> items;
  PageKey next;
};

// Households found, and ids that do not exist or lie outside the caller's divisions.
struct Found {
  std::vector<RecordPtr> records;
  std::vector<std::string> missing;
};

// The use cases of RegistryService on households and persons; each keeps the promises of the method
// with its name. Thread-safe.
class Registry {
 public:
  // All must outlive this.
  Registry(RegistryStore* store, const DivisionTree* divisions, RegistryMetrics* metrics)
      : store_(store), divisions_(divisions), metrics_(metrics) {}

  absl::StatusOr<pb::CreateHouseholdResponse> CreateHousehold(
      const base::CallContext& ctx, const pb::CreateHouseholdRequest& request);
  absl::StatusOr<pb::GetHouseholdResponse> GetHousehold(const base::CallContext& ctx,
                                                        const pb::GetHouseholdRequest& request);
  // GetHousehold of the current revision, as bytes.
  absl::StatusOr<RecordPtr> GetRecord(const base::CallContext& ctx, const std::string& id);
  // BatchGetHouseholds, as bytes.
  absl::StatusOr<Found> BatchGetRecords(const base::CallContext& ctx,
                                        const pb::BatchGetHouseholdsRequest& request);
  // `after` as in Page::next of the part before; page_size is taken as it is. A page may be short,
  // or empty, before the end: a rare filter gives up after so many households
  // (HouseholdQuery::window).
  absl::StatusOr<Page<pb::Household>> ListHouseholds(const base::CallContext& ctx,
                                                     const pb::ListHouseholdsRequest& request,
                                                     const PageKey& after);
  absl::StatusOr<pb::CountHouseholdsResponse> CountHouseholds(
      const base::CallContext& ctx, const pb::CountHouseholdsRequest& request);
  absl::StatusOr<pb::UpdateHouseholdResponse> UpdateHousehold(
      const base::CallContext& ctx, const pb::UpdateHouseholdRequest& request);
  absl::StatusOr<pb::LookUpPersonResponse> LookUpPerson(const base::CallContext& ctx,
                                                        const pb::LookUpPersonRequest& request);
  absl::StatusOr<pb::BatchLookUpPersonsResponse> BatchLookUpPersons(
      const base::CallContext& ctx, const pb::BatchLookUpPersonsRequest& request);
  absl::StatusOr<pb::MatchPersonsResponse> MatchPersons(const base::CallContext& ctx,
                                                        const pb::MatchPersonsRequest& request);
  absl::StatusOr<pb::TransitionMonitoringResponse> TransitionMonitoring(
      const base::CallContext& ctx, const pb::TransitionMonitoringRequest& request);
  absl::StatusOr<Page<pb::Revision>> ListRevisions(const base::CallContext& ctx,
                                                   const pb::ListRevisionsRequest& request,
                                                   const PageKey& after);

 private:
  // The first answer to an update that was already made; nullopt when the request is new.
  absl::StatusOr<std::optional<pb::UpdateHouseholdResponse>> AnsweredUpdate(const RequestKey& key);
  // The entries as the caller may see them; others are PERSON_NOT_FOUND.
  pb::PersonLookUp Answer(const base::CallContext& ctx, const std::optional<PersonEntry>& entry);

  RegistryStore* const store_;
  const DivisionTree* const divisions_;
  RegistryMetrics* const metrics_;
};

// The household with this id if the caller may see it. HOUSEHOLD_NOT_FOUND, SCOPE_DENIED.
absl::StatusOr<pb::Household> LoadHousehold(const base::CallContext& ctx, RegistryReader& reader,
                                            const std::string& id);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_REGISTRY_H_
