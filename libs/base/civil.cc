#include "libs/base/civil.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::base {
namespace {

constexpr int kSecondsEastOfUtc = 8 * 60 * 60;

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int Number(std::string_view digits) {
  int value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Nullopt when normalisation would move the day: 02-30 is no date.
std::optional<absl::CivilDay> DayOf(int year, int month, int day) {
  const absl::CivilDay normal(year, month, day);
  if (normal.year() != year || normal.month() != month || normal.day() != day) return std::nullopt;
  return normal;
}

}  // namespace

absl::TimeZone ChinaTime() { return absl::FixedTimeZone(kSecondsEastOfUtc); }

absl::CivilDay Today(absl::Time now) { return absl::ToCivilDay(now, ChinaTime()); }

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, ChinaTime()); }

std::optional<absl::CivilDay> CompactDay(std::string_view text) {
  if (text.size() != 8 || !AllDigits(text)) return std::nullopt;
  return DayOf(Number(text.substr(0, 4)), Number(text.substr(4, 2)), Number(text.substr(6, 2)));
}

absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const std::string compact = StrCat(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
    if (const auto day = CompactDay(compact)) return *day;
  }
  return Error(absl::StatusCode::kInvalidArgument, "DATE_FORMAT", "日期应写作YYYY-MM-DD且确有其日");
}

std::string FormatDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::StatusOr<absl::CivilMonth> ParseMonth(std::string_view text) {
  if (text.size() == 6 && AllDigits(text)) {
    const int month = Number(text.substr(4));
    if (month >= 1 && month <= 12) return absl::CivilMonth(Number(text.substr(0, 4)), month);
  }
  return Error(absl::StatusCode::kInvalidArgument, "MONTH_FORMAT", "年月应写作YYYYMM");
}

std::string FormatMonth(absl::CivilMonth month) {
  return absl::StrFormat("%04d%02d", month.year(), month.month());
}

int AgeOn(absl::CivilDay birth, absl::CivilDay day) {
  const bool before_birthday =
      day.month() < birth.month() || (day.month() == birth.month() && day.day() < birth.day());
  return static_cast<int>(day.year() - birth.year()) - (before_birthday ? 1 : 0);
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

int WholeMonthsBetween(absl::CivilDay from, absl::CivilDay to) {
  int months = static_cast<int>(absl::CivilMonth(to) - absl::CivilMonth(from));
  if (AddMonths(from, months) > to) --months;
  return months;
}

absl::StatusOr<WorkingDayCalendar> WorkingDayCalendar::Create(std::set<int> years,
                                                              std::set<absl::CivilDay> holidays,
                                                              std::set<absl::CivilDay> workdays) {
  const auto invalid = [](absl::CivilDay day) {
    return Error(absl::StatusCode::kInvalidArgument, "CALENDAR_INVALID",
                 "工作日历有误：日期不在所列年份内，或同时列为休息日和工作日")
        .WithMetadata("day", FormatDay(day));
  };
  const auto covered = [&](absl::CivilDay day) {
    return years.contains(static_cast<int>(day.year()));
  };
  for (absl::CivilDay day : holidays) {
    if (!covered(day) || workdays.contains(day)) return invalid(day);
  }
  for (absl::CivilDay day : workdays) {
    if (!covered(day)) return invalid(day);
  }
  return WorkingDayCalendar(std::move(years), std::move(holidays), std::move(workdays));
}

absl::StatusOr<bool> WorkingDayCalendar::IsWorkingDay(absl::CivilDay day) const {
  if (!years_.contains(static_cast<int>(day.year()))) {
    return Error(absl::StatusCode::kFailedPrecondition, "CALENDAR_MISSING",
                 StrCat("缺少", day.year(),
                        "年的工作日历，请按国务院办公厅当年的放假安排在政策目录的 "
                        "calendar.textproto 中配置"))
        .WithMetadata("year", StrCat(day.year()));
  }
  if (workdays_.contains(day)) return true;
  const absl::Weekday weekday = absl::GetWeekday(day);
  const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
  return !weekend && !holidays_.contains(day);
}

absl::StatusOr<absl::CivilDay> WorkingDayCalendar::AddWorkingDays(absl::CivilDay day,
                                                                  int count) const {
  while (count > 0) {
    ++day;
    FANGPIN_ASSIGN_OR_RETURN(const bool working, IsWorkingDay(day));
    if (working) --count;
  }
  return day;
}

}  // namespace fangpin::base
