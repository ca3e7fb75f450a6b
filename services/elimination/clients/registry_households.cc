#include "services/elimination/clients/registry_households.h"

#include <algorithm>
#include <string>

#include "libs/base/civil.h"
#include "libs/base/status.h"

namespace fangpin::elimination {
namespace {

namespace words = fangpin::policy::v1;
using registry::v1::RegistryService;

std::optional<absl::CivilDay> DayOf(const std::string& text) {
  const auto day = base::ParseDay(text.size() == 7 ? text + "-01" : text);
  if (!day.ok()) return std::nullopt;
  return *day;
}

std::optional<bool> CanWork(words::LabourCapacity capacity) {
  switch (capacity) {
    case words::LABOUR_CAPACITY_ORDINARY:
    case words::LABOUR_CAPACITY_SKILLED:
    case words::LABOUR_CAPACITY_WEAK:
      return true;
    case words::LABOUR_CAPACITY_LOST:
    case words::LABOUR_CAPACITY_NONE:
      return false;
    default:
      return std::nullopt;
  }
}

MemberFact FromPerson(const registry::v1::Person& person, absl::CivilDay today) {
  const auto has = [&person](words::HealthCondition condition) {
    return std::count(person.health().begin(), person.health().end(), condition) > 0;
  };
  MemberFact member;
  member.can_work = CanWork(person.labour_capacity());
  if (!person.health().empty()) {
    member.severely_ill = has(words::HEALTH_CONDITION_SEVERE_ILLNESS);
  }
  if (person.disability_grade() > 0) {
    member.disability_grade = person.disability_grade();
  } else if (!person.health().empty() && !has(words::HEALTH_CONDITION_DISABLED)) {
    member.disability_grade = 0;
  }
  if (const auto birth = DayOf(person.birth_date())) member.age = base::AgeOn(*birth, today);
  if (person.has_incapacitated()) member.incapacitated = person.incapacitated();
  return member;
}

// What the household's history says about the step.
std::string ReasonFor(const v1::StateEffect& effect) {
  switch (effect.to_state()) {
    case words::MONITORING_STATE_ELIMINATION_PROPOSED:
      return "提出风险消除";
    case words::MONITORING_STATE_ELIMINATED:
      return effect.mode() == words::ELIMINATION_MODE_NATURAL ? "风险自然消除" : "风险消除";
    case words::MONITORING_STATE_MONITORED:
      return "不予消除，继续监测";
    default:
      return "不予消除，继续帮扶";
  }
}

}  // namespace

registry::v1::TransitionMonitoringRequest ToRegistry(const v1::StateEffect& effect) {
  registry::v1::TransitionMonitoringRequest request;
  request.set_household_id(effect.household_id());
  request.set_to_state(effect.to_state());
  request.set_effective_on(effect.effective_on());
  request.set_decided_by(effect.elimination_id());
  request.set_elimination_mode(effect.mode());
  request.set_reason(ReasonFor(effect));
  return request;
}

Household FromRegistry(const registry::v1::Household& record, absl::CivilDay today) {
  Household household;
  household.division = record.division();
  household.state = record.monitoring().state();
  household.determined_on = DayOf(record.monitoring().determined_on());
  for (const registry::v1::SafeguardStatus& status : record.safeguards()) {
    const int index = status.safeguard() - words::SAFEGUARD_COMPULSORY_EDUCATION;
    if (index < 0 || index >= static_cast<int>(household.safeguards.size())) continue;
    SafeguardFact& fact = household.safeguards[index];
    if (status.state() == words::SAFEGUARD_STATE_SECURED) fact.state = SafeguardState::kSecured;
    if (status.state() == words::SAFEGUARD_STATE_NOT_SECURED) {
      fact.state = SafeguardState::kNotSecured;
    }
    fact.since = DayOf(status.since());
  }
  for (const registry::v1::Person& person : record.members()) {
    if (person.membership().active()) household.members.push_back(FromPerson(person, today));
  }
  for (const registry::v1::RigidExpenditure& expenditure : record.rigid_expenditures()) {
    const auto resolved = DayOf(expenditure.resolved_on());
    if (resolved && *resolved <= today) continue;
    household.open_rigid_expenditure_fen =
        std::max(household.open_rigid_expenditure_fen, expenditure.yearly_fen());
  }
  return household;
}

absl::StatusOr<Household> RegistryHouseholds::Get(const base::CallContext& ctx,
                                                  std::string_view household_id,
                                                  absl::CivilDay today) {
  registry::v1::GetHouseholdRequest request;
  request.set_household_id(std::string(household_id));
  FANGPIN_ASSIGN_OR_RETURN(const registry::v1::GetHouseholdResponse response,
                           client_.Call(ctx, &RegistryService::Stub::GetHousehold, request));
  return FromRegistry(response.household(), today);
}

absl::Status RegistryHouseholds::Deliver(const base::CallContext& ctx,
                                         std::string_view state_effect) {
  v1::StateEffect effect;
  if (!effect.ParseFromArray(state_effect.data(), static_cast<int>(state_effect.size()))) {
    return absl::DataLossError("state effect does not parse");
  }
  return client_.Call(ctx, &RegistryService::Stub::TransitionMonitoring, ToRegistry(effect))
      .status();
}

}  // namespace fangpin::elimination
