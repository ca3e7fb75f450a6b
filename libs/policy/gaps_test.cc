#include "libs/policy/gaps.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/base/strings.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::policy {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class GapsTest : public ::testing::Test {
 protected:
  std::vector<std::string> Gaps(std::string_view division, CivilDay from, CivilDay to) const {
    std::vector<std::string> texts;
    for (const Gap& gap : FindGaps(policy_, division, from, to)) {
      texts.push_back(base::StrCat(gap.item, " ", base::FormatDay(gap.day)));
    }
    return texts;
  }

  const PolicyData policy_ = LoadPolicy("deploy/policy").value();
};

TEST_F(GapsTest, AYearWithCalendarAndLineHasNone) {
  EXPECT_THAT(Gaps("620000000000", CivilDay(2024, 1, 1), CivilDay(2024, 12, 31)), IsEmpty());
}

TEST_F(GapsTest, TheFirstDayWithoutIsNamed) {
  EXPECT_THAT(Gaps("620000000000", CivilDay(2024, 12, 1), CivilDay(2025, 2, 28)),
              ElementsAre("monitoring_line 2025-01-01"));
  // Schedules are published late in the year before.
  EXPECT_THAT(Gaps("620000000000", CivilDay(2120, 12, 1), CivilDay(2121, 2, 28)),
              ElementsAre("calendar 2120-12-01", "monitoring_line 2120-12-01"));
}

TEST_F(GapsTest, ADivisionWithALineOfItsOwnHasNone) {
  EXPECT_THAT(Gaps("620171000000", CivilDay(2025, 1, 1), CivilDay(2025, 12, 31)), IsEmpty());
  EXPECT_THAT(Gaps("620102000000", CivilDay(2025, 1, 1), CivilDay(2025, 12, 31)),
              ElementsAre("monitoring_line 2025-01-01"));
}

}  // namespace
}  // namespace fangpin::policy
