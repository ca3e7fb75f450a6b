"""tools/policy_lint fails on each fault that it is there for."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

SOURCES = """
# A comment with { and "quotes".
documents { key: "D" title: "通知" clauses { id: "1/一" text: "{不消}" } clauses { id: '2' text: "b" } }
"""

PARAMETERS = """
parameters { name: "line" region: "620000000000" effective_from: "2023-01-01"
             effective_to: "2023-12-31" value: 1 unit: UNIT_FEN document: "D" clause: "1/一" }
parameters { name: "line" region: "620000000000" effective_from: "2024-01-01" value: -2
             unit: UNIT_FEN document: "D" clause: "2" }
"""

RULES = """
constexpr std::string_view kDocument = "D";
constexpr Rule<Case> kRules[] = {
    {"HOLD_A", {kDocument, "1/一"}, "甲", &A},
    {"HOLD_B",
     {"D", "2"}, "乙", &B, Severity::kWarning},
};
int64_t Line(const Parameters& p) { return p.Value("line"); }
"""

CASES = """
{ "cases": [ { "name": "held", "set": {}, "expect": { "HOLD_A": "HOLD", "HOLD_B": "MISSING" } },
             { "name": "both", "set": {}, "expect": { "HOLD_B": "HOLD" } } ] }
"""


class PolicyLintTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.plant("deploy/policy/sources.textproto", SOURCES)
        self.plant("deploy/policy/parameters.textproto", PARAMETERS)
        self.plant("services/x/policy/rules.cc", RULES)
        self.plant("services/x/policy/testdata/cases.json", CASES)

    def plant(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def lint(self):
        return subprocess.run([ROOT / "tools/policy_lint", "--root", self.root],
                              capture_output=True, text=True, check=False)

    def assert_fails(self, *lines):
        result = self.lint()
        self.assertEqual((result.returncode, result.stdout.splitlines()), (1, list(lines)),
                         result.stderr)

    def test_a_sound_policy_passes(self):
        result = self.lint()
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def test_cases_of_other_code_are_passed_over(self):
        self.plant("services/x/policy/testdata/other.json",
                   '{ "cases": [ { "name": "a", "expect": ["3 ID_NUMBER_LENGTH"] } ] }')
        self.assertEqual(self.lint().returncode, 0)

    def test_a_clause_that_is_no_source(self):
        self.plant("services/x/policy/rules.cc", RULES.replace('{"D", "2"}', '{"D", "3"}'))
        self.assert_fails("services/x/policy/rules.cc:5: HOLD_B: D 3 is not in sources.textproto")

    def test_a_parameter_whose_clause_is_no_source(self):
        self.plant("deploy/policy/parameters.textproto", PARAMETERS.replace('"2"', '"3"'))
        self.assert_fails(
            "deploy/policy/parameters.textproto: line: D 3 is not in sources.textproto")

    def test_overlapping_rows(self):
        self.plant("deploy/policy/parameters.textproto", PARAMETERS.replace("12-31", "12-32")
                   .replace("2024-01-01", "2023-12-31"))
        self.assert_fails("deploy/policy/parameters.textproto: line: rows of 620000000000 overlap "
                          "from 2023-12-31")

    def test_rules_without_cases(self):
        self.plant("services/x/policy/testdata/cases.json", CASES.replace('"HOLD"', '"CLEAR"', 1))
        self.assert_fails(
            "services/x/policy/rules.cc:4: HOLD_A: no case in policy/testdata names it")

    def test_a_parameter_that_nobody_asks_for(self):
        self.plant("services/x/policy/rules.cc", RULES.replace('"line"', '"lines"'))
        self.assert_fails(
            "deploy/policy/parameters.textproto: line: no service asks for this parameter")


if __name__ == "__main__":
    unittest.main()
