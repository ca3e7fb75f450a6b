#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "libs/base/money.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/import/row_parser.h"
#include "services/registry/core/labels.h"
#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {
namespace {

constexpr size_t kMaxRemark = 200;
constexpr int kMaxPopulation = 40;  // members that a household can have
constexpr size_t kSafeguards = 5;   // SafeguardKind counts from 1

uint64_t HashOf(std::string_view cell) {
  return absl::Hash<absl::string_view>()(base::ToAbsl(cell));
}

// What the columns of one household add up to besides its fields.
struct Extras {
  std::array<std::optional<bool>, kSafeguards> secured;        // by SafeguardKind
  std::array<std::optional<bool>, kSafeguards> secured_after;  // the same after elimination
  std::optional<vocab::DisasterKind> disaster;
  std::string remark;
  std::optional<bool> eliminated;
  bool has_after = false;
  pb::Household after;  // fields of the columns "风险消除后…"
  Reported reported;
  Reported reported_after;
  std::vector<uint64_t> cells;  // of the first row, by column: to compare the others with
};

// 户信息 and 监测对象信息: one row a person, what is of the household on each of them.
class HouseholdParser final : public RowParser {
 public:
  using RowParser::RowParser;

 private:
  void ReadRow(const sheet::Row& row) override {
    const std::optional<std::string> number = NationalId(row);
    if (!number.has_value()) return;
    const auto [at, fresh] = by_number_.emplace(*number, file_.households.size());
    if (fresh) {
      file_.households.emplace_back().household.set_national_id(*number);
      extras_.emplace_back();
    }
    FileHousehold& household = file_.households[at->second];
    Extras& extras = extras_[at->second];
    household.rows.push_back(row.number);
    const size_t errors_before = file_.errors.size();
    ReadPerson(row, *number, household.household.add_members());
    if (fresh) {
      ReadHousehold(row, *number, &household.household, &extras);
    } else {
      CompareHousehold(row, *number, extras);
    }
    if (file_.errors.size() != errors_before) household.bad = true;
  }

  void ReadPerson(const sheet::Row& row, std::string_view number, pb::Person* person) {
    person->mutable_membership()->set_active(true);
    for (const FileColumn& column : file_.columns) {
      if (column.column != nullptr && column.column->of != Column::Of::kPerson) continue;
      const std::string_view cell = row.Text(column.index);
      if (cell.empty()) continue;
      if (column.column == nullptr) {
        Keep(row, column, number, person->mutable_other_columns());
      } else {
        Report(row, column, number, SetField(*column.column, cell, person));
      }
    }
  }

  void ReadHousehold(const sheet::Row& row, std::string_view number, pb::Household* household,
                     Extras* extras) {
    extras->cells.resize(file_.columns.size());
    for (size_t i = 0; i < file_.columns.size(); ++i) {
      const FileColumn& column = file_.columns[i];
      if (!IsOfHousehold(column)) continue;
      const std::string_view cell = row.Text(column.index);
      extras->cells[i] = HashOf(cell);
      if (cell.empty() || IsPlace(column.column->kind)) continue;
      Report(row, column, number, ReadCell(row, column, cell, household, extras));
    }
    household->set_division(ReadPlace(row, number));
  }

  static bool IsOfHousehold(const FileColumn& column) {
    return column.column != nullptr && column.column->of == Column::Of::kHousehold &&
           column.column->kind != CellKind::kIgnore;
  }

  // Household columns stand on every member's row and have to say the same there.
  void CompareHousehold(const sheet::Row& row, std::string_view number, const Extras& extras) {
    for (size_t i = 0; i < file_.columns.size(); ++i) {
      const FileColumn& column = file_.columns[i];
      if (!IsOfHousehold(column)) continue;
      const std::string_view cell = row.Text(column.index);
      if (!cell.empty() && HashOf(cell) != extras.cells[i]) {
        AddError(row.number, column.header, "HOUSEHOLD_CELL_DIFFERS",
                 "同一户编号的各行在户信息列上应当一致", number);
      }
    }
  }

