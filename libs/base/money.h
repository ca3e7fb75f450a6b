#ifndef FANGPIN_BASE_MONEY_H_
#define FANGPIN_BASE_MONEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace fangpin::base {

inline constexpr int64_t kFenPerYuan = 100;

// Yuan as people and systems write them, exactly, in fen (分): "1234.5", "1,234.50", "-12". Spaces
// and full-width characters are normalised; zeros after the second decimal are dropped.
// INVALID_ARGUMENT: MONEY_FORMAT, MONEY_PRECISION (a part of a fen), MONEY_RANGE (beyond ±9.2e16
// yuan).
absl::StatusOr<int64_t> ParseYuan(std::string_view text);

// "1234.50", "-0.05".
std::string FormatYuan(int64_t fen);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_MONEY_H_
