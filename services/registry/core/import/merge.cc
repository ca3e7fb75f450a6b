#include "services/registry/core/import/merge.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "libs/base/civil.h"
#include "services/registry/core/import/cells.h"
#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

// Columns that Merge copies field by field; the others have rules of their own below.
bool IsPlainField(const Column& column) {
  return !column.path.empty() && !column.path_text.starts_with("monitoring.") &&
         column.kind != CellKind::kReportedNet && column.kind != CellKind::kReportedPerCapita;
}

void MergePerson(const pb::Person& from, const ImportFile& file, pb::Person* to) {
  for (const Column* column : file.columns) {
    if (column->of == Column::Of::kPerson && IsPlainField(*column)) CopyField(*column, from, to);
  }
  to->set_id_number(from.id_number());
  // One column holds both numbers; without the certificate's it says nothing about it.
  if (!from.disability_number().empty()) to->set_disability_number(from.disability_number());
  for (const std::string& header : file.unknown_columns) to->mutable_other_columns()->erase(header);
  for (const auto& [header, text] : from.other_columns())
    (*to->mutable_other_columns())[header] = text;
  pb::Membership& membership = *to->mutable_membership();
  if (!membership.active()) {
    membership.Clear();
    membership.set_active(true);
  }
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

void MergeSafeguards(const pb::Household& from, absl::CivilDay today, pb::Household* to) {
  for (const pb::SafeguardStatus& stated : from.safeguards()) {
    auto* list = to->mutable_safeguards();
    auto entry = std::find_if(list->begin(), list->end(), [&](const pb::SafeguardStatus& s) {
      return s.safeguard() == stated.safeguard();
    });
    if (entry != list->end() && entry->state() == stated.state()) continue;
    pb::SafeguardStatus& status = entry != list->end() ? *entry : *list->Add();
    status = stated;
    // The file does not say since when; known from today on.
    status.set_since(base::FormatDay(today));
  }
}

void MergeMeasures(const pb::Household& from, const ImportFile& file, pb::Household* to) {
  std::set<int> stated;
  for (const Column* column : file.columns) {
    if (column->kind == CellKind::kMeasure) stated.insert(column->number);
  }
  google::protobuf::RepeatedPtrField<pb::ReportedMeasure> measures = from.reported_measures();
  for (const pb::ReportedMeasure& measure : to->reported_measures()) {
    if (!stated.contains(measure.category())) *measures.Add() = measure;
  }
  std::stable_sort(measures.begin(), measures.end(),
                   [](const auto& a, const auto& b) { return a.category() < b.category(); });
  *to->mutable_reported_measures() = std::move(measures);
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
  monitoring = from.monitoring();
  const auto* determined = [&]() -> const pb::Snapshot* {
    for (const pb::Snapshot& s : to->snapshots()) {
      if (s.kind() == pb::SNAPSHOT_KIND_DETERMINATION) return &s;
    }
    return nullptr;
  }();
  google::protobuf::RepeatedPtrField<pb::Snapshot> snapshots;
  if (determined != nullptr) {
    *snapshots.Add() = *determined;
  } else {
    pb::Snapshot& snapshot = *snapshots.Add();
    snapshot.set_kind(pb::SNAPSHOT_KIND_DETERMINATION);
    snapshot.set_taken_on(monitoring.determined_on());
    if (to->has_income()) *snapshot.mutable_income() = to->income();
    *snapshot.mutable_safeguards() = to->safeguards();
  }
  for (const pb::Snapshot& s : from.snapshots()) *snapshots.Add() = s;
  for (pb::Snapshot& s : snapshots) {
    if (s.has_income() && !s.income().has_net_income_fen()) {
      CompleteIncome(ActiveMembers(*to), s.mutable_income());
    }
  }
  *to->mutable_snapshots() = std::move(snapshots);
}

}  // namespace

pb::Household Merge(const pb::Household* before, const FileHousehold& from, const ImportFile& file,
                    absl::CivilDay today) {
  pb::Household merged;
  if (before != nullptr) merged = *before;
  const pb::Household& stated = from.household;
  merged.set_national_id(stated.national_id());
  for (const Column* column : file.columns) {
    if (column->of == Column::Of::kHousehold && IsPlainField(*column)) {
      CopyField(*column, stated, &merged);
    } else if (column->kind == CellKind::kKeep) {
      merged.mutable_other_columns()->erase(column->header);
    }
  }
  for (const auto& [header, text] : stated.other_columns()) {
    (*merged.mutable_other_columns())[header] = text;
  }
  MergeMembers(stated, file, today, &merged);
  if (merged.lifecycle().state() != pb::LIFECYCLE_STATE_OPEN) {
    // A closed household that a file lists has members again.
    if (!IsOpen(merged)) merged.mutable_lifecycle()->set_since(base::FormatDay(today));
    merged.mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_OPEN);
  }
  MergeSafeguards(stated, today, &merged);
  MergeMeasures(stated, file, &merged);
  MergeMonitoring(stated, file, &merged);
  return merged;
}

}  // namespace fangpin::registry
