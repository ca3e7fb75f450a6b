#include "services/registry/core/division_tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

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

absl::Status Invalid(int line) {
  return base::Error(absl::StatusCode::kInvalidArgument, "DIVISIONS_INVALID", "区划表格式错误")
      .WithMetadata("line", std::to_string(line));
}

bool Below(const v1::Division& division, std::string_view code) {
  return base::DivisionWithin(division.code(), code);
}

}  // namespace

DivisionTree::DivisionTree(std::vector<v1::Division> divisions) : divisions_(std::move(divisions)) {
  for (size_t i = 0; i < divisions_.size(); ++i) {
    const v1::Division& d = divisions_[i];
    by_code_.emplace(d.code(), i);
    by_name_.emplace(Key(d.parent_code(), d.name()), d.code());
    by_stem_[Key(d.parent_code(), Stem(d.name()))].push_back(d.code());
  }
}

absl::StatusOr<DivisionTree> DivisionTree::Parse(std::string_view csv) {
  std::vector<v1::Division> divisions;
  int number = 0;
  for (std::string_view line : base::Split(csv, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (++number == 1 || line.empty()) continue;
    const std::vector<std::string_view> cells = base::Split(line, ',');
    if (cells.size() != 4 || !base::CheckDivision(cells[0]).ok() || cells[1].empty()) {
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
  }
  std::sort(divisions.begin(), divisions.end(),
            [](const auto& a, const auto& b) { return a.code() < b.code(); });
  DivisionTree tree(std::move(divisions));
  if (tree.by_code_.size() != tree.divisions_.size()) return Invalid(number);
  for (const v1::Division& d : tree.divisions_) {
    if (!d.parent_code().empty() && tree.Find(d.parent_code()) == nullptr) return Invalid(number);
  }
  return tree;
}

absl::StatusOr<DivisionTree> DivisionTree::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::Error(absl::StatusCode::kNotFound, "DIVISIONS_MISSING", "找不到区划表文件");
  }
  return Parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

const v1::Division* DivisionTree::Find(std::string_view code) const {
  const auto found = by_code_.find(base::ToAbsl(code));
  return found == by_code_.end() ? nullptr : &divisions_[found->second];
}

absl::Status DivisionTree::CheckVillage(std::string_view code) const {
  FANGPIN_RETURN_IF_ERROR(base::CheckVillage(code));
  if (Find(code) != nullptr) return absl::OkStatus();
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
