"""The examples of the guide for other systems do what the guide says, in Python and in Node."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402
import client  # noqa: E402

GUIDE = suite.ROOT / "docs/guides/registry"
COUNTY = "621126000000"
HOUSEHOLDS = 40


class RegistryGuideTest(suite.SuiteTest):

    def setUp(self):
        super().setUp()
        self.running = self.start()
        county = self.folder / "county"
        suite.ctl("gen", "--county", COUNTY[:6], "--households", HOUSEHOLDS, "--seed", 3,
                  "--out", county)
        sheet = next(f for f in sorted(county.iterdir()) if f.suffix == ".xlsx")
        suite.ctl("import", sheet, "--division", COUNTY, "--role", "COUNTY_DESK",
                  *self.running.ctl_flags(), check=False)
        self.token = client.token(self.running, subject="civil-affairs", role="COUNTY_DESK",
                                  division=COUNTY)
        self.listed = json.loads(suite.ctl(
            "household", "list", "--division", COUNTY, "--role", "COUNTY_DESK", "--limit", 0,
            "--output", "json", *self.running.ctl_flags()).stdout)["households"]
        self.assertGreater(len(self.listed), HOUSEHOLDS // 2)
        self.household = next(h for h in self.listed if len(h["members"]) > 1)
        self.number = next(m["idNumber"] for m in self.household["members"]
                           if m["membership"].get("active"))

    def expected(self):
        members = [[m for m in h["members"] if m["membership"].get("active")] for h in self.listed]
        return {
            "household": self.household["id"],
            "monitored": self.household["monitoring"]["state"],
            "batch": ["FOUND", "PERSON_NOT_FOUND", "ID_NUMBER_LENGTH"],
            "members": len(self.household["members"]),
            "listed": len(self.listed),
            "counted": [[len(self.listed), sum(map(len, members))]],
            "exported": len(self.listed),
            "changes": 0,
            "error": {"code": "INVALID_ARGUMENT", "reason": "ID_NUMBER_LENGTH",
                      "fields": [["id_number", "ID_NUMBER_LENGTH"]], "retry": False},
        }

    def run_example(self, *command):
        done = subprocess.run(
            [*map(str, command), "--server", self.running.addresses["registry"],
             "--token", self.token, "--division", COUNTY, "--id-number", self.number],
            cwd=suite.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])
        return json.loads(done.stdout)

    def test_python(self):
        stubs = pathlib.Path(sys.path[0])  # harness/client.py generated them there
        self.assertEqual(
            self.run_example("/usr/bin/python3", GUIDE / "example.py", "--stubs", stubs),
            self.expected())

    def test_node(self):
        modules = self.folder / "node"
        modules.mkdir()
        for name in ("package.json", "package-lock.json", "example.mjs"):
            (modules / name).write_bytes((GUIDE / name).read_bytes())
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=modules,
                       check=True, stdout=subprocess.DEVNULL)
        self.assertEqual(
            self.run_example("node", modules / "example.mjs", "--proto", suite.ROOT / "proto"),
            self.expected())


if __name__ == "__main__":
    suite.main()
