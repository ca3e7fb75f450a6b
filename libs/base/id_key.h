#ifndef FANGPIN_BASE_ID_KEY_H_
#define FANGPIN_BASE_ID_KEY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"

namespace fangpin::base {

// A citizen identity number as a number: its first 17 digits, from which the last character
// follows. Personal data like the number itself.
using IdKey = uint64_t;

// The key of a number that is written plainly and valid: what IdNumber::Parse takes and gives back
// unchanged. nullopt for anything else, which Parse may still take. Allocates nothing.
std::optional<IdKey> PlainIdKey(std::string_view text, absl::CivilDay today);

// The key of a number that is known to be valid; nullopt unless 18 characters begin with 17 digits.
std::optional<IdKey> IdKeyOf(std::string_view id_number);

// All 18 characters.
std::string IdNumberOf(IdKey key);

}  // namespace fangpin::base

#endif  // FANGPIN_BASE_ID_KEY_H_
