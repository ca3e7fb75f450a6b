#ifndef FANGPIN_REGISTRY_CORE_IMPORT_CELLS_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_CELLS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/registry/core/import/columns.h"

namespace fangpin::registry {

// Why a cell cannot be read.
struct CellProblem {
  std::string_view reason;
  std::string_view message;
};

// Reads a cell that is not blank into the column's own field of `record`, a Household, Person,
// WorkSpell or VillageProfile. For kinds with a field of their own only. nullopt when all is well.
std::optional<CellProblem> SetField(const Column& column, std::string_view cell,
                                    google::protobuf::Message* record);

// The cell that SetField reads as what the field of `record` holds; empty for what is not on
// record.
std::string CellText(const Column& column, const google::protobuf::Message& record);

// Makes the column's own field in `to` what it is in `from`, absence included.
void CopyField(const Column& column, const google::protobuf::Message& from,
               google::protobuf::Message* to);

// 是, 否, or empty.
std::string YesNoText(std::optional<bool> answer);

// The value times 10^-digits, with as few decimals as it takes: "3.5".
std::string FormatScaled(int64_t value, int digits);

// A decimal as people write it, times 10^digits, rounded half away from zero; nullopt for anything
// else and beyond 15 digits.
std::optional<int64_t> ParseScaled(std::string_view text, int digits);

// YYYYMMDD, YYYY-MM-DD or YYYY/MM/DD as YYYY-MM-DD.
std::optional<std::string> ParseBirthDate(std::string_view text);
// YYYYMM, YYYY-MM or YYYY-MM-DD as YYYY-MM.
std::optional<std::string> ParseMonthCell(std::string_view text);
// A day as YYYY-MM-DD or a month as YYYY-MM, from any of the forms above.
std::optional<std::string> ParseDayOrMonthCell(std::string_view text);
// "202103-202108", "2021-03至2021-08", "20210301/": beginning and end of a period, the end empty
// where it lasts.
std::optional<std::pair<std::string, std::string>> ParsePeriodCell(std::string_view text);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_CELLS_H_
