#include "libs/policy/parameters.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::policy {
namespace {

using absl::CivilDay;
using testing::ErrorIs;

constexpr std::string_view kVillage = "621126100201";

Parameter Line(std::string region, CivilDay from, std::optional<CivilDay> to, int64_t fen) {
  return {.name = "monitoring_line",
          .region = std::move(region),
          .effective_from = from,
          .effective_to = to,
          .value = fen,
          .unit = Unit::kFen,
          .document = "D",
          .clause = "1"};
}

Parameters Lines() {
  return *Parameters::Create({
      Line("620000000000", CivilDay(2023, 1, 1), CivilDay(2023, 12, 31), 720000),
      Line("620000000000", CivilDay(2024, 1, 1), CivilDay(2024, 12, 31), 780000),
      Line("621126000000", CivilDay(2024, 7, 1), std::nullopt, 800000),
  });
}

TEST(ParametersTest, EachSideOfEveryEffectiveDay) {
  const Parameters lines = Lines();
  const std::string_view elsewhere = "621127100201";
  EXPECT_EQ(lines.Value("monitoring_line", elsewhere, CivilDay(2022, 12, 31)), std::nullopt);
  EXPECT_EQ(lines.Value("monitoring_line", elsewhere, CivilDay(2023, 1, 1)), 720000);
  EXPECT_EQ(lines.Value("monitoring_line", elsewhere, CivilDay(2023, 12, 31)), 720000);
  EXPECT_EQ(lines.Value("monitoring_line", elsewhere, CivilDay(2024, 1, 1)), 780000);
  EXPECT_EQ(lines.Value("monitoring_line", elsewhere, CivilDay(2024, 12, 31)), 780000);
  EXPECT_EQ(lines.Value("monitoring_line", elsewhere, CivilDay(2025, 1, 1)), std::nullopt);
}

TEST(ParametersTest, TheMostSpecificRegionThatIsInForceWins) {
  const Parameters lines = Lines();
  EXPECT_EQ(lines.Value("monitoring_line", kVillage, CivilDay(2024, 6, 30)), 780000);
  EXPECT_EQ(lines.Value("monitoring_line", kVillage, CivilDay(2024, 7, 1)), 800000);
  EXPECT_EQ(lines.Value("monitoring_line", "621100000000", CivilDay(2024, 7, 1)), 780000);
}

TEST(ParametersTest, NothingIsInvented) {
  const Parameters lines = Lines();
  EXPECT_EQ(lines.Find("other", kVillage, CivilDay(2024, 7, 1)), nullptr);
  EXPECT_EQ(lines.Find("monitoring_line", "530000000000", CivilDay(2024, 7, 1)), nullptr);
  EXPECT_EQ(lines.Find("monitoring_line", "not a code", CivilDay(2024, 7, 1)), nullptr);
  EXPECT_EQ(lines.Items("other", kVillage, CivilDay(2024, 7, 1)), std::nullopt);
}

TEST(ParametersTest, RowsThatContradictAreRefused) {
  const Parameter good = Line("620000000000", CivilDay(2023, 1, 1), CivilDay(2023, 12, 31), 1);
  const auto refused = [&](Parameter row) {
    return Parameters::Create({good, std::move(row)}).status();
  };
  const auto invalid = ErrorIs(absl::StatusCode::kInvalidArgument, "POLICY_DATA_INVALID");
  EXPECT_THAT(refused(Line("620000000000", CivilDay(2023, 12, 31), std::nullopt, 2)), invalid);
  EXPECT_THAT(refused(Line("620000000000", CivilDay(2022, 1, 1), std::nullopt, 2)), invalid);
  EXPECT_THAT(refused(Line("62", CivilDay(2024, 1, 1), std::nullopt, 2)), invalid);
  EXPECT_THAT(refused(Line("621126000000", CivilDay(2024, 1, 2), CivilDay(2024, 1, 1), 2)),
              invalid);
  Parameter row = Line("620000000000", CivilDay(2024, 1, 1), std::nullopt, 2);
  row.unit = Unit::kDays;
  EXPECT_THAT(refused(row), invalid);
  row.unit = Unit::kFen;
  row.items = {"X"};
  EXPECT_THAT(refused(row), invalid);
  row.items.clear();
  row.clause.clear();
  EXPECT_THAT(refused(row), invalid);
  row.clause = "1";
  row.name = "Monitoring-Line";
  EXPECT_THAT(refused(row), invalid);
  FEXPECT_OK(refused(Line("620000000000", CivilDay(2024, 1, 1), std::nullopt, 2)));
}

}  // namespace
}  // namespace fangpin::policy
