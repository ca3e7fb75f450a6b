#ifndef FANGPIN_REGISTRY_CORE_IMPORT_ROW_PARSER_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_ROW_PARSER_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "libs/sheet/reader.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/import/parse.h"

namespace fangpin::registry {

// Reads the rows of one kind of file. What all kinds share: columns, places, errors.
class RowParser {
 public:
  // Both must outlive this.
  RowParser(pb::ImportKind kind, const ParseOptions& options, const DivisionTree& divisions)
      : options_(options), divisions_(divisions) {
    file_.kind = kind;
  }
  virtual ~RowParser() = default;

  // VILLAGE_COLUMN without a column for the village.
  absl::Status Bind(const sheet::Header& header);
  void Take(const sheet::Row& row);
  int64_t rows_read() const { return file_.rows_read; }
  // To be called once, at the end.
  ImportFile Finish();

 protected:
  // Characters of a text that is kept by its header.
  static constexpr size_t kMaxKeptText = 500;
  static constexpr size_t kMaxNationalId = 40;

  virtual void ReadRow(const sheet::Row& row) = 0;
  // After the last row.
  virtual void Complete() = 0;

  // One error a cell is enough.
  void AddError(int row, const std::string& column, std::string_view reason,
                std::string_view message, std::string_view national_id);
  void Report(const sheet::Row& row, const FileColumn& column, std::string_view national_id,
              const std::optional<CellProblem>& problem);

  // 户编号 of the row; nullopt, with an error, when it has none that can be one.
  std::optional<std::string> NationalId(const sheet::Row& row);

  // The village that the row names; empty, with an error, when it names none of the division.
  std::string ReadPlace(const sheet::Row& row, std::string_view national_id);
  static bool IsPlace(CellKind kind) {
    return kind >= CellKind::kProvince && kind <= CellKind::kVillage;
  }

  // Keeps the cell, which is not blank, by its header.
  void Keep(const sheet::Row& row, const FileColumn& column, std::string_view national_id,
            google::protobuf::Map<std::string, std::string>* columns);

  const ParseOptions& options_;
  const DivisionTree& divisions_;
  ImportFile file_;

 private:
  int national_id_ = sheet::Header::kAbsent;  // its column in the sheet
  absl::flat_hash_map<std::string, Place> places_;
  absl::flat_hash_set<std::pair<int, std::string>> wrong_;  // row and column with an error
};

std::unique_ptr<RowParser> MakeHouseholdParser(pb::ImportKind kind, const ParseOptions& options,
                                               const DivisionTree& divisions);
std::unique_ptr<RowParser> MakeSpellParser(const ParseOptions& options,
                                           const DivisionTree& divisions);
std::unique_ptr<RowParser> MakeVillageParser(const ParseOptions& options,
                                             const DivisionTree& divisions);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_ROW_PARSER_H_
