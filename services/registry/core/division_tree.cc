#include "services/registry/core/division_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::registry {
namespace {

constexpr std::pair<std::string_view, v1::DivisionLevel> kLevels[] = {
    {"province", v1::DIVISION_LEVEL_PROVINCE}, {"city", v1::DIVISION_LEVEL_PREFECTURE},
    {"county", v1::DIVISION_LEVEL_COUNTY},     {"township", v1::DIVISION_LEVEL_TOWNSHIP},
    {"village", v1::DIVISION_LEVEL_VILLAGE},
};

// Endings that people leave out or write differently, longest first; taken off until none fits.
constexpr std::string_view kEndings[] = {
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "人民政府",
    "街道办事处",
    "自治县",
    "村委会",
    "居委会",
    "民族乡",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
    "县",
    "市",
    "区",
    "旗",
};

std::string Stem(std::string_view name) {
  std::string_view stem = name;
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view ending : kEndings) {
      if (stem.size() > ending.size() && stem.ends_with(ending)) {
        stem.remove_suffix(ending.size());
        cut = true;
        break;
      }
    }
  }
  return std::string(stem);
}

std::string Key(std::string_view parent, std::string_view name) {
  return base::StrCat(parent, "/", name);
}

constexpr char kChangesFile[] = "division_changes.csv";

absl::Status Invalid(int line) {
  return base::Error(absl::StatusCode::kInvalidArgument, "DIVISIONS_INVALID", "区划表格式错误")
      .WithMetadata("line", std::to_string(line));
}

base::ErrorBuilder ChangesInvalid() {
  return base::Error(absl::StatusCode::kInvalidArgument, "DIVISION_CHANGES_INVALID",
                     "区划变更表格式错误，或与区划表不符");
}

absl::Status ChangesInvalid(int line) {
  return ChangesInvalid().WithMetadata("line", std::to_string(line));
}

bool Below(const v1::Division& division, std::string_view code) {
  return base::DivisionWithin(division.code(), code);
}

// ISO days compare like the days themselves; an empty one is open.
bool Stands(const v1::Division& division, std::string_view day) {
  return division.valid_from() <= day &&
         (division.valid_until().empty() || day < division.valid_until());
}

