#include "libs/sheet/xlsx_parser.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/errors.h"
#include "libs/sheet/xlsx_format.h"
#include "libs/sheet/xlsx_package.h"
#include "libs/sheet/xml.h"

namespace fangpin::sheet {
namespace {

constexpr int kMaxRows = 1'048'576;

int IntOr(std::string_view text, int fallback) {
  const auto number = base::ParseInt(text);
  return number && *number >= 0 && *number <= kMaxRows ? static_cast<int>(*number) : fallback;
}

// The part that `target` means in a relationship of a part in `folder`.
std::string Resolve(std::string_view folder, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  std::vector<std::string_view> path = base::Split(folder, '/');
  for (const std::string_view step : base::Split(target, '/')) {
    if (step == ".." && !path.empty()) {
      path.pop_back();
    } else if (step != "." && step != "..") {
      path.push_back(step);
    }
  }
  std::string part;
  for (const std::string_view step : path) {
    if (!step.empty()) base::StrAppend(&part, part.empty() ? "" : "/", step);
  }
  return part;
}

// A .rels part: which part each relationship means.
class Relationships : public XmlHandler {
 public:
  explicit Relationships(std::string folder) : folder_(std::move(folder)) {}

  absl::Status Start(std::string_view name, const Attributes& attributes) override {
    if (name != "Relationship") return absl::OkStatus();
    std::string part = Resolve(folder_, attributes.Get("Target"));
    const std::string_view type = attributes.Get("Type");
    by_kind_.emplace(type.substr(type.rfind('/') + 1), part);
    by_id_.emplace(attributes.Get("Id"), std::move(part));
    return absl::OkStatus();
  }

  // `kind` is the last segment of the type: "officeDocument", "styles", "sharedStrings". Empty when
  // there is none.
  std::string OfKind(const std::string& kind) const { return Look(by_kind_, kind); }
  std::string OfId(const std::string& id) const { return Look(by_id_, id); }

 private:
  using Parts = std::map<std::string, std::string>;

  static std::string Look(const Parts& parts, const std::string& key) {
    const auto it = parts.find(key);
    return it == parts.end() ? "" : it->second;
  }

  const std::string folder_;
  Parts by_kind_;
  Parts by_id_;
};

// workbook.xml: the first visible sheet and the calendar.
class Workbook : public XmlHandler {
 public:
  absl::Status Start(std::string_view name, const Attributes& attributes) override {
    if (name == "workbookPr") {
      const std::string_view value = attributes.Get("date1904");
      from_1904_ = value == "1" || value == "true";
    } else if (name == "sheet") {
      const std::string_view state = attributes.Get("state");
      const bool visible = state.empty() || state == "visible";
      if (visible && !sheet_id_) sheet_id_ = attributes.Get("id");
    }
    return absl::OkStatus();
  }

  bool from_1904() const { return from_1904_; }
  const std::optional<std::string>& sheet_id() const { return sheet_id_; }

 private:
  bool from_1904_ = false;
  std::optional<std::string> sheet_id_;
};

// styles.xml: which cell styles show dates.
class Styles : public XmlHandler {
 public:
  absl::Status Start(std::string_view name, const Attributes& attributes) override {
    if (name == "numFmt") {
      if (IsDateFormatCode(attributes.Get("formatCode"))) {
        date_formats_.insert(IntOr(attributes.Get("numFmtId"), 0));
      }
    } else if (name == "cellXfs") {
      in_cell_formats_ = true;
    } else if (name == "xf" && in_cell_formats_) {
      const int format = IntOr(attributes.Get("numFmtId"), 0);
      dates_.push_back(IsDateFormat(format) || date_formats_.contains(format));
    }
    return absl::OkStatus();
  }

  absl::Status End(std::string_view name) override {
    if (name == "cellXfs") in_cell_formats_ = false;
    return absl::OkStatus();
  }

  bool IsDate(int style) const {
    return static_cast<size_t>(style) < dates_.size() && dates_[style];
  }

