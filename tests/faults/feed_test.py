"""Eight writers, two registry processes on one PostgreSQL database, and a reader of the change feed
that is killed and resumed again and again: it sees every revision once and in order."""

import base64
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402
import client  # noqa: E402
import grpc  # noqa: E402

WRITERS = 8
SECONDS = 10
KILLS = 5
HOT = 40  # households that all writers change
COUNTY = "621126000000"


def registry(address):
    stub = client.stubs("fangpin.registry.v1.registry_service").RegistryServiceStub
    return stub(grpc.insecure_channel(address))


class Journal:
    """What a reader keeps: one line a message, the events together with the token behind them."""

    def __init__(self, path, first_token):
        self.path = pathlib.Path(path)
        self.first_token = first_token

    def size(self):
        return self.path.stat().st_size if self.path.exists() else 0

    def recover(self):
        """Cuts off a line that a kill has torn; returns the token to go on with."""
        content = self.path.read_bytes() if self.size() else b""
        whole = content[:content.rfind(b"\n") + 1]
        self.path.write_bytes(whole)
        lines = whole.splitlines()
        return json.loads(lines[-1])["token"] if lines else self.first_token

    def events(self):
        """All events: (household id, number, kind, serialised household)."""
        for line in self.path.read_bytes().splitlines():
            yield from json.loads(line)["events"]

    def append(self, part):
        events = [[e.revision.household_id, e.revision.number, e.kind,
                   base64.b64encode(e.revision.household.SerializeToString()).decode()]
                  for e in part.events]
        line = json.dumps({"token": part.token, "events": events}) + "\n"
        with open(self.path, "ab", buffering=0) as file:
            file.write(line.encode())


def read(address, bearer, path, first_token, until_now):
    """The reader: a process of its own, so that it can be killed anywhere."""
    journal = Journal(path, first_token)
    pb = client.module("fangpin.registry.v1.feed")
    request = pb.WatchHouseholdsRequest(token=journal.recover(), include_household=True,
                                        until_now=until_now == "until_now")
    for part in registry(address).WatchHouseholds(request, metadata=[("authorization", bearer)]):
        journal.append(part)


