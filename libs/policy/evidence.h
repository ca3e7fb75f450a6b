#ifndef FANGPIN_POLICY_EVIDENCE_H_
#define FANGPIN_POLICY_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/policy/finding.h"

namespace fangpin::policy {

// A fact's stable name and its Chinese label.
struct FactName {
  std::string_view name;
  std::string_view label;
};

// What a rule function returns.
struct Outcome {
  Verdict verdict = Verdict::kClear;
  std::vector<Fact> facts;
  std::string note;  // Chinese, added to the finding's message.
};

// Notes every fact that a rule looks at, as it looks, and makes the outcome:
//
//   Outcome IncomeNotAboveLine(const Case& c) {
//     Evidence seen;
//     const auto income = seen.Yuan({"per_capita_reference", "人均收入参考"}, c.per_capita_fen);
//     const auto line = seen.Yuan({"monitoring_line", "监测范围"}, c.params.line_fen);
//     if (!seen.complete()) return seen.Missing();
//     return seen.HoldIf(*income <= *line);
//   }
//
// A rule that can tell from part of its facts looks at those first and returns.
class Evidence {
 public:
  // Each notes the value, or that it is missing, and returns it.
  std::optional<int64_t> Number(FactName fact, std::optional<int64_t> value);
  std::optional<int64_t> Yuan(FactName fact, std::optional<int64_t> fen);
  std::optional<bool> Flag(FactName fact, std::optional<bool> value);
  std::optional<absl::CivilDay> Day(FactName fact, std::optional<absl::CivilDay> value);
  // An enum name or a code; never free text, never personal.
  std::optional<std::string_view> Text(FactName fact, std::optional<std::string_view> value);

  // Adds what people have to know to put the case right: "请先配置2022年监测范围".
  Evidence& Note(std::string_view chinese);

  // True while nothing that was looked at is missing.
  bool complete() const { return complete_; }

  // The outcome; the evidence is used up.
  Outcome Clear() { return Make(Verdict::kClear); }
  Outcome Hold() { return Make(Verdict::kHold); }
  Outcome Missing() { return Make(Verdict::kFactMissing); }
  Outcome HoldIf(bool hold) { return Make(hold ? Verdict::kHold : Verdict::kClear); }

 private:
  void Add(FactName fact, const std::optional<std::string>& value);
  Outcome Make(Verdict verdict);

  std::vector<Fact> facts_;
  std::string note_;
  bool complete_ = true;
};

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_EVIDENCE_H_
