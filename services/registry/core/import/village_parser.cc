#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/base/strings.h"
#include "services/registry/core/import/row_parser.h"

namespace fangpin::registry {
namespace {

// 行政村信息: one row a village.
class VillageParser final : public RowParser {
 public:
  VillageParser(const ParseOptions& options, const DivisionTree& divisions)
      : RowParser(pb::IMPORT_KIND_VILLAGES, options, divisions) {}

 private:
  void ReadRow(const sheet::Row& row) override {
    FileVillage& village = file_.villages.emplace_back();
    village.row = row.number;
    const size_t errors_before = file_.errors.size();
    const std::string code = ReadPlace(row, "");
    village.profile.set_division(code);
    if (!code.empty()) {
      const auto [first, fresh] = row_of_.emplace(code, row.number);
      if (!fresh) {
        file_.duplicate_rows.insert(row.number);
        AddError(row.number, file_.HeaderOf(CellKind::kVillage), "VILLAGE_DUPLICATE",
                 base::StrCat("行政村与第", first->second, "行重复"), "");
      }
    }
    for (const FileColumn& column : file_.columns) {
      const std::string_view cell = row.Text(column.index);
      if (cell.empty()) continue;
      if (column.column == nullptr) {
        Keep(row, column, "", village.profile.mutable_other_columns());
      } else if (!column.column->path.empty()) {
        Report(row, column, "", SetField(*column.column, cell, &village.profile));
      }
    }
    village.bad = file_.errors.size() != errors_before;
  }

  void Complete() override {}

  absl::flat_hash_map<std::string, int> row_of_;  // by village
};

}  // namespace

std::unique_ptr<RowParser> MakeVillageParser(const ParseOptions& options,
                                             const DivisionTree& divisions) {
  return std::make_unique<VillageParser>(options, divisions);
}

}  // namespace fangpin::registry
