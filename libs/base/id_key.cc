#include "libs/base/id_key.h"

#include "libs/base/civil.h"
#include "libs/base/id_number.h"

namespace fangpin::base {
namespace {

constexpr size_t kLength = 18;
constexpr size_t kDigits = 17;
// Placeholders of people without a number begin with six nines.
constexpr IdKey kPlaceholders = 99'999'900'000'000'000;

}  // namespace

std::optional<IdKey> IdKeyOf(std::string_view id_number) {
  if (id_number.size() != kLength) return std::nullopt;
  IdKey key = 0;
  for (const char c : id_number.substr(0, kDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    key = key * 10 + static_cast<IdKey>(c - '0');
  }
  return key;
}

std::optional<IdKey> PlainIdKey(std::string_view text, absl::CivilDay today) {
  const std::optional<IdKey> key = IdKeyOf(text);
  if (!key || *key >= kPlaceholders || text.back() != MakeCheckDigit(text)) return std::nullopt;
  const std::optional<absl::CivilDay> birth = CompactDay(text.substr(6, 8));
  if (!birth || birth->year() < 1900 || *birth > today) return std::nullopt;
  return key;
}

std::string IdNumberOf(IdKey key) {
  std::string number(kDigits, '0');
  for (size_t i = kDigits; i > 0; --i, key /= 10) number[i - 1] = static_cast<char>('0' + key % 10);
  number.push_back(MakeCheckDigit(number));
  return number;
}

}  // namespace fangpin::base