 private:
  std::set<int> date_formats_;
  std::vector<bool> dates_;  // by cell style
  bool in_cell_formats_ = false;
};

// Collects the text of a string item: plain or in runs of differing fonts, without the phonetic
// guides that stand between.
class StringItem {
 public:
  void Clear() { text_.clear(); }
  void Start(std::string_view name) {
    if (name == "t") in_text_ = true;
    if (name == "rPh") in_guide_ = true;
  }
  void End(std::string_view name) {
    if (name == "t") in_text_ = false;
    if (name == "rPh") in_guide_ = false;
  }
  void Text(std::string_view text) {
    if (in_text_ && !in_guide_) text_.append(text);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool in_text_ = false;
  bool in_guide_ = false;
};

// sharedStrings.xml: all strings in one block.
class SharedStrings : public XmlHandler {
 public:
  explicit SharedStrings(const Limits& limits) : limits_(limits) {}

  absl::Status Start(std::string_view name, const Attributes& attributes) override {
    if (name == "si") item_.Clear();
    item_.Start(name);
    return absl::OkStatus();
  }

  absl::Status End(std::string_view name) override {
    item_.End(name);
    if (name != "si") return absl::OkStatus();
    base::StrAppend(&block_, DecodeEscapes(item_.text()));
    ends_.push_back(block_.size());
    if (block_.size() + ends_.size() * sizeof(size_t) > limits_.shared_string_bytes) return Full();
    return absl::OkStatus();
  }

  absl::Status Text(std::string_view text) override {
    item_.Text(text);
    return item_.text().size() > limits_.cell_bytes ? TooLarge(0, "cell_bytes", limits_.cell_bytes)
                                                    : absl::OkStatus();
  }

  std::optional<std::string_view> Get(size_t index) const {
    if (index >= ends_.size()) return std::nullopt;
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(block_).substr(begin, ends_[index] - begin);
  }

 private:
  absl::Status Full() const {
    return TooLarge(0, "shared_string_bytes", limits_.shared_string_bytes);
  }

  const Limits& limits_;
  StringItem item_;
  std::string block_;
  std::vector<size_t> ends_;  // in block_, by index
};

// A worksheet: hands each row on when it ends.
class Worksheet : public XmlHandler {
 public:
  Worksheet(const Limits& limits, const SharedStrings& strings, const Styles& styles,
            bool from_1904, RowCallback on_row)
      : limits_(limits),
        strings_(strings),
        styles_(styles),
        from_1904_(from_1904),
        on_row_(on_row) {}

  absl::Status Start(std::string_view name, const Attributes& attributes) override {
    if (name == "c") return StartCell(attributes);
    if (name == "row") return StartRow(attributes);
    if (name == "v") in_value_ = true;
    item_.Start(name);
    return absl::OkStatus();
  }

  absl::Status End(std::string_view name) override {
    if (name == "c") return EndCell();
    if (name == "row") return EndRow();
    if (name == "v") in_value_ = false;
    item_.End(name);
    return absl::OkStatus();
  }

  absl::Status Text(std::string_view text) override {
    if (in_value_) value_.append(text);
    item_.Text(text);
    return value_.size() + item_.text().size() > limits_.cell_bytes
               ? TooLarge(row_.number, "cell_bytes", limits_.cell_bytes)
               : absl::OkStatus();
  }

 private:
  enum class Kind { kNumber, kShared, kInline, kBoolean, kVerbatim };

  absl::Status StartRow(const Attributes& attributes) {
    const int number = IntOr(attributes.Get("r"), row_.number + 1);
    if (number <= row_.number) return Malformed(number, "行号没有递增");
    row_.number = number;
    if (number > limits_.rows) return TooLarge(number, "rows", limits_.rows);
    used_ = 0;
    column_ = -1;
    return absl::OkStatus();
  }

  absl::Status StartCell(const Attributes& attributes) {
    const std::string_view place = attributes.Get("r");
    if (place.empty()) {
      ++column_;
    } else if (const auto reference = ParseReference(place); reference) {
      column_ = reference->column;
    } else {
      return Malformed(row_.number, "单元格位置不正确");
    }
    const std::string_view type = attributes.Get("t");
    kind_ = type.empty() || type == "n" ? Kind::kNumber
            : type == "s"               ? Kind::kShared
            : type == "inlineStr"       ? Kind::kInline
            : type == "b"               ? Kind::kBoolean
                                        : Kind::kVerbatim;
    style_ = IntOr(attributes.Get("s"), 0);
    value_.clear();
    item_.Clear();
    return absl::OkStatus();
  }

