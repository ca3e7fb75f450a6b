#include "tools/fangpinctl/errors.h"

#include <sstream>

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "nlohmann/json.hpp"

namespace fangpin::ctl {
namespace {

absl::Status Held() {
  return base::Error(absl::StatusCode::kFailedPrecondition, "ELIMINATION_HELD", "不予消除")
      .WithPrecondition("HOLD_NO_PLAN_IMPLEMENTED", "621126-E1", "帮扶措施未落实的不消")
      .WithFieldViolation("opinion", "FIELD_REQUIRED", "须写明意见")
      .WithMetadata("policy_version", "2021-74");
}

TEST(ErrorsTest, ExitCodesFollowTheStatus) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kOk);
  EXPECT_EQ(ExitCodeOf(Held()), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(absl::NotFoundError("")), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeOf(absl::UnavailableError("")), ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(absl::DeadlineExceededError("")), ExitCode::kUnreachable);
  EXPECT_EQ(ExitCodeOf(UsageError("FLAG_MISSING", "缺")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(AsUsage(absl::UnavailableError(""))), ExitCode::kUsage);
}

TEST(ErrorsTest, PeopleReadEveryDetailOnALineOfItsOwn) {
  std::ostringstream err;
  PrintError(Held(), Format::kTable, err);
  EXPECT_EQ(err.str(),
            "错误：不予消除（ELIMINATION_HELD，FAILED_PRECONDITION）\n"
            "  字段 opinion：须写明意见（FIELD_REQUIRED）\n"
            "  条件 HOLD_NO_PLAN_IMPLEMENTED：帮扶措施未落实的不消（621126-E1）\n"
            "  policy_version：2021-74\n");
}

TEST(ErrorsTest, ProgramsGetGoogleRpcStatus) {
  std::ostringstream err;
  PrintError(AsUsage(Held()), Format::kJson, err);
  const nlohmann::json status = nlohmann::json::parse(err.str());
  EXPECT_EQ(status["code"], 9);
  EXPECT_EQ(status["message"], "不予消除");
  ASSERT_EQ(status["details"].size(), 3u);
  EXPECT_EQ(status["details"][0]["fieldViolations"][0]["reason"], "FIELD_REQUIRED");
  EXPECT_EQ(status["details"][1]["reason"], "ELIMINATION_HELD");
  EXPECT_EQ(status["details"][2]["violations"][0]["type"], "HOLD_NO_PLAN_IMPLEMENTED");
}

}  // namespace
}  // namespace fangpin::ctl
