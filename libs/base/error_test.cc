#include "libs/base/error.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::base {
namespace {

using absl::StatusCode;
using testing::EqualsProto;

absl::StatusOr<int> Refused() {
  return Error(StatusCode::kFailedPrecondition, "ELIMINATION_HELD", "不得标注风险消除")
      .WithMetadata("household", "621126100201000017")
      .WithPrecondition("HOLD_NO_PLAN_IMPLEMENTED", "621126100201000017", "没有制定并实施一户一策")
      .WithPrecondition("HOLD_PROCEDURE_INCOMPLETE", "621126100201000017", "程序不完整")
      .WithResource("household", "621126100201000017");
}

TEST(ErrorTest, CarriesEveryPayload) {
  const absl::Status status = Refused().status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "不得标注风险消除");
  EXPECT_THAT(*GetErrorInfo(status), EqualsProto(R"pb(
    reason: "ELIMINATION_HELD"
    metadata { key: "household" value: "621126100201000017" }
  )pb"));
  ASSERT_EQ(GetPreconditionFailure(status)->violations_size(), 2);
  EXPECT_EQ(GetPreconditionFailure(status)->violations(1).type(), "HOLD_PROCEDURE_INCOMPLETE");
  EXPECT_EQ(GetResourceInfo(status)->resource_type(), "household");
  EXPECT_FALSE(GetBadRequest(status).has_value());
}

TEST(ErrorTest, PayloadsHaveTheStandardTypeUrls) {
  EXPECT_TRUE(
      Refused().status().GetPayload("type.googleapis.com/google.rpc.ErrorInfo").has_value());
}

TEST(ErrorTest, InvalidFieldNamesTheField) {
  const absl::Status status =
      InvalidField("household.members[2].id_number", "ID_NUMBER_LENGTH", "应为18位");
  EXPECT_THAT(status, testing::ErrorIs(StatusCode::kInvalidArgument, "ID_NUMBER_LENGTH"));
  EXPECT_THAT(*GetBadRequest(status), EqualsProto(R"pb(
    field_violations {
      field: "household.members[2].id_number"
      reason: "ID_NUMBER_LENGTH"
      description: "应为18位"
    }
  )pb"));
}

TEST(ErrorTest, AStatusOfOthersHasNoReason) {
  EXPECT_EQ(Reason(absl::OkStatus()), "");
  EXPECT_EQ(Reason(absl::InternalError("x")), "");
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::OutOfRangeError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  FANGPIN_ASSIGN_OR_RETURN(const int half, Half(value));
  FANGPIN_ASSIGN_OR_RETURN(const int quarter, Half(half));
  FANGPIN_RETURN_IF_ERROR(absl::OkStatus());
  return quarter;
}

TEST(StatusMacrosTest, PassValuesAndErrorsOn) {
  EXPECT_THAT(Quarter(12), testing::IsOkAndHolds(3));
  EXPECT_THAT(Quarter(6), testing::StatusIs(StatusCode::kOutOfRange));
  EXPECT_THAT(Quarter(5), testing::StatusIs(StatusCode::kOutOfRange));
}

}  // namespace
}  // namespace fangpin::base
