#ifndef FANGPIN_REGISTRY_CORE_IMPORT_PARSE_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_PARSE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/import.pb.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/household.h"
#include "services/registry/core/import/columns.h"

namespace fangpin::registry {

// One household as a file states it.
struct FileHousehold {
  // Normalised and checked; without id, revision, computed figures. Safeguards carry no `since`.
  pb::Household household;
  std::vector<int> rows;  // row of each member
  bool bad = false;       // a row of it is wrong: it is not loaded
};

// A file, read and checked by itself.
struct ImportFile {
  pb::ImportKind kind = pb::IMPORT_KIND_UNSPECIFIED;
  std::vector<const Column*> columns;        // those present, each once
  std::vector<std::string> unknown_columns;  // headers without a field of their own
  std::vector<FileHousehold> households;     // in order of their first row
  std::vector<pb::RowError> errors;          // by row
  int64_t rows_read = 0;

  bool Has(CellKind kind) const;
};

struct ParseOptions {
  std::string file_name;
  std::string encoding;  // "", "UTF-8", "GB18030"
  std::string division;  // every row lies within
  absl::CivilDay today;
};

// Reads an export. A status refuses the whole file: the reasons of sheet::Read, VILLAGE_COLUMN
// and whatever `keep_going` returns, which is asked now and then.
absl::StatusOr<ImportFile> ParseImport(std::string_view bytes, const ParseOptions& options,
                                       const DivisionTree& divisions,
                                       const std::function<absl::Status()>& keep_going);

// An error of a row; never quotes the cell.
pb::RowError MakeRowError(int64_t row, std::string_view column, std::string_view reason,
                          std::string_view message, std::string_view national_household_id);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_PARSE_H_
