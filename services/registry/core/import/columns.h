#ifndef FANGPIN_REGISTRY_CORE_IMPORT_COLUMNS_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_COLUMNS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "fangpin/registry/v1/import.pb.h"
#include "google/protobuf/descriptor.h"

namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// How the cells of a column are read and written.
enum class CellKind {
  kText,
  kBenefitText,  // text; 无 and 否 mean none
  kPhone,        // text; the record holds its digits
  kLabel,        // CodedLabel: the code is looked up when the record is normalised
  kYuan,         // fen
  kTenThousand,  // 万元: fen
  kCount,        // a whole number, not negative
  kHundredths,   // decimal, in hundredths
  kKilometres,   // decimal, in metres
  kMonths,       // 0 to 12
  kYear,         // YYYY
  kYesNo,        // optional bool
  kBenefit,      // optional bool, with the words in the field <name>_label
  kBirthDate,    // YYYYMMDD or YYYY-MM-DD
  kMonth,        // YYYYMM, kept as YYYY-MM
  kDayOrMonth,   // either of the two
  kSex,
  kHouseholdKind,
  kHealth,
  kLabour,
  kCategory,
  kEliminationMode,
  // Kinds that go to more than one field, or to none of their own.
  kProvince,
  kPrefecture,
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
  kPeriod,          // 开始/结束时间 in one cell
  kStatedKind,      // 户类型 of a household on file: only compared
  kStatedCategory,  // 监测对象类别 of one, likewise
  kKeep,            // kept as it is, by header
  kIgnore,          // says nothing that the other columns do not
};

// A column of a national export.
struct Column {
  enum class Of { kHousehold, kPerson, kSpell, kVillage };
  std::string header;
  Of of = Of::kHousehold;
  CellKind kind = CellKind::kText;
  // Fields from Household, Person, WorkSpell or VillageProfile down; empty for kinds without one of
  // their own.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  std::string path_text;  // "work.months"
  int number = 0;         // safeguard flag index, measure category, or which of the five risks
};

// Every column that files of the kind can have. Headers differ in brackets and blanks:
// sheet::Header compares them normalised.
absl::Span<const Column> KnownColumns(pb::ImportKind kind);

// Columns "风险消除后…" repeat income and safeguards; they are read with the column that they
// repeat.
inline constexpr std::string_view kAfterElimination = "风险消除后";

// What stands under a header.
struct ColumnMatch {
  const Column* column = nullptr;  // null for an unknown header
  bool after_elimination = false;
};
ColumnMatch FindColumn(pb::ImportKind kind, std::string_view header);

// Under which header a record keeps the cell of a column that has no field for it.
std::string KeptHeader(const Column& column, bool after_elimination);

// The columns that the errors workbook adds behind a file's own; read by nobody.
inline constexpr std::string_view kErrorFields = "错误字段";
inline constexpr std::string_view kErrorReasons = "错误原因";

// A national export as the system hands it out.
struct Form {
  pb::ImportKind kind = pb::IMPORT_KIND_UNSPECIFIED;
  std::string_view title;
  absl::Span<const std::string_view> headers;  // in its order, under its names
  // Without these a sheet is none of the kind.
  absl::Span<const std::string_view> required;
};
// In the order in which a header row is tried against them.
absl::Span<const Form> Forms();
const Form& FormOf(pb::ImportKind kind);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_COLUMNS_H_
