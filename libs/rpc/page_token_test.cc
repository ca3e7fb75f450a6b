#include "libs/rpc/page_token.h"

#include "fangpin/rpc/testdata/v1/echo.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

using testing::ErrorIs;
using ::testing::IsEmpty;
using testing::IsOkAndHolds;

TEST(PageTokenTest, AKeySurvivesTheRoundTrip) {
  const PageTokens tokens("secret");
  for (const std::vector<std::string>& key : {std::vector<std::string>{"621126", "户-1"},
                                              {""},
                                              {std::string("\0\xff", 2), "", "x"},
                                              {std::string(1000, 'x')}}) {
    EXPECT_THAT(tokens.Decode("filter", tokens.Encode("filter", key)), IsOkAndHolds(key));
  }
}

TEST(PageTokenTest, NoTokenAsksForTheFirstPage) {
  EXPECT_THAT(PageTokens("s").Decode("f", ""), IsOkAndHolds(IsEmpty()));
}

TEST(PageTokenTest, AnotherFilterOrSecretOrAnyChangeIsInvalid) {
  const PageTokens tokens("secret");
  const std::string good = tokens.Encode("filter", {"621126", "h-1"});
  const auto invalid = ErrorIs(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  EXPECT_THAT(tokens.Decode("filter2", good), invalid);
  EXPECT_THAT(PageTokens("other").Decode("filter", good), invalid);
  EXPECT_THAT(tokens.Decode("filter", good + "AAAA"), invalid);
  EXPECT_THAT(tokens.Decode("filter", "h-1"), invalid);
  EXPECT_THAT(tokens.Decode("filter", std::string(5000, 'A')), invalid);
  for (size_t i = 0; i + 1 < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(tokens.Decode("filter", changed), invalid) << i;
  }
}

TEST(PageTokenTest, TheFilterIsTheRequestWithoutThePage) {
  testdata::v1::ListEchoesRequest request;
  request.set_division("621126000000");
  const std::string filter = PageFilter(request);
  request.set_page_size(10);
  request.set_page_token("x");
  EXPECT_EQ(PageFilter(request), filter);
  request.set_division("621121000000");
  EXPECT_NE(PageFilter(request), filter);
}

TEST(PageTokenTest, PageSizesAreClamped) {
  EXPECT_THAT(ClampPageSize(0, 100, 1000), IsOkAndHolds(100));
  EXPECT_THAT(ClampPageSize(1, 100, 1000), IsOkAndHolds(1));
  EXPECT_THAT(ClampPageSize(5000, 100, 1000), IsOkAndHolds(1000));
  EXPECT_THAT(ClampPageSize(-1, 100, 1000),
              ErrorIs(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID"));
}

}  // namespace
}  // namespace fangpin::rpc
