"""suite.main() ends so that ctest tells a skipped script from a failed one."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

HARNESS = pathlib.Path(__file__).resolve().parents[1] / "harness"


def exit_code(*bodies):
    """Runs a script with one test per body."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "script.py"
        tests = "".join(f"    def test_{i}(self):\n        {body}\n"
                        for i, body in enumerate(bodies)) or "    pass\n"
        script.write_text("import sys, unittest\n"
                          f"sys.path.insert(0, {str(HARNESS)!r})\n"
                          "import suite\n"
                          f"class T(unittest.TestCase):\n{tests}"
                          "suite.main()\n", encoding="utf-8")
        return subprocess.run([sys.executable, script], capture_output=True, check=False).returncode


class SuiteMainTest(unittest.TestCase):

    def test_passed(self):
        self.assertEqual(exit_code("pass", "pass"), 0)

    def test_skipped(self):
        self.assertEqual(exit_code("pass", "self.skipTest('x')"), 77)

    def test_a_failure_shows_beside_a_skip(self):
        self.assertEqual(exit_code("self.skipTest('x')", "self.fail('x')"), 1)
        self.assertEqual(exit_code("raise ValueError", "self.skipTest('x')"), 1)

    def test_no_test_at_all(self):
        self.assertEqual(exit_code(), 1)


if __name__ == "__main__":
    unittest.main()
