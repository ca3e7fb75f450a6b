#ifndef FANGPIN_BASE_CIVIL_H_
#define FANGPIN_BASE_CIVIL_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace fangpin::base {

// China Standard Time: UTC+8 all year, without a time zone database.
absl::TimeZone ChinaTime();

// The civil day of an instant in China.
absl::CivilDay Today(absl::Time now);

// The instant at which a civil day begins in China.
absl::Time StartOf(absl::CivilDay day);

// Exactly YYYY-MM-DD and a day that exists. INVALID_ARGUMENT DATE_FORMAT otherwise.
absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text);
// YYYY-MM-DD.
std::string FormatDay(absl::CivilDay day);

// Exactly YYYYMM. INVALID_ARGUMENT MONTH_FORMAT otherwise.
absl::StatusOr<absl::CivilMonth> ParseMonth(std::string_view text);
// YYYYMM.
std::string FormatMonth(absl::CivilMonth month);

// Exactly YYYYMMDD and a day that exists.
std::optional<absl::CivilDay> CompactDay(std::string_view text);

// Whole years lived on `day`, by date. Somebody born on 29 February turns on 1 March in other
// years.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);

// The same day `months` later (earlier when negative), or the last of that month where it is
// shorter.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// The most whole months m with AddMonths(from, m) <= to; negative when `to` is earlier.
int WholeMonthsBetween(absl::CivilDay from, absl::CivilDay to);

// Which days are worked, from the yearly State Council schedules.
class WorkingDayCalendar {
 public:
  // A calendar that covers no year: every question is answered CALENDAR_MISSING.
  WorkingDayCalendar() = default;

  // `years` are the covered calendar years. `holidays` are days off that differ from a plain week,
  // `workdays` are weekend days that are worked. INVALID_ARGUMENT CALENDAR_INVALID when a day lies
  // outside the years or stands in both lists.
  static absl::StatusOr<WorkingDayCalendar> Create(std::set<int> years,
                                                   std::set<absl::CivilDay> holidays,
                                                   std::set<absl::CivilDay> workdays);

  // FAILED_PRECONDITION CALENDAR_MISSING, metadata: year, when the day's year is not covered.
  absl::StatusOr<bool> IsWorkingDay(absl::CivilDay day) const;

  // The `count`-th working day after `day` (`day` itself is not counted). 0 gives `day`.
  // FAILED_PRECONDITION CALENDAR_MISSING when the way leads through a year that is not covered.
  absl::StatusOr<absl::CivilDay> AddWorkingDays(absl::CivilDay day, int count) const;

 private:
  WorkingDayCalendar(std::set<int> years, std::set<absl::CivilDay> holidays,
                     std::set<absl::CivilDay> workdays)
      : years_(std::move(years)), holidays_(std::move(holidays)), workdays_(std::move(workdays)) {}

  std::set<int> years_;
  std::set<absl::CivilDay> holidays_;
  std::set<absl::CivilDay> workdays_;
};

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_CIVIL_H_