// The cells of each line but the header, with their line numbers.
absl::Status ForEachLine(
    std::string_view csv,
    absl::FunctionRef<absl::Status(int, const std::vector<std::string_view>&)> visit) {
  int number = 0;
  for (std::string_view line : base::Split(csv, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (++number == 1 || line.empty()) continue;
    FANGPIN_RETURN_IF_ERROR(visit(number, base::Split(line, ',')));
  }
  return absl::OkStatus();
}

// One line of the changes.
struct ChangeLine {
  v1::DivisionChange change;
  std::string old_name;  // empty: that of the new code
  int line = 0;
};

absl::StatusOr<std::vector<ChangeLine>> ParseChanges(std::string_view csv) {
  std::vector<ChangeLine> lines;
  const auto is_code = [](std::string_view cell) {
    return cell.empty() || base::CheckDivision(cell).ok();
  };
  FANGPIN_RETURN_IF_ERROR(
      ForEachLine(csv, [&](int number, const std::vector<std::string_view>& cells) -> absl::Status {
        if (cells.size() != 5 || !base::ParseDay(cells[0]).ok() || !is_code(cells[1]) ||
            !is_code(cells[3]) || (cells[1].empty() && cells[3].empty()) || cells[4].empty()) {
          return ChangesInvalid(number);
        }
        ChangeLine& line = lines.emplace_back();
        line.change.set_effective_on(std::string(cells[0]));
        line.change.set_old_code(std::string(cells[1]));
        line.old_name = base::CleanCell(cells[2]);
        line.change.set_new_code(std::string(cells[3]));
        line.change.set_basis(base::CleanCell(cells[4]));
        line.line = number;
        return absl::OkStatus();
      }));
  return lines;
}

// Works back from the list in force, the newest change first, to the divisions that have ended and
// to since when the others stand.
class History {
 public:
  explicit History(std::vector<v1::Division> in_force) {
    for (v1::Division& d : in_force) rows_[d.code()].push_back(std::move(d));
  }

  absl::Status TakeBack(std::vector<ChangeLine> lines) {
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
      return a.change.effective_on() > b.change.effective_on();
    });
    for (size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
      while (end < lines.size() &&
             lines[end].change.effective_on() == lines[begin].change.effective_on()) {
        ++end;
      }
      FANGPIN_RETURN_IF_ERROR(TakeBackDay(absl::MakeConstSpan(lines).subspan(begin, end - begin)));
    }
    return CheckParents();
  }

  // By code, then by their end; those in force have none.
  std::vector<v1::Division> TakeRows(bool in_force) {
    std::vector<v1::Division> taken;
    for (auto& [code, rows] : rows_) {
      // The newest stands first.
      for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        if (row->valid_until().empty() == in_force) taken.push_back(std::move(*row));
      }
    }
    return taken;
  }
  std::vector<v1::DivisionChange> TakeChanges() {
    const auto key = [](const v1::DivisionChange& c) {
      return std::tie(c.effective_on(), c.old_code(), c.new_code());
    };
    std::sort(changes_.begin(), changes_.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return std::move(changes_);
  }

 private:
  // How often a code stands on each side of the changes of a day.
  struct Sides {
    int as_old = 0;
    int as_new = 0;
    bool goes_on = false;  // stands as old and new in one line
  };
  using Day = std::map<std::string, Sides, std::less<>>;

  v1::Division* Standing(std::string_view code, std::string_view day) {
    const auto rows = rows_.find(code);
    if (rows == rows_.end()) return nullptr;
    for (v1::Division& d : rows->second) {
      if (Stands(d, day)) return &d;
    }
    return nullptr;
  }

  absl::Status TakeBackDay(absl::Span<const ChangeLine> lines) {
    const std::string& day = lines[0].change.effective_on();
    Day codes;
    for (const auto& [change, old_name, number] : lines) {
      if (!change.old_code().empty()) ++codes[change.old_code()].as_old;
      if (!change.new_code().empty()) ++codes[change.new_code()].as_new;
      if (change.old_code() == change.new_code()) codes[change.old_code()].goes_on = true;
    }
    for (const ChangeLine& line : lines) {
      const std::string& before = line.change.old_code();
      const std::string& after = line.change.new_code();
      if (!before.empty() && !after.empty() && base::LevelOf(before) != base::LevelOf(after)) {
        return ChangesInvalid(line.line);
      }
      if (!after.empty()) {
        v1::Division* const begun = Standing(after, day);
        if (begun == nullptr) return ChangesInvalid(line.line);
        if (!codes[after].goes_on) begun->set_valid_from(day);
      }
      if (!before.empty() && !codes[before].goes_on) {
        FANGPIN_RETURN_IF_ERROR(End(lines, line));
      }
      changes_.push_back(line.change);
    }
    // Below a division that only got another code everything did. Townships before counties: what
    // they carry is done when the county comes.
    std::vector<const ChangeLine*> renumbered;
    for (const ChangeLine& line : lines) {
      if (line.change.old_code().empty() || line.change.new_code().empty()) continue;
      const Sides& before = codes[line.change.old_code()];
      const Sides& after = codes[line.change.new_code()];
      if (before.as_old == 1 && after.as_new == 1 && !before.goes_on && !after.goes_on) {
        renumbered.push_back(&line);
      }
    }
    std::stable_sort(renumbered.begin(), renumbered.end(), [](const auto* a, const auto* b) {
      return base::LevelOf(a->change.new_code()) > base::LevelOf(b->change.new_code());
    });
    for (const ChangeLine* line : renumbered) FANGPIN_RETURN_IF_ERROR(Carry(*line, codes));
    return absl::OkStatus();
  }

  // Adds the division that ended; once for all lines of a split.
  absl::Status End(absl::Span<const ChangeLine> lines, const ChangeLine& line) {
    const std::string& code = line.change.old_code();
    const auto first = std::find_if(lines.begin(), lines.end(), [&](const ChangeLine& other) {
      return other.change.old_code() == code;
    });
    if (&*first != &line) return absl::OkStatus();
    const std::string& day = line.change.effective_on();
    const v1::Division* const successor = Standing(line.change.new_code(), day);
    if (Standing(code, day) != nullptr || (line.old_name.empty() && successor == nullptr)) {
      return ChangesInvalid(line.line);
    }
    AddPast(code, line.old_name.empty() ? successor->name() : line.old_name, day);
    return absl::OkStatus();
  }

  absl::Status Carry(const ChangeLine& line, const Day& codes) {
    const std::string& day = line.change.effective_on();
    const std::string_view from = base::DivisionPrefix(line.change.old_code());
    const std::string_view to = base::DivisionPrefix(line.change.new_code());
    for (auto at = rows_.upper_bound(line.change.new_code());
         at != rows_.end() && at->first.starts_with(to); ++at) {
      const std::string& code = at->first;
      v1::Division* const below = Standing(code, day);
      if (below == nullptr || !below->valid_from().empty() || codes.contains(code)) continue;
      v1::DivisionChange change = line.change;
      change.set_old_code(base::StrCat(from, std::string_view(code).substr(to.size())));
      change.set_new_code(code);
      if (codes.contains(change.old_code()) || Standing(change.old_code(), day) != nullptr) {
        return ChangesInvalid(line.line);
      }
      below->set_valid_from(day);
      // Not a code that the loop comes to: it begins otherwise.
      AddPast(change.old_code(), below->name(), day);
      changes_.push_back(std::move(change));
    }
    return absl::OkStatus();
  }

  void AddPast(const std::string& code, const std::string& name, const std::string& end) {
    v1::Division& d = rows_[code].emplace_back();
    d.set_code(code);
    d.set_name(name);
    d.set_level(static_cast<v1::DivisionLevel>(static_cast<int>(base::LevelOf(code)) +
                                               v1::DIVISION_LEVEL_PROVINCE));
    d.set_parent_code(base::ParentDivision(code));
    d.set_valid_until(end);
  }

  // A division stands no longer than its parent does.
  absl::Status CheckParents() {
    for (const auto& [code, rows] : rows_) {
      for (const v1::Division& d : rows) {
        if (d.parent_code().empty()) continue;
        const auto parents = rows_.find(d.parent_code());
        if (parents == rows_.end() ||
            std::none_of(parents->second.begin(), parents->second.end(), [&](const auto& p) {
              return p.valid_from() <= d.valid_from() &&
                     (p.valid_until().empty() ||
                      (!d.valid_until().empty() && d.valid_until() <= p.valid_until()));
            })) {
          return ChangesInvalid().WithMetadata("code", code);
        }
      }
    }
    return absl::OkStatus();
  }

  std::map<std::string, std::vector<v1::Division>, std::less<>> rows_;  // newest first
  std::vector<v1::DivisionChange> changes_;
};

}  // namespace

