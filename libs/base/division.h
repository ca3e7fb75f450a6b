#ifndef FANGPIN_BASE_DIVISION_H_
#define FANGPIN_BASE_DIVISION_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fangpin::base {

// Levels of the 12-digit statistical division code: 2 digits province, 2 prefecture, 2 county,
// 3 township, 3 village.
enum class DivisionLevel { kProvince, kPrefecture, kCounty, kTownship, kVillage };

// Checks the shape: 12 digits, and no level below one that is zero. 嘉峪关 has no counties in
// GB/T 2260, its statistical county is 620201, so a township right under 620200 is refused;
// 兰州新区 620171 is a statistical county like any other. Whether the division exists is the
// registry's knowledge. INVALID_ARGUMENT: DIVISION_LENGTH, DIVISION_CHARACTER, DIVISION_LEVEL_GAP.
absl::Status CheckDivision(std::string_view code);

// The level of a code that CheckDivision accepts.
DivisionLevel LevelOf(std::string_view code);

// CheckDivision, and INVALID_ARGUMENT DIVISION_NOT_VILLAGE unless it is a village.
absl::Status CheckVillage(std::string_view code);

// The division one level up as 12 digits; empty for a province.
std::string ParentDivision(std::string_view code);

// The division of `code` at `level` as 12 digits; empty when `code` stands above that level.
std::string DivisionAt(std::string_view code, DivisionLevel level);

// The leading 6 digits: the unit of scope, partition and shard.
std::string_view CountyOf(std::string_view code);

// The digits that every code inside `code` begins with: 2, 4, 6, 9 or 12 of them. Empty for text
// that is no division code.
std::string_view DivisionPrefix(std::string_view code);

// True when `code` is `ancestor` or lies below it. False when either is no division code.
bool DivisionWithin(std::string_view code, std::string_view ancestor);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_DIVISION_H_
