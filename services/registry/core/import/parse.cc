#include "services/registry/core/import/parse.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "libs/base/error.h"
#include "libs/base/money.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/sheet/reader.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/labels.h"
#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {
namespace {

constexpr int kRowsBetweenQuestions = 1000;
constexpr size_t kMaxKeptText = 500;
constexpr size_t kMaxNationalId = 40;

// A column of this file.
struct Bound {
  const Column* column = nullptr;  // null: unknown
  int index = 0;                   // in the sheet
  std::string header;              // as found
  bool after_elimination = false;
};

// What the columns of one household add up to besides its fields.
struct Extras {
  std::array<std::optional<bool>, 5> secured;        // by SafeguardKind
  std::array<std::optional<bool>, 5> secured_after;  // the same after elimination
  std::optional<vocab::DisasterKind> disaster;
  std::string remark;
  std::optional<bool> eliminated;
  pb::Household after;  // fields of the columns "风险消除后…"
  Reported reported;
  Reported reported_after;
  std::vector<std::string> cells;  // of the first row, by bound column: to compare the others with
};

class Parser {
 public:
  Parser(const ParseOptions& options, const DivisionTree& divisions,
         const std::function<absl::Status()>& keep_going)
      : options_(options), divisions_(divisions), keep_going_(keep_going) {}

  absl::StatusOr<ImportFile> Run(std::string_view bytes) {
    sheet::Options sheet;
    sheet.file_name = options_.file_name;
    sheet.required_headers = RequiredHeaders();
    if (options_.encoding == "UTF-8") sheet.encoding = sheet::Encoding::kUtf8;
    if (options_.encoding == "GB18030") sheet.encoding = sheet::Encoding::kGb18030;
    FANGPIN_RETURN_IF_ERROR(sheet::Read(
                                bytes, sheet,
                                [this](const sheet::Header& header) { return Bind(header); },
                                [this](const sheet::Row& row) { return Take(row); })
                                .status());
    Finish();
    return std::move(file_);
  }

 private:
  absl::Status Bind(const sheet::Header& header) {
    absl::flat_hash_map<std::string, const Column*> known;
    for (const Column& column : KnownColumns()) {
      known.emplace(sheet::NormaliseHeader(column.header), &column);
    }
    std::set<const Column*> present;
    bool village = false;
    for (size_t i = 0; i < header.names().size(); ++i) {
      const std::string& name = header.names()[i];
      if (name.empty() || header.Find(name) != static_cast<int>(i)) continue;
      Bound bound{nullptr, static_cast<int>(i), name, false};
      std::string normal = sheet::NormaliseHeader(name);
      if (normal.starts_with(kAfterElimination)) {
        bound.after_elimination = true;
        normal.erase(0, kAfterElimination.size());
      }
      const auto found = known.find(normal);
      const bool repeats = found != known.end() && bound.after_elimination;
      if (found != known.end() && (!repeats || RepeatsAfterElimination(*found->second))) {
        bound.column = found->second;
      }
      if (bound.column == nullptr) {
        file_.unknown_columns.push_back(name);
      } else if (!bound.after_elimination && present.insert(bound.column).second) {
        file_.columns.push_back(bound.column);
        village |= bound.column->kind == CellKind::kVillage;
        // Of several columns that fill one field, such as the five risks, the first of the form.
        const auto [at, fresh] = header_of_.try_emplace(PathKey(*bound.column), bound.column, name);
        if (!fresh && bound.column < at->second.first) at->second = {bound.column, name};
      }
      bound_.push_back(std::move(bound));
    }
    if (!village) {
      return base::Error(absl::StatusCode::kInvalidArgument, "VILLAGE_COLUMN",
                         "表中没有“行政村”或“村”一列");
    }
    file_.kind = file_.Has(CellKind::kCategory) ? pb::IMPORT_KIND_MONITORED_HOUSEHOLDS
                                                : pb::IMPORT_KIND_ALL_HOUSEHOLDS;
    return absl::OkStatus();
  }

  static bool RepeatsAfterElimination(const Column& column) {
    return column.kind == CellKind::kSafeguard || column.kind == CellKind::kReportedNet ||
           column.kind == CellKind::kReportedPerCapita ||
           (column.kind == CellKind::kYuan && column.path_text.starts_with("income."));
  }

