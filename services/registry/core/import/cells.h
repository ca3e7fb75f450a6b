#ifndef FANGPIN_REGISTRY_CORE_IMPORT_CELLS_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_CELLS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/registry/core/import/columns.h"

namespace fangpin::registry {

// Why a cell cannot be read.
struct CellProblem {
  std::string_view reason;
  std::string_view message;
};

// Reads a cell that is not blank into the column's own field of `record`, a Household or a Person.
// For kinds with a field of their own only. nullopt when all is well.
std::optional<CellProblem> SetField(const Column& column, std::string_view cell,
                                    google::protobuf::Message* record);

// Makes the column's own field in `to` what it is in `from`, absence included.
void CopyField(const Column& column, const google::protobuf::Message& from,
               google::protobuf::Message* to);

// A decimal as people write it, times 10^digits, rounded half away from zero; nullopt for anything
// else and beyond 15 digits.
std::optional<int64_t> ParseScaled(std::string_view text, int digits);

// YYYYMMDD, YYYY-MM-DD or YYYY/MM/DD as YYYY-MM-DD.
std::optional<std::string> ParseBirthDate(std::string_view text);
// YYYYMM, YYYY-MM or YYYY-MM-DD as YYYY-MM.
std::optional<std::string> ParseMonthCell(std::string_view text);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_CELLS_H_
