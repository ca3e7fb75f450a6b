#include "services/registry/core/import/row_parser.h"

#include <algorithm>

#include "libs/base/error.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::registry {

absl::Status RowParser::Bind(const sheet::Header& header) {
  for (size_t i = 0; i < header.names().size(); ++i) {
    const std::string& name = header.names()[i];
    if (name.empty() || header.Find(name) != static_cast<int>(i)) continue;
    const ColumnMatch match = FindColumn(file_.kind, name);
    if (match.column == nullptr) file_.unknown_columns.push_back(name);
    file_.columns.push_back({match.column, static_cast<int>(i), name, match.after_elimination});
    if (match.column != nullptr && match.column->path_text == "national_id" &&
        match.column->of != Column::Of::kPerson) {
      national_id_ = static_cast<int>(i);
    }
  }
  if (file_.Has(CellKind::kVillage)) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, "VILLAGE_COLUMN",
                     "表中没有“行政村”或“村”一列");
}

void RowParser::Take(const sheet::Row& row) {
  ++file_.rows_read;
  ReadRow(row);
}

ImportFile RowParser::Finish() {
  Complete();
  std::stable_sort(file_.errors.begin(), file_.errors.end(),
                   [](const auto& a, const auto& b) { return a.row() < b.row(); });
  return std::move(file_);
}

void RowParser::AddError(int row, const std::string& column, std::string_view reason,
                         std::string_view message, std::string_view national_id) {
  if (!wrong_.emplace(row, column).second) return;
  file_.errors.push_back(MakeRowError(row, column, reason, message, national_id));
}

void RowParser::Report(const sheet::Row& row, const FileColumn& column,
                       std::string_view national_id, const std::optional<CellProblem>& problem) {
  if (problem) AddError(row.number, column.header, problem->reason, problem->message, national_id);
}

std::optional<std::string> RowParser::NationalId(const sheet::Row& row) {
  std::string number = base::CleanCell(row.Text(national_id_));
  if (number.empty()) {
    AddError(row.number, file_.HeaderAt("national_id"), "HOUSEHOLD_NUMBER_MISSING", "户编号为空",
             "");
    return std::nullopt;
  }
  if (base::CodePoints(number) > kMaxNationalId) {
    AddError(row.number, file_.HeaderAt("national_id"), "HOUSEHOLD_NUMBER_LENGTH",
             "户编号最多40个字符", "");
    return std::nullopt;
  }
  return number;
}

std::string RowParser::ReadPlace(const sheet::Row& row, std::string_view national_id) {
  PlaceNames names;
  std::string* const by_kind[] = {&names.province, &names.prefecture, &names.county,
                                  &names.township, &names.village};
  for (const FileColumn& column : file_.columns) {
    if (column.column == nullptr || !IsPlace(column.column->kind)) continue;
    const auto level =
        static_cast<size_t>(column.column->kind) - static_cast<size_t>(CellKind::kProvince);
    if (std::string name = base::CleanCode(row.Text(column.index)); !name.empty()) {
      *by_kind[level] = std::move(name);
    }
  }
  const std::string key = base::StrCat(names.province, "|", names.prefecture, "|", names.county,
                                       "|", names.township, "|", names.village);
  auto known = places_.find(key);
  if (known == places_.end()) {
    known = places_.emplace(key, ResolveVillage(divisions_, options_.division, names)).first;
  }
  const Place& place = known->second;
  if (place.reason.empty()) return place.code;
  std::string_view message = "行政村不在区划表中";
  if (place.reason == "VILLAGE_MISSING") message = "行政村为空";
  if (place.reason == "VILLAGE_AMBIGUOUS") message = "同名的行政村不止一个，请写全称或补充乡镇";
  if (place.reason == "OUTSIDE_DIVISION") message = "不在本次导入的区划范围内";
  const auto kind = static_cast<CellKind>(static_cast<size_t>(CellKind::kProvince) +
                                          static_cast<size_t>(place.level));
  AddError(row.number, file_.HeaderOf(kind), place.reason, message, national_id);
  return "";
}

void RowParser::Keep(const sheet::Row& row, const FileColumn& column, std::string_view national_id,
                     google::protobuf::Map<std::string, std::string>* columns) {
  const std::string_view cell = row.Text(column.index);
  if (base::CodePoints(cell) > kMaxKeptText) {
    AddError(row.number, column.header, "TEXT_TOO_LONG", "最多500个字", national_id);
  } else {
    (*columns)[column.column == nullptr ? column.header
                                        : KeptHeader(*column.column, column.after_elimination)] =
        std::string(cell);
  }
}

}  // namespace fangpin::registry
