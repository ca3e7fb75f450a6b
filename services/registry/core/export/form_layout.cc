#include "services/registry/core/export/form_layout.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/base/division.h"
#include "libs/base/money.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/header.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/labels.h"
#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {
namespace {

using google::protobuf::Map;

constexpr std::string_view kCertificate = "09";  // 证件类型 of a disability certificate

std::string Kept(const Map<std::string, std::string>& columns, const std::string& header) {
  const auto found = columns.find(header);
  return found == columns.end() ? "" : found->second;
}

// 证件号码: the national form has one column for both numbers.
const std::string& NumberOf(const pb::Person& person) {
  const bool certificate =
      person.id_type().code() == kCertificate && !person.disability_number().empty();
  return certificate ? person.disability_number() : person.id_number();
}

std::string SafeguardCell(
    const Column& column,
    const google::protobuf::RepeatedPtrField<pb::SafeguardStatus>& safeguards) {
  const SafeguardFlag& flag = SafeguardFlags()[static_cast<size_t>(column.number)];
  for (const pb::SafeguardStatus& s : safeguards) {
    if (s.safeguard() != static_cast<int>(flag.safeguard)) continue;
    if (s.state() == vocab::SAFEGUARD_STATE_UNKNOWN) break;
    return YesNoText((s.state() == vocab::SAFEGUARD_STATE_SECURED) == flag.yes_is_secured);
  }
  return "";
}

// A sum that the registry computes, or what was stated where it cannot.
std::string SumCell(bool net, const pb::IncomeAccount& income, std::string kept) {
  if (net ? income.has_net_income_fen() : income.has_per_capita_net_fen()) {
    return base::FormatYuan(net ? income.net_income_fen() : income.per_capita_net_fen());
  }
  return kept;
}

std::string DisasterCell(const pb::Household& household, std::string kept) {
  for (const vocab::Risk& risk : household.monitoring().risks()) {
    if (risk.disaster() != vocab::DISASTER_KIND_UNSPECIFIED) {
      return std::string(DisasterLabel(risk.disaster()));
    }
  }
  return kept;
}

std::string RemarkCell(const pb::Household& household, std::string kept) {
  for (const vocab::Risk& risk : household.monitoring().risks()) {
    if (risk.type() == vocab::RISK_TYPE_OTHER && !IsLegacyRisk(risk) && !risk.remark().empty()) {
      return risk.remark();
    }
  }
  return kept;
}

// What the columns "风险消除后…" show: the last snapshot, unless the household was taken up again
// by a decision made here.
const pb::Snapshot& AfterElimination(const pb::Household& household) {
  const pb::Snapshot* last = nullptr;
  const bool shown = household.monitoring().state() == vocab::MONITORING_STATE_ELIMINATED ||
                     household.monitoring().decided_by().empty();
  for (const pb::Snapshot& snapshot : household.snapshots()) {
    if (shown && snapshot.kind() == pb::SNAPSHOT_KIND_ELIMINATION) last = &snapshot;
  }
  return last == nullptr ? pb::Snapshot::default_instance() : *last;
}

bool HasActiveMember(const pb::Household& household) {
  return std::any_of(household.members().begin(), household.members().end(),
                     [](const pb::Person& p) { return p.membership().active(); });
}

bool HasSpell(const pb::Person& person) {
  return person.membership().active() && person.work_spells_size() > 0;
}

bool IsMonitored(const pb::Household& household) {
  return household.monitoring().state() > vocab::MONITORING_STATE_NOT_MONITORED;
}

}  // namespace

FormLayout::FormLayout(pb::ImportKind kind, const DivisionTree& divisions)
    : form_(FormOf(kind)), divisions_(divisions) {
  for (const std::string_view header : form_.headers) {
    const ColumnMatch match = FindColumn(kind, header);
    of_form_.push_back({std::string(header), match.column, match.after_elimination});
  }
  // A field that some form has a column for is optional in none.
  std::set<std::string> known;  // "p" for persons, "h" for households, and the path
  const auto key = [](const Column& column) {
    return base::StrCat(column.of == Column::Of::kPerson ? "p" : "h", column.path_text);
  };
  for (const Form& form : Forms()) {
    for (const std::string_view header : form.headers) {
      if (const Column* column = FindColumn(form.kind, header).column) known.insert(key(*column));
    }
  }
  if (kind == pb::IMPORT_KIND_WORK_SPELLS || kind == pb::IMPORT_KIND_VILLAGES) return;
  for (const Column& column : KnownColumns(kind)) {
    if (!column.path.empty() && known.insert(key(column)).second) {
      optional_.push_back({&column, false});
    }
  }
}

