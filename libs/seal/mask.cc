#include "libs/seal/mask.h"

#include <cstddef>
#include <vector>

#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::seal {
namespace {

constexpr std::string_view kStar = "*";
constexpr size_t kMinToShowPart = 8;

// The well-formed UTF-8 characters of `text`, a star for each byte that belongs to none.
std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::string_view character = text.substr(0, size);
    const bool valid = base::IsValidUtf8(character);
    characters.push_back(valid ? character : kStar);
    text.remove_prefix(valid ? size : 1);
  }
  return characters;
}

// Keeps `first` and `last` characters and puts a star for each one between.
std::string Mask(const std::vector<std::string_view>& characters, size_t first, size_t last) {
  std::string masked;
  for (size_t i = 0; i < characters.size(); ++i) {
    const bool shown = i < first || i + last >= characters.size();
    base::StrAppend(&masked, shown ? characters[i] : kStar);
  }
  return masked;
}

std::string MaskNumber(std::string_view number) {
  const auto characters = Characters(number);
  return characters.size() < kMinToShowPart ? Mask(characters, 0, 0) : Mask(characters, 3, 4);
}

}  // namespace

std::string MaskIdNumber(std::string_view id) { return MaskNumber(id); }

std::string MaskPhone(std::string_view phone) { return MaskNumber(phone); }

std::string MaskName(std::string_view name) {
  const auto characters = Characters(name);
  if (characters.size() < 2) return Mask(characters, 0, 0);
  return Mask(characters, 1, characters.size() == 2 ? 0 : 1);
}

std::string MaskBankAccount(std::string_view account) {
  auto characters = Characters(account);
  if (characters.empty()) return "";
  if (characters.size() < kMinToShowPart) return "****";
  characters.erase(characters.begin(), characters.end() - 4);
  return base::StrCat("****", Mask(characters, 4, 0));
}

}  // namespace fangpin::seal