class FeedTest(suite.SuiteTest):

    def start_registry(self, name):
        process = suite.Process("fangpin-registry", self.folder / name, self.config)
        self.addCleanup(lambda: process.popen.poll() is None and process.kill())
        return process

    def start_reader(self, process, until_now=""):
        reader = subprocess.Popen(
            [sys.executable, __file__, "reader", process.address, self.bearer,
             str(self.journal.path), self.journal.first_token, until_now], cwd=suite.ROOT)
        self.addCleanup(lambda: reader.poll() is None and reader.kill())
        return reader

    def setUp(self):
        super().setUp()
        seed = random.randrange(2**32)
        print("seed", seed, flush=True)
        self.random = random.Random(seed)
        keys = self.folder / "keys"
        keys.mkdir()
        self.token_key = keys / "token.key"
        self.config = (
            'listen: "127.0.0.1:0"\nmetrics_listen: "127.0.0.1:0"\n'
            f'token_key_file: "{self.token_key}"\nseal_key_file: "{keys}/seal.key"\n'
            f'databases {{ service: "registry" uri: "{suite.new_postgres_database()}" }}\n')
        self.first = self.start_registry("first")
        self.second = self.start_registry("second")
        self.bearer = "Bearer " + client.token(self, subject="feed-reader", role="COUNTY_DESK")
        self.metadata = [("authorization", self.bearer)]
        self.pb = client.module("fangpin.registry.v1.registry_service")
        self.feed = client.module("fangpin.registry.v1.feed")
        self.household = client.module("fangpin.registry.v1.household")
        self.vocabulary = client.module("fangpin.policy.v1.vocabulary")
        self.persons = iter(range(10**6))
        self.lock = threading.Lock()
        divisions = client.module("fangpin.registry.v1.division_service")
        stub = client.stubs("fangpin.registry.v1.division_service").DivisionServiceStub(
            grpc.insecure_channel(self.first.address))
        answer = stub.ListDivisions(
            divisions.ListDivisionsRequest(parent_code=COUNTY, recursive=True, page_size=2000),
            metadata=self.metadata)
        self.villages = [d.code for d in answer.divisions
                         if d.level == divisions.DIVISION_LEVEL_VILLAGE and d.code[9:] >= "200"]

    def create(self, stub, choose):
        with self.lock:
            number = next(self.persons)
        birth = f"{1950 + number // 28 % 50}{number // 1400 % 12 + 1:02d}{number % 28 + 1:02d}"
        person = self.household.Person(
            name="测试甲", id_number=client.citizen_id("621126", birth, number // 16800 * 2 + 1),
            relation=self.household.CodedLabel(code="02", label="户主"),
            labour_capacity=self.vocabulary.LABOUR_CAPACITY_ORDINARY)
        household = self.household.Household(
            national_id=f"FEED-{number}", division=choose.choice(self.villages[:20]),
            kind=self.vocabulary.HOUSEHOLD_KIND_ORDINARY, members=[person])
        request = self.pb.CreateHouseholdRequest(household=household, reason="变更流测试")
        return stub.CreateHousehold(request, metadata=self.metadata, timeout=20).household.id

    def update(self, stub, household_id, address):
        current = stub.GetHousehold(self.pb.GetHouseholdRequest(household_id=household_id),
                                    metadata=self.metadata, timeout=20).household
        request = self.pb.UpdateHouseholdRequest(etag=current.etag, reason="变更流测试")
        request.household.id = household_id
        request.household.address = address
        request.update_mask.paths.append("address")
        stub.UpdateHousehold(request, metadata=self.metadata, timeout=20)

    def write(self, number, hot, written, failures):
        """One writer: changes what the others change as well, and registers some of its own."""
        choose = random.Random(number + self.random.randrange(2**16))
        stub = registry((self.first, self.second)[number % 2].address)
        turn = 0
        while time.monotonic() < self.end:
            turn += 1
            try:
                if choose.random() < 0.2:
                    self.create(stub, choose)
                else:
                    self.update(stub, choose.choice(hot), f"第{number}写者{turn}号")
                written[number] += 1
            except grpc.RpcError as error:
                if error.code() == grpc.StatusCode.ABORTED:
                    continue  # lost against another writer
                if error.code() == grpc.StatusCode.UNAVAILABLE and number % 2 == 1:
                    stub = registry(self.first.address)  # its process was killed
                    continue
                failures.append(error)
                return

    def export(self, process):
        households, token = {}, ""
        for part in registry(process.address).ExportHouseholds(
                self.feed.ExportHouseholdsRequest(), metadata=self.metadata, timeout=60):
            for household in part.households:
                self.assertNotIn(household.id, households, "exported twice")
                households[household.id] = household
            token = part.watch_token
            complete = part.complete
        self.assertTrue(complete)
        return households, token

    def revisions(self, household_id):
        stub, numbers, page = registry(self.first.address), [], ""
        while True:
            answer = stub.ListRevisions(
                self.pb.ListRevisionsRequest(household_id=household_id, page_size=100,
                                             page_token=page), metadata=self.metadata, timeout=20)
            numbers += [revision.number for revision in answer.revisions]
            page = answer.next_page_token
            if not page:
                return numbers

    def test_a_reader_killed_and_resumed_sees_every_revision_once(self):
        hot = [self.create(registry(self.first.address), self.random) for _ in range(HOT)]
        failures, written = [], collections.Counter()
        self.end = time.monotonic() + SECONDS
        writers = [threading.Thread(target=self.write, args=(n, hot, written, failures))
                   for n in range(WRITERS)]
        for writer in writers:
            writer.start()

        # An export in the middle of it all, and the feed from where it stands.
        self.assertTrue(suite.wait_until(lambda: sum(written.values()) > 200))
        exported, token = self.export(self.second)
        self.journal = Journal(self.folder / "journal", token)
        for kill in range(KILLS):
            reader = self.start_reader((self.first, self.second)[kill % 2])
            enough = self.journal.size() + self.random.randrange(1, 50_000)
            self.assertTrue(suite.wait_until(lambda: self.journal.size() >= enough),
                            "the reader stands still")
            reader.kill()
            reader.wait()
        # One of the processes as well; what it had committed is in the feed all the same.
        self.second.kill()
        reader = self.start_reader(self.first)
        for writer in writers:
            writer.join()
        self.assertEqual(failures, [])
        reader.kill()
        reader.wait()
        self.assertEqual(self.start_reader(self.first, "until_now").wait(timeout=60), 0)

        final, _ = self.export(self.first)
        seen = collections.defaultdict(list)
        replayed = dict(exported)
        for household_id, number, kind, record in self.journal.events():
            self.assertEqual(kind, self.feed.HOUSEHOLD_EVENT_KIND_CHANGED)
            seen[household_id].append(number)
            replayed[household_id] = self.household.Household.FromString(base64.b64decode(record))
        total = 0
        for household_id in final:
            after = exported[household_id].revision if household_id in exported else 0
            expected = [n for n in self.revisions(household_id) if n > after]
            self.assertEqual(seen[household_id], expected, household_id)
            total += len(expected)
        self.assertEqual(total, sum(map(len, seen.values())))
        self.assertEqual(replayed, final, "export and feed are not the registry as it is")
        print(f"{sum(written.values())} writes, {total} events behind an export of "
              f"{len(exported)} households", flush=True)
        self.assertGreater(total, 200)
        self.first.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["reader"]:
        read(*sys.argv[2:])
    else:
        suite.main()
