#include "libs/base/utc_text.h"

#include "gtest/gtest.h"

namespace fangpin::base {
namespace {

std::string Text(absl::Time time) {
  std::string out = "at ";
  AppendUtcText(time, &out);
  return out;
}

TEST(UtcTextTest, IsWhatAbseilFormats) {
  constexpr int64_t kInstants[] = {0,
                                   1,
                                   999'999,
                                   1'000'000,
                                   1'717'981'323'000'004,
                                   -1,
                                   -1'000'000,
                                   -1'000'001,
                                   253'402'300'799'999'999};
  for (const int64_t micros : kInstants) {
    const absl::Time time = absl::FromUnixMicros(micros);
    EXPECT_EQ(Text(time),
              "at " + absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()));
    // From memory, and to another second and back.
    EXPECT_EQ(Text(time), Text(time));
  }
}

}  // namespace
}  // namespace fangpin::base
