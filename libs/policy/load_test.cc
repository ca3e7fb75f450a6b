#include "libs/policy/load.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::policy {
namespace {

using absl::CivilDay;
using absl::StatusCode;
using testing::ErrorIs;
using testing::IsOkAndHolds;

constexpr std::string_view kVillage = "621126100201";
constexpr std::string_view kNotice = "GSXZJ-2021-74";

TEST(ShippedPolicyTest, LinesAreThoseOfTheHandbookAndNoMore) {
  FASSERT_OK_AND_ASSIGN(const PolicyData data, LoadPolicy("deploy/policy"));
  const auto line = [&](std::string_view division, int year) {
    return data.parameters.Value("monitoring_line", division, CivilDay(year, 6, 30));
  };
  EXPECT_EQ(line(kVillage, 2020), std::nullopt);
  EXPECT_EQ(line(kVillage, 2021), 600000);
  EXPECT_EQ(line(kVillage, 2022), std::nullopt);
  EXPECT_EQ(line(kVillage, 2023), 720000);
  EXPECT_EQ(line(kVillage, 2024), 780000);
  EXPECT_EQ(line(kVillage, 2025), std::nullopt);
  EXPECT_EQ(line("620171101201", 2024), 780000);
  EXPECT_EQ(line("620171101201", 2025), 860000);
}

TEST(ShippedPolicyTest, TheNoticeIsInForceFromTheDayItWasPrinted) {
  FASSERT_OK_AND_ASSIGN(const PolicyData data, LoadPolicy("deploy/policy"));
  EXPECT_EQ(data.versions.On(kVillage, CivilDay(2021, 9, 9)), nullptr);
  EXPECT_EQ(data.versions.On(kVillage, CivilDay(2021, 9, 10))->key, "gansu-2021");
  EXPECT_EQ(data.versions.On(kVillage, CivilDay(2025, 1, 1))->key, "gansu-2021");
  EXPECT_NE(data.versions.Find("gansu-2023"), nullptr);
}

TEST(ShippedPolicyTest, TheNoticesListsAreComplete) {
  FASSERT_OK_AND_ASSIGN(const PolicyData data, LoadPolicy("deploy/policy"));
  const auto count = [&](const std::string& prefix) {
    int found = 0;
    while (data.sources.Wording(kNotice, prefix + std::to_string(found + 1))) ++found;
    return found;
  };
  EXPECT_EQ(count("1/六必访/"), 6);
  EXPECT_EQ(count("1/六必查/"), 6);
  EXPECT_EQ(count("1/五个轮子/"), 5);
  EXPECT_EQ(count("2/综合分析/"), 7);
  EXPECT_EQ(count("4/八个问题/"), 8);
  EXPECT_EQ(count("5/七个不消/"), 7);
  EXPECT_EQ(data.sources.Wording(kNotice, "5/七个不消/3"),
            "没有制定并实施“一户一策”帮扶计划的不消");
  EXPECT_EQ(data.sources.Find(kNotice)->number, "甘乡振局发〔2021〕74号");
}

TEST(ShippedPolicyTest, WorkingDaysFollowTheSchedules) {
  FASSERT_OK_AND_ASSIGN(const PolicyData data, LoadPolicy("deploy/policy"));
  EXPECT_THAT(data.calendar.AddWorkingDays(CivilDay(2021, 9, 30), 1),
              IsOkAndHolds(CivilDay(2021, 10, 8)));
  EXPECT_THAT(data.calendar.AddWorkingDays(CivilDay(2024, 2, 9), 1),
              IsOkAndHolds(CivilDay(2024, 2, 18)));
  // A day of rest moved, the days worked for it, and the first working day after.
  EXPECT_THAT(data.calendar.AddWorkingDays(CivilDay(2026, 2, 13), 2),
              IsOkAndHolds(CivilDay(2026, 2, 24)));
  EXPECT_THAT(data.calendar.IsWorkingDay(CivilDay(2026, 9, 20)), IsOkAndHolds(true));
  EXPECT_THAT(data.calendar.AddWorkingDays(CivilDay(2026, 9, 30), 1),
              IsOkAndHolds(CivilDay(2026, 10, 8)));
  EXPECT_THAT(data.calendar.IsWorkingDay(CivilDay(2020, 9, 30)),
              ErrorIs(StatusCode::kFailedPrecondition, "CALENDAR_MISSING"));
}

TEST(ShippedPolicyTest, EveryYearHasTheWorkingDaysThatItsScheduleLeaves) {
  FASSERT_OK_AND_ASSIGN(const PolicyData data, LoadPolicy("deploy/policy"));
  // Weekdays less those off plus weekend days worked, as public calendars count them.
  for (const auto& [year, days] :
       {std::pair(2021, 250), {2022, 249}, {2023, 249}, {2024, 251}, {2025, 248}, {2026, 248}}) {
    int working = 0;
    for (CivilDay day(year, 1, 1); day.year() == year; ++day) {
      const auto is_working = data.calendar.IsWorkingDay(day);
      FASSERT_OK(is_working);
      working += *is_working ? 1 : 0;
    }
    EXPECT_EQ(working, days) << year;
  }
}

class LoadPolicyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy("deploy/policy", dir_.path(), std::filesystem::copy_options::recursive);
  }

  void Append(std::string_view file, std::string_view text) {
    std::ofstream(dir_.File(file), std::ios::app) << text;
  }

  testing::TempDir dir_;
};

