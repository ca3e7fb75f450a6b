#include "libs/rpc/status.h"

#include "gmock/gmock.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

using testing::ErrorIs;
using testing::IsOk;

TEST(StatusTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_THAT(FromGrpc(grpc::Status::OK), IsOk());
}

TEST(StatusTest, EveryCodeAndPayloadSurvivesTheRoundTrip) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status = base::Error(static_cast<absl::StatusCode>(code), "WHY", "原因")
                                    .WithMetadata("key", "值")
                                    .WithPrecondition("P", "s", "d");
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status) << code;
  }
}

TEST(StatusTest, WithoutPayloadsThereAreNoDetails) {
  EXPECT_EQ(ToGrpc(absl::NotFoundError("x")).error_details(), "");
}

TEST(StatusTest, DetailsThatDoNotParseAreDropped) {
  const absl::Status status =
      FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "x", "\xff\xff not a message"));
  EXPECT_EQ(status, absl::AbortedError("x"));
}

}  // namespace
}  // namespace fangpin::rpc
