"""A whole county goes through the whole life, and nothing personal is left in the clear."""

import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402

HOUSEHOLDS = 1200


class CountyTest(suite.SuiteTest):

    def rehearse(self, running):
        county = self.folder / "county"
        suite.ctl("gen", "--county", "621126", "--households", HOUSEHOLDS, "--seed", 7,
                  "--out", county)
        done = suite.ctl("rehearse", "--dir", county, "--output", "json", *running.ctl_flags(),
                         check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-6000:] + done.stderr[-3000:])
        return county, json.loads(done.stdout)

    def personal_strings(self, county):
        """Every planted name, ID number and phone. A name that is part of a village's, as 张强 is of
        张强村, stands in every registry and is left out."""
        lines = (county / "planted_personal.txt").read_text(encoding="utf-8").split()
        divisions = pathlib.Path("deploy/data/gansu_divisions.csv").read_text(encoding="utf-8")
        searched = [line for line in lines if line not in divisions]
        self.assertGreater(len(searched), HOUSEHOLDS)
        self.assertLess(len(set(lines) - set(searched)), 10)
        return searched

    def assert_holds_none_of(self, strings, files):
        """Searches the files for every string, as it is and as hexadecimal digits; grep reads the
        patterns from a file at once."""
        patterns = self.folder / "patterns"
        wanted = list(strings)
        self.assertGreater(len(wanted), HOUSEHOLDS)
        wanted += [s.encode().hex() for s in strings]
        patterns.write_text("\n".join(wanted), encoding="utf-8")
        searched = [str(f) for f in files if f.is_file() and f.stat().st_size > 0]
        self.assertTrue(searched)
        found = subprocess.run(["grep", "-aoFf", str(patterns), "--", *searched], text=True,
                               env={"LC_ALL": "C"}, stdout=subprocess.PIPE, errors="replace")
        self.assertEqual(found.returncode, 1, found.stdout[:2000])

    def assert_metrics_are_well_formed(self, process):
        checked = subprocess.run(["promtool", "check", "metrics"], input=process.metrics(),
                                 text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_in_one_process_on_sqlite(self):
        running = self.start()
        county, _ = self.rehearse(running)
        process = running.processes["fangpin"]
        self.assert_metrics_are_well_formed(process)
        handled = re.findall(r'^grpc_server_handled_total\{.*grpc_code="OK".*\} (\d+)',
                             process.metrics(), re.M)
        self.assertGreater(sum(map(int, handled)), 100)
        # While it runs the write-ahead logs are there as well; once stopped, the closed files.
        personal = self.personal_strings(county)
        self.assert_holds_none_of(personal, process.folder.rglob("*"))
        running.stop()
        self.assert_holds_none_of(personal, process.folder.rglob("*"))
        self.assertTrue(list(process.folder.glob("*.db")))

    def test_search_of_store_files_would_find_a_planted_name(self):
        (self.folder / "leak.db").write_bytes(b"\x00\x01" + "甲乙丙".encode() + b"\x02")
        with self.assertRaises(AssertionError):
            self.assert_holds_none_of(["甲乙丙"] * (HOUSEHOLDS + 1), [self.folder / "leak.db"])

    def test_search_of_a_dump_would_find_a_planted_name_in_bytes(self):
        (self.folder / "dump.sql").write_text("\\\\x0001" + "王芳".encode().hex() + "02")
        with self.assertRaises(AssertionError):
            self.assert_holds_none_of(["王芳"] * (HOUSEHOLDS + 1), [self.folder / "dump.sql"])

    def test_as_separate_processes_on_postgres_and_redis(self):
        running = self.start(separate=True)
        county, _ = self.rehearse(running)
        for process in running.processes.values():
            self.assert_metrics_are_well_formed(process)
        personal = self.personal_strings(county)
        dumps = [self.folder / "postgres.sql", self.folder / "redis.txt"]
        # Before the processes stop: what the cache holds may live shorter than they do.
        self.assertGreater(suite.dump_redis(running.redis, dumps[1]), 0)
        suite.dump_postgres(running.database, dumps[0])
        self.assert_holds_none_of(personal, dumps)
        if files := suite.postgres_files(running.database):
            self.assert_holds_none_of(personal, files)
        running.stop()
        for process in running.processes.values():
            self.assert_holds_none_of(personal, process.folder.rglob("*"))


if __name__ == "__main__":
    suite.main()