TEST_F(LoadPolicyTest, AMissingFileIsNamed) {
  std::filesystem::remove(dir_.File("calendar.textproto"));
  const absl::Status status = LoadPolicy(dir_.path()).status();
  EXPECT_THAT(status, ErrorIs(StatusCode::kNotFound, "POLICY_FILE_MISSING"));
  EXPECT_NE(status.message().find("calendar.textproto"), absl::string_view::npos);
}

TEST_F(LoadPolicyTest, WrongRowsAreRefused) {
  const auto invalid = ErrorIs(StatusCode::kInvalidArgument, "POLICY_DATA_INVALID");
  const struct {
    std::string_view file;
    std::string_view text;
  } rows[] = {
      {"parameters.textproto", "parameters { nmae: 'x' }"},
      {"parameters.textproto",
       "parameters { name: 'x' region: '620000000000' effective_from: '2021-01-01' value: 1 "
       "unit: UNIT_DAYS document: 'GSXZJ-2021-74' clause: '9/9' basis: BASIS_STATED }"},
      {"parameters.textproto",
       "parameters { name: 'x' region: '620000000000' effective_from: '2021-02-30' value: 1 "
       "unit: UNIT_DAYS document: 'HANDBOOK' clause: '1.17' basis: BASIS_STATED }"},
      {"parameters.textproto",
       "parameters { name: 'x' region: '620000000000' effective_from: '2021-01-01' "
       "unit: UNIT_DAYS document: 'HANDBOOK' clause: '1.17' basis: BASIS_STATED }"},
      {"sources.textproto", "documents { key: 'GSXZJ-2021-74' title: 'again' }"},
      {"sources.textproto",
       "documents { key: 'X' title: 'X' clauses { id: '1' text: 'a' } clauses { id: '1' text: 'b' "
       "} }"},
      {"policy_versions.textproto",
       "adoptions { version: 'x' region: '620000000000' effective_from: '2024-01-01' }"},
      {"calendar.textproto", "years { year: 2021 }"},
      {"calendar.textproto", "years { year: 2030 holidays { from: '2031-01-01' } }"},
  };
  for (const auto& row : rows) {
    const testing::TempDir copy;
    std::filesystem::copy(dir_.path(), copy.path(),
                          std::filesystem::copy_options::overwrite_existing |
                              std::filesystem::copy_options::recursive);
    std::ofstream(copy.File(row.file), std::ios::app) << row.text;
    EXPECT_THAT(LoadPolicy(copy.path()), invalid) << row.text;
  }
}

TEST_F(LoadPolicyTest, ANewRowForACountyTakesOver) {
  Append("parameters.textproto",
         "parameters { name: 'monitoring_line' region: '621126000000' effective_from: "
         "'2022-01-01' effective_to: '2022-12-31' value: 660000 unit: UNIT_FEN document: "
         "'HANDBOOK' clause: '1.17' basis: BASIS_PROPOSED }");
  FASSERT_OK_AND_ASSIGN(const PolicyData data, LoadPolicy(dir_.path()));
  EXPECT_EQ(data.parameters.Value("monitoring_line", kVillage, CivilDay(2022, 6, 30)), 660000);
}

}  // namespace
}  // namespace fangpin::policy
