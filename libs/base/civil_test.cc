#include "libs/base/civil.h"

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::base {
namespace {

using absl::CivilDay;
using absl::CivilMonth;
using absl::StatusCode;
using testing::ErrorIs;
using testing::IsOkAndHolds;

TEST(CivilTest, TheDayTurnsAtMidnightInChina) {
  const absl::Time before = absl::FromUnixSeconds(1631203199);  // 2021-09-09T15:59:59Z
  EXPECT_EQ(Today(before), CivilDay(2021, 9, 9));
  EXPECT_EQ(Today(before + absl::Seconds(1)), CivilDay(2021, 9, 10));
  EXPECT_EQ(StartOf(CivilDay(2021, 9, 10)), before + absl::Seconds(1));
}

TEST(CivilTest, DaysAreParsedStrictly) {
  EXPECT_THAT(ParseDay("2024-02-29"), IsOkAndHolds(CivilDay(2024, 2, 29)));
  for (const auto* text : {"2023-02-29", "2024-2-29", "2024-13-01", "20240229", "2024/02/29",
                           "2024-02-29 ", "-024-02-29", "", "0000-00-00"}) {
    EXPECT_THAT(ParseDay(text), ErrorIs(StatusCode::kInvalidArgument, "DATE_FORMAT")) << text;
  }
  EXPECT_EQ(FormatDay(CivilDay(987, 6, 5)), "0987-06-05");
}

TEST(CivilTest, MonthsAreParsedStrictly) {
  EXPECT_THAT(ParseMonth("202109"), IsOkAndHolds(CivilMonth(2021, 9)));
  for (const auto* text : {"202113", "202100", "2021-09", "20219", "2021091", "２０２１０９"}) {
    EXPECT_THAT(ParseMonth(text), ErrorIs(StatusCode::kInvalidArgument, "MONTH_FORMAT")) << text;
  }
  EXPECT_EQ(FormatMonth(CivilMonth(2021, 9)), "202109");
}

TEST(CivilTest, AgeTurnsOnTheBirthday) {
  EXPECT_EQ(AgeOn(CivilDay(2008, 6, 1), CivilDay(2024, 5, 31)), 15);
  EXPECT_EQ(AgeOn(CivilDay(2008, 6, 1), CivilDay(2024, 6, 1)), 16);
  EXPECT_EQ(AgeOn(CivilDay(2008, 2, 29), CivilDay(2023, 2, 28)), 14);
  EXPECT_EQ(AgeOn(CivilDay(2008, 2, 29), CivilDay(2023, 3, 1)), 15);
  EXPECT_EQ(AgeOn(CivilDay(2024, 6, 1), CivilDay(2024, 6, 1)), 0);
}

TEST(CivilTest, AddedMonthsEndWithTheMonth) {
  EXPECT_EQ(AddMonths(CivilDay(2023, 8, 31), 6), CivilDay(2024, 2, 29));
  EXPECT_EQ(AddMonths(CivilDay(2024, 3, 31), -1), CivilDay(2024, 2, 29));
  EXPECT_EQ(AddMonths(CivilDay(2024, 12, 15), 1), CivilDay(2025, 1, 15));
}

TEST(CivilTest, WholeMonthsAreTheInverseOfAddMonths) {
  EXPECT_EQ(WholeMonthsBetween(CivilDay(2024, 1, 15), CivilDay(2024, 7, 14)), 5);
  EXPECT_EQ(WholeMonthsBetween(CivilDay(2024, 1, 15), CivilDay(2024, 7, 15)), 6);
  EXPECT_EQ(WholeMonthsBetween(CivilDay(2023, 8, 31), CivilDay(2024, 2, 29)), 6);
  EXPECT_EQ(WholeMonthsBetween(CivilDay(2024, 7, 15), CivilDay(2024, 1, 15)), -6);
  for (CivilDay from(2023, 1, 25); from < CivilDay(2023, 3, 5); ++from) {
    for (CivilDay to(2022, 1, 1); to < CivilDay(2025, 1, 1); to += 3) {
      const int months = WholeMonthsBetween(from, to);
      ASSERT_LE(AddMonths(from, months), to) << from << " " << to;
      ASSERT_GT(AddMonths(from, months + 1), to) << from << " " << to;
    }
  }
}

// The week around 国庆节 2023: off from 29 September to 6 October, worked on 7 and 8 October.
WorkingDayCalendar NationalDay2023() {
  std::set<CivilDay> holidays;
  for (CivilDay day(2023, 9, 29); day <= CivilDay(2023, 10, 6); ++day) holidays.insert(day);
  return *WorkingDayCalendar::Create({2023}, holidays,
                                     {CivilDay(2023, 10, 7), CivilDay(2023, 10, 8)});
}

TEST(WorkingDayCalendarTest, HolidaysAndMovedWeekendsCount) {
  const WorkingDayCalendar calendar = NationalDay2023();
  EXPECT_THAT(calendar.IsWorkingDay(CivilDay(2023, 9, 28)), IsOkAndHolds(true));
  EXPECT_THAT(calendar.IsWorkingDay(CivilDay(2023, 10, 2)), IsOkAndHolds(false));
  EXPECT_THAT(calendar.IsWorkingDay(CivilDay(2023, 10, 7)), IsOkAndHolds(true));
  EXPECT_THAT(calendar.IsWorkingDay(CivilDay(2023, 10, 14)), IsOkAndHolds(false));
  EXPECT_THAT(calendar.AddWorkingDays(CivilDay(2023, 9, 27), 5),
              IsOkAndHolds(CivilDay(2023, 10, 10)));
  EXPECT_THAT(calendar.AddWorkingDays(CivilDay(2023, 10, 2), 0),
              IsOkAndHolds(CivilDay(2023, 10, 2)));
}

TEST(WorkingDayCalendarTest, AYearThatIsNotCoveredIsMissing) {
  EXPECT_THAT(WorkingDayCalendar().IsWorkingDay(CivilDay(2023, 9, 28)),
              ErrorIs(StatusCode::kFailedPrecondition, "CALENDAR_MISSING"));
  EXPECT_THAT(NationalDay2023().AddWorkingDays(CivilDay(2023, 12, 29), 1),
              ErrorIs(StatusCode::kFailedPrecondition, "CALENDAR_MISSING"));
}

TEST(WorkingDayCalendarTest, ContradictionsAreRefused) {
  const CivilDay day(2023, 10, 7);
  EXPECT_THAT(WorkingDayCalendar::Create({2023}, {day}, {day}),
              ErrorIs(StatusCode::kInvalidArgument, "CALENDAR_INVALID"));
  EXPECT_THAT(WorkingDayCalendar::Create({2024}, {day}, {}),
              ErrorIs(StatusCode::kInvalidArgument, "CALENDAR_INVALID"));
  EXPECT_THAT(WorkingDayCalendar::Create({2024}, {}, {day}),
              ErrorIs(StatusCode::kInvalidArgument, "CALENDAR_INVALID"));
}

}  // namespace
}  // namespace fangpin::base