  // Under which an error's field path finds its header: "kind", "members.id_number".
  static std::string PathKey(const Column& column) {
    return column.of == Column::Of::kPerson ? base::StrCat("members.", column.path_text)
                                            : column.path_text;
  }

  std::string HeaderAt(std::string_view path) const {
    for (std::string_view rest = path;;) {
      const auto found = header_of_.find(base::ToAbsl(rest));
      if (found != header_of_.end()) return found->second.second;
      const size_t dot = rest.rfind('.');
      if (dot == std::string_view::npos) return "";
      rest = rest.substr(0, dot);
    }
  }

  std::string HeaderOf(CellKind kind) const {
    for (const Bound& bound : bound_) {
      if (bound.column != nullptr && !bound.after_elimination && bound.column->kind == kind) {
        return bound.header;
      }
    }
    return "";
  }

  // One error a cell is enough.
  void AddError(int row, const std::string& column, std::string_view reason,
                std::string_view message, std::string_view national_id) {
    if (!wrong_.emplace(row, column).second) return;
    file_.errors.push_back(MakeRowError(row, column, reason, message, national_id));
  }

  absl::Status Take(const sheet::Row& row) {
    if (++file_.rows_read % kRowsBetweenQuestions == 0) FANGPIN_RETURN_IF_ERROR(keep_going_());
    const std::string number = NationalId(row);
    if (number.empty()) {
      AddError(row.number, "户编号", "HOUSEHOLD_NUMBER_MISSING", "户编号为空", "");
      return absl::OkStatus();
    }
    if (base::CodePoints(number) > kMaxNationalId) {
      AddError(row.number, "户编号", "HOUSEHOLD_NUMBER_LENGTH", "户编号最多40个字符", "");
      return absl::OkStatus();
    }
    const auto [at, fresh] = by_number_.emplace(number, file_.households.size());
    if (fresh) {
      file_.households.emplace_back().household.set_national_id(number);
      extras_.emplace_back();
    }
    FileHousehold& household = file_.households[at->second];
    Extras& extras = extras_[at->second];
    household.rows.push_back(row.number);
    const size_t errors_before = file_.errors.size();
    ReadPerson(row, number, household.household.add_members());
    if (fresh) {
      ReadHousehold(row, number, &household.household, &extras);
    } else {
      CompareHousehold(row, number, extras);
    }
    if (file_.errors.size() != errors_before) household.bad = true;
    return absl::OkStatus();
  }

  std::string NationalId(const sheet::Row& row) const {
    for (const Bound& bound : bound_) {
      if (bound.column != nullptr && bound.column->of == Column::Of::kHousehold &&
          bound.column->path_text == "national_id") {
        return base::CleanCell(row.Text(bound.index));
      }
    }
    return "";
  }

  void Report(const sheet::Row& row, const Bound& bound, std::string_view number,
              const std::optional<CellProblem>& problem) {
    if (problem) AddError(row.number, bound.header, problem->reason, problem->message, number);
  }

  void ReadPerson(const sheet::Row& row, std::string_view number, pb::Person* person) {
    person->mutable_membership()->set_active(true);
    for (const Bound& bound : bound_) {
      const std::string_view cell = row.Text(bound.index);
      if (cell.empty()) continue;
      if (bound.column == nullptr) {
        if (base::CodePoints(cell) > kMaxKeptText) {
          AddError(row.number, bound.header, "TEXT_TOO_LONG", "最多500个字", number);
        } else {
          (*person->mutable_other_columns())[bound.header] = std::string(cell);
        }
      } else if (bound.column->of == Column::Of::kPerson &&
                 bound.column->kind != CellKind::kIgnore) {
        Report(row, bound, number, SetField(*bound.column, cell, person));
      }
    }
  }