void FormLayout::LearnOptional(Column::Of of, const google::protobuf::Message& record) {
  for (Optional& optional : optional_) {
    if (optional.used || optional.column->of != of) continue;
    optional.used = !CellText(*optional.column, record).empty();
  }
}

void FormLayout::LearnKept(const Map<std::string, std::string>& columns) {
  for (const auto& [header, text] : columns) {
    // A header that has come to be known since is the column of its field.
    if (kept_.contains(header) || FindColumn(form_.kind, header).column != nullptr) continue;
    kept_.insert(header);
  }
}

bool FormLayout::Learn(const pb::Household& household) {
  if (form_.kind == pb::IMPORT_KIND_WORK_SPELLS) {
    bool any = false;
    for (const pb::Person& person : household.members()) {
      if (!HasSpell(person)) continue;
      any = true;
      for (const pb::WorkSpell& spell : person.work_spells()) LearnKept(spell.other_columns());
    }
    return any;
  }
  const bool monitored_only = form_.kind == pb::IMPORT_KIND_MONITORED_HOUSEHOLDS;
  if (!HasActiveMember(household) || (monitored_only && !IsMonitored(household))) return false;
  LearnOptional(Column::Of::kHousehold, household);
  for (const pb::Person& person : household.members()) {
    if (!person.membership().active()) continue;
    LearnOptional(Column::Of::kPerson, person);
    LearnKept(person.other_columns());
  }
  return true;
}

bool FormLayout::Learn(const v1::VillageProfile& village) {
  LearnKept(village.other_columns());
  return true;
}

std::vector<FormLayout::Entry> FormLayout::Entries() const {
  std::vector<Entry> entries = of_form_;
  for (const Optional& optional : optional_) {
    if (optional.used) entries.push_back({optional.column->header, optional.column, false});
  }
  for (const std::string& header : kept_) entries.push_back({header, nullptr, false});
  return entries;
}

std::vector<std::string> FormLayout::Headers() const {
  std::vector<std::string> headers;
  for (Entry& entry : Entries()) headers.push_back(std::move(entry.header));
  return headers;
}

const std::string& FormLayout::PlaceName(const std::string& division, CellKind kind) {
  constexpr base::DivisionLevel kLevels[] = {
      base::DivisionLevel::kProvince, base::DivisionLevel::kPrefecture,
      base::DivisionLevel::kCounty, base::DivisionLevel::kTownship, base::DivisionLevel::kVillage};
  const base::DivisionLevel level =
      kLevels[static_cast<size_t>(kind) - static_cast<size_t>(CellKind::kProvince)];
  const std::string code = base::DivisionAt(division, level);
  const auto [known, fresh] = place_names_.try_emplace(code);
  if (fresh) {
    const v1::Division* found = divisions_.Find(code);
    known->second = found == nullptr ? code : found->name();
  }
  return known->second;
}

