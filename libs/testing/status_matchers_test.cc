#include "libs/testing/status_matchers.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"

namespace fangpin::testing {
namespace {

using absl::StatusCode;
using ::testing::Gt;
using ::testing::Not;

absl::Status NotFound() {
  return base::Error(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND", "农户不存在");
}

TEST(StatusMatchersTest, IsOkTakesStatusAndStatusOr) {
  EXPECT_THAT(absl::OkStatus(), IsOk());
  EXPECT_THAT(absl::StatusOr<int>(1), IsOk());
  EXPECT_THAT(NotFound(), Not(IsOk()));
}

TEST(StatusMatchersTest, IsOkAndHoldsLooksInside) {
  EXPECT_THAT(absl::StatusOr<int>(7), IsOkAndHolds(7));
  EXPECT_THAT(absl::StatusOr<int>(7), IsOkAndHolds(Gt(6)));
  EXPECT_THAT(absl::StatusOr<int>(7), Not(IsOkAndHolds(8)));
  EXPECT_THAT(absl::StatusOr<int>(NotFound()), Not(IsOkAndHolds(7)));
}

TEST(StatusMatchersTest, ErrorIsComparesCodeAndReason) {
  EXPECT_THAT(NotFound(), ErrorIs(StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_THAT(absl::StatusOr<int>(NotFound()), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(NotFound(), Not(ErrorIs(StatusCode::kNotFound, "CASE_NOT_FOUND")));
  EXPECT_THAT(NotFound(), Not(ErrorIs(StatusCode::kAborted, "HOUSEHOLD_NOT_FOUND")));
}

TEST(StatusMatchersTest, AssignMovesTheValue) {
  FASSERT_OK_AND_ASSIGN(const auto value,
                        absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(3)));
  EXPECT_EQ(*value, 3);
}

}  // namespace
}  // namespace fangpin::testing
