#ifndef FANGPIN_POLICY_FINDING_H_
#define FANGPIN_POLICY_FINDING_H_

#include <string>
#include <string_view>
#include <vector>

namespace fangpin::policy {

// What a rule says about a case. A fact that is not on record is never "no".
enum class Verdict {
  kClear,        // Nothing against it.
  kHold,         // The rule applies: it holds the case back, or raises what it looks for.
  kFactMissing,  // A fact that the rule needs is not on record.
};

// What follows from a verdict other than clear.
enum class Severity { kBlock, kError, kWarning, kInformation };

// Where a rule stands written. Both are keys of deploy/policy/sources.textproto.
struct Clause {
  std::string_view document;  // "GSXZJ-2021-74"
  std::string_view clause;    // "5/七个不消/1"

  friend constexpr bool operator==(const Clause&, const Clause&) = default;
};

// A fact that a rule looked at, or a parameter that it compared with. Not personal.
struct Fact {
  std::string name;   // Stable, lower_snake_case.
  std::string label;  // For people, in Chinese.
  std::string value;  // Number, YYYY-MM-DD, yuan "6000.00", "true"/"false" or an enum name.
  bool missing = false;

  friend bool operator==(const Fact&, const Fact&) = default;
};

// What one rule said about one case.
struct Finding {
  std::string rule;
  std::string document;
  std::string clause;
  Verdict verdict = Verdict::kClear;
  Severity severity = Severity::kBlock;
  std::string message;  // For people, in Chinese. Empty when clear.
  std::vector<Fact> facts;

  friend bool operator==(const Finding&, const Finding&) = default;
};

// True when the finding forbids the step: a blocking rule that is not clear.
inline bool Blocks(const Finding& finding) {
  return finding.verdict != Verdict::kClear && finding.severity == Severity::kBlock;
}

// The findings that forbid the step, in order.
std::vector<Finding> Blocking(const std::vector<Finding>& findings);

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_FINDING_H_
