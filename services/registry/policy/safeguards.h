#ifndef FANGPIN_REGISTRY_POLICY_SAFEGUARDS_H_
#define FANGPIN_REGISTRY_POLICY_SAFEGUARDS_H_

#include <optional>
#include <span>
#include <string_view>

namespace fangpin::registry {

// "三保障"和饮水安全; the values are those of fangpin.policy.v1.Safeguard.
enum class SafeguardKind { kEducation = 1, kMedical = 2, kHousing = 3, kWater = 4 };

// A yes/no column of the national form. The same safeguard is asked now positively, now negatively
// (handbook 1.6), so every column says what its 是 means.
struct SafeguardFlag {
  std::string_view header;
  SafeguardKind safeguard;
  bool yes_is_secured;
};

// Every such column. When a file has several for one safeguard, the worst answer counts.
std::span<const SafeguardFlag> SafeguardFlags();

// Whether the answer means that the safeguard is secured; nullopt for no answer.
std::optional<bool> Secured(const SafeguardFlag& flag, std::optional<bool> answer);

// Both answers of two columns about one safeguard: not secured if either says so.
std::optional<bool> WorseOf(std::optional<bool> a, std::optional<bool> b);

// 基本医疗 of one person, from the two insurances: insured by either is true, not insured by both
// is false, anything else is not on record.
std::optional<bool> MedicallyInsured(std::optional<bool> resident, std::optional<bool> employee);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_POLICY_SAFEGUARDS_H_