  absl::Status EndCell() {
    std::string text;
    switch (kind_) {
      case Kind::kShared: {
        const auto index = base::ParseInt(value_);
        const auto shared = index && *index >= 0 ? strings_.Get(*index) : std::nullopt;
        if (!value_.empty() && !shared) return Malformed(row_.number, "引用了不存在的文本");
        if (shared) return Put(*shared);
        break;
      }
      case Kind::kInline:
        text = DecodeEscapes(item_.text());
        break;
      case Kind::kNumber: {
        std::optional<std::string> date;
        if (styles_.IsDate(style_)) date = DateText(value_, from_1904_);
        text = date ? *std::move(date) : NumberText(value_);
        break;
      }
      case Kind::kBoolean:
        text = value_ == "1" || value_ == "true" ? "TRUE" : value_.empty() ? "" : "FALSE";
        break;
      case Kind::kVerbatim:
        text = DecodeEscapes(value_);
        break;
    }
    return Put(text);
  }

  absl::Status Put(std::string_view text) {
    // Cells that are only formatted often reach to the last column; they are nothing.
    if (text.empty()) return absl::OkStatus();
    if (column_ >= limits_.columns) return TooLarge(row_.number, "columns", limits_.columns);
    const auto size = static_cast<size_t>(column_) + 1;
    if (row_.cells.size() < size) row_.cells.resize(size);
    for (; used_ < size; ++used_) row_.cells[used_].clear();
    row_.cells[column_].assign(text);
    return absl::OkStatus();
  }

  absl::Status EndRow() {
    row_.cells.resize(used_);
    return on_row_(row_);
  }

  const Limits& limits_;
  const SharedStrings& strings_;
  const Styles& styles_;
  const bool from_1904_;
  const RowCallback on_row_;

  Row row_;          // its strings keep their memory from row to row
  size_t used_ = 0;  // cells of row_ that belong to this row
  int column_ = -1;
  Kind kind_ = Kind::kNumber;
  int style_ = 0;
  bool in_value_ = false;
  std::string value_;
  StringItem item_;
};

std::string FolderOf(std::string_view part) {
  const size_t slash = part.rfind('/');
  return slash == part.npos ? "" : std::string(part.substr(0, slash));
}

std::string RelationshipsOf(std::string_view part) {
  const std::string folder = FolderOf(part);
  const std::string_view file = part.substr(folder.empty() ? 0 : folder.size() + 1);
  return base::StrCat(folder, folder.empty() ? "" : "/", "_rels/", file, ".rels");
}

}  // namespace

absl::Status ParseXlsx(std::string_view bytes, const Limits& limits, RowCallback on_row) {
  FANGPIN_ASSIGN_OR_RETURN(XlsxPackage package, XlsxPackage::Open(bytes, limits));
  const absl::Status no_workbook = NotXlsx("文件是压缩包，但不是 .xlsx 工作簿");
  if (!package.Has("_rels/.rels")) return no_workbook;
  Relationships root("");
  FANGPIN_RETURN_IF_ERROR(package.Parse("_rels/.rels", root));
  const std::string workbook_part = root.OfKind("officeDocument");
  const std::string relationships_part = RelationshipsOf(workbook_part);
  if (workbook_part.empty() || !package.Has(relationships_part)) return no_workbook;

  Workbook workbook;
  FANGPIN_RETURN_IF_ERROR(package.Parse(workbook_part, workbook));
  Relationships relationships(FolderOf(workbook_part));
  FANGPIN_RETURN_IF_ERROR(package.Parse(relationships_part, relationships));
  if (!workbook.sheet_id()) {
    // A Word document is a zip archive with relationships too, but has no sheets.
    return workbook_part.ends_with("workbook.xml") ? Empty("工作簿中没有可见的工作表")
                                                   : no_workbook;
  }

  SharedStrings strings(limits);
  if (const std::string part = relationships.OfKind("sharedStrings"); !part.empty()) {
    FANGPIN_RETURN_IF_ERROR(package.Parse(part, strings));
  }
  Styles styles;
  if (const std::string part = relationships.OfKind("styles"); !part.empty()) {
    FANGPIN_RETURN_IF_ERROR(package.Parse(part, styles));
  }
  Worksheet worksheet(limits, strings, styles, workbook.from_1904(), on_row);
  return package.Parse(relationships.OfId(*workbook.sheet_id()), worksheet);
}

}  // namespace fangpin::sheet
