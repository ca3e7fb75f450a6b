#include "libs/policy/finding.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/base/strings.h"
#include "libs/policy/rule.h"

namespace fangpin::policy {
namespace {

// "一、二" of the facts that are not on record.
std::string MissingLabels(const std::vector<Fact>& facts) {
  std::string labels;
  for (const Fact& fact : facts) {
    if (!fact.missing) continue;
    if (!labels.empty()) labels.append("、");
    labels.append(fact.label);
  }
  return labels;
}

std::string Message(std::string_view rule_message, const Outcome& outcome) {
  std::string message;
  switch (outcome.verdict) {
    case Verdict::kClear:
      return message;
    case Verdict::kHold:
      message = rule_message;
      break;
    case Verdict::kFactMissing:
      message = base::StrCat("信息不全，无法判定是否“", rule_message, "”，缺少：",
                             MissingLabels(outcome.facts));
      break;
  }
  if (!outcome.note.empty()) base::StrAppend(&message, "（", outcome.note, "）");
  return message;
}

}  // namespace

std::vector<Finding> Blocking(const std::vector<Finding>& findings) {
  std::vector<Finding> blocking;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(blocking), &Blocks);
  return blocking;
}

namespace internal {

Finding MakeFinding(std::string_view rule, Clause clause, Severity severity,
                    std::string_view message, Outcome outcome) {
  return {.rule = std::string(rule),
          .document = std::string(clause.document),
          .clause = std::string(clause.clause),
          .verdict = outcome.verdict,
          .severity = severity,
          .message = Message(message, outcome),
          .facts = std::move(outcome.facts)};
}

}  // namespace internal
}  // namespace fangpin::policy
