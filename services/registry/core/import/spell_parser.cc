#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "libs/base/id_number.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/import/row_parser.h"
#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

// 已外出务工信息: one row a spell of work away of somebody on file.
class SpellParser final : public RowParser {
 public:
  SpellParser(const ParseOptions& options, const DivisionTree& divisions)
      : RowParser(pb::IMPORT_KIND_WORK_SPELLS, options, divisions) {}

 private:
  // A spell with its row.
  using Spell = std::pair<pb::WorkSpell, int>;

  void ReadRow(const sheet::Row& row) override {
    const std::optional<std::string> number = NationalId(row);
    if (!number.has_value()) return;
    const auto [at, fresh] = by_number_.emplace(*number, file_.households.size());
    if (fresh) {
      file_.households.emplace_back().household.set_national_id(*number);
      spells_.emplace_back();
    }
    FileHousehold& entry = file_.households[at->second];
    entry.rows.push_back(row.number);
    const size_t errors_before = file_.errors.size();
    ReadHousehold(row, *number, fresh, &entry.household);
    if (const std::optional<std::string> id = ReadIdNumber(row, *number)) {
      spells_[at->second][MemberNumbered(*id, &entry)].emplace_back(ReadSpell(row, *number),
                                                                    row.number);
    }
    if (file_.errors.size() != errors_before) entry.bad = true;
  }

  // What the rows say of the household itself has to be the same on each.
  void ReadHousehold(const sheet::Row& row, std::string_view number, bool first,
                     pb::Household* household) {
    pb::Household stated;
    stated.set_division(ReadPlace(row, number));
    for (const FileColumn& column : file_.columns) {
      if (column.column == nullptr) continue;
      const std::string_view cell = row.Text(column.index);
      if (cell.empty()) continue;
      if (column.column->kind == CellKind::kStatedKind) {
        const auto kind = KindOf(cell);
        if (kind) stated.set_kind(*kind);
        if (!kind) {
          AddError(row.number, column.header, "HOUSEHOLD_KIND_UNKNOWN",
                   "户类型应为脱贫户或一般农户", number);
        }
      } else if (column.column->kind == CellKind::kStatedCategory) {
        const auto category = CategoryOf(cell);
        if (category) stated.mutable_monitoring()->set_category(*category);
        if (!category && cell != "无" && cell != "否") {
          AddError(row.number, column.header, "CATEGORY_UNKNOWN",
                   "监测对象类别应为脱贫不稳定户、边缘易致贫户或突发严重困难户", number);
        }
      }
    }
    if (first) {
      household->set_division(stated.division());
      household->set_kind(stated.kind());
      if (stated.has_monitoring()) *household->mutable_monitoring() = stated.monitoring();
      return;
    }
    const auto compare = [&](bool differs, const std::string& header) {
      if (!differs) return;
      AddError(row.number, header, "HOUSEHOLD_CELL_DIFFERS", "同一户编号的各行在户信息列上应当一致",
               number);
    };
    compare(!stated.division().empty() && stated.division() != household->division(),
            file_.HeaderOf(CellKind::kVillage));
    compare(stated.kind() != 0 && stated.kind() != household->kind(),
            file_.HeaderOf(CellKind::kStatedKind));
    compare(stated.has_monitoring() &&
                stated.monitoring().category() != household->monitoring().category(),
            file_.HeaderOf(CellKind::kStatedCategory));
  }

  // The citizen's number, also of a disability number.
  std::optional<std::string> ReadIdNumber(const sheet::Row& row, std::string_view number) {
    const std::string header = file_.HeaderAt("members.id_number");
    std::string given;
    for (const FileColumn& column : file_.columns) {
      if (column.column != nullptr && column.column->path_text == "members.id_number") {
        given = base::CleanCode(row.Text(column.index));
      }
    }
    if (given.empty()) {
      AddError(row.number, header, "ID_NUMBER_MISSING", "证件号码为空", number);
      return std::nullopt;
    }
    if (given.size() == 20 || given.size() == 22) given.resize(18);
    const auto id = base::IdNumber::Parse(given, options_.today);
    if (id.ok()) return id->value();
    AddError(row.number, header, base::Reason(id.status()), base::ToStd(id.status().message()),
             number);
    return std::nullopt;
  }

  static size_t MemberNumbered(const std::string& id, FileHousehold* entry) {
    auto* members = entry->household.mutable_members();
    const auto same = std::find_if(members->begin(), members->end(),
                                   [&](const pb::Person& p) { return p.id_number() == id; });
    if (same != members->end()) return static_cast<size_t>(same - members->begin());
    members->Add()->set_id_number(id);
    return static_cast<size_t>(members->size() - 1);
  }

  pb::WorkSpell ReadSpell(const sheet::Row& row, std::string_view number) {
    pb::WorkSpell spell;
    for (const FileColumn& column : file_.columns) {
      const std::string_view cell = row.Text(column.index);
      if (cell.empty()) continue;
      if (column.column == nullptr) {
        Keep(row, column, number, spell.mutable_other_columns());
      } else if (column.column->kind == CellKind::kPeriod) {
        const auto period = ParsePeriodCell(cell);
        if (!period) {
          AddError(row.number, column.header, "DATE_FORMAT", "时间应为开始和结束的YYYYMM或YYYYMMDD",
                   number);
          continue;
        }
        spell.set_begin(period->first);
        spell.set_end(period->second);
      } else if (!column.column->path.empty()) {
        Report(row, column, number, SetField(*column.column, cell, &spell));
      }
    }
    return spell;
  }

  void Complete() override {
    for (size_t i = 0; i < file_.households.size(); ++i) {
      FileHousehold& entry = file_.households[i];
      const size_t errors_before = file_.errors.size();
      for (int m = 0; m < entry.household.members_size(); ++m) {
        PutSpells(&spells_[i][static_cast<size_t>(m)], &entry, entry.household.mutable_members(m));
      }
      if (file_.errors.size() != errors_before) entry.bad = true;
    }
    spells_.clear();
  }

  // The spells of one person in order, each with its row.
  void PutSpells(std::vector<Spell>* spells, FileHousehold* entry, pb::Person* person) {
    std::stable_sort(spells->begin(), spells->end(), [](const Spell& a, const Spell& b) {
      return a.first.begin() < b.first.begin();
    });
    std::vector<int>& rows = entry->spell_rows.emplace_back();
    for (size_t i = 0; i < spells->size(); ++i) {
      auto& [spell, row] = (*spells)[i];
      const bool repeated =
          i > 0 && spell.begin() == person->work_spells(static_cast<int>(i) - 1).begin();
      if (repeated && !spell.begin().empty()) {
        file_.duplicate_rows.insert(row);
        AddError(row, file_.HeaderAt("members.work_spells.begin"), "WORK_SPELL_DUPLICATE",
                 base::StrCat("同一人同一开始时间的务工记录与第", rows.back(), "行重复"),
                 entry->household.national_id());
      }
      rows.push_back(row);
      *person->add_work_spells() = std::move(spell);
    }
  }

  std::vector<absl::flat_hash_map<size_t, std::vector<Spell>>> spells_;  // by household, member
  absl::flat_hash_map<std::string, size_t> by_number_;
};

}  // namespace

std::unique_ptr<RowParser> MakeSpellParser(const ParseOptions& options,
                                           const DivisionTree& divisions) {
  return std::make_unique<SpellParser>(options, divisions);
}

}  // namespace fangpin::registry