  std::optional<CellProblem> ReadCell(const sheet::Row& row, const FileColumn& from,
                                      std::string_view cell, pb::Household* household,
                                      Extras* extras) {
    const Column& column = *from.column;
    extras->has_after |= from.after_elimination;
    switch (column.kind) {
      case CellKind::kRisk:
        return ReadRisk(cell, household->mutable_monitoring()->mutable_risks());
      case CellKind::kDisaster:
        extras->disaster = DisasterOf(base::CleanCell(cell));
        if (extras->disaster) return std::nullopt;
        return CellProblem{"DISASTER_KIND_UNKNOWN", "因自然灾害子项不在规定的取值之内"};
      case CellKind::kRiskRemark:
        if (base::CodePoints(cell) > kMaxRemark) return CellProblem{"TEXT_TOO_LONG", "最多200个字"};
        extras->remark = base::CleanCell(cell);
        return std::nullopt;
      case CellKind::kEliminated:
        extras->eliminated = YesNoOf(cell);
        if (extras->eliminated) return std::nullopt;
        return CellProblem{"YES_NO_UNKNOWN", "应填是或否"};
      case CellKind::kSafeguard: {
        const auto answer = YesNoOf(cell);
        if (!answer) return CellProblem{"YES_NO_UNKNOWN", "应填是或否"};
        const SafeguardFlag& flag = SafeguardFlags()[static_cast<size_t>(column.number)];
        auto& states = from.after_elimination ? extras->secured_after : extras->secured;
        auto& state = states[static_cast<size_t>(flag.safeguard)];
        state = WorseOf(state, Secured(flag, answer));
        return std::nullopt;
      }
      case CellKind::kReportedNet:
      case CellKind::kReportedPerCapita: {
        const auto fen = base::ParseYuan(cell);
        if (!fen.ok()) return CellProblem{"MONEY_FORMAT", "金额应为元，最多两位小数"};
        Reported& reported = from.after_elimination ? extras->reported_after : extras->reported;
        (column.kind == CellKind::kReportedNet ? reported.net_fen : reported.per_capita_net_fen) =
            *fen;
        // Kept until it turns out that the registry computes it itself.
        Keep(row, from, household->national_id(), household->mutable_other_columns());
        return std::nullopt;
      }
      case CellKind::kMeasure: {
        if (cell == "否" || cell == "无") return std::nullopt;
        if (base::CodePoints(cell) > kMaxKeptText) {
          return CellProblem{"TEXT_TOO_LONG", "最多500个字"};
        }
        pb::ReportedMeasure& measure = *household->add_reported_measures();
        measure.set_category(static_cast<vocab::MeasureCategory>(column.number));
        measure.set_text(base::CleanCell(cell));
        return std::nullopt;
      }
      case CellKind::kKeep:
        Keep(row, from, household->national_id(), household->mutable_other_columns());
        return std::nullopt;
      default:
        return SetField(column, cell, from.after_elimination ? &extras->after : household);
    }
  }

  static std::optional<CellProblem> ReadRisk(
      std::string_view cell, google::protobuf::RepeatedPtrField<vocab::Risk>* risks) {
    auto risk = RiskOf(base::CleanCell(cell));
    if (!risk) return CellProblem{"RISK_UNKNOWN", "致贫返贫风险不在规定的取值之内"};
    // The same risk in two columns counts once.
    if (std::none_of(risks->begin(), risks->end(), [&](const vocab::Risk& r) {
          return r.type() == risk->type() && r.remark() == risk->remark();
        })) {
      *risks->Add() = *std::move(risk);
    }
    return std::nullopt;
  }

