#!/usr/bin/env python3
"""What embed_sql.py accepts, refuses and writes."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).with_name("embed_sql.py")


class EmbedSqlTest(unittest.TestCase):
    def embed(self, **files):
        """Runs the tool on files, given by name without suffix; returns (header or None, errors)."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name, text in files.items():
                (folder / f"{name.lstrip('_')}.sql").write_text(text, encoding="utf-8")
            out = folder / "out" / "x.h"
            run = subprocess.run([sys.executable, TOOL, "--service", "x", "--dir", folder,
                                  "--out", out], capture_output=True, text=True, check=False)
            return (out.read_text(encoding="utf-8") if run.returncode == 0 else None, run.stderr)

    def refused(self, reason, **files):
        header, errors = self.embed(**files)
        self.assertIsNone(header)
        self.assertIn(reason, errors)

    def test_statements_and_migrations_are_embedded(self):
        header, _ = self.embed(
            queries="-- A comment.\n-- name: GetOne\nSELECT a FROM t\n WHERE a = $1;\n"
                    "-- name: Lock\nSELECT a FROM t {{for_update}};\n",
            _0001_init="CREATE TABLE t (a {{key}});")
        self.assertIn("namespace fangpin::x_sql {", header)
        self.assertIn('kGetOne{"GetOne", R"sql(\nSELECT a FROM t\n WHERE a = $1)sql"}', header)
        self.assertIn("std::array<sql::Statement, 2> kAllStatements", header)
        self.assertIn('{1, "init", R"sql(CREATE TABLE t (a {{key}});)sql"}', header)

    def test_one_text_must_do_for_both_engines(self):
        for reason, text in {
            "without gaps": "SELECT $1, $3",
            "unknown token": "SELECT {{now}}",
            "LIMIT without ORDER BY": "SELECT a FROM t LIMIT $1",
            "page by key": "SELECT a FROM t ORDER BY a LIMIT $1 OFFSET $2",
            "ON CONFLICT": "INSERT OR IGNORE INTO t (a) VALUES ($1)",
            "use CAST": "SELECT $1::bigint",
            "pass the time": "SELECT now()",
            "LIKE needs ESCAPE": "SELECT a FROM t WHERE a LIKE $1",
            "quoted names": 'SELECT "a" FROM t',
            "more than one statement": "SELECT 1; SELECT 2;",
        }.items():
            with self.subTest(text):
                self.refused(reason, queries=f"-- name: X\n{text}\n")

    def test_words_in_strings_and_comments_do_not_count(self):
        header, _ = self.embed(
            queries="-- name: X\nSELECT 'OFFSET $7; \"' -- LIMIT of $9; now()\n  FROM t;\n")
        self.assertIsNotNone(header)

    def test_names_are_camel_case_and_unique(self):
        self.refused("not CamelCase", queries="-- name: get_one\nSELECT 1;\n")
        self.refused("occurs twice", queries="-- name: X\nSELECT 1;\n-- name: X\nSELECT 2;\n")
        self.refused("text before", queries="SELECT 1;\n")
        self.refused("empty", queries="-- name: X\n\n")

    def test_migrations_count_from_one_and_have_no_parameters(self):
        self.refused("expected number 0001", _0002_late="SELECT 1;")
        self.refused("expected NNNN_name", _1_short="SELECT 1;")
        self.refused("no parameters", _0001_init="SELECT $1;")
        self.refused("BOOLEAN differs", _0001_init="CREATE TABLE t (a BOOLEAN);")


if __name__ == "__main__":
    unittest.main()