DivisionTree::DivisionTree(std::vector<v1::Division> divisions) : divisions_(std::move(divisions)) {
  for (size_t i = 0; i < divisions_.size(); ++i) {
    const v1::Division& d = divisions_[i];
    by_code_.emplace(d.code(), i);
    by_name_.emplace(Key(d.parent_code(), d.name()), d.code());
    by_stem_[Key(d.parent_code(), Stem(d.name()))].push_back(d.code());
  }
}

absl::StatusOr<DivisionTree> DivisionTree::Parse(std::string_view list, std::string_view changes) {
  std::vector<v1::Division> divisions;
  std::map<std::string_view, int> lines;
  FANGPIN_RETURN_IF_ERROR(ForEachLine(
      list, [&](int number, const std::vector<std::string_view>& cells) -> absl::Status {
        if (cells.size() != 4 || !base::CheckDivision(cells[0]).ok() || cells[1].empty() ||
            !lines.emplace(cells[0], number).second) {
          return Invalid(number);
        }
        const auto level = std::find_if(std::begin(kLevels), std::end(kLevels),
                                        [&](const auto& l) { return l.first == cells[2]; });
        if (level == std::end(kLevels)) return Invalid(number);
        v1::Division& d = divisions.emplace_back();
        d.set_code(std::string(cells[0]));
        d.set_name(base::CleanCode(cells[1]));
        d.set_level(level->second);
        d.set_parent_code(std::string(cells[3]));
        return absl::OkStatus();
      }));
  for (const v1::Division& d : divisions) {
    if (!d.parent_code().empty() && !lines.contains(d.parent_code())) {
      return Invalid(lines[d.code()]);
    }
  }
  FANGPIN_ASSIGN_OR_RETURN(std::vector<ChangeLine> taken_back, ParseChanges(changes));
  History history(std::move(divisions));
  FANGPIN_RETURN_IF_ERROR(history.TakeBack(std::move(taken_back)));
  DivisionTree tree(history.TakeRows(/*in_force=*/true));
  tree.past_ = history.TakeRows(/*in_force=*/false);
  tree.changes_ = history.TakeChanges();
  return tree;
}

