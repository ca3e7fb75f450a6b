#include "libs/base/id.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/const_init.h"
#include "absl/base/thread_annotations.h"
#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/synchronization/mutex.h"
#include "libs/base/random.h"

namespace fangpin::base {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kCountyDigits = 6;
constexpr int kUlidChars = 26;
constexpr int kRandomBits = 80;

absl::uint128 FreshRandom() {
  // The top bit stays clear, so that a millisecond's worth of increments cannot overflow.
  const uint64_t high = RandomUint64() >> 49;
  return absl::MakeUint128(high, RandomUint64());
}

ABSL_CONST_INIT absl::Mutex g_mutex(absl::kConstInit);
int64_t g_last_ms ABSL_GUARDED_BY(g_mutex) = -1;
absl::uint128 g_last_random ABSL_GUARDED_BY(g_mutex) = 0;

absl::uint128 NextRandom(int64_t ms) {
  absl::MutexLock lock(&g_mutex);
  if (ms == g_last_ms) return ++g_last_random;
  g_last_ms = ms;
  g_last_random = FreshRandom();
  return g_last_random;
}

}  // namespace

std::string NewId(std::string_view county, absl::Time now) {
  const int64_t ms = std::max<int64_t>(absl::ToUnixMillis(now), 0);
  absl::uint128 value = (absl::uint128(ms) << kRandomBits) | NextRandom(ms);
  std::string id(kCountyDigits + 1 + kUlidChars, '-');
  std::copy_n(county.begin(), std::min(county.size(), kCountyDigits), id.begin());
  for (int i = 0; i < kUlidChars; ++i) {
    id[id.size() - 1 - i] = kAlphabet[static_cast<size_t>(absl::Uint128Low64(value) & 31)];
    value >>= 5;
  }
  return id;
}

bool IsId(std::string_view text) {
  if (text.size() != kCountyDigits + 1 + kUlidChars || text[kCountyDigits] != '-') return false;
  const std::string_view county = text.substr(0, kCountyDigits);
  const std::string_view ulid = text.substr(kCountyDigits + 1);
  return std::all_of(county.begin(), county.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }) &&
         ulid[0] <= '7' && std::all_of(ulid.begin(), ulid.end(), [](char c) {
           return kAlphabet.find(c) != std::string_view::npos;
         });
}

}  // namespace fangpin::base
