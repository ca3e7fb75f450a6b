#ifndef FANGPIN_REGISTRY_CORE_IMPORT_COLUMNS_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_COLUMNS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"

namespace fangpin::registry {

// How the cells of a column are read.
enum class CellKind {
  kText,
  kBenefitText,  // text; 无 and 否 mean none
  kLabel,        // CodedLabel: the code is looked up when the record is normalised
  kYuan,         // fen
  kHundredths,   // decimal, in hundredths
  kKilometres,   // decimal, in metres
  kMonths,       // 0 to 12
  kYesNo,        // optional bool
  kBirthDate,    // YYYYMMDD or YYYY-MM-DD
  kMonth,        // YYYYMM, kept as YYYY-MM
  kSex,
  kHouseholdKind,
  kHealth,
  kLabour,
  kCategory,
  kEliminationMode,
  // Kinds that go to more than one field, or to none of their own.
  kCounty,
  kTownship,
  kVillage,
  kRisk,
  kDisaster,
  kRiskRemark,
  kEliminated,
  kSafeguard,
  kReportedNet,
  kReportedPerCapita,
  kMeasure,
  kKeep,    // kept as it is, by header
  kIgnore,  // says nothing that the other columns do not
};

// A column of a national export.
struct Column {
  enum class Of { kHousehold, kPerson };
  std::string header;
  Of of = Of::kHousehold;
  CellKind kind = CellKind::kText;
  // Fields from Household or Person down; empty for kinds without one of their own.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  std::string path_text;  // "work.months"
  int number = 0;         // safeguard flag index or measure category
};

// Every known column. Headers differ in brackets and blanks: sheet::Header compares them
// normalised.
absl::Span<const Column> KnownColumns();

// Columns "风险消除后…" repeat income and safeguards; they are read with the column that they
// repeat.
inline constexpr std::string_view kAfterElimination = "风险消除后";

// Headers without which a sheet is no export of households.
std::vector<std::string> RequiredHeaders();

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_COLUMNS_H_