  void Complete() override {
    absl::flat_hash_map<std::string, int> row_of_id;  // first row with the ID number
    for (size_t i = 0; i < file_.households.size(); ++i) {
      FileHousehold& entry = file_.households[i];
      const size_t errors_before = file_.errors.size();
      CompleteHousehold(&entry.household, extras_[i]);
      Normalise(options_.today, &entry.household);
      CheckTogether(entry, extras_[i]);
      for (int m = 0; m < entry.household.members_size(); ++m) {
        const std::string& id = entry.household.members(m).id_number();
        const int row = entry.rows[static_cast<size_t>(m)];
        if (id.empty()) continue;
        const auto [first, fresh] = row_of_id.emplace(id, row);
        if (fresh) continue;
        file_.duplicate_rows.insert(row);
        AddError(row, file_.HeaderAt("members.id_number"), "ID_NUMBER_DUPLICATE",
                 base::StrCat("证件号码与第", first->second, "行重复"),
                 entry.household.national_id());
      }
      if (file_.errors.size() != errors_before) entry.bad = true;
      extras_[i] = Extras();
    }
  }

  // Turns what the columns add up to into fields.
  void CompleteHousehold(pb::Household* household, const Extras& extras) {
    AddSafeguards(extras.secured, household->mutable_safeguards());
    DropComputed(household->income(), false, household);
    if (file_.kind != pb::IMPORT_KIND_MONITORED_HOUSEHOLDS) return;
    pb::Monitoring& monitoring = *household->mutable_monitoring();
    bool disaster_told = !extras.disaster.has_value();
    bool remark_told = extras.remark.empty();
    for (vocab::Risk& risk : *monitoring.mutable_risks()) {
      if (risk.type() == vocab::RISK_TYPE_NATURAL_DISASTER && extras.disaster) {
        risk.set_disaster(*extras.disaster);
        disaster_told = true;
      }
      if (risk.type() == vocab::RISK_TYPE_OTHER && risk.remark().empty()) {
        risk.set_remark(extras.remark);
        remark_told = true;
      }
    }
    // What belongs to no risk of the household is kept as it came.
    auto& kept = *household->mutable_other_columns();
    if (!disaster_told) kept[kDisasterHeader] = std::string(DisasterLabel(*extras.disaster));
    if (!remark_told) kept[kRemarkHeader] = extras.remark;
    const bool eliminated = extras.eliminated.value_or(false);
    monitoring.set_state(eliminated ? vocab::MONITORING_STATE_ELIMINATED
                                    : vocab::MONITORING_STATE_MONITORED);
    if (!eliminated && !extras.has_after) return;
    pb::Snapshot& snapshot = *household->add_snapshots();
    snapshot.set_kind(pb::SNAPSHOT_KIND_ELIMINATION);
    snapshot.set_taken_on(monitoring.eliminated_on());
    if (extras.after.has_income()) {
      pb::IncomeAccount& income = *snapshot.mutable_income();
      income = extras.after.income();
      income.set_population(PopulationThen(income, extras.reported_after.per_capita_net_fen,
                                           household->members_size()));
    }
    AddSafeguards(extras.secured_after, snapshot.mutable_safeguards());
    DropComputed(snapshot.income(), true, household);
  }

  // A sum that follows from the parts is not kept: it is computed.
  static void DropComputed(const pb::IncomeAccount& income, bool after_elimination,
                           pb::Household* household) {
    if (!ComputeIncome(PartsOf(income), 1).net.has_value()) return;
    for (const Column& column : KnownColumns(pb::IMPORT_KIND_ALL_HOUSEHOLDS)) {
      if (column.kind == CellKind::kReportedNet || column.kind == CellKind::kReportedPerCapita) {
        household->mutable_other_columns()->erase(KeptHeader(column, after_elimination));
      }
    }
  }

  static void AddSafeguards(const std::array<std::optional<bool>, kSafeguards>& secured,
                            google::protobuf::RepeatedPtrField<pb::SafeguardStatus>* list) {
    for (size_t kind = 1; kind < kSafeguards; ++kind) {
      const std::optional<bool> state = secured[kind];
      if (!state) continue;
      pb::SafeguardStatus& status = *list->Add();
      status.set_safeguard(static_cast<vocab::Safeguard>(kind));
      status.set_state(*state ? vocab::SAFEGUARD_STATE_SECURED
                              : vocab::SAFEGUARD_STATE_NOT_SECURED);
    }
  }

