#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {
namespace {

constexpr SafeguardFlag kFlags[] = {
    {"是否义务教育阶段适龄儿童少年失学辍学", SafeguardKind::kEducation, false},
    {"是否有家庭成员未参加城乡居民（职工）基本医疗保险", SafeguardKind::kMedical, false},
    {"是否危房户", SafeguardKind::kHousing, false},
    {"是否住房出现安全问题", SafeguardKind::kHousing, false},
    {"是否解决安全饮用水", SafeguardKind::kWater, true},
    {"是否饮水出现安全问题", SafeguardKind::kWater, false},
};

}  // namespace

std::span<const SafeguardFlag> SafeguardFlags() { return kFlags; }

std::optional<bool> Secured(const SafeguardFlag& flag, std::optional<bool> answer) {
  if (!answer.has_value()) return std::nullopt;
  return *answer == flag.yes_is_secured;
}

std::optional<bool> WorseOf(std::optional<bool> a, std::optional<bool> b) {
  if (!a.has_value()) return b;
  if (!b.has_value()) return a;
  return *a && *b;
}

std::optional<bool> MedicallyInsured(std::optional<bool> resident, std::optional<bool> employee) {
  if (resident.value_or(false) || employee.value_or(false)) return true;
  if (resident.has_value() && employee.has_value()) return false;
  return std::nullopt;
}

}  // namespace fangpin::registry
