#include "services/registry/core/flags.h"

#include <algorithm>
#include <array>

#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

// Raised flags by number.
using Raised = std::array<bool, v1::HouseholdFlag_ARRAYSIZE>;

bool HasNoLabour(const v1::Person& person) {
  return person.labour_capacity() == vocab::LABOUR_CAPACITY_LOST ||
         person.labour_capacity() == vocab::LABOUR_CAPACITY_NONE;
}

bool IsUninsured(const v1::Coverage& coverage) {
  return coverage.has_resident_medical() && !coverage.resident_medical() &&
         coverage.has_employee_medical() && !coverage.employee_medical();
}

void RaiseFor(const v1::Person& person, Raised& raised) {
  for (const int condition : person.health()) {
    if (condition == vocab::HEALTH_CONDITION_SEVERE_ILLNESS) {
      raised[v1::HOUSEHOLD_FLAG_SEVERE_ILLNESS] = true;
    } else if (condition == vocab::HEALTH_CONDITION_CHRONIC_ILLNESS) {
      raised[v1::HOUSEHOLD_FLAG_CHRONIC_ILLNESS] = true;
    } else if (condition == vocab::HEALTH_CONDITION_DISABLED) {
      raised[v1::HOUSEHOLD_FLAG_DISABLED_MEMBER] = true;
    }
  }
  const auto raise = [&](v1::HouseholdFlag flag, bool holds) { raised[flag] |= holds; };
  const int grade = person.disability_grade();
  raise(v1::HOUSEHOLD_FLAG_DISABLED_MEMBER, !person.disability_number().empty());
  raise(v1::HOUSEHOLD_FLAG_SEVERE_DISABILITY, grade == 1 || grade == 2);
  raise(v1::HOUSEHOLD_FLAG_INCAPACITATED_MEMBER, person.incapacitated());
  raise(v1::HOUSEHOLD_FLAG_DIBAO, person.coverage().dibao());
  raise(v1::HOUSEHOLD_FLAG_TEKUN, person.coverage().tekun());
  raise(v1::HOUSEHOLD_FLAG_SENIOR_STUDENT, IsSeniorSchooling(person.schooling().label()));
  raise(v1::HOUSEHOLD_FLAG_UNINSURED_MEMBER, IsUninsured(person.coverage()));
}

void RaiseForSafeguards(const v1::Household& household, Raised& raised) {
  std::array<vocab::SafeguardState, vocab::Safeguard_ARRAYSIZE> states = {};
  for (const v1::SafeguardStatus& status : household.safeguards()) {
    if (vocab::Safeguard_IsValid(status.safeguard())) states[status.safeguard()] = status.state();
  }
  for (int i = vocab::SAFEGUARD_UNSPECIFIED + 1; i < vocab::Safeguard_ARRAYSIZE; ++i) {
    if (states[i] == vocab::SAFEGUARD_STATE_NOT_SECURED) {
      raised[v1::HOUSEHOLD_FLAG_SAFEGUARD_NOT_SECURED] = true;
    } else if (states[i] != vocab::SAFEGUARD_STATE_SECURED) {
      raised[v1::HOUSEHOLD_FLAG_SAFEGUARD_UNKNOWN] = true;
    }
  }
}

}  // namespace

std::vector<v1::HouseholdFlag> FlagsOf(const v1::Household& household) {
  Raised raised = {};
  int active = 0;
  int without_labour = 0;
  for (const v1::Person& person : household.members()) {
    if (!person.membership().active()) continue;
    ++active;
    if (HasNoLabour(person)) ++without_labour;
    RaiseFor(person, raised);
  }
  RaiseForSafeguards(household, raised);
  raised[v1::HOUSEHOLD_FLAG_NO_LABOUR] = active > 0 && without_labour == active;
  raised[v1::HOUSEHOLD_FLAG_NO_LABOUR_BACKSTOP] = household.monitoring().no_labour_backstop();
  raised[v1::HOUSEHOLD_FLAG_RELOCATED] = household.relocated();
  raised[v1::HOUSEHOLD_FLAG_ASSET_PENDING] =
      std::any_of(household.assets().begin(), household.assets().end(),
                  [](const auto& asset) { return asset.adjudication() == "PENDING"; });
  std::vector<v1::HouseholdFlag> flags;
  for (int i = 1; i < v1::HouseholdFlag_ARRAYSIZE; ++i) {
    if (raised[i]) flags.push_back(static_cast<v1::HouseholdFlag>(i));
  }
  return flags;
}

}  // namespace fangpin::registry
