#include "libs/rpc/policy.h"

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/testing/status_matchers.h"
#include "libs/testing/temp_dir.h"

namespace fangpin::rpc {
namespace {

using ::testing::HasSubstr;

// What /metrics says once a service has loaded the policy of this folder.
std::string Shown(const std::string& policy_dir) {
  config::v1::Config config;
  config.set_policy_dir(policy_dir);
  auto metrics = std::make_shared<metrics::Registry>();
  ModuleEnv env({.config = config, .metrics = metrics, .authenticator = nullptr});
  EXPECT_THAT(LoadPolicy(env, "screening"), testing::IsOk());
  return metrics->Render();
}

TEST(PolicyTest, AGaugeShowsWhatIsMissingToday) {
  testing::TempDir dir;
  std::filesystem::copy("deploy/policy", dir.path(), std::filesystem::copy_options::recursive);
  std::ofstream(dir.File("calendar.textproto")) << "";
  EXPECT_THAT(Shown(dir.path()),
              HasSubstr(R"(fangpin_policy_missing{item="calendar",service="screening",)"
                        R"(within="today"} 1)"));
}

TEST(PolicyTest, AGaugeShowsThatNothingIsMissing) {
  testing::TempDir dir;
  std::filesystem::copy("deploy/policy", dir.path(), std::filesystem::copy_options::recursive);
  const int year = static_cast<int>(base::Today(absl::Now()).year());
  std::ofstream calendar(dir.File("calendar.textproto"));
  calendar << "years { year: " << year << " } years { year: " << year + 1 << " }";
  calendar.close();
  EXPECT_THAT(Shown(dir.path()),
              HasSubstr(R"(fangpin_policy_missing{item="calendar",service="screening",)"
                        R"(within="quarter"} 0)"));
}

TEST(PolicyTest, AFolderWithoutPolicyIsAnError) {
  testing::TempDir dir;
  config::v1::Config config;
  config.set_policy_dir(dir.path());
  ModuleEnv env({.config = config,
                 .metrics = std::make_shared<metrics::Registry>(),
                 .authenticator = nullptr});
  EXPECT_THAT(LoadPolicy(env, "screening"),
              testing::ErrorIs(absl::StatusCode::kNotFound, "POLICY_FILE_MISSING"));
}

}  // namespace
}  // namespace fangpin::rpc
