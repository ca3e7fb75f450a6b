#include "libs/policy/parameters.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::policy {
namespace {

absl::Status Invalid(const Parameter& row, std::string_view problem) {
  return base::Error(absl::StatusCode::kInvalidArgument, "POLICY_DATA_INVALID",
                     base::StrCat("政策参数有误：", problem))
      .WithMetadata("parameter", row.name)
      .WithMetadata("region", row.region)
      .WithMetadata("effective_from", base::FormatDay(row.effective_from));
}

bool IsLowerSnake(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

absl::Status Check(const Parameter& row) {
  if (!IsLowerSnake(row.name)) return Invalid(row, "名称应为小写字母、数字和下划线");
  if (!base::CheckDivision(row.region).ok()) return Invalid(row, "区划代码不正确");
  if (row.effective_to && *row.effective_to < row.effective_from) {
    return Invalid(row, "失效日期早于生效日期");
  }
  if ((row.unit == Unit::kList) == row.items.empty()) {
    return Invalid(row, "只有清单类参数才有条目，且不能为空");
  }
  if (row.document.empty() || row.clause.empty()) return Invalid(row, "缺少依据");
  return absl::OkStatus();
}

bool Covers(const Parameter& row, absl::CivilDay day) {
  return row.effective_from <= day && (!row.effective_to || day <= *row.effective_to);
}

bool Overlap(const Parameter& a, const Parameter& b) {
  return a.region == b.region && (Covers(a, b.effective_from) || Covers(b, a.effective_from));
}

bool MoreSpecific(const Parameter& a, const Parameter& b) {
  return base::DivisionPrefix(a.region).size() > base::DivisionPrefix(b.region).size();
}

}  // namespace

absl::StatusOr<Parameters> Parameters::Create(std::vector<Parameter> rows) {
  Parameters parameters;
  for (Parameter& row : rows) {
    FANGPIN_RETURN_IF_ERROR(Check(row));
    std::vector<Parameter>& same_name = parameters.by_name_[row.name];
    for (const Parameter& other : same_name) {
      if (other.unit != row.unit) return Invalid(row, "同一参数的单位不一致");
      if (Overlap(other, row)) return Invalid(row, "同一地区的有效期重叠");
    }
    same_name.push_back(std::move(row));
  }
  for (auto& [name, same_name] : parameters.by_name_) {
    std::stable_sort(same_name.begin(), same_name.end(), &MoreSpecific);
  }
  return parameters;
}

const Parameter* Parameters::Find(std::string_view name, std::string_view division,
                                  absl::CivilDay day) const {
  const auto rows = by_name_.find(name);
  if (rows == by_name_.end()) return nullptr;
  const auto row =
      std::find_if(rows->second.begin(), rows->second.end(), [&](const Parameter& candidate) {
        return Covers(candidate, day) && base::DivisionWithin(division, candidate.region);
      });
  return row == rows->second.end() ? nullptr : &*row;
}

std::optional<int64_t> Parameters::Value(std::string_view name, std::string_view division,
                                         absl::CivilDay day) const {
  const Parameter* row = Find(name, division, day);
  return row == nullptr ? std::nullopt : std::optional<int64_t>(row->value);
}

std::optional<std::vector<std::string>> Parameters::Items(std::string_view name,
                                                          std::string_view division,
                                                          absl::CivilDay day) const {
  const Parameter* row = Find(name, division, day);
  return row == nullptr ? std::nullopt : std::optional<std::vector<std::string>>(row->items);
}

std::vector<std::string> Parameters::Names() const {
  std::vector<std::string> names;
  names.reserve(by_name_.size());
  for (const auto& [name, rows] : by_name_) names.push_back(name);
  return names;
}

}  // namespace fangpin::policy