  void ReadHousehold(const sheet::Row& row, std::string_view number, pb::Household* household,
                     Extras* extras) {
    PlaceNames place;
    extras->cells.resize(bound_.size());
    for (size_t i = 0; i < bound_.size(); ++i) {
      const Bound& bound = bound_[i];
      if (bound.column == nullptr || bound.column->of != Column::Of::kHousehold) continue;
      const std::string_view cell = row.Text(bound.index);
      extras->cells[i] = std::string(cell);
      if (cell.empty()) continue;
      switch (bound.column->kind) {
        case CellKind::kCounty:
          place.county = base::CleanCode(cell);
          break;
        case CellKind::kTownship:
          place.township = base::CleanCode(cell);
          break;
        case CellKind::kVillage:
          place.village = base::CleanCode(cell);
          break;
        default:
          Report(row, bound, number, ReadHouseholdCell(bound, cell, household, extras));
      }
    }
    ReadPlace(row, number, place, household);
  }

  std::optional<CellProblem> ReadHouseholdCell(const Bound& bound, std::string_view cell,
                                               pb::Household* household, Extras* extras) {
    const Column& column = *bound.column;
    switch (column.kind) {
      case CellKind::kRisk: {
        auto risk = RiskOf(base::CleanCell(cell));
        if (!risk) return CellProblem{"RISK_UNKNOWN", "致贫返贫风险不在规定的取值之内"};
        // The same risk in two columns counts once.
        auto* risks = household->mutable_monitoring()->mutable_risks();
        if (std::none_of(risks->begin(), risks->end(), [&](const vocab::Risk& r) {
              return r.type() == risk->type() && r.remark() == risk->remark();
            })) {
          *risks->Add() = *std::move(risk);
        }
        return std::nullopt;
      }
      case CellKind::kDisaster:
        extras->disaster = DisasterOf(base::CleanCell(cell));
        if (!extras->disaster) {
          return CellProblem{"DISASTER_KIND_UNKNOWN", "因自然灾害子项不在规定的取值之内"};
        }
        return std::nullopt;
      case CellKind::kRiskRemark:
        if (base::CodePoints(cell) > 200) return CellProblem{"TEXT_TOO_LONG", "最多200个字"};
        extras->remark = base::CleanCell(cell);
        return std::nullopt;
      case CellKind::kEliminated:
        extras->eliminated = YesNoOf(cell);
        if (!extras->eliminated) return CellProblem{"YES_NO_UNKNOWN", "应填是或否"};
        return std::nullopt;
      case CellKind::kSafeguard: {
        const auto answer = YesNoOf(cell);
        if (!answer) return CellProblem{"YES_NO_UNKNOWN", "应填是或否"};
        const SafeguardFlag& flag = SafeguardFlags()[static_cast<size_t>(column.number)];
        auto& states = bound.after_elimination ? extras->secured_after : extras->secured;
        auto& state = states[static_cast<size_t>(flag.safeguard)];
        state = WorseOf(state, Secured(flag, answer));
        return std::nullopt;
      }
      case CellKind::kReportedNet:
      case CellKind::kReportedPerCapita: {
        const auto fen = base::ParseYuan(cell);
        if (!fen.ok()) return CellProblem{"MONEY_FORMAT", "金额应为元，最多两位小数"};
        Reported& reported = bound.after_elimination ? extras->reported_after : extras->reported;
        (column.kind == CellKind::kReportedNet ? reported.net_fen : reported.per_capita_net_fen) =
            *fen;
        return std::nullopt;
      }
      case CellKind::kMeasure: {
        if (cell == "否" || cell == "无") return std::nullopt;
        if (base::CodePoints(cell) > kMaxKeptText)
          return CellProblem{"TEXT_TOO_LONG", "最多500个字"};
        pb::ReportedMeasure& measure = *household->add_reported_measures();
        measure.set_category(static_cast<vocab::MeasureCategory>(column.number));
        measure.set_text(base::CleanCell(cell));
        return std::nullopt;
      }
      case CellKind::kKeep:
        if (base::CodePoints(cell) > kMaxKeptText)
          return CellProblem{"TEXT_TOO_LONG", "最多500个字"};
        (*household->mutable_other_columns())[column.header] = std::string(cell);
        return std::nullopt;
      case CellKind::kIgnore:
        return std::nullopt;
      default:
        return SetField(column, cell, bound.after_elimination ? &extras->after : household);
    }
  }

