#include "services/registry/core/import/parse.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/import/row_parser.h"

namespace fangpin::registry {
namespace {

constexpr int kRowsBetweenQuestions = 1000;

std::vector<std::string> Strings(absl::Span<const std::string_view> texts) {
  return {texts.begin(), texts.end()};
}

// Which export a header is of; one of the forms' required headers are all there.
pb::ImportKind KindOfHeader(const sheet::Header& header) {
  for (const Form& form : Forms()) {
    if (header.Missing(Strings(form.required)).empty()) return form.kind;
  }
  return pb::IMPORT_KIND_ALL_HOUSEHOLDS;
}

std::unique_ptr<RowParser> MakeParser(pb::ImportKind kind, const ParseOptions& options,
                                      const DivisionTree& divisions) {
  switch (kind) {
    case pb::IMPORT_KIND_WORK_SPELLS:
      return MakeSpellParser(options, divisions);
    case pb::IMPORT_KIND_VILLAGES:
      return MakeVillageParser(options, divisions);
    default:
      return MakeHouseholdParser(kind, options, divisions);
  }
}

// Under which a field path finds the column's header.
std::string PathKey(const Column& column) {
  switch (column.of) {
    case Column::Of::kPerson:
      return base::StrCat("members.", column.path_text);
    case Column::Of::kSpell:
      return column.path.empty() ? column.path_text
                                 : base::StrCat("members.work_spells.", column.path_text);
    default:
      return column.path_text;
  }
}

// The index in the brackets behind `list` at the front of `path`, taken off with them; -1 for none.
int TakeIndex(std::string_view list, std::string_view* path) {
  if (!path->starts_with(list) || path->substr(list.size(), 1) != "[") return -1;
  const size_t close = path->find(']');
  const auto index = base::ParseInt(path->substr(list.size() + 1, close - list.size() - 1));
  *path = path->substr(std::min(close + 2, path->size()));
  return static_cast<int>(index.value_or(-1));
}

}  // namespace

int FileHousehold::RowOf(int member, int spell) const {
  if (member < 0) return rows[0];
  if (spell_rows.empty()) return rows[static_cast<size_t>(member)];
  const std::vector<int>& of_member = spell_rows[static_cast<size_t>(member)];
  return of_member[static_cast<size_t>(std::max(spell, 0))];
}

bool ImportFile::Has(CellKind wanted) const {
  return std::any_of(columns.begin(), columns.end(), [wanted](const FileColumn& c) {
    return c.column != nullptr && !c.after_elimination && c.column->kind == wanted;
  });
}

std::string ImportFile::HeaderAt(std::string_view path) const {
  while (true) {
    // Of several columns that fill one field, such as the five risks, the first of the form.
    const FileColumn* found = nullptr;
    for (const FileColumn& c : columns) {
      if (c.column == nullptr || c.after_elimination || PathKey(*c.column) != path) continue;
      if (found == nullptr || c.column < found->column) found = &c;
    }
    if (found != nullptr) return found->header;
    const size_t dot = path.rfind('.');
    if (dot == std::string_view::npos) return "";
    path = path.substr(0, dot);
  }
}

std::string ImportFile::HeaderOf(CellKind wanted) const {
  for (const FileColumn& c : columns) {
    if (c.column != nullptr && !c.after_elimination && c.column->kind == wanted) return c.header;
  }
  return "";
}

sheet::Options SheetOptions(std::string_view file_name, std::string_view encoding) {
  sheet::Options options;
  options.file_name = std::string(file_name);
  options.required_headers = Strings(FormOf(pb::IMPORT_KIND_ALL_HOUSEHOLDS).required);
  for (const pb::ImportKind kind : {pb::IMPORT_KIND_WORK_SPELLS, pb::IMPORT_KIND_VILLAGES}) {
    options.other_headers.push_back(Strings(FormOf(kind).required));
  }
  if (encoding == "UTF-8") options.encoding = sheet::Encoding::kUtf8;
  if (encoding == "GB18030") options.encoding = sheet::Encoding::kGb18030;
  return options;
}

absl::StatusOr<ImportFile> ParseImport(std::string_view bytes, const ParseOptions& options,
                                       const DivisionTree& divisions,
                                       const std::function<absl::Status()>& keep_going) {
  std::unique_ptr<RowParser> parser;
  FANGPIN_RETURN_IF_ERROR(sheet::Read(
                              bytes, SheetOptions(options.file_name, options.encoding),
                              [&](const sheet::Header& header) {
                                parser = MakeParser(KindOfHeader(header), options, divisions);
                                return parser->Bind(header);
                              },
                              [&](const sheet::Row& row) {
                                parser->Take(row);
                                return parser->rows_read() % kRowsBetweenQuestions == 0
                                           ? keep_going()
                                           : absl::OkStatus();
                              })
                              .status());
  return parser->Finish();
}

pb::RowError MakeRowError(int64_t row, std::string_view column, std::string_view reason,
                          std::string_view message, std::string_view national_household_id) {
  pb::RowError error;
  error.set_row(row);
  error.set_column(std::string(column));
  error.set_reason(std::string(reason));
  error.set_message(std::string(message));
  error.set_national_household_id(std::string(national_household_id));
  return error;
}

pb::RowError RowErrorOf(const ImportFile& file, const FileHousehold& from,
                        const pb::Household& record, const base::FieldError& problem) {
  std::string_view rest = std::string_view(problem.field).substr(sizeof("household.") - 1);
  const int in_record = TakeIndex("members", &rest);
  int member = -1;
  if (&record == &from.household) {
    member = in_record;
  } else if (in_record >= 0) {
    // Of someone whom the file does not name the household's first row tells.
    const std::string& id = record.members(in_record).id_number();
    const auto& members = from.household.members();
    const auto same = std::find_if(members.begin(), members.end(),
                                   [&](const pb::Person& p) { return p.id_number() == id; });
    if (same != members.end()) member = static_cast<int>(same - members.begin());
  }
  const int spell = TakeIndex("work_spells", &rest);
  std::string path(rest);
  if (spell >= 0) path = base::StrCat("work_spells.", path);
  if (in_record >= 0) path = base::StrCat("members.", path);
  // Both numbers of a person stand in one column.
  if (path == "members.disability_number") path = "members.id_number";
  std::string header = file.HeaderAt(path);
  if (problem.reason == "RISK_REMARK_MISSING") header = file.HeaderOf(CellKind::kRiskRemark);
  if (problem.reason == "DISASTER_KIND_MISSING") header = file.HeaderOf(CellKind::kDisaster);
  return MakeRowError(from.RowOf(member, spell), header, problem.reason, problem.message,
                      from.household.national_id());
}

}  // namespace fangpin::registry
