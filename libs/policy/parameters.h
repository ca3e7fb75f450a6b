#ifndef FANGPIN_POLICY_PARAMETERS_H_
#define FANGPIN_POLICY_PARAMETERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace fangpin::policy {

enum class Unit { kFen, kDays, kWorkingDays, kMonths, kYears, kCount, kPercent, kList };

// How firm the basis of a value is.
enum class Basis {
  kStated,    // Stands in the source.
  kInferred,  // Concluded from the source.
  kProposed,  // Chosen for this system; to be confirmed by the office that runs it.
};

// One value of one named parameter, for a region and a time.
struct Parameter {
  std::string name;                            // lower_snake_case
  std::string region;                          // 12-digit division; holds for all below it.
  absl::CivilDay effective_from;               // First day.
  std::optional<absl::CivilDay> effective_to;  // Last day; open when absent.
  int64_t value = 0;                           // In `unit`; 0 for lists.
  Unit unit = Unit::kCount;
  std::vector<std::string> items;  // For Unit::kList: enum names.
  std::string document;            // Its clause, as in sources.textproto.
  std::string clause;
  Basis basis = Basis::kProposed;
};

// Dated, regional numbers. Immutable and thread-safe.
class Parameters {
 public:
  Parameters() = default;

  // INVALID_ARGUMENT POLICY_DATA_INVALID, metadata: parameter, when a name, region or period is
  // malformed, one name has two units, or two rows of one name and region overlap in time.
  static absl::StatusOr<Parameters> Create(std::vector<Parameter> rows);

  // The row of the most specific region that contains `division` among those whose period covers
  // `day`; nullptr when there is none: there is no default outside the listed range. The pointer
  // lives as long as this object.
  const Parameter* Find(std::string_view name, std::string_view division, absl::CivilDay day) const;

  // Its value; nullopt when there is no row.
  std::optional<int64_t> Value(std::string_view name, std::string_view division,
                               absl::CivilDay day) const;

  // Its items; nullopt when there is no row.
  std::optional<std::vector<std::string>> Items(std::string_view name, std::string_view division,
                                                absl::CivilDay day) const;

  // All names with a row, in order.
  std::vector<std::string> Names() const;

 private:
  // Rows of a name, most specific region first.
  std::map<std::string, std::vector<Parameter>, std::less<>> by_name_;
};

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_PARAMETERS_H_
