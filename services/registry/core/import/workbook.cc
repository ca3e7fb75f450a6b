#include "services/registry/core/import/workbook.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/sheet/writer.h"
#include "services/registry/core/import/columns.h"

namespace fangpin::registry {
namespace {

constexpr std::string_view kBetween = "；";
constexpr std::string_view kOtherRow = "本户其他行有错误，须与之一并再次导入";
// Characters that a cell of .xlsx holds; .csv knows longer ones.
constexpr size_t kMaxCell = 32'767;

// What is wrong with one row; nothing when only others of its household are.
struct RowNotes {
  std::string fields;
  std::string reasons;
};
using NotesByRow = absl::flat_hash_map<int64_t, RowNotes>;

void AddWord(std::string_view word, std::string* list) {
  if (word.empty()) return;
  if (!list->empty()) *list += kBetween;
  *list += word;
}

NotesByRow NotesOf(const ImportFile& file, absl::Span<const pb::RowError> errors) {
  NotesByRow notes;
  for (const pb::RowError& error : errors) {
    if (error.row() == 0) continue;
    RowNotes& of_row = notes[error.row()];
    AddWord(error.column(), &of_row.fields);
    AddWord(error.message(), &of_row.reasons);
  }
  for (const FileHousehold& household : file.households) {
    const bool wrong = std::any_of(household.rows.begin(), household.rows.end(),
                                   [&](int row) { return notes.contains(row); });
    if (!wrong) continue;
    for (const int row : household.rows) {
      const auto [of_row, right] = notes.try_emplace(row);
      if (right) of_row->second.reasons = std::string(kOtherRow);
    }
  }
  return notes;
}

// The text as far as a cell can hold it.
std::string Fitting(const std::string& text) {
  if (text.size() <= kMaxCell || base::CodePoints(text) <= kMaxCell) return text;
  size_t end = 0;
  for (size_t characters = 0; end < text.size(); ++end) {
    const bool begins = (text[end] & 0xC0) != 0x80;
    if (begins && characters++ == kMaxCell) break;
  }
  return text.substr(0, end);
}

bool IsOurs(std::string_view header) {
  const std::string normal = sheet::NormaliseHeader(header);
  return normal == kErrorFields || normal == kErrorReasons;
}

// Copies the rows that have notes out of a file.
class Copier {
 public:
  Copier(sheet::Writer* out, NotesByRow notes) : out_(*out), notes_(std::move(notes)) {}

  absl::Status TakeHeader(const sheet::Header& header) {
    std::vector<std::string> cells;
    for (size_t i = 0; i < header.cells().size(); ++i) {
      // Of a workbook that is loaded again.
      if (IsOurs(header.cells()[i])) continue;
      columns_.push_back(i);
      cells.push_back(Fitting(header.cells()[i]));
    }
    cells.emplace_back(kErrorFields);
    cells.emplace_back(kErrorReasons);
    return out_.Add(cells);
  }

  absl::Status TakeRow(const sheet::Row& row) {
    const auto found = notes_.find(row.number);
    if (found == notes_.end()) return absl::OkStatus();
    std::vector<std::string> cells;
    cells.reserve(columns_.size() + 2);
    for (const size_t column : columns_) {
      cells.push_back(column < row.cells.size() ? Fitting(row.cells[column]) : "");
    }
    cells.push_back(Fitting(found->second.fields));
    cells.push_back(Fitting(found->second.reasons));
    return out_.Add(cells);
  }

 private:
  sheet::Writer& out_;
  const NotesByRow notes_;
  std::vector<size_t> columns_;  // of the file that are copied
};

}  // namespace

absl::StatusOr<std::string> MakeErrorsWorkbook(std::string_view content, const pb::Import& import,
                                               const ImportFile& file,
                                               absl::Span<const pb::RowError> errors) {
  NotesByRow notes = NotesOf(file, errors);
  if (notes.empty()) return std::string();
  std::string workbook;
  const Form& form = FormOf(file.kind);
  FANGPIN_ASSIGN_OR_RETURN(const std::unique_ptr<sheet::XlsxWriter> out,
                           sheet::XlsxWriter::Create(
                               [&workbook](std::string_view bytes) {
                                 workbook += bytes;
                                 return absl::OkStatus();
                               },
                               form.title));
  FANGPIN_RETURN_IF_ERROR(out->Add({base::StrCat(form.title, "：没有导入的行")}));
  FANGPIN_RETURN_IF_ERROR(
      out->Add({"改正后可以直接再次导入；最后的“错误字段”“错误原因”两列不会被读取"}));
  Copier copier(out.get(), std::move(notes));
  FANGPIN_RETURN_IF_ERROR(
      sheet::Read(
          content, SheetOptions(import.file_name(), import.encoding()),
          [&](const sheet::Header& header) { return copier.TakeHeader(header); },
          [&](const sheet::Row& row) { return copier.TakeRow(row); })
          .status());
  FANGPIN_RETURN_IF_ERROR(out->Close());
  return workbook;
}

}  // namespace fangpin::registry