absl::StatusOr<DivisionTree> DivisionTree::Load(const std::string& path) {
  const auto read = [](const std::string& name) -> std::optional<std::string> {
    std::ifstream file(name, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::optional<std::string> list = read(path);
  if (!list.has_value()) {
    return base::Error(absl::StatusCode::kNotFound, "DIVISIONS_MISSING", "找不到区划表文件");
  }
  const std::filesystem::path changes = std::filesystem::path(path).replace_filename(kChangesFile);
  return Parse(*list, read(changes.string()).value_or(""));
}

const v1::Division* DivisionTree::Find(std::string_view code) const {
  const auto found = by_code_.find(base::ToAbsl(code));
  return found == by_code_.end() ? nullptr : &divisions_[found->second];
}

const v1::Division* DivisionTree::Find(std::string_view code, absl::CivilDay day) const {
  const std::string on = base::FormatDay(day);
  const v1::Division* const in_force = Find(code);
  if (in_force != nullptr && Stands(*in_force, on)) return in_force;
  for (auto at = FirstPast(code); at != past_.end() && at->code() == code; ++at) {
    if (Stands(*at, on)) return &*at;
  }
  return nullptr;
}

std::vector<v1::Division>::const_iterator DivisionTree::FirstPast(std::string_view code) const {
  return std::lower_bound(past_.begin(), past_.end(), code,
                          [](const v1::Division& d, std::string_view c) { return d.code() < c; });
}

absl::Status DivisionTree::CheckVillage(std::string_view code) const {
  FANGPIN_RETURN_IF_ERROR(base::CheckVillage(code));
  if (Find(code) != nullptr) return absl::OkStatus();
  const auto past = FirstPast(code);
  if (past != past_.end() && past->code() == code) {
    return base::InvalidField("division", "VILLAGE_ENDED", "行政村代码已停用，请使用现行代码");
  }
  return base::InvalidField("division", "VILLAGE_UNKNOWN", "行政村不在区划表中");
}

absl::Span<const v1::Division> DivisionTree::Below(std::string_view code) const {
  const auto found = by_code_.find(base::ToAbsl(code));
  if (found == by_code_.end()) return {};
  const size_t begin = found->second + 1;
  size_t end = begin;
  while (end < divisions_.size() && registry::Below(divisions_[end], code)) ++end;
  return absl::MakeConstSpan(divisions_).subspan(begin, end - begin);
}

void DivisionTree::VisitBelow(std::string_view code, absl::CivilDay day, std::string_view after,
                              absl::FunctionRef<bool(const v1::Division&)> visit) const {
  const std::string on = base::FormatDay(day);
  const std::string_view prefix = base::DivisionPrefix(code);
  if (prefix.empty()) return;
  const std::string_view behind = std::max(code, after);
  auto now =
      std::upper_bound(divisions_.begin(), divisions_.end(), behind,
                       [](std::string_view c, const v1::Division& d) { return c < d.code(); });
  auto past =
      std::upper_bound(past_.begin(), past_.end(), behind,
                       [](std::string_view c, const v1::Division& d) { return c < d.code(); });
  const auto ended = [&](auto at, const auto& list) {
    return at == list.end() || !at->code().starts_with(prefix);
  };
  while (!ended(now, divisions_) || !ended(past, past_)) {
    // The past of a code before its present; one of them stands on a day.
    const bool take_past =
        !ended(past, past_) && (ended(now, divisions_) || past->code() <= now->code());
    const v1::Division& next = take_past ? *past++ : *now++;
    if (Stands(next, on) && !visit(next)) return;
  }
}

DivisionTree::Mapping DivisionTree::Map(std::string_view code, absl::CivilDay from,
                                        absl::CivilDay to) const {
  const bool forward = from <= to;
  const auto behind = [&](absl::CivilDay day) {
    return std::upper_bound(
        changes_.begin(), changes_.end(), base::FormatDay(day),
        [](const std::string& d, const v1::DivisionChange& c) { return d < c.effective_on(); });
  };
  auto begin = behind(forward ? from : to);
  auto end = behind(forward ? to : from);
  std::set<std::string, std::less<>> codes = {std::string(code)};
  Mapping mapping;
  while (begin != end) {
    // The changes of the next day on the way.
    const std::string day = forward ? begin->effective_on() : std::prev(end)->effective_on();
    const auto other_day = [&](const v1::DivisionChange& c) { return c.effective_on() != day; };
    auto first = begin;
    auto last = end;
    if (forward) {
      begin = last = std::find_if(begin, end, other_day);
    } else {
      end = first =
          std::find_if(std::reverse_iterator(end), std::reverse_iterator(begin), other_day).base();
    }
    std::set<std::string> left;
    std::set<std::string, std::less<>> came;
    std::vector<const v1::DivisionChange*> used;
    for (; first != last; ++first) {
      const std::string& before = forward ? first->old_code() : first->new_code();
      const std::string& after = forward ? first->new_code() : first->old_code();
      if (before.empty() || !codes.contains(before)) continue;
      used.push_back(&*first);
      left.insert(before);
      if (!after.empty()) came.insert(after);
    }
    for (const std::string& gone : left) codes.erase(gone);
    codes.merge(came);
    mapping.changes.insert(forward ? mapping.changes.end() : mapping.changes.begin(), used.begin(),
                           used.end());
  }
  for (const std::string& mapped : codes) {
    if (const v1::Division* division = Find(mapped, to)) mapping.divisions.push_back(division);
  }
  return mapping;
}

std::vector<std::string> DivisionTree::ChildrenNamed(std::string_view parent,
                                                     std::string_view name) const {
  const auto exact = by_name_.find(Key(parent, name));
  if (exact != by_name_.end()) return {exact->second};
  const auto similar = by_stem_.find(Key(parent, Stem(name)));
  return similar == by_stem_.end() ? std::vector<std::string>() : similar->second;
}

Place ResolveVillage(const DivisionTree& tree, std::string_view division, const PlaceNames& names) {
  const base::DivisionLevel root = base::LevelOf(division);
  const auto name_fits = [&](base::DivisionLevel level, const std::string& name) {
    const v1::Division* d = tree.Find(base::DivisionAt(division, level));
    return name.empty() || (d != nullptr && (d->name() == name || Stem(d->name()) == Stem(name)));
  };
  // Provinces and prefectures differ in their first two characters, and are called many names.
  const auto begins_alike = [&](std::string_view code, base::DivisionLevel level,
                                std::string_view name) {
    constexpr size_t kTwoCharacters = 6;
    const v1::Division* d = tree.Find(base::DivisionAt(code, level));
    return name.empty() || (d != nullptr && std::string_view(d->name()).substr(0, kTwoCharacters) ==
                                                name.substr(0, kTwoCharacters));
  };
  if (names.village.empty()) return {"", Place::Level::kVillage, "VILLAGE_MISSING"};
  if (tree.CheckVillage(names.village).ok()) {
    if (base::DivisionWithin(names.village, division)) return {names.village, {}, ""};
    return {"", Place::Level::kVillage, "OUTSIDE_DIVISION"};
  }
  if (!begins_alike(division, base::DivisionLevel::kProvince, names.province)) {
    return {"", Place::Level::kProvince, "OUTSIDE_DIVISION"};
  }
  if (root >= base::DivisionLevel::kPrefecture &&
      !begins_alike(division, base::DivisionLevel::kPrefecture, names.prefecture)) {
    return {"", Place::Level::kPrefecture, "OUTSIDE_DIVISION"};
  }

  // Candidates at each level: the one that `division` fixes, or those with the name in the row.
  std::vector<std::string> counties;
  if (root >= base::DivisionLevel::kCounty) {
    if (!name_fits(base::DivisionLevel::kCounty, names.county)) {
      return {"", Place::Level::kCounty, "OUTSIDE_DIVISION"};
    }
    counties = {base::DivisionAt(division, base::DivisionLevel::kCounty)};
  } else {
    for (const v1::Division& d : tree.Below(division)) {
      if (d.level() != v1::DIVISION_LEVEL_COUNTY) continue;
      if (begins_alike(d.code(), base::DivisionLevel::kPrefecture, names.prefecture) &&
          (names.county.empty() || d.name() == names.county)) {
        counties.push_back(d.code());
      }
    }
    if (counties.empty()) return {"", Place::Level::kCounty, "OUTSIDE_DIVISION"};
  }

  std::vector<std::string> townships;
  if (root >= base::DivisionLevel::kTownship) {
    if (!name_fits(base::DivisionLevel::kTownship, names.township)) {
      return {"", Place::Level::kTownship, "OUTSIDE_DIVISION"};
    }
    townships = {base::DivisionAt(division, base::DivisionLevel::kTownship)};
  } else {
    for (const std::string& county : counties) {
      if (names.township.empty()) {
        for (const v1::Division& d : tree.Below(county)) {
          if (d.level() == v1::DIVISION_LEVEL_TOWNSHIP) townships.push_back(d.code());
        }
      } else {
        for (std::string& code : tree.ChildrenNamed(county, names.township)) {
          townships.push_back(std::move(code));
        }
      }
    }
    if (townships.empty()) return {"", Place::Level::kTownship, "VILLAGE_UNKNOWN"};
  }

  std::vector<std::string> villages;
  bool outside = false;
  for (const std::string& township : townships) {
    for (std::string& code : tree.ChildrenNamed(township, names.village)) {
      if (base::DivisionWithin(code, division)) {
        villages.push_back(std::move(code));
      } else {
        outside = true;
      }
    }
  }
  if (villages.size() == 1) return {villages[0], Place::Level::kVillage, ""};
  if (villages.size() > 1) return {"", Place::Level::kVillage, "VILLAGE_AMBIGUOUS"};
  return {"", Place::Level::kVillage, outside ? "OUTSIDE_DIVISION" : "VILLAGE_UNKNOWN"};
}

}  // namespace fangpin::registry
