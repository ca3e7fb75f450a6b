"""tools/check_layers passes the tree and fails on planted violations."""

import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBS = "foreach(lib base policy seal log metrics sql outbox records feedcache sheet rpc testing)\n"


def check(root):
    return subprocess.run([ROOT / "tools/check_layers", "--root", root], capture_output=True,
                          text=True, check=False)


class CheckLayersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.plant("libs/CMakeLists.txt", LIBS)

    def plant(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def test_the_tree_keeps_its_layers(self):
        result = check(ROOT)
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_a_violation_is_named_by_file_and_line(self):
        self.plant("services/registry/policy/rules.cc",
                   '#include "libs/base/money.h"\n\n#include "libs/sql/database.h"\n')
        result = check(self.root)
        self.assertEqual(result.returncode, 1)
        self.assertTrue(result.stdout.startswith("services/registry/policy/rules.cc:3: "),
                        result.stdout)

    def test_what_each_layer_may_not_include(self):
        for path, include in [
                ("libs/base/x.cc", '"libs/policy/rule.h"'),
                ("libs/sql/x.cc", '"libs/rpc/status.h"'),
                ("libs/sql/x.cc", '"services/registry/core/registry.h"'),
                ("libs/rpc/x.cc", '"fangpin/registry/v1/household.pb.h"'),
                ("libs/policy/rule.h", '"google/protobuf/message.h"'),
                ("libs/policy/rule.h", '"fangpin/policy/v1/finding.pb.h"'),
                ("libs/sheet/x.cc", "<grpcpp/grpcpp.h>"),
                ("libs/new/x.cc", '"libs/base/status.h"'),
                ("libs/seal/x.cc", '"libs/testing/temp_dir.h"'),
                ("services/registry/policy/x.cc", '"fangpin/registry/v1/household.pb.h"'),
                ("services/registry/policy/x.cc", '"libs/base/clock.h"'),
                ("services/registry/policy/x.cc", '"absl/time/clock.h"'),
                ("services/registry/core/x.cc", "<sqlite3.h>"),
                ("services/registry/core/x.cc", '"libs/sql/database.h"'),
                ("services/registry/core/x.cc", '"libs/seal/sealer.h"'),
                ("services/registry/core/x.cc", '"sql/registry_sql.h"'),
                ("services/assistance/core/x.cc", '"libs/records/sql_store.h"'),
                ("services/assistance/api/x.cc", '"libs/records/records.h"'),
                ("services/registry/core/x.cc", '"services/registry/store/store.h"'),
                ("services/registry/core/x.cc", '"services/registry/api/api.h"'),
                ("services/registry/core/x.cc", '"fangpin/registry/v1/registry_service.grpc.pb.h"'),
                ("services/screening/core/x.cc", '"fangpin/registry/v1/household.pb.h"'),
                ("services/registry/store/x.cc", '"grpcpp/grpcpp.h"'),
                ("services/registry/store/x.cc", '"libs/rpc/status.h"'),
                ("services/registry/api/x.cc", '"services/registry/store/store.h"'),
                ("services/registry/api/x.cc", '"libs/sql/database.h"'),
                ("services/screening/clients/x.cc", '"libs/sql/database.h"'),
                ("services/registry/clients/x.cc", '"fangpin/screening/v1/clue.pb.h"'),
                ("services/screening/core/x.cc", '"services/registry/core/registry.h"'),
                ("services/registry/module.cc", '"services/screening/module.h"'),
                ("services/registry/module.cc", '"libs/testing/temp_dir.h"'),
                ("services/registry/extra/x.cc", '"libs/base/status.h"'),
                ("services/registry/core/x.cc", '"registry.h"'),
                ("tools/fangpinctl/x.cc", '"services/registry/core/registry.h"'),
        ]:
            with self.subTest(path=path, include=include):
                self.plant(path, f"#include {include}\n")
                result = check(self.root)
                self.assertEqual(result.returncode, 1)
                self.assertIn(f"{path}:1: ", result.stdout)
                (self.root / path).unlink()

    def test_what_each_layer_may_include(self):
        for path, include in [
                ("libs/base/error_details.h", '"google/rpc/error_details.pb.h"'),
                ("libs/policy/load.cc", '"fangpin/policy/v1/parameters.pb.h"'),
                ("libs/sql/x_test.cc", '"libs/testing/temp_dir.h"'),
                ("libs/rpc/x.cc", '"libs/metrics/metrics.h"'),
                ("services/registry/core/x.cc", '"fangpin/registry/v1/household.pb.h"'),
                ("services/registry/core/x.cc", '"fangpin/policy/v1/finding.pb.h"'),
                ("services/registry/core/x.cc", '"libs/sheet/reader.h"'),
                ("services/registry/core/x_test.cc", '"libs/testing/status_matchers.h"'),
                ("services/assistance/core/x.cc", '"libs/records/records.h"'),
                ("services/assistance/api/x_test.cc", '"libs/records/fake_store.h"'),
                ("services/assistance/api/x_test.cc", '"libs/policy/load.h"'),
                ("services/registry/store/x.cc", '"sql/registry_sql.h"'),
                ("services/registry/store/x.cc", '"libs/outbox/outbox.h"'),
                ("services/screening/clients/x.cc", '"fangpin/registry/v1/household.pb.h"'),
                ("services/elimination/clients/x.cc", '"fangpin/registry/v1/household.pb.h"'),
                ("services/registry/module.cc", '"services/registry/store/store.h"'),
                ("services/standalone/main.cc", '"services/registry/module.h"'),
        ]:
            with self.subTest(path=path, include=include):
                self.plant(path, f"#include {include}\n")
                self.assertEqual(check(self.root).stdout, "")
                (self.root / path).unlink()


if __name__ == "__main__":
    unittest.main()
