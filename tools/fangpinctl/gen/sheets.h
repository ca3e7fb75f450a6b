#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_SHEETS_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_SHEETS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/sample/v1/manifest.pb.h"
#include "tools/fangpinctl/gen/population.h"

namespace fangpin::sample {

// 家庭收入 of twelve months, in fen.
struct Income {
  int64_t wage = 0;
  int64_t business = 0;
  int64_t property = 0;
  int64_t transfer = 0;
  int64_t expenditure = 0;
  int64_t claim = 0;
  int64_t self_paid = 0;

  int64_t net() const { return wage + business + property + transfer - expenditure; }
  int64_t reference() const { return net() + claim - self_paid; }
};

// What 监测对象信息 says beyond 户信息.
struct Monitored {
  policy::v1::MonitoredCategory category = policy::v1::MONITORED_CATEGORY_UNSPECIFIED;
  policy::v1::RiskType risk = policy::v1::RISK_TYPE_UNSPECIFIED;
  std::string determined;  // YYYYMM
  bool eliminated = false;
  std::string eliminated_on;  // YYYYMM
  bool by_assistance = true;
  bool no_labour = false;
  bool dangerous_house = false;
  bool safe_water = true;
  Income income;
  Income income_after;
  std::string helper;
};

// One wrong cell.
struct CellFault {
  std::string_view reason;  // The registry's reason code; empty: nothing is wrong.
  std::string_view header;  // Canonical header of the column at fault; empty for the whole row.
  size_t member = 0;
};

// One household of a county as the files hold it.
struct Entry {
  Household household;
  bool monitored = false;
  Monitored monitoring;
  CellFault fault;            // In 户信息.
  CellFault monitored_fault;  // In 监测对象信息.
};

// Plants one of each fault (more in larger counties) in entries of `quiet`, which have no story and
// are not monitored, and one of each monitored fault in entries of `quiet_monitored`, which are
// alone in their household. Indices into `entries`.
void PlantFaults(std::vector<Entry>& entries, std::vector<size_t> quiet,
                 const std::vector<size_t>& quiet_monitored);

// Writes 户信息 and 监测对象信息 as .xlsx and GB18030 .csv into `folder`, and their truths into the
// manifest. Entries are in the order of the files.
absl::Status WriteSheets(const std::string& folder, const County& county,
                         const std::vector<Entry>& entries, uint64_t seed, v1::Manifest& manifest);

// Writes 户信息 alone into a file, .xlsx or .csv by its name, and its truth.
absl::Status WriteHouseholdForm(const std::string& folder, const std::string& file,
                                const County& county, const std::vector<Entry>& entries,
                                uint64_t seed, v1::SheetTruth& truth);

std::string_view CategoryLabel(policy::v1::MonitoredCategory category);
std::string_view RiskLabel(policy::v1::RiskType risk);

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_SHEETS_H_