  // Household columns stand on every member's row and have to say the same there.
  void CompareHousehold(const sheet::Row& row, std::string_view number, const Extras& extras) {
    for (size_t i = 0; i < bound_.size(); ++i) {
      const Bound& bound = bound_[i];
      if (bound.column == nullptr || bound.column->of != Column::Of::kHousehold ||
          bound.column->kind == CellKind::kIgnore) {
        continue;
      }
      const std::string_view cell = row.Text(bound.index);
      if (!cell.empty() && cell != extras.cells[i]) {
        AddError(row.number, bound.header, "HOUSEHOLD_CELL_DIFFERS",
                 "同一户编号的各行在户信息列上应当一致", number);
      }
    }
  }

  void ReadPlace(const sheet::Row& row, std::string_view number, const PlaceNames& names,
                 pb::Household* household) {
    const std::string key = base::StrCat(names.county, "|", names.township, "|", names.village);
    auto known = places_.find(key);
    if (known == places_.end()) {
      known = places_.emplace(key, ResolveVillage(divisions_, options_.division, names)).first;
    }
    const Place& place = known->second;
    household->set_division(place.code);
    if (place.reason.empty()) return;
    constexpr CellKind kKinds[] = {CellKind::kCounty, CellKind::kTownship, CellKind::kVillage};
    std::string_view message = "行政村不在区划表中";
    if (place.reason == "VILLAGE_MISSING") message = "行政村为空";
    if (place.reason == "VILLAGE_AMBIGUOUS") message = "同名的行政村不止一个，请写全称或补充乡镇";
    if (place.reason == "OUTSIDE_DIVISION") message = "不在本次导入的区划范围内";
    AddError(row.number, HeaderOf(kKinds[static_cast<size_t>(place.level)]), place.reason, message,
             number);
  }

  void Finish() {
    absl::flat_hash_map<std::string, int> row_of_id;  // first row with the ID number
    for (size_t i = 0; i < file_.households.size(); ++i) {
      FileHousehold& entry = file_.households[i];
      const size_t errors_before = file_.errors.size();
      Complete(&entry.household, extras_[i]);
      Normalise(options_.today, &entry.household);
      CheckTogether(entry, extras_[i]);
      for (int m = 0; m < entry.household.members_size(); ++m) {
        const std::string& id = entry.household.members(m).id_number();
        const int row = entry.rows[static_cast<size_t>(m)];
        const auto [first, fresh] = row_of_id.emplace(id, row);
        if (!fresh && !id.empty()) {
          AddError(row, HeaderAt("members.id_number"), "ID_NUMBER_DUPLICATE",
                   base::StrCat("证件号码与第", first->second, "行重复"),
                   entry.household.national_id());
        }
      }
      if (file_.errors.size() != errors_before) entry.bad = true;
    }
    extras_.clear();
    std::stable_sort(file_.errors.begin(), file_.errors.end(),
                     [](const auto& a, const auto& b) { return a.row() < b.row(); });
  }

  // Turns what the columns add up to into fields.
  void Complete(pb::Household* household, const Extras& extras) {
    for (int kind = 1; kind < 5; ++kind) {
      auto secured = extras.secured[static_cast<size_t>(kind)];
      if (kind == static_cast<int>(SafeguardKind::kMedical) && !secured) {
        secured = EverybodyInsured(*household);
      }
      AddSafeguard(kind, secured, household->mutable_safeguards());
    }
    if (file_.kind != pb::IMPORT_KIND_MONITORED_HOUSEHOLDS) return;
    pb::Monitoring& monitoring = *household->mutable_monitoring();
    for (vocab::Risk& risk : *monitoring.mutable_risks()) {
      if (risk.type() == vocab::RISK_TYPE_NATURAL_DISASTER && extras.disaster) {
        risk.set_disaster(*extras.disaster);
      }
      if (risk.type() == vocab::RISK_TYPE_OTHER && risk.remark().empty()) {
        risk.set_remark(extras.remark);
      }
    }
    const bool eliminated = extras.eliminated.value_or(false);
    monitoring.set_state(eliminated ? vocab::MONITORING_STATE_ELIMINATED
                                    : vocab::MONITORING_STATE_MONITORED);
    if (!eliminated) return;
    pb::Snapshot& snapshot = *household->add_snapshots();
    snapshot.set_kind(pb::SNAPSHOT_KIND_ELIMINATION);
    snapshot.set_taken_on(monitoring.eliminated_on());
    if (extras.after.has_income()) *snapshot.mutable_income() = extras.after.income();
    for (int kind = 1; kind < 5; ++kind) {
      AddSafeguard(kind, extras.secured_after[static_cast<size_t>(kind)],
                   snapshot.mutable_safeguards());
    }
  }

