#ifndef FANGPIN_REGISTRY_CORE_IMPORT_PARSE_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_PARSE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/import.pb.h"
#include "libs/sheet/reader.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/household.h"
#include "services/registry/core/import/columns.h"

namespace fangpin::registry {

// One household as a file states it. Of 已外出务工信息 it holds the ID numbers and spells of
// members, and of the household what is to be compared.
struct FileHousehold {
  // Normalised and checked; without id, revision, computed figures. Safeguards carry no `since`.
  pb::Household household;
  std::vector<int> rows;                     // all of it; row of each member, but with spells
  std::vector<std::vector<int>> spell_rows;  // row of each spell, by member; empty without spells
  bool bad = false;                          // a row of it is wrong: it is not loaded

  // The row of a member, and of one of his spells (-1: of the member); the first row for none.
  int RowOf(int member, int spell) const;
};

// One village as a file states it.
struct FileVillage {
  v1::VillageProfile profile;
  int row = 0;
  bool bad = false;
};

// A column of one file.
struct FileColumn {
  const Column* column = nullptr;  // null: unknown
  int index = 0;                   // in the sheet
  std::string header;              // as found
  bool after_elimination = false;
};

// A file, read and checked by itself.
struct ImportFile {
  pb::ImportKind kind = pb::IMPORT_KIND_UNSPECIFIED;
  std::vector<FileColumn> columns;           // in the order of the sheet
  std::vector<std::string> unknown_columns;  // headers without a field of their own
  std::vector<FileHousehold> households;     // in order of their first row
  std::vector<FileVillage> villages;         // in order of their rows
  std::vector<pb::RowError> errors;          // by row
  absl::flat_hash_set<int> duplicate_rows;   // that repeat another one of the file
  int64_t rows_read = 0;

  // Whether there is such a column, of before elimination.
  bool Has(CellKind kind) const;
  // The header as found of the column that fills a field, or the nearest one above it:
  // "members.work_spells.begin", "kind"; empty without any.
  std::string HeaderAt(std::string_view path) const;
  // The first header of that kind; empty without any.
  std::string HeaderOf(CellKind kind) const;
};

struct ParseOptions {
  std::string file_name;
  std::string encoding;  // "", "UTF-8", "GB18030"
  std::string division;  // every row lies within
  absl::CivilDay today;
};

// How a national export is read, whichever it is.
sheet::Options SheetOptions(std::string_view file_name, std::string_view encoding);

// Reads an export. A status refuses the whole file: the reasons of sheet::Read, VILLAGE_COLUMN
// and whatever `keep_going` returns, which is asked now and then.
absl::StatusOr<ImportFile> ParseImport(std::string_view bytes, const ParseOptions& options,
                                       const DivisionTree& divisions,
                                       const std::function<absl::Status()>& keep_going);

// An error of a row; never quotes the cell.
pb::RowError MakeRowError(int64_t row, std::string_view column, std::string_view reason,
                          std::string_view message, std::string_view national_household_id);

// What is wrong with a record, as an error of the row it came from. `record` is the household of
// `from`, or what became of it: members are found by ID number.
pb::RowError RowErrorOf(const ImportFile& file, const FileHousehold& from,
                        const pb::Household& record, const base::FieldError& problem);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_PARSE_H_
