"""What is exported in the shape of the national system loads again and changes nothing."""

import json
import sys

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402
import client  # noqa: E402
import grpc  # noqa: E402

COUNTY = "621126000000"


class SheetsTest(suite.SuiteTest):

    def load(self, *files):
        """Imports the files; returns (created, updated, unchanged) over all of them."""
        done = suite.ctl("import", *files, "--division", COUNTY, "--role", "COUNTY_DESK",
                         "--output", "json", *self.running.ctl_flags(), check=False)
        imports = [file["import"] for file in json.loads(done.stdout)["files"]]
        return tuple(sum(int(i.get(key, 0)) for i in imports)
                     for key in ("householdsCreated", "householdsUpdated", "householdsUnchanged"))

    def export(self, kind, sheet_format, role="COUNTY_DESK", division=COUNTY):
        pb = client.module("fangpin.registry.v1.registry_service")
        metadata = [("authorization", "Bearer " + client.token(
            self.running, subject="desk", role=role, division=division))]
        return b"".join(part.data for part in self.registry.ExportNationalForm(
            pb.ExportNationalFormRequest(division=COUNTY, kind=kind, format=sheet_format),
            metadata=metadata, timeout=120))

    def test_import_export_import_changes_nothing(self):
        self.running = self.start()
        channel = grpc.insecure_channel(self.running.addresses["registry"])
        self.addCleanup(channel.close)
        self.registry = client.stubs(
            "fangpin.registry.v1.registry_service").RegistryServiceStub(channel)
        county = self.folder / "county"
        suite.ctl("gen", "--county", COUNTY[:6], "--households", 300, "--seed", 5, "--out", county)
        created, _, _ = self.load(*sorted(county.glob("户信息*")))
        self.assertGreater(created, 200)
        _, updated, _ = self.load(*sorted(county.glob("监测对象信息*")))
        self.assertGreater(updated, 0)

        pb = client.module("fangpin.registry.v1.registry_service")
        kinds = client.module("fangpin.registry.v1.import")
        for kind in (kinds.IMPORT_KIND_ALL_HOUSEHOLDS, kinds.IMPORT_KIND_MONITORED_HOUSEHOLDS):
            for sheet_format, ending in ((pb.SHEET_FORMAT_XLSX, "xlsx"),
                                         (pb.SHEET_FORMAT_CSV_GB18030, "csv"),
                                         (pb.SHEET_FORMAT_CSV_UTF8, "csv")):
                with self.subTest(kind=kind, format=sheet_format):
                    file = self.folder / f"{kind}-{sheet_format}.{ending}"
                    file.write_bytes(self.export(kind, sheet_format))
                    created, updated, unchanged = self.load(file)
                    self.assertEqual((created, updated), (0, 0))
                    self.assertGreater(unchanged, 0)

        # A file cannot be masked: whoever may not see personal data gets none of it.
        error = client.failure(lambda: self.export(kinds.IMPORT_KIND_ALL_HOUSEHOLDS,
                                                   pb.SHEET_FORMAT_XLSX, role="PREFECTURE_VIEWER"))
        self.assertEqual(error.code, grpc.StatusCode.PERMISSION_DENIED)
        # Nobody exports another county.
        error = client.failure(lambda: self.export(kinds.IMPORT_KIND_ALL_HOUSEHOLDS,
                                                   pb.SHEET_FORMAT_XLSX, division="621121000000"))
        self.assertEqual(error.reason, "SCOPE_DENIED")


if __name__ == "__main__":
    suite.main()