  // Rules that look at the whole household.
  void CheckTogether(const FileHousehold& entry, const Extras& extras) {
    const pb::Household& household = entry.household;
    if (household.monitoring().state() != vocab::MONITORING_STATE_UNSPECIFIED &&
        household.monitoring().category() == vocab::MONITORED_CATEGORY_UNSPECIFIED) {
      AddError(entry.rows[0], file_.HeaderOf(CellKind::kCategory), "CATEGORY_MISSING",
               "监测对象类别为空", household.national_id());
    }
    for (const base::FieldError& problem :
         CheckRecord(household, options_.today, divisions_, extras.reported)) {
      // The place was looked up by name, with an error of its own.
      if (problem.field != "household.division") AddError(entry, problem);
    }
    CheckAfterElimination(entry, extras.reported_after);
  }

  void AddError(const FileHousehold& entry, const base::FieldError& problem) {
    const pb::RowError error = RowErrorOf(file_, entry, entry.household, problem);
    RowParser::AddError(static_cast<int>(error.row()), error.column(), error.reason(),
                        error.message(), error.national_household_id());
  }
  using RowParser::AddError;

  // The sums after elimination follow from their parts like the others, but for the population of
  // that time: see PopulationThen.
  void CheckAfterElimination(const FileHousehold& entry, const Reported& reported) {
    const pb::Household& household = entry.household;
    if (household.snapshots().empty()) return;
    const pb::IncomeAccount& income = household.snapshots(0).income();
    const IncomeSums sums = ComputeIncome(PartsOf(income), income.population());
    for (const FileColumn& column : file_.columns) {
      if (column.column == nullptr || !column.after_elimination) continue;
      if (column.column->kind == CellKind::kReportedNet &&
          IncomeDisagrees(reported.net_fen, sums.net)) {
        AddError(entry.rows[0], column.header, "NET_INCOME_MISMATCH",
                 "纯收入不等于四项收入之和减生产经营性支出（允许相差1元）",
                 household.national_id());
      } else if (column.column->kind == CellKind::kReportedPerCapita &&
                 IncomeDisagrees(reported.per_capita_net_fen, sums.per_capita_net)) {
        AddError(entry.rows[0], column.header, "PER_CAPITA_INCOME_MISMATCH",
                 "人均纯收入不是纯收入除以一个家庭人口数所得", household.national_id());
      }
    }
  }

  // How many the household were at elimination: the number, nearest to how many they are now, that
  // the per-capita income stated for then divides by. How many they are now when it is not stated
  // or fits no number.
  static int PopulationThen(const pb::IncomeAccount& income, std::optional<int64_t> per_capita,
                            int now) {
    const IncomeParts parts = PartsOf(income);
    if (!per_capita || !ComputeIncome(parts, 1).net) return now;
    for (const bool exact : {true, false}) {
      for (int distance = 0; distance < kMaxPopulation; ++distance) {
        for (const int people : {now - distance, now + distance}) {
          if (people < 1 || people > kMaxPopulation) continue;
          const auto computed = ComputeIncome(parts, people).per_capita_net;
          if (exact ? computed == per_capita : !IncomeDisagrees(per_capita, computed)) {
            return people;
          }
        }
      }
    }
    return now;
  }

  static constexpr char kDisasterHeader[] = "因自然灾害子项";
  static constexpr char kRemarkHeader[] = "其他备注";

  std::vector<Extras> extras_;  // by household
  absl::flat_hash_map<std::string, size_t> by_number_;
};

}  // namespace

std::unique_ptr<RowParser> MakeHouseholdParser(pb::ImportKind kind, const ParseOptions& options,
                                               const DivisionTree& divisions) {
  return std::make_unique<HouseholdParser>(kind, options, divisions);
}

}  // namespace fangpin::registry
