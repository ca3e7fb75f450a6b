#include "services/screening/clients/registry_households.h"

#include <set>

#include "libs/base/status.h"

namespace fangpin::screening {
namespace {

namespace pb = ::fangpin::registry::v1;
namespace words = ::fangpin::policy::v1;

HouseholdKind ToKind(words::HouseholdKind kind) {
  switch (kind) {
    case words::HOUSEHOLD_KIND_LIFTED_OUT:
      return HouseholdKind::kLiftedOut;
    case words::HOUSEHOLD_KIND_ORDINARY:
      return HouseholdKind::kOrdinary;
    default:
      return HouseholdKind::kUnknown;
  }
}

bool IsMonitored(words::MonitoringState state) {
  return state == words::MONITORING_STATE_MONITORED ||
         state == words::MONITORING_STATE_UNDER_ASSISTANCE ||
         state == words::MONITORING_STATE_ELIMINATION_PROPOSED;
}

// One that is not secured is enough to know; to know the contrary takes all four.
std::optional<bool> SafeguardsSecured(const pb::Household& record) {
  constexpr size_t kSafeguards = 4;
  std::set<int> secured;
  for (const pb::SafeguardStatus& status : record.safeguards()) {
    if (status.state() == words::SAFEGUARD_STATE_NOT_SECURED) return false;
    if (status.state() == words::SAFEGUARD_STATE_SECURED) secured.insert(status.safeguard());
  }
  if (secured.size() < kSafeguards) return std::nullopt;
  return true;
}

}  // namespace

HouseholdFile FromRegistry(const pb::Household& record) {
  HouseholdFile file = {.id = record.id(),
                        .division = record.division(),
                        .kind = ToKind(record.kind()),
                        .monitored = IsMonitored(record.monitoring().state()),
                        .safeguards_secured = SafeguardsSecured(record)};
  const pb::IncomeAccount& income = record.income();
  if (income.has_net_income_fen()) file.net_income_fen = income.net_income_fen();
  if (income.has_per_capita_net_fen()) file.per_capita_net_fen = income.per_capita_net_fen();
  if (income.has_previous_per_capita_net_fen()) {
    file.previous_per_capita_net_fen = income.previous_per_capita_net_fen();
  }
  return file;
}

absl::StatusOr<std::vector<std::optional<PersonMatch>>> RegistryHouseholds::Match(
    const base::CallContext& ctx, absl::Span<const std::string> fingerprints) {
  pb::MatchPersonsRequest request;
  for (const std::string& fingerprint : fingerprints) request.add_fingerprints(fingerprint);
  FANGPIN_ASSIGN_OR_RETURN(const pb::MatchPersonsResponse response,
                           client_.Call(ctx, &pb::RegistryService::Stub::MatchPersons, request));
  if (response.results_size() != request.fingerprints_size()) {
    return absl::InternalError("registry answered another number of matches");
  }
  std::vector<std::optional<PersonMatch>> matches;
  for (const pb::PersonLookUp& result : response.results()) {
    if (!result.has_match()) {
      matches.emplace_back();
      continue;
    }
    const pb::PersonMatch& match = result.match();
    matches.push_back(PersonMatch{.person_id = match.person_id(),
                                  .household_id = match.household_id(),
                                  .division = match.division(),
                                  .household_kind = ToKind(match.household_kind())});
  }
  return matches;
}

absl::StatusOr<HouseholdFile> RegistryHouseholds::Get(const base::CallContext& ctx,
                                                      std::string_view household_id) {
  pb::GetHouseholdRequest request;
  request.set_household_id(std::string(household_id));
  FANGPIN_ASSIGN_OR_RETURN(const pb::GetHouseholdResponse response,
                           client_.Call(ctx, &pb::RegistryService::Stub::GetHousehold, request));
  return FromRegistry(response.household());
}

absl::Status RegistryHouseholds::Include(const base::CallContext& ctx, const Inclusion& inclusion) {
  pb::TransitionMonitoringRequest request;
  request.set_household_id(inclusion.household_id);
  request.set_to_state(words::MONITORING_STATE_MONITORED);
  request.set_effective_on(inclusion.effective_on);
  request.set_decided_by(inclusion.case_id);
  request.set_category(inclusion.category);
  *request.mutable_risks() = {inclusion.risks.begin(), inclusion.risks.end()};
  request.set_reason("县级审定，纳入监测");
  return client_.Call(ctx, &pb::RegistryService::Stub::TransitionMonitoring, request).status();
}

}  // namespace fangpin::screening
