#include "libs/policy/evidence.h"

#include <utility>

#include "libs/base/civil.h"
#include "libs/base/money.h"
#include "libs/base/strings.h"

namespace fangpin::policy {
namespace {

template <typename T, typename Format>
std::optional<std::string> Formatted(const std::optional<T>& value, Format format) {
  if (!value) return std::nullopt;
  return std::string(format(*value));
}

}  // namespace

std::optional<int64_t> Evidence::Number(FactName fact, std::optional<int64_t> value) {
  Add(fact, Formatted(value, [](int64_t v) { return base::StrCat(v); }));
  return value;
}

std::optional<int64_t> Evidence::Yuan(FactName fact, std::optional<int64_t> fen) {
  Add(fact, Formatted(fen, &base::FormatYuan));
  return fen;
}

std::optional<bool> Evidence::Flag(FactName fact, std::optional<bool> value) {
  Add(fact, Formatted(value, [](bool v) { return v ? "true" : "false"; }));
  return value;
}

std::optional<absl::CivilDay> Evidence::Day(FactName fact, std::optional<absl::CivilDay> value) {
  Add(fact, Formatted(value, &base::FormatDay));
  return value;
}

std::optional<std::string_view> Evidence::Text(FactName fact,
                                               std::optional<std::string_view> value) {
  Add(fact, Formatted(value, [](std::string_view v) { return v; }));
  return value;
}

Evidence& Evidence::Note(std::string_view chinese) {
  if (!note_.empty()) note_.append("；");
  note_.append(chinese);
  return *this;
}

void Evidence::Add(FactName fact, const std::optional<std::string>& value) {
  complete_ = complete_ && value.has_value();
  facts_.push_back({.name = std::string(fact.name),
                    .label = std::string(fact.label),
                    .value = value.value_or(""),
                    .missing = !value.has_value()});
}

Outcome Evidence::Make(Verdict verdict) {
  return {.verdict = verdict, .facts = std::move(facts_), .note = std::move(note_)};
}

}  // namespace fangpin::policy