  static void AddSafeguard(int kind, std::optional<bool> secured,
                           google::protobuf::RepeatedPtrField<pb::SafeguardStatus>* list) {
    if (!secured) return;
    pb::SafeguardStatus& status = *list->Add();
    status.set_safeguard(static_cast<vocab::Safeguard>(kind));
    status.set_state(*secured ? vocab::SAFEGUARD_STATE_SECURED
                              : vocab::SAFEGUARD_STATE_NOT_SECURED);
  }

  // 基本医疗 where the file has no column for it: every member insured, or one who is not.
  static std::optional<bool> EverybodyInsured(const pb::Household& household) {
    std::optional<bool> all = true;
    for (const pb::Person& person : household.members()) {
      const pb::Coverage& c = person.coverage();
      const auto insured = MedicallyInsured(
          c.has_resident_medical() ? std::optional<bool>(c.resident_medical()) : std::nullopt,
          c.has_employee_medical() ? std::optional<bool>(c.employee_medical()) : std::nullopt);
      if (insured == false) return false;
      if (!insured) all = std::nullopt;
    }
    return all;
  }

  // Rules that look at the whole household.
  void CheckTogether(const FileHousehold& entry, const Extras& extras) {
    const pb::Household& household = entry.household;
    if (household.monitoring().state() != vocab::MONITORING_STATE_UNSPECIFIED &&
        household.monitoring().category() == vocab::MONITORED_CATEGORY_UNSPECIFIED) {
      AddError(entry.rows[0], HeaderOf(CellKind::kCategory), "CATEGORY_MISSING", "监测对象类别为空",
               household.national_id());
    }
    for (const base::FieldError& problem :
         CheckRecord(household, options_.today, divisions_, extras.reported)) {
      // The place was looked up by name, with an error of its own.
      if (problem.field == "household.division") continue;
      int row = entry.rows[0];
      std::string path = problem.field.substr(sizeof("household.") - 1);
      constexpr std::string_view kMember = "members[";
      if (path.starts_with(kMember)) {
        const size_t close = path.find(']');
        const auto member =
            base::ParseInt(std::string_view(path).substr(kMember.size(), close - kMember.size()));
        row = entry.rows[static_cast<size_t>(*member)];
        path = base::StrCat("members", path.substr(close + 1));
        // Both numbers of a person stand in one column.
        if (path == "members.disability_number") path = "members.id_number";
      }
      AddError(row, HeaderAt(path), problem.reason, problem.message, household.national_id());
    }
  }

  const ParseOptions& options_;
  const DivisionTree& divisions_;
  const std::function<absl::Status()>& keep_going_;
  ImportFile file_;
  std::vector<Bound> bound_;
  std::vector<Extras> extras_;  // by household
  absl::flat_hash_map<std::string, size_t> by_number_;
  absl::flat_hash_map<std::string, std::pair<const Column*, std::string>> header_of_;
  absl::flat_hash_map<std::string, Place> places_;
  absl::flat_hash_set<std::pair<int, std::string>> wrong_;  // row and column with an error
};

}  // namespace

bool ImportFile::Has(CellKind kind) const {
  return std::any_of(columns.begin(), columns.end(),
                     [kind](const Column* c) { return c->kind == kind; });
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

absl::StatusOr<ImportFile> ParseImport(std::string_view bytes, const ParseOptions& options,
                                       const DivisionTree& divisions,
                                       const std::function<absl::Status()>& keep_going) {
  return Parser(options, divisions, keep_going).Run(bytes);
}

}  // namespace fangpin::registry
