#include "libs/base/utc_text.h"

#include <cstdint>
#include <limits>

namespace fangpin::base {

void AppendUtcText(absl::Time time, std::string* out) {
  thread_local int64_t last = std::numeric_limits<int64_t>::min();
  thread_local std::string text;
  constexpr int64_t kMicros = 1'000'000;
  const int64_t total = absl::ToUnixMicros(time);
  int64_t second = total / kMicros;
  int64_t micros = total % kMicros;
  if (micros < 0) {
    --second;
    micros += kMicros;
  }
  if (second != last) {
    text =
        absl::FormatTime("%Y-%m-%dT%H:%M:%S.", absl::FromUnixSeconds(second), absl::UTCTimeZone());
    last = second;
  }
  char digits[] = "000000Z";
  for (int i = 5; i >= 0; --i, micros /= 10) digits[i] = static_cast<char>('0' + micros % 10);
  out->append(text);
  out->append(digits, 7);
}

}  // namespace fangpin::base
