#include "services/assistance/clients/registry_households.h"

#include <array>
#include <string>

#include "absl/time/time.h"
#include "libs/base/civil.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::assistance {
namespace {

namespace pb = ::fangpin::registry::v1;
namespace words = ::fangpin::policy::v1;

constexpr size_t kMaxItem = 60;  // characters of Measure.item

constexpr std::array kSafeguards = {
    words::SAFEGUARD_COMPULSORY_EDUCATION, words::SAFEGUARD_BASIC_MEDICAL_CARE,
    words::SAFEGUARD_HOUSING_SAFETY, words::SAFEGUARD_DRINKING_WATER_SAFETY};

void CountLabour(const pb::Household& record, v1::PlanFacts& facts) {
  int population = 0;
  int able = 0;
  int unknown = 0;
  for (const pb::Person& member : record.members()) {
    if (!member.membership().active()) continue;
    ++population;
    switch (member.labour_capacity()) {
      case words::LABOUR_CAPACITY_ORDINARY:
      case words::LABOUR_CAPACITY_SKILLED:
      case words::LABOUR_CAPACITY_WEAK:
        ++able;
        break;
      case words::LABOUR_CAPACITY_LOST:
      case words::LABOUR_CAPACITY_NONE:
        break;
      default:
        ++unknown;
    }
  }
  facts.set_population(population);
  facts.set_labour_population(able);
  facts.set_labour_unknown(unknown);
}

std::map<Safeguard, SafeguardState> SafeguardsOf(const pb::Household& record) {
  std::map<Safeguard, SafeguardState> states;
  for (const pb::SafeguardStatus& status : record.safeguards()) {
    const auto safeguard = static_cast<Safeguard>(status.safeguard());
    switch (status.state()) {
      case words::SAFEGUARD_STATE_SECURED:
        states[safeguard] = SafeguardState::kSecured;
        break;
      case words::SAFEGUARD_STATE_NOT_SECURED:
        states[safeguard] = SafeguardState::kNotSecured;
        break;
      default:
        states[safeguard] = SafeguardState::kUnknown;
    }
  }
  return states;
}

// The first characters of a text that may be longer.
std::string FirstCharacters(const std::string& text, size_t most) {
  size_t end = 0;
  for (size_t count = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins && ++count > most) break;
  }
  return text.substr(0, end);
}

}  // namespace

Household FromRegistry(const pb::Household& record) {
  Household household = {.id = record.id(),
                         .division = record.division(),
                         .safeguards = SafeguardsOf(record),
                         .helper_name = record.helper().name(),
                         .helper_unit = record.helper().unit()};
  v1::PlanFacts& facts = household.facts;
  const pb::Monitoring& monitoring = record.monitoring();
  facts.set_household_revision(record.revision());
  facts.set_monitoring_state(monitoring.state());
  facts.set_category(monitoring.category());
  facts.set_determined_on(monitoring.determined_on());
  *facts.mutable_risks() = monitoring.risks();
  CountLabour(record, facts);
  if (record.income().has_per_capita_reference_fen()) {
    facts.set_per_capita_reference_fen(record.income().per_capita_reference_fen());
  }
  for (const words::Safeguard safeguard : kSafeguards) {
    const auto state = household.safeguards.find(static_cast<Safeguard>(safeguard));
    if (state == household.safeguards.end() || state->second != SafeguardState::kSecured) {
      facts.add_open_safeguards(safeguard);
    }
  }
  if (record.has_update_time()) {
    household.changed_on = base::Today(absl::FromUnixSeconds(record.update_time().seconds()));
  }
  for (const pb::ReportedMeasure& reported : record.reported_measures()) {
    v1::Measure measure;
    measure.set_category(reported.category());
    measure.set_item(FirstCharacters(base::CleanCell(reported.text()), kMaxItem));
    household.reported_measures.push_back(std::move(measure));
  }
  return household;
}

absl::StatusOr<Household> RegistryHouseholds::Get(const base::CallContext& ctx,
                                                  std::string_view household_id) {
  pb::GetHouseholdRequest request;
  request.set_household_id(std::string(household_id));
  FANGPIN_ASSIGN_OR_RETURN(const pb::GetHouseholdResponse response,
                           client_.Call(ctx, &pb::RegistryService::Stub::GetHousehold, request));
  return FromRegistry(response.household());
}

absl::Status RegistryHouseholds::BringUnderAssistance(const base::CallContext& ctx,
                                                      const v1::HouseholdPlan& plan) {
  // A later version finds the household under assistance already; it may even have gone on.
  FANGPIN_ASSIGN_OR_RETURN(const Household household, Get(ctx, plan.household_id()));
  if (household.facts.monitoring_state() != words::MONITORING_STATE_MONITORED) {
    return absl::OkStatus();
  }
  pb::TransitionMonitoringRequest request;
  request.set_household_id(plan.household_id());
  request.set_to_state(words::MONITORING_STATE_UNDER_ASSISTANCE);
  request.set_effective_on(plan.in_force_on());
  request.set_decided_by(plan.id());
  request.set_reason(base::StrCat("“一户一策”帮扶计划第", plan.version(), "版审定执行"));
  return client_.Call(ctx, &pb::RegistryService::Stub::TransitionMonitoring, request).status();
}

}  // namespace fangpin::assistance
