"""tools/check_text passes the tree and fails on each fault that it is there for."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def check(root):
    return subprocess.run([ROOT / "tools/check_text", "--root", root], capture_output=True,
                          text=True, check=False)


class CheckTextTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)

    def output(self, name, text):
        (self.root / name).write_bytes(text.encode() if isinstance(text, str) else text)
        result = check(self.root)
        self.assertEqual(result.returncode, 1 if result.stdout else 0, result.stderr)
        (self.root / name).unlink()
        return result.stdout

    def test_the_tree_passes(self):
        self.assertEqual(check(ROOT).stdout, "")

    def test_limit_needs_order_by(self):
        text = "-- name: A\nSELECT a FROM t ORDER BY a;\n\n-- name: B\nSELECT a FROM t\n LIMIT $1;\n"
        self.assertEqual(self.output("q.sql", text), "q.sql:5: LIMIT without ORDER BY\n")
        self.assertEqual(self.output("q.sql", "SELECT a FROM t ORDER BY a LIMIT $1;\n"), "")

    def test_each_subquery_needs_its_own_order(self):
        inner = "(SELECT b FROM u LIMIT 1)"
        self.assertIn("LIMIT", self.output("q.sql", f"SELECT {inner} FROM t ORDER BY a LIMIT 2;\n"))
        ordered = "(SELECT max(b) FROM u ORDER BY b LIMIT 1)"
        self.assertEqual(self.output("q.sql", f"SELECT {ordered} FROM t;\n"), "")

    def test_words_in_texts_and_comments_do_not_count(self):
        self.assertEqual(self.output("q.sql", "SELECT ';LIMIT' FROM t; -- LIMIT\n"), "")

    def test_machine_paths(self):
        for path in ("/ho" "me/somebody/x", "cd /wo" "rk/main"):
            self.assertIn("somebody's machine", self.output("a.md", f"see {path}\n"))
        self.assertEqual(self.output("a.md", "build/work/x, https://x.org/a/home/b\n"), "")

    def test_text_faults(self):
        self.assertIn("conflict", self.output("a.md", "<" * 7 + " main\n"))
        self.assertIn("white space", self.output("a.md", "a \n"))
        self.assertIn("tab", self.output("a.cc", "\tint a;\n"))
        self.assertIn("does not end", self.output("a.md", "a"))
        self.assertIn("not UTF-8", self.output("a.md", b"\xbb\xa7\n"))


if __name__ == "__main__":
    unittest.main()
