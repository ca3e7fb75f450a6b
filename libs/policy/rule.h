#ifndef FANGPIN_POLICY_RULE_H_
#define FANGPIN_POLICY_RULE_H_

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "libs/policy/evidence.h"
#include "libs/policy/finding.h"

namespace fangpin::policy {

// One rule: a pure function of a case with its clause. Case is a plain struct of facts, parameters
// and the day; the function reads no clock, store or log.
template <typename Case>
struct Rule {
  std::string_view id;  // UPPER_SNAKE_CASE, stable: "HOLD_SAFEGUARDS_NOT_STABLE".
  Clause clause;
  std::string_view message;  // Chinese: what is the matter when the rule holds.
  Outcome (*decide)(const Case&) = nullptr;
  Severity severity = Severity::kBlock;
};

namespace internal {

constexpr bool IsUpperSnake(std::string_view text) {
  if (text.empty() || text.front() < 'A' || text.front() > 'Z') return false;
  for (const char c : text) {
    const bool allowed = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!allowed) return false;
  }
  return true;
}

Finding MakeFinding(std::string_view rule, Clause clause, Severity severity,
                    std::string_view message, Outcome outcome);

}  // namespace internal

// For static_assert beside each table: every rule has an id, a clause, a message and a function,
// and no id stands twice.
template <typename Case, size_t N>
constexpr bool WellFormed(const Rule<Case> (&table)[N]) {
  for (size_t i = 0; i < N; ++i) {
    const Rule<Case>& rule = table[i];
    if (!internal::IsUpperSnake(rule.id) || rule.clause.document.empty() ||
        rule.clause.clause.empty() || rule.message.empty() || rule.decide == nullptr) {
      return false;
    }
    for (size_t j = 0; j < i; ++j) {
      if (table[j].id == rule.id) return false;
    }
  }
  return true;
}

// What every rule says about the case, in the order of the table, clear ones included.
template <typename Case>
std::vector<Finding> Apply(std::type_identity_t<std::span<const Rule<Case>>> table,
                           const Case& subject) {
  std::vector<Finding> findings;
  findings.reserve(table.size());
  for (const Rule<Case>& rule : table) {
    findings.push_back(internal::MakeFinding(rule.id, rule.clause, rule.severity, rule.message,
                                             rule.decide(subject)));
  }
  return findings;
}

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_RULE_H_
