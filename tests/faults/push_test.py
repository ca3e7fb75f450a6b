"""Kills screening in the middle of a push; no answered alert may be lost or doubled."""

import sys
import threading

sys.path.insert(0, "tests/harness")
import suite  # noqa: E402
import client  # noqa: E402
import grpc  # noqa: E402

RECORDS = 20_000
BATCH = 200
FEED = "severe_illness"
COLUMNS = ("bgkbh", "bbh", "sfzh", "qzrq", "jbfl")


def record(number):
    """One record of the feed about somebody who is not on file."""
    birth = f"{1950 + number % 50}{number % 12 + 1:02d}{number % 28 + 1:02d}"
    person = client.citizen_id("621126", birth, number % 999 + 1)
    return (f"SI-{number:06d}", "1", person, "20230815", "大病")


class PushTest(suite.SuiteTest):

    def connect(self):
        channel = grpc.insecure_channel(self.running.addresses["screening"])
        self.addCleanup(channel.close)
        return client.stubs("fangpin.screening.v1.alert_service").AlertServiceStub(channel)

    def batches(self):
        for start in range(0, RECORDS, BATCH):
            yield range(start, min(start + BATCH, RECORDS))

    def push(self, stub, numbers):
        """Pushes one batch; returns {number: alert id} for what was answered."""
        answer = stub.PushAlerts(
            self.pb.PushAlertsRequest(
                feed_id=FEED, columns=COLUMNS,
                records=[self.alerts.AlertRecord(values=record(n)) for n in numbers]),
            metadata=self.department, timeout=20)
        taken = (self.alerts.ALERT_ANSWER_ACCEPTED, self.alerts.ALERT_ANSWER_DUPLICATE)
        for result in answer.results:
            self.assertIn(result.answer, taken, result)
        return {n: result.alert_id for n, result in zip(numbers, answer.results)}

    def stored(self, stub):
        """Every stored alert of the feed: [(source id, alert id)]."""
        found, page = [], ""
        while True:
            answer = stub.ListAlerts(
                self.pb.ListAlertsRequest(feed_id=FEED, page_size=1000, page_token=page),
                metadata=self.desk, timeout=20)
            found += [(alert.source_id, alert.id) for alert in answer.alerts]
            page = answer.next_page_token
            if not page:
                return found

    def check(self, separate):
        self.running = self.start(separate=separate)
        self.pb = client.module("fangpin.screening.v1.alert_service")
        self.alerts = client.module("fangpin.screening.v1.alert")
        self.department = [("authorization", "Bearer " + client.token(
            self.running, subject="feed-health", role="DEPARTMENT_FEED", department="health"))]
        self.desk = [("authorization", "Bearer " + client.token(
            self.running, subject="desk", role="COUNTY_DESK"))]
        process = self.running.processes["screening" if separate else "fangpin"]

        # Push until the process dies under the pushing thread.
        answered, failed = {}, []
        half_way = threading.Event()

        def push_all(stub):
            for numbers in self.batches():
                try:
                    answered.update(self.push(stub, numbers))
                except grpc.RpcError:
                    failed.append(numbers)
                    return
                if len(answered) >= RECORDS // 3:
                    half_way.set()

        pusher = threading.Thread(target=push_all, args=(self.connect(),))
        pusher.start()
        self.assertTrue(half_way.wait(timeout=120))
        process.kill()
        pusher.join()
        self.assertTrue(failed, "the push ended before the kill")
        self.assertLess(len(answered), RECORDS)

        process.start()
        name = "screening" if separate else "fangpin"
        self.running.addresses["screening"] = self.running.processes[name].address
        stub = self.connect()
        before_resend = dict(self.stored(stub))
        for number, alert in answered.items():
            self.assertEqual(before_resend.get(record(number)[0]), alert, "an answered alert is gone")

        # Resend everything from the beginning, as a department would.
        resent = {}
        for numbers in self.batches():
            resent.update(self.push(stub, numbers))
        for number, alert in answered.items():
            self.assertEqual(resent[number], alert, "an answered alert was taken twice")

        found = self.stored(stub)
        self.assertEqual(len(found), RECORDS)
        self.assertEqual(dict(found), {record(n)[0]: alert for n, alert in resent.items()})

    def test_killed_in_one_process_on_sqlite(self):
        self.check(separate=False)

    def test_killed_as_its_own_process_on_postgres_and_redis(self):
        self.check(separate=True)


if __name__ == "__main__":
    suite.main()
