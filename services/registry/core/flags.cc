#include "services/registry/core/flags.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

constexpr int kSafeguards = 4;
constexpr int kSevereGrade = 2;

// 高中 and above, as the labels of 在校生状况 begin.
constexpr std::string_view kSenior[] = {"普通高中", "普高",     "高中",     "中职", "中等职业",
                                        "高职",     "技师学院", "技工院校", "本科", "硕士"};

bool Has(const pb::Person& person, vocab::HealthCondition condition) {
  return std::find(person.health().begin(), person.health().end(), condition) !=
         person.health().end();
}

bool Without(const pb::Person& person) {
  return person.labour_capacity() == vocab::LABOUR_CAPACITY_LOST ||
         person.labour_capacity() == vocab::LABOUR_CAPACITY_NONE;
}

}  // namespace

std::vector<pb::HouseholdFlag> FlagsOf(const pb::Household& household) {
  std::set<pb::HouseholdFlag> flags;
  bool labour = false, anybody = false;
  for (const pb::Person& p : household.members()) {
    if (!p.membership().active()) continue;
    anybody = true;
    labour |= !Without(p);
    const auto raise = [&](bool when, pb::HouseholdFlag flag) {
      if (when) flags.insert(flag);
    };
    const pb::Coverage& c = p.coverage();
    raise(Has(p, vocab::HEALTH_CONDITION_SEVERE_ILLNESS), pb::HOUSEHOLD_FLAG_SEVERE_ILLNESS);
    raise(Has(p, vocab::HEALTH_CONDITION_CHRONIC_ILLNESS), pb::HOUSEHOLD_FLAG_CHRONIC_ILLNESS);
    raise(Has(p, vocab::HEALTH_CONDITION_DISABLED) || p.disability_grade() > 0,
          pb::HOUSEHOLD_FLAG_DISABLED_MEMBER);
    raise(p.disability_grade() > 0 && p.disability_grade() <= kSevereGrade,
          pb::HOUSEHOLD_FLAG_SEVERE_DISABILITY);
    raise(p.incapacitated(), pb::HOUSEHOLD_FLAG_INCAPACITATED_MEMBER);
    raise(c.dibao(), pb::HOUSEHOLD_FLAG_DIBAO);
    raise(c.tekun(), pb::HOUSEHOLD_FLAG_TEKUN);
    raise(std::any_of(std::begin(kSenior), std::end(kSenior),
                      [&](std::string_view prefix) {
                        return p.schooling().label().starts_with(prefix);
                      }),
          pb::HOUSEHOLD_FLAG_SENIOR_STUDENT);
    raise(c.has_resident_medical() && c.has_employee_medical() && !c.resident_medical() &&
              !c.employee_medical(),
          pb::HOUSEHOLD_FLAG_UNINSURED_MEMBER);
  }
  if (anybody && !labour) {
    flags.insert(pb::HOUSEHOLD_FLAG_NO_LABOUR);
    if (flags.contains(pb::HOUSEHOLD_FLAG_DIBAO) || flags.contains(pb::HOUSEHOLD_FLAG_TEKUN)) {
      flags.insert(pb::HOUSEHOLD_FLAG_NO_LABOUR_BACKSTOP);
    }
  }
  int known = 0;
  for (const pb::SafeguardStatus& s : household.safeguards()) {
    known += s.state() == vocab::SAFEGUARD_STATE_SECURED ||
             s.state() == vocab::SAFEGUARD_STATE_NOT_SECURED;
    if (s.state() == vocab::SAFEGUARD_STATE_NOT_SECURED) {
      flags.insert(pb::HOUSEHOLD_FLAG_SAFEGUARD_NOT_SECURED);
    }
  }
  if (known < kSafeguards) flags.insert(pb::HOUSEHOLD_FLAG_SAFEGUARD_UNKNOWN);
  if (household.relocated()) flags.insert(pb::HOUSEHOLD_FLAG_RELOCATED);
  for (const pb::Asset& asset : household.assets()) {
    if (asset.adjudication() == "PENDING") flags.insert(pb::HOUSEHOLD_FLAG_ASSET_PENDING);
  }
  return {flags.begin(), flags.end()};
}

}  // namespace fangpin::registry
