"""Bad input is refused with field, row and reason, and changes nothing."""

import csv
import io
import json
import sys

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402
import client  # noqa: E402
import grpc  # noqa: E402

COUNTY = "621126000000"
HEADER = ("县(市、区、旗)", "乡(镇)", "行政村", "户编号", "户类型", "人口编号", "姓名", "性别", "出生日期",
          "证件类型", "证件号码", "与户主关系", "民族", "政治面貌", "文化程度", "在校生状况", "健康状况", "劳动技能")


def person(village, household, *, serial=1, relation="户主", id_number=None):
    """One row of a 户信息 export about a man of 43."""
    number = id_number or client.citizen_id("621126", "19800312", 100 + 2 * serial + 1)
    return ("岷县", village[0], village[1], household, "一般农户", f"R{household}{serial}", "测试丙", "男",
            "19800312", "居民身份证", number, relation, "汉族", "群众", "初中", "", "健康", "普通劳动力")


def sheet(rows, encoding="utf-8"):
    """The export as a .csv file: two title rows, then the header."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["户信息"])
    writer.writerow(["导出时间：2023-09-01"])
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


class GarbageTest(suite.SuiteTest):

    def setUp(self):
        super().setUp()
        self.running = self.start()
        self.channel = grpc.insecure_channel(self.running.addresses["registry"])
        self.addCleanup(self.channel.close)
        self.metadata = [("authorization", "Bearer " + client.token(
            self.running, subject="desk", role="COUNTY_DESK"))]
        self.village = self.first_village()

    def first_village(self):
        """(township name, village name) of a village of the county."""
        pb = client.module("fangpin.registry.v1.division_service")
        stub = client.stubs("fangpin.registry.v1.division_service").DivisionServiceStub(self.channel)
        divisions = stub.ListDivisions(
            pb.ListDivisionsRequest(parent_code=COUNTY, recursive=True, page_size=2000),
            metadata=self.metadata).divisions
        names = {d.code: d.name for d in divisions}
        village = next(d for d in divisions if d.level == pb.DIVISION_LEVEL_VILLAGE)
        return names[village.parent_code], village.name

    def households(self):
        """How many households are on file."""
        pb = client.module("fangpin.registry.v1.registry_service")
        stub = client.stubs("fangpin.registry.v1.registry_service").RegistryServiceStub(self.channel)
        return len(stub.ListHouseholds(pb.ListHouseholdsRequest(page_size=500),
                                       metadata=self.metadata).households)

    def import_file(self, name, content, *flags):
        """Imports a file; returns the exit code and what fangpinctl printed as JSON."""
        path = self.folder / name
        path.write_bytes(content)
        done = suite.ctl("import", path, "--division", COUNTY, "--all-or-nothing", "--output",
                         "json", "--role", "COUNTY_DESK", *flags,
                         *self.running.ctl_flags(), check=False)
        return done.returncode, json.loads(done.stdout)

    def assert_refused(self, name, content, reason, *, row=None, column=None, flags=()):
        before = self.households()
        code, answer = self.import_file(name, content, *flags)
        self.assertNotEqual(code, 0, answer)
        found = [(int(e.get("row", 0)), e.get("column", ""), e["reason"])
                 for file in answer["files"] for e in file.get("errors", [])]
        found += [(0, "", file["import"]["failureReason"]) for file in answer["files"]
                  if file["import"].get("failureReason")]
        matching = [f for f in found if f[2] == reason]
        self.assertTrue(matching, f"wanted {reason}, found {found}")
        if row is not None:
            self.assertIn(row, [f[0] for f in matching])
        if column is not None:
            self.assertIn(column, [f[1] for f in matching])
        self.assertEqual(self.households(), before)

    def test_rows(self):
        good = person(self.village, "H1")
        wrong = good[10][:-1] + ("0" if good[10][-1] != "0" else "1")
        other = person(self.village, "H2", serial=2)
        cases = [
            ("wrong check digit", [good, person(self.village, "H2", id_number=wrong)],
             "ID_NUMBER_CHECK_DIGIT", 5, "证件号码"),
            ("unknown village", [good, person((self.village[0], "没有的村民委员会"), "H2", serial=2)],
             "VILLAGE_UNKNOWN", 5, "行政村"),
            ("missing head", [good, person(self.village, "H2", serial=2, relation="之子")],
             "HOUSEHOLD_WITHOUT_HEAD", 5, None),
            ("two heads", [good, other, person(self.village, "H2", serial=3)],
             "HOUSEHOLD_WITH_TWO_HEADS", 6, None),
        ]
        for name, rows, reason, row, column in cases:
            with self.subTest(name):
                self.assert_refused("户信息.csv", sheet(rows), reason, row=row, column=column)
        self.assertEqual(self.households(), 0)

    def test_files(self):
        rows = [person(self.village, "H1")]
        suite.ctl("gen", "--county", "621126", "--households", 60, "--seed", 3, "--out",
                  self.folder / "county")
        workbook = next((self.folder / "county").glob("*.xlsx")).read_bytes()
        cases = [
            ("text named .xlsx", "户信息.xlsx", sheet(rows), "SHEET_NOT_XLSX", ()),
            ("truncated .xlsx", "户信息.xlsx", workbook[:len(workbook) // 2], "SHEET_TRUNCATED", ()),
            ("empty file", "户信息.csv", b"", "SHEET_EMPTY", ()),
            ("no known header", "户信息.csv", "甲,乙\n1,2\n".encode(), "SHEET_HEADER_MISSING", ()),
            ("GB18030 read as UTF-8", "户信息.csv", sheet(rows, "gb18030"), "SHEET_ENCODING",
             ("--encoding", "utf-8")),
        ]
        for name, file, content, reason, flags in cases:
            with self.subTest(name):
                self.assert_refused(file, content, reason, flags=flags)
        self.assertEqual(self.households(), 0)

    def test_the_same_rows_without_a_fault_are_loaded(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            with self.subTest(encoding):
                code, answer = self.import_file(
                    "户信息.csv", sheet([person(self.village, "H1")], encoding))
                self.assertEqual(code, 0, answer)
                self.assertEqual(self.households(), 1)

    def test_batches(self):
        pb = client.module("fangpin.screening.v1.alert_service")
        alerts = client.module("fangpin.screening.v1.alert")
        stub = client.stubs("fangpin.screening.v1.alert_service").AlertServiceStub(self.channel)
        one = alerts.AlertRecord(values=["x"])
        department = [("authorization", "Bearer " + client.token(
            self.running, subject="feed-health", role="DEPARTMENT_FEED", department="health"))]

        def reason(**kwargs):
            error = client.failure(stub.PushAlerts, pb.PushAlertsRequest(**kwargs),
                                   metadata=department)
            self.assertEqual(error.code, grpc.StatusCode.INVALID_ARGUMENT)
            return error.reason

        self.assertEqual(reason(feed_id="severe_illness", columns=["bgkbh"],
                                records=[one] * 1001), "BATCH_TOO_LARGE")
        self.assertEqual(reason(feed_id="no_such_feed", columns=["bgkbh"], records=[one]),
                         "FEED_UNKNOWN")
        self.assertEqual(reason(feed_id="severe_illness", columns=["bgkbh"], records=[one]),
                         "COLUMN_MISSING")
        listed = stub.ListAlerts(pb.ListAlertsRequest(page_size=10), metadata=self.metadata)
        self.assertEqual(len(listed.alerts), 0)


if __name__ == "__main__":
    suite.main()
