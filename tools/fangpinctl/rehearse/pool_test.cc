#include "tools/fangpinctl/rehearse/pool.h"

#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace fangpin::ctl {
namespace {

TEST(ForEachIndexTest, EveryIndexIsWorkedOnOnce) {
  std::vector<std::atomic<int>> done(1000);
  EXPECT_TRUE(ForEachIndex(8, done.size(), [&](size_t i) {
                ++done[i];
                return absl::OkStatus();
              }).ok());
  for (const std::atomic<int>& times : done) EXPECT_EQ(times.load(), 1);
}

TEST(ForEachIndexTest, NothingToDoIsDone) {
  EXPECT_TRUE(ForEachIndex(8, 0, [](size_t) { return absl::InternalError(""); }).ok());
}

TEST(ForEachIndexTest, AFailureEndsIt) {
  std::atomic<int> begun = 0;
  const absl::Status status = ForEachIndex(1, 1000, [&](size_t i) {
    ++begun;
    return i == 3 ? absl::UnavailableError("gone") : absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(begun.load(), 4);
}

}  // namespace
}  // namespace fangpin::ctl
