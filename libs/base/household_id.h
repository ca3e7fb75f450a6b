#ifndef FANGPIN_BASE_HOUSEHOLD_ID_H_
#define FANGPIN_BASE_HOUSEHOLD_ID_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fangpin::base {

inline constexpr int kMaxHouseholdSerial = 999999;

// The parts of a household id: 18 digits that never change, also when the household moves.
struct HouseholdId {
  std::string village;  // 12-digit code of the village that first registered it.
  int serial = 0;       // 1 to kMaxHouseholdSerial within that village.
};

// The 18 digits. INVALID_ARGUMENT: the reasons of CheckVillage; HOUSEHOLD_SERIAL_RANGE.
absl::StatusOr<std::string> MakeHouseholdId(std::string_view village, int serial);

// INVALID_ARGUMENT HOUSEHOLD_ID_FORMAT unless 18 digits of a village and a serial above 0.
absl::StatusOr<HouseholdId> ParseHouseholdId(std::string_view id);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_HOUSEHOLD_ID_H_
