#ifndef FANGPIN_POLICY_CASE_FILE_H_
#define FANGPIN_POLICY_CASE_FILE_H_

#include <fstream>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "libs/base/civil.h"
#include "libs/policy/rule.h"
#include "nlohmann/json.hpp"

// Cases of a rule table as data, for tests. One JSON file a table:
//
//   { "never_missing": ["RULES", "that look only at what is in the record itself"],
//     "base": { "today": "2024-06-10", … facts under which every rule is clear … },
//     "cases": [ { "name": "a sentence",
//                  "set": { … merged into base, RFC 7396: null takes a fact away … },
//                  "expect": { "RULE": "HOLD" } } ] }
//
// Rules that a case does not name are expected to be clear.
namespace fangpin::policy {

struct CaseFile {
  struct Case {
    std::string name;
    nlohmann::json facts;
    std::map<std::string, Verdict> expect;

    friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
  };
  std::set<std::string> never_missing;
  std::vector<Case> cases;
};

inline Verdict VerdictNamed(const std::string& name) {
  if (name == "HOLD") return Verdict::kHold;
  if (name == "MISSING") return Verdict::kFactMissing;
  if (name == "CLEAR") return Verdict::kClear;
  throw std::invalid_argument("no verdict: " + name);
}

inline CaseFile LoadCases(const std::string& path) {
  std::ifstream in(path);
  const nlohmann::json file = nlohmann::json::parse(in);
  CaseFile loaded;
  for (const auto& rule : file.at("never_missing")) {
    loaded.never_missing.insert(rule.get<std::string>());
  }
  loaded.cases.push_back({"everything is in order", file.at("base"), {}});
  for (const auto& entry : file.at("cases")) {
    CaseFile::Case c = {entry.at("name").get<std::string>(), file.at("base"), {}};
    c.facts.merge_patch(entry.at("set"));
    for (const auto& [rule, verdict] : entry.at("expect").items()) {
      c.expect[rule] = VerdictNamed(verdict.get<std::string>());
    }
    loaded.cases.push_back(std::move(c));
  }
  return loaded;
}

// Readers of facts: a fact that is absent from the file is not on record.
template <typename T>
std::optional<T> OptionalFact(const nlohmann::json& facts, const char* name) {
  const auto it = facts.find(name);
  if (it == facts.end() || it->is_null()) return std::nullopt;
  return it->get<T>();
}
inline std::optional<absl::CivilDay> OptionalDay(const nlohmann::json& facts, const char* name) {
  const auto text = OptionalFact<std::string>(facts, name);
  if (!text) return std::nullopt;
  return base::ParseDay(*text).value();
}

// Every rule's verdict is what the case expects, and findings come in the order of the table.
template <typename C>
void ExpectVerdicts(std::type_identity_t<std::span<const Rule<C>>> table, const C& subject,
                    const CaseFile::Case& expected) {
  const std::vector<Finding> findings = Apply<C>(table, subject);
  ASSERT_EQ(findings.size(), table.size());
  std::set<std::string> known;
  for (size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(findings[i].rule, table[i].id);
    known.insert(findings[i].rule);
    const auto it = expected.expect.find(findings[i].rule);
    const Verdict verdict = it == expected.expect.end() ? Verdict::kClear : it->second;
    EXPECT_EQ(findings[i].verdict, verdict) << findings[i].rule << ": " << findings[i].message;
    EXPECT_EQ(findings[i].message.empty(), verdict == Verdict::kClear) << findings[i].rule;
  }
  for (const auto& [rule, verdict] : expected.expect) {
    EXPECT_TRUE(known.contains(rule)) << "no rule " << rule;
  }
}

// Every rule has a case that holds and, unless it is never missing, one that misses a fact. (The
// base is the case in which each is clear.)
template <typename C>
void ExpectEveryRuleCovered(std::type_identity_t<std::span<const Rule<C>>> table,
                            const CaseFile& file) {
  for (const Rule<C>& rule : table) {
    const std::string id(rule.id);
    bool hold = false;
    bool missing = false;
    for (const CaseFile::Case& c : file.cases) {
      const auto it = c.expect.find(id);
      if (it == c.expect.end()) continue;
      hold = hold || it->second == Verdict::kHold;
      missing = missing || it->second == Verdict::kFactMissing;
    }
    EXPECT_TRUE(hold) << id << " has no case that holds";
    EXPECT_NE(missing, file.never_missing.contains(id)) << id << " and its missing fact";
  }
}

}  // namespace fangpin::policy

#endif  // FANGPIN_POLICY_CASE_FILE_H_
