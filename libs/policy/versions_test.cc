#include "libs/policy/versions.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::policy {
namespace {

using absl::CivilDay;

constexpr std::string_view kVillage = "621126100201";
const std::vector<PolicyVersion> kVersions = {{"gansu-2021", "甘肃2021版"},
                                              {"gansu-2023", "甘肃2023版"}};

TEST(PolicyVersionsTest, TheAdoptionInForceDecides) {
  FASSERT_OK_AND_ASSIGN(
      const auto versions,
      PolicyVersions::Create(kVersions, {{"gansu-2021", "620000000000", CivilDay(2021, 9, 10)},
                                         {"gansu-2023", "621126000000", CivilDay(2023, 6, 1)}}));
  EXPECT_EQ(versions.On(kVillage, CivilDay(2021, 9, 9)), nullptr);
  EXPECT_EQ(versions.On(kVillage, CivilDay(2021, 9, 10))->key, "gansu-2021");
  EXPECT_EQ(versions.On(kVillage, CivilDay(2023, 5, 31))->key, "gansu-2021");
  EXPECT_EQ(versions.On(kVillage, CivilDay(2023, 6, 1))->key, "gansu-2023");
  EXPECT_EQ(versions.On("621127100201", CivilDay(2023, 6, 1))->key, "gansu-2021");
  EXPECT_EQ(versions.Find("gansu-2023")->title, "甘肃2023版");
  EXPECT_EQ(versions.Find("gansu-2030"), nullptr);
}

TEST(PolicyVersionsTest, ContradictionsAreRefused) {
  const auto invalid = testing::ErrorIs(absl::StatusCode::kInvalidArgument, "POLICY_DATA_INVALID");
  const Adoption adoption = {"gansu-2021", "620000000000", CivilDay(2021, 9, 10)};
  EXPECT_THAT(PolicyVersions::Create({kVersions[0], kVersions[0]}, {}), invalid);
  EXPECT_THAT(PolicyVersions::Create({{"x", ""}}, {}), invalid);
  EXPECT_THAT(PolicyVersions::Create({}, {adoption}), invalid);
  EXPECT_THAT(PolicyVersions::Create(kVersions, {adoption, adoption}), invalid);
  EXPECT_THAT(PolicyVersions::Create(kVersions, {{"gansu-2021", "62", CivilDay(2021, 9, 10)}}),
              invalid);
}

}  // namespace
}  // namespace fangpin::policy
