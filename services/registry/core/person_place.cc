#include "services/registry/core/person_place.h"

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "libs/base/strings.h"

namespace fangpin::registry {
namespace {

constexpr size_t kHouseholdDigits = 18;
constexpr size_t kDivisionDigits = 12;
constexpr size_t kSerialDigits = 2;

std::optional<uint64_t> Number(std::string_view text, size_t digits) {
  if (text.size() != digits) return std::nullopt;
  const std::optional<int64_t> value = base::ParseInt(text);
  return value && *value >= 0 ? std::optional<uint64_t>(*value) : std::nullopt;
}

// Appends the number with so many digits at least.
void AppendDigits(uint64_t value, size_t digits, std::string* out) {
  char text[20];
  size_t at = sizeof(text);
  for (; value > 0; value /= 10) text[--at] = static_cast<char>('0' + value % 10);
  while (sizeof(text) - at < digits) text[--at] = '0';
  out->append(text + at, sizeof(text) - at);
}

}  // namespace

absl::StatusOr<PersonPlace> PersonPlace::Of(const pb::PersonMatch& match, bool active) {
  const std::string_view person = match.person_id();
  const size_t dash = person.rfind('-');
  const auto household = Number(match.household_id(), kHouseholdDigits);
  const auto division = Number(match.division(), kDivisionDigits);
  const auto of = Number(person.substr(0, dash), kHouseholdDigits);
  const auto serial =
      dash == std::string_view::npos ? std::nullopt : base::ParseInt(person.substr(dash + 1));
  if (!household || !division || !of || !serial || *serial < 0) {
    return absl::DataLossError("ids that are none in the person index");
  }
  PersonPlace place;
  place.household = *household;
  place.person_household = *of;
  place.person_serial = static_cast<uint32_t>(*serial);
  place.division = *division;
  place.kind = static_cast<uint8_t>(match.household_kind());
  place.state = static_cast<uint8_t>(match.monitoring_state());
  place.category = static_cast<uint8_t>(match.category());
  place.active = active;
  return place;
}

std::string PersonPlace::Division() const {
  std::string text;
  AppendDigits(division, kDivisionDigits, &text);
  return text;
}

void PersonPlace::Describe(pb::PersonMatch* match) const {
  std::string* const person = match->mutable_person_id();
  person->clear();
  person->reserve(kHouseholdDigits + 1 + kSerialDigits);
  AppendDigits(person_household, kHouseholdDigits, person);
  person->push_back('-');
  AppendDigits(person_serial, kSerialDigits, person);
  match->clear_household_id();
  AppendDigits(household, kHouseholdDigits, match->mutable_household_id());
  match->clear_division();
  AppendDigits(division, kDivisionDigits, match->mutable_division());
  match->set_household_kind(static_cast<policy::v1::HouseholdKind>(kind));
  match->set_monitoring_state(static_cast<policy::v1::MonitoringState>(state));
  match->set_category(static_cast<policy::v1::MonitoredCategory>(category));
}

}  // namespace fangpin::registry
