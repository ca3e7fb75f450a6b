#include "services/registry/core/import/merge.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "libs/base/civil.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/labels.h"
#include "services/registry/policy/safeguards.h"

namespace fangpin::registry {
namespace {

constexpr std::string_view kMonitoring = "monitoring.";

// Columns that Merge copies field by field; the others have rules of their own below.
bool IsPlainField(const Column& column) {
  return !column.path.empty() && column.kind != CellKind::kRisk &&
         column.kind != CellKind::kDisaster && column.kind != CellKind::kRiskRemark &&
         column.kind != CellKind::kEliminated && column.kind != CellKind::kReportedNet &&
         column.kind != CellKind::kReportedPerCapita;
}

// Columns whose cells may end up kept by header.
bool MayBeKept(const Column& column) {
  return column.kind == CellKind::kKeep || column.kind == CellKind::kDisaster ||
         column.kind == CellKind::kRiskRemark || column.kind == CellKind::kReportedNet ||
         column.kind == CellKind::kReportedPerCapita;
}

// Calls visit(column) for the known columns of the file, of before or of after elimination.
template <typename Visit>
void ForColumns(const ImportFile& file, bool after_elimination, Visit visit) {
  for (const FileColumn& c : file.columns) {
    if (c.column != nullptr && c.after_elimination == after_elimination) visit(*c.column);
  }
}

void MergePerson(const pb::Person& from, const ImportFile& file, pb::Person* to) {
  ForColumns(file, false, [&](const Column& column) {
    if (column.of == Column::Of::kPerson && IsPlainField(column)) CopyField(column, from, to);
  });
  to->set_id_number(from.id_number());
  // One column holds both numbers; without the certificate's it says nothing about it.
  if (!from.disability_number().empty()) to->set_disability_number(from.disability_number());
  for (const std::string& header : file.unknown_columns) to->mutable_other_columns()->erase(header);
  for (const auto& [header, text] : from.other_columns())
    (*to->mutable_other_columns())[header] = text;
  pb::Membership& membership = *to->mutable_membership();
  if (membership.active() || membership.cause() != pb::MEMBER_CHANGE_CAUSE_UNSPECIFIED) return;
  membership.clear_left_on();
  membership.clear_change_reason();
  membership.set_active(true);
}

void MergeMembers(const pb::Household& from, const ImportFile& file, absl::CivilDay today,
                  pb::Household* to) {
  std::set<std::string_view> known;
  for (pb::Person& person : *to->mutable_members()) {
    const auto same =
        std::find_if(from.members().begin(), from.members().end(),
                     [&](const pb::Person& p) { return p.id_number() == person.id_number(); });
    if (same != from.members().end()) {
      MergePerson(*same, file, &person);
      known.insert(same->id_number());
    } else if (person.membership().active()) {
      pb::Membership& membership = *person.mutable_membership();
      membership.set_active(false);
      membership.set_left_on(base::FormatDay(today));
      membership.set_change_reason("导出名单中已无此人");
      membership.clear_cause();
      membership.clear_other_household_id();
    }
  }
  for (const pb::Person& person : from.members()) {
    if (!known.contains(person.id_number())) *to->add_members() = person;
  }
}

// 基本医疗 as the insurances of the active members tell it: every one insured, or one who is not.
std::optional<bool> EverybodyInsured(const pb::Household& household) {
  std::optional<bool> all = true;
  for (const pb::Person& person : household.members()) {
    if (!person.membership().active()) continue;
    const pb::Coverage& c = person.coverage();
    const auto insured = MedicallyInsured(
        c.has_resident_medical() ? std::optional<bool>(c.resident_medical()) : std::nullopt,
        c.has_employee_medical() ? std::optional<bool>(c.employee_medical()) : std::nullopt);
    if (insured == false) return false;
    if (!insured) all = std::nullopt;
  }
  return all;
}

void SetSafeguard(const pb::SafeguardStatus& stated, absl::CivilDay today, pb::Household* to) {
  auto* list = to->mutable_safeguards();
  auto entry = std::find_if(list->begin(), list->end(), [&](const pb::SafeguardStatus& s) {
    return s.safeguard() == stated.safeguard();
  });
  if (entry != list->end() && entry->state() == stated.state()) return;
  pb::SafeguardStatus& status = entry != list->end() ? *entry : *list->Add();
  status = stated;
  // The file does not say since when; known from today on.
  status.set_since(base::FormatDay(today));
}

void MergeSafeguards(const pb::Household* before, const pb::Household& from, absl::CivilDay today,
                     pb::Household* to) {
  bool medical = false;
  for (const pb::SafeguardStatus& stated : from.safeguards()) {
    medical |= stated.safeguard() == vocab::SAFEGUARD_BASIC_MEDICAL_CARE;
    SetSafeguard(stated, today, to);
  }
  if (medical) return;
  // No column for 基本医疗: what follows from the insurances, when they are news.
  const std::optional<bool> insured = EverybodyInsured(*to);
  const bool on_file = std::any_of(
      to->safeguards().begin(), to->safeguards().end(),
      [](const auto& s) { return s.safeguard() == vocab::SAFEGUARD_BASIC_MEDICAL_CARE; });
  if (!insured || (on_file && before != nullptr && EverybodyInsured(*before) == insured)) return;
  pb::SafeguardStatus derived;
  derived.set_safeguard(vocab::SAFEGUARD_BASIC_MEDICAL_CARE);
  derived.set_state(*insured ? vocab::SAFEGUARD_STATE_SECURED : vocab::SAFEGUARD_STATE_NOT_SECURED);
  SetSafeguard(derived, today, to);
}

void MergeMeasures(const pb::Household& from, const ImportFile& file, pb::Household* to) {
  std::set<int> stated;
  ForColumns(file, false, [&](const Column& column) {
    if (column.kind == CellKind::kMeasure) stated.insert(column.number);
  });
  if (stated.empty()) return;
  google::protobuf::RepeatedPtrField<pb::ReportedMeasure> measures = from.reported_measures();
  for (const pb::ReportedMeasure& measure : to->reported_measures()) {
    if (!stated.contains(measure.category())) *measures.Add() = measure;
  }
  std::stable_sort(measures.begin(), measures.end(),
                   [](const auto& a, const auto& b) { return a.category() < b.category(); });
  *to->mutable_reported_measures() = std::move(measures);
}

// Items of a part that the file states otherwise are out of date.
void DropStaleItems(pb::IncomeAccount* income) {
  const auto* type = pb::IncomeAccount::descriptor();
  const auto* reflection = income->GetReflection();
  for (const std::string_view group : {"A", "B", "C", "D", "E", "F", "G"}) {
    int64_t sum = 0;
    bool any = false;
    for (const pb::IncomeItem& item : income->items()) {
      if (item.group() != group) continue;
      any = true;
      sum += item.amount_fen();
    }
    const auto* part = type->FindFieldByNumber(IncomePart(group));
    if (!any ||
        (reflection->HasField(*income, part) && reflection->GetInt64(*income, part) == sum)) {
      continue;
    }
    auto* items = income->mutable_items();
    items->erase(std::remove_if(items->begin(), items->end(),
                                [&](const pb::IncomeItem& item) { return item.group() == group; }),
                 items->end());
  }
}

// What the columns "风险消除后…" say, on the snapshot that is there.
void MergeEliminationSnapshot(const pb::Snapshot& from, const ImportFile& file, pb::Snapshot* to) {
  to->set_kind(from.kind());
  to->set_taken_on(from.taken_on());
  // Columns fill fields of a household; here it is one that holds the income only.
  pb::Household stated, merged;
  if (from.has_income()) *stated.mutable_income() = from.income();
  if (to->has_income()) *merged.mutable_income() = to->income();
  std::set<int> safeguards;
  ForColumns(file, true, [&](const Column& column) {
    if (column.kind == CellKind::kSafeguard) {
      safeguards.insert(
          static_cast<int>(SafeguardFlags()[static_cast<size_t>(column.number)].safeguard));
    } else if (IsPlainField(column)) {
      CopyField(column, stated, &merged);
    }
  });
  if (merged.has_income()) {
    pb::IncomeAccount& income = *to->mutable_income();
    income = merged.income();
    DropStaleItems(&income);
    // The file tells the population by the per-capita income only.
    const IncomeParts parts = PartsOf(income);
    if (ComputeIncome(parts, income.population()).per_capita_net !=
            ComputeIncome(parts, from.income().population()).per_capita_net ||
        income.population() == 0) {
      income.set_population(from.income().population());
    }
  }
  google::protobuf::RepeatedPtrField<pb::SafeguardStatus> states = from.safeguards();
  for (const pb::SafeguardStatus& state : to->safeguards()) {
    if (!safeguards.contains(state.safeguard())) *states.Add() = state;
  }
  std::stable_sort(states.begin(), states.end(),
                   [](const auto& a, const auto& b) { return a.safeguard() < b.safeguard(); });
  *to->mutable_safeguards() = std::move(states);
}

// The last snapshot of the kind; null without any.
pb::Snapshot* LastSnapshot(pb::SnapshotKind kind, pb::Household* household) {
  pb::Snapshot* last = nullptr;
  for (pb::Snapshot& s : *household->mutable_snapshots()) {
    if (s.kind() == kind) last = &s;
  }
  return last;
}

// 监测 as the file has it, with what was frozen at determination and at elimination.
void MergeMonitoring(const pb::Household& from, const ImportFile& file, pb::Household* to) {
  pb::Monitoring& monitoring = *to->mutable_monitoring();
  if (file.kind != pb::IMPORT_KIND_MONITORED_HOUSEHOLDS || !monitoring.decided_by().empty()) {
    if (monitoring.state() == vocab::MONITORING_STATE_UNSPECIFIED) {
      monitoring.set_state(vocab::MONITORING_STATE_NOT_MONITORED);
    }
    return;
  }
  ForColumns(file, false, [&](const Column& column) {
    if (!column.path_text.starts_with(kMonitoring)) return;
    if (IsPlainField(column)) {
      CopyField(column, from, to);
    } else if (column.kind == CellKind::kRisk) {
      *monitoring.mutable_risks() = from.monitoring().risks();
    }
  });
  monitoring.set_state(from.monitoring().state());
  if (LastSnapshot(pb::SNAPSHOT_KIND_DETERMINATION, to) == nullptr) {
    TakeSnapshot(pb::SNAPSHOT_KIND_DETERMINATION, monitoring.determined_on(), to);
  }
  if (from.snapshots().empty()) return;
  pb::Snapshot* elimination = LastSnapshot(pb::SNAPSHOT_KIND_ELIMINATION, to);
  if (elimination == nullptr) elimination = to->add_snapshots();
  MergeEliminationSnapshot(from.snapshots(0), file, elimination);
  if (!elimination->has_income()) return;
  pb::IncomeAccount& income = *elimination->mutable_income();
  CompleteIncome(income.population(), &income);
}

}  // namespace

pb::Household Merge(const pb::Household* before, const FileHousehold& from, const ImportFile& file,
                    absl::CivilDay today) {
  pb::Household merged;
  if (before != nullptr) merged = *before;
  const pb::Household& stated = from.household;
  merged.set_division(stated.division());
  for (const bool after_elimination : {false, true}) {
    ForColumns(file, after_elimination, [&](const Column& column) {
      if (column.of != Column::Of::kHousehold) return;
      if (MayBeKept(column)) {
        merged.mutable_other_columns()->erase(KeptHeader(column, after_elimination));
      } else if (!after_elimination && IsPlainField(column) &&
                 !column.path_text.starts_with(kMonitoring)) {
        CopyField(column, stated, &merged);
      }
    });
  }
  for (const auto& [header, text] : stated.other_columns()) {
    (*merged.mutable_other_columns())[header] = text;
  }
  if (merged.has_income()) DropStaleItems(merged.mutable_income());
  MergeMembers(stated, file, today, &merged);
  MergeSafeguards(before, stated, today, &merged);
  MergeMeasures(stated, file, &merged);
  if (merged.has_income()) CompleteIncome(ActiveMembers(merged), merged.mutable_income());
  MergeMonitoring(stated, file, &merged);
  return merged;
}

pb::Household MergeSpells(const pb::Household& before, const FileHousehold& from) {
  pb::Household merged = before;
  for (const pb::Person& stated : from.household.members()) {
    for (pb::Person& person : *merged.mutable_members()) {
      if (person.membership().active() && person.id_number() == stated.id_number()) {
        *person.mutable_work_spells() = stated.work_spells();
      }
    }
  }
  return merged;
}

v1::VillageProfile MergeVillage(const std::optional<v1::VillageProfile>& before,
                                const FileVillage& from, const ImportFile& file) {
  v1::VillageProfile merged = before.value_or(v1::VillageProfile());
  merged.set_division(from.profile.division());
  ForColumns(file, false, [&](const Column& column) {
    if (!column.path.empty()) CopyField(column, from.profile, &merged);
  });
  for (const std::string& header : file.unknown_columns) {
    merged.mutable_other_columns()->erase(header);
  }
  for (const auto& [header, text] : from.profile.other_columns()) {
    (*merged.mutable_other_columns())[header] = text;
  }
  return merged;
}

}  // namespace fangpin::registry
