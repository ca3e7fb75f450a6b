#include "tools/fangpinctl/gen/divisions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/reader.h"

namespace fangpin::sample {
namespace {

// 村委会 are 200 to 399 of the village part, 居委会 below (GB/T 10114).
bool IsVillageCommittee(std::string_view code) { return code.substr(9) >= "200"; }

}  // namespace

absl::StatusOr<County> ReadCounty(const std::string& file, const std::string& county) {
  std::map<std::string, std::string> names;
  std::vector<std::string> villages;
  int code_column = 0, name_column = 0, level_column = 0;
  sheet::Options options;
  options.header_row = 1;
  options.required_headers = {"code", "name", "level"};
  const absl::Status read =
      sheet::ReadFile(
          file, options,
          [&](const sheet::Header& header) {
            code_column = header.Find("code");
            name_column = header.Find("name");
            level_column = header.Find("level");
            return absl::OkStatus();
          },
          [&](const sheet::Row& row) {
            const std::string code(row.Text(code_column));
            names[code] = std::string(row.Text(name_column));
            if (row.Text(level_column) == "village" && base::CountyOf(code) == county) {
              villages.push_back(code);
            }
            return absl::OkStatus();
          })
          .status();
  if (!read.ok()) {
    return base::Error(read.code(), "DIVISIONS_UNREADABLE",
                       base::StrCat("区划表无法读取：", file, "：", base::ToStd(read.message())));
  }

  County result;
  result.code = county + "000000";
  if (county.size() != 6 || !names.contains(result.code) || villages.empty()) {
    return base::InvalidField("county", "COUNTY_UNKNOWN",
                              base::StrCat("区划表中没有这个县，或县内没有村：", county));
  }
  result.name = names[result.code];
  result.prefecture = names[base::DivisionAt(result.code, base::DivisionLevel::kPrefecture)];
  result.province = names[base::DivisionAt(result.code, base::DivisionLevel::kProvince)];
  for (const auto& [code, name] : names) {
    if (base::DivisionPrefix(code).size() == 6 && code != result.code &&
        code.compare(0, 4, county, 0, 4) == 0) {
      result.neighbours.push_back(code.substr(0, 6));
    }
  }
  std::sort(villages.begin(), villages.end());
  const bool rural = std::any_of(villages.begin(), villages.end(), IsVillageCommittee);
  for (const std::string& code : villages) {
    if (rural && !IsVillageCommittee(code)) continue;
    result.villages.push_back({code, names[code], names[base::ParentDivision(code)]});
  }
  return result;
}

}  // namespace fangpin::sample
