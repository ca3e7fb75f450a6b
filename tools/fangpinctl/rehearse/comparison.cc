#include "tools/fangpinctl/rehearse/comparison.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/base/strings.h"

namespace fangpin::ctl {
namespace {

constexpr std::string_view kNothing = "（无）";

std::string Joined(const std::vector<std::string>& items) {
  if (items.empty()) return std::string(kNothing);
  std::string text;
  for (const std::string& item : items) base::StrAppend(&text, text.empty() ? "" : "，", item);
  return text;
}

std::string OrNothing(std::string_view text) { return std::string(text.empty() ? kNothing : text); }

}  // namespace

void Differences::Add(Difference difference) {
  absl::MutexLock lock(&mutex_);
  ++total_;
  if (first_.size() < kept_) first_.push_back(std::move(difference));
}

int64_t Differences::total() const {
  absl::MutexLock lock(&mutex_);
  return total_;
}

std::vector<Difference> Differences::first() const {
  absl::MutexLock lock(&mutex_);
  return first_;
}

bool Comparison::Same(std::string_view subject, std::string_view what, std::string_view expected,
                      std::string_view actual) {
  if (expected == actual) return true;
  Wrong(subject, what, OrNothing(expected), OrNothing(actual));
  return false;
}

bool Comparison::Same(std::string_view subject, std::string_view what, int64_t expected,
                      int64_t actual) {
  if (expected == actual) return true;
  Wrong(subject, what, base::StrCat(expected), base::StrCat(actual));
  return false;
}

bool Comparison::Same(std::string_view subject, std::string_view what,
                      const std::vector<std::string>& expected,
                      const std::vector<std::string>& actual) {
  if (expected == actual) return true;
  Wrong(subject, what, Joined(expected), Joined(actual));
  return false;
}

bool Comparison::SameItems(std::string_view subject, std::string_view what,
                           std::vector<std::string> expected, std::vector<std::string> actual) {
  std::sort(expected.begin(), expected.end());
  std::sort(actual.begin(), actual.end());
  std::vector<std::string> missing, surplus;
  std::set_difference(expected.begin(), expected.end(), actual.begin(), actual.end(),
                      std::back_inserter(missing));
  std::set_difference(actual.begin(), actual.end(), expected.begin(), expected.end(),
                      std::back_inserter(surplus));
  for (const std::string& item : missing) Wrong(subject, what, item, kNothing);
  for (const std::string& item : surplus) Wrong(subject, what, kNothing, item);
  return missing.empty() && surplus.empty();
}

void Comparison::Wrong(std::string_view subject, std::string_view what, std::string_view expected,
                       std::string_view actual) {
  mismatches_.fetch_add(1, std::memory_order_relaxed);
  differences_->Add({.stage = stage_,
                     .subject = std::string(subject),
                     .what = std::string(what),
                     .expected = std::string(expected),
                     .actual = std::string(actual)});
}

}  // namespace fangpin::ctl
