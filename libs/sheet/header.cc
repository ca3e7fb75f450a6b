#include "libs/sheet/header.h"

#include "absl/container/flat_hash_set.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::sheet {
namespace {

// Length of the blank that `text` starts with, 0 for none.
size_t BlankAtStart(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return 1;
  if (text.starts_with("\u00A0")) return 2;
  return text.starts_with("\u3000") || text.starts_with("\uFEFF") ? 3 : 0;
}

size_t BlankAtEnd(std::string_view text) {
  if (text.empty()) return 0;
  const char last = text.back();
  if (last == ' ' || (last >= '\t' && last <= '\r')) return 1;
  if (text.ends_with("\u00A0")) return 2;
  return text.ends_with("\u3000") || text.ends_with("\uFEFF") ? 3 : 0;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (const size_t size = BlankAtStart(text)) text.remove_prefix(size);
  while (const size_t size = BlankAtEnd(text)) text.remove_suffix(size);
  return text;
}

std::string NormaliseHeader(std::string_view text) { return base::CleanCode(text); }

Header::Header(int row_number, const std::vector<std::string>& cells)
    : row_number_(row_number), cells_(cells) {
  for (const std::string& cell : cells) {
    const int column = static_cast<int>(names_.size());
    names_.emplace_back(Trim(cell));
    if (!names_.back().empty()) columns_.emplace(NormaliseHeader(cell), column);
  }
}

int Header::Find(std::string_view name) const {
  const auto it = columns_.find(NormaliseHeader(name));
  return it == columns_.end() ? kAbsent : it->second;
}

std::vector<std::string> Header::Duplicates() const {
  std::vector<std::string> duplicates;
  absl::flat_hash_set<int> reported;
  for (int column = 0; column < static_cast<int>(names_.size()); ++column) {
    if (names_[column].empty()) continue;
    const int first = Find(names_[column]);
    if (first != column && reported.insert(first).second) duplicates.push_back(names_[first]);
  }
  return duplicates;
}

std::vector<std::string> Header::Unknown(absl::Span<const std::string_view> known) const {
  absl::flat_hash_set<std::string> normalised;
  for (const std::string_view name : known) normalised.insert(NormaliseHeader(name));
  std::vector<std::string> unknown;
  for (const std::string& name : names_) {
    if (!name.empty() && !normalised.contains(NormaliseHeader(name))) unknown.push_back(name);
  }
  return unknown;
}

std::vector<std::string> Header::Missing(absl::Span<const std::string> required) const {
  std::vector<std::string> missing;
  for (const std::string& name : required) {
    if (Find(name) == kAbsent) missing.push_back(name);
  }
  return missing;
}

}  // namespace fangpin::sheet
