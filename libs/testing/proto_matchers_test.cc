#include "libs/testing/proto_matchers.h"

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace fangpin::testing {
namespace {

using ::testing::Not;
using ::testing::StringMatchResultListener;

google::rpc::ResourceInfo Household() {
  google::rpc::ResourceInfo info;
  info.set_resource_type("household");
  info.set_resource_name("621126100200000001");
  return info;
}

TEST(EqualsProtoTest, MatchesTextAndMessage) {
  EXPECT_THAT(Household(), EqualsProto(R"pb(resource_type: "household"
                                            resource_name: "621126100200000001")pb"));
  EXPECT_THAT(Household(), EqualsProto(Household()));
}

TEST(EqualsProtoTest, NamesTheFieldThatDiffers) {
  StringMatchResultListener listener;
  const ::testing::Matcher<const google::rpc::ResourceInfo&> matcher =
      EqualsProto(R"pb(resource_type: "case" resource_name: "621126100200000001")pb");
  EXPECT_FALSE(matcher.MatchAndExplain(Household(), &listener));
  EXPECT_THAT(listener.str(), ::testing::HasSubstr("resource_type"));
}

TEST(EqualsProtoTest, TextOfAnotherTypeNeverMatches) {
  EXPECT_THAT(Household(), Not(EqualsProto(R"pb(reason: "X")pb")));
}

}  // namespace
}  // namespace fangpin::testing
