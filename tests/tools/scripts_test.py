"""The shell scripts of tools/ refuse an incomplete command line with a readable line."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class ScriptsTest(unittest.TestCase):

    def test_a_flag_without_its_value(self):
        for script, flag in (("run", "--households"), ("run", "--county"), ("run", "--seed"),
                             ("build", "--preset"), ("test", "--preset")):
            with self.subTest(script=script, flag=flag):
                done = subprocess.run([ROOT / "tools" / script, flag], capture_output=True,
                                      text=True, check=False)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stderr, f"tools/{script}：{flag} 后缺少值\n")
                self.assertEqual(done.stdout, "")

    def test_an_unknown_flag(self):
        done = subprocess.run([ROOT / "tools/run", "--nope"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("用法：tools/run", done.stderr)


if __name__ == "__main__":
    unittest.main()