std::string FormLayout::HouseholdCell(const Entry& entry, const pb::Household& household) {
  const Column& column = *entry.column;
  const pb::IncomeAccount& income =
      entry.after_elimination ? AfterElimination(household).income() : household.income();
  const auto kept = [&] {
    return Kept(household.other_columns(), KeptHeader(column, entry.after_elimination));
  };
  switch (column.kind) {
    case CellKind::kProvince:
    case CellKind::kPrefecture:
    case CellKind::kCounty:
    case CellKind::kTownship:
    case CellKind::kVillage:
      return PlaceName(household.division(), column.kind);
    case CellKind::kRisk: {
      const auto& risks = household.monitoring().risks();
      return column.number <= risks.size() ? std::string(RiskLabel(risks[column.number - 1])) : "";
    }
    case CellKind::kDisaster:
      return DisasterCell(household, kept());
    case CellKind::kRiskRemark:
      return RemarkCell(household, kept());
    case CellKind::kEliminated:
      return YesNoText(household.monitoring().state() == vocab::MONITORING_STATE_ELIMINATED);
    case CellKind::kSafeguard:
      return SafeguardCell(column, entry.after_elimination
                                       ? AfterElimination(household).safeguards()
                                       : household.safeguards());
    case CellKind::kReportedNet:
      return SumCell(true, income, kept());
    case CellKind::kReportedPerCapita:
      return SumCell(false, income, kept());
    case CellKind::kMeasure:
      for (const pb::ReportedMeasure& measure : household.reported_measures()) {
        if (measure.category() == column.number) return measure.text();
      }
      return "";
    case CellKind::kStatedKind:
      return std::string(KindLabel(household.kind()));
    case CellKind::kStatedCategory:
      return std::string(CategoryLabel(household.monitoring().category()));
    case CellKind::kKeep:
      return kept();
    default:
      break;
  }
  if (!entry.after_elimination) return CellText(column, household);
  // Such columns fill fields of an income account, which here is that of the snapshot.
  pb::Household then;
  *then.mutable_income() = income;
  return CellText(column, then);
}

absl::Status FormLayout::PersonRows(const pb::Household& household, EmitRow emit) {
  std::vector<std::string> cells(entries_.size());
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Column* column = entries_[i].column;
    if (column != nullptr && column->of == Column::Of::kHousehold) {
      cells[i] = HouseholdCell(entries_[i], household);
    }
  }
  for (const pb::Person& person : household.members()) {
    if (!person.membership().active()) continue;
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Column* column = entries_[i].column;
      if (column == nullptr) {
        cells[i] = Kept(person.other_columns(), entries_[i].header);
      } else if (column->path_text == "id_number") {
        cells[i] = NumberOf(person);
      } else if (column->of == Column::Of::kPerson) {
        cells[i] = CellText(*column, person);
      }
    }
    FANGPIN_RETURN_IF_ERROR(emit(cells));
  }
  return absl::OkStatus();
}

absl::Status FormLayout::SpellRows(const pb::Household& household, EmitRow emit) {
  std::vector<std::string> cells(entries_.size());
  for (const pb::Person& person : household.members()) {
    if (!HasSpell(person)) continue;
    for (const pb::WorkSpell& spell : person.work_spells()) {
      for (size_t i = 0; i < entries_.size(); ++i) {
        const Column* column = entries_[i].column;
        if (column == nullptr) {
          cells[i] = Kept(spell.other_columns(), entries_[i].header);
        } else if (column->path_text == "members.id_number") {
          cells[i] = NumberOf(person);
        } else if (column->path_text == "national_id") {
          cells[i] = household.national_id();
        } else if (column->path.empty()) {
          cells[i] = HouseholdCell(entries_[i], household);
        } else {
          cells[i] = CellText(*column, spell);
        }
      }
      FANGPIN_RETURN_IF_ERROR(emit(cells));
    }
  }
  return absl::OkStatus();
}

absl::Status FormLayout::ForRows(const pb::Household& household, EmitRow emit) {
  if (entries_.empty()) entries_ = Entries();
  if (form_.kind == pb::IMPORT_KIND_WORK_SPELLS) return SpellRows(household, emit);
  if (form_.kind == pb::IMPORT_KIND_MONITORED_HOUSEHOLDS && !IsMonitored(household)) {
    return absl::OkStatus();
  }
  return PersonRows(household, emit);
}

absl::Status FormLayout::ForRows(const v1::VillageProfile& village, EmitRow emit) {
  if (entries_.empty()) entries_ = Entries();
  std::vector<std::string> cells;
  cells.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    if (entry.column == nullptr) {
      cells.push_back(Kept(village.other_columns(), entry.header));
    } else if (entry.column->path.empty()) {
      cells.push_back(PlaceName(village.division(), entry.column->kind));
    } else {
      cells.push_back(CellText(*entry.column, village));
    }
  }
  return emit(cells);
}

}  // namespace fangpin::registry
