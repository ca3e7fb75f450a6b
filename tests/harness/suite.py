"""Starts the suite's own binaries for tests, in one process or as separate ones, and stops them."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("FANGPIN_BIN_DIR", ROOT / "build/release/bin"))
SKIPPED = 77
SERVICES = ("registry", "screening", "assistance", "elimination")


def required_server(variable):
    """The address of a test server; without one the test skips, or fails where none may skip."""
    value = os.environ.get(variable, "")
    if not value:
        if os.environ.get("FANGPIN_REQUIRE_SERVERS") == "1":
            raise AssertionError(variable + " is not set")
        raise unittest.SkipTest(variable + " is not set")
    return value


def new_postgres_database():
    """Creates an empty database on the test server; returns its URI."""
    uri = required_server("FANGPIN_TEST_POSTGRES")
    name = "t" + uuid.uuid4().hex
    subprocess.run(["psql", "-q", uri, "-c", "CREATE DATABASE " + name], check=True)
    return uri.rsplit("/", 1)[0] + "/" + name


def wait_until(condition, seconds=60):
    """Whether the condition came true within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


class Process:
    """One server process, from start to stop."""

    def __init__(self, binary, folder, config):
        self.binary = binary
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "config.textproto"
        self.config.write_text(config, encoding="utf-8")
        self.log = self.folder / "log.jsonl"
        self.ports = {}
        self.start()

    def start(self):
        """Starts it and waits until it serves."""
        ports_file = self.folder / (self.binary + ".ports")
        ports_file.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                [str(BIN / self.binary), "--config", str(self.config), "--var", str(self.folder)],
                cwd=ROOT, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not ports_file.exists():
            if self.popen.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.binary} did not start:\n" + self.tail())
            time.sleep(0.02)
        self.ports = dict(line.split() for line in ports_file.read_text().splitlines())

    def tail(self):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    @property
    def address(self):
        return self.ports["grpc"]

    def metrics(self):
        """The text of /metrics."""
        with urllib.request.urlopen(f"http://{self.ports['metrics']}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def stop(self):
        """Asks it to stop and checks that it did so cleanly."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        code = self.popen.wait(timeout=60)
        if code != 0:
            raise AssertionError(f"{self.binary} ended with {code}:\n" + self.tail())

    def kill(self):
        """Ends it without warning, as a power cut would."""
        self.popen.kill()
        self.popen.wait()


class Suite:
    """All services: in one process on SQLite, or one process each on PostgreSQL and Redis."""

    def __init__(self, folder, separate=False, extra=""):
        self.folder = pathlib.Path(folder)
        self.processes = {}
        common = ('listen: "127.0.0.1:0"\nmetrics_listen: "127.0.0.1:0"\nsimulated_time: true\n'
                  f'token_key_file: "{self.folder}/keys/token.key"\n'
                  f'seal_key_file: "{self.folder}/keys/seal.key"\n' + extra)
        (self.folder / "keys").mkdir(parents=True, exist_ok=True)
        if not separate:
            self.processes["fangpin"] = Process("fangpin", self.folder / "fangpin", common)
            self.addresses = {service: self.processes["fangpin"].address for service in SERVICES}
            return
        self.database = database = new_postgres_database()
        self.redis = redis = required_server("FANGPIN_TEST_REDIS")
        self.addresses = {}
        for service in SERVICES:
            config = common + f'redis_address: "{redis}"\n'
            config += f'databases {{ service: "{service}" uri: "{database}" }}\n'
            for name, address in self.addresses.items():
                config += f'neighbours {{ service: "{name}" address: "{address}" }}\n'
            process = Process("fangpin-" + service, self.folder / service, config)
            self.processes[service] = process
            self.addresses[service] = process.address

    @property
    def token_key(self):
        return self.folder / "keys/token.key"

    def ctl_flags(self):
        """Flags that lead fangpinctl to this suite."""
        flags = ["--token-key", str(self.token_key)]
        for service, address in self.addresses.items():
            flags += ["--" + service, address]
        return flags

    def stop(self):
        for process in reversed(list(self.processes.values())):
            process.stop()


def ctl(*arguments, check=True, **kwargs):
    """Runs fangpinctl; returns the finished process with its output as text."""
    done = subprocess.run([str(BIN / "fangpinctl"), *map(str, arguments)], cwd=ROOT, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **kwargs)
    if check and done.returncode != 0:
        raise AssertionError(
            f"fangpinctl {' '.join(map(str, arguments))}: exit {done.returncode}\n"
            + done.stdout[-4000:] + done.stderr[-4000:])
    return done


def dump_postgres(uri, file):
    """Writes everything in the database as SQL; bytes stand in it as hexadecimal digits."""
    with open(file, "wb") as out:
        subprocess.run(["pg_dump", uri], stdout=out, check=True)


def postgres_files(uri):
    """The files of the database, written out; none where they may not be read."""
    def ask(sql):
        return subprocess.run(["psql", "-qtA", uri, "-c", sql], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()
    ask("CHECKPOINT")
    oid = ask("SELECT oid FROM pg_database WHERE datname = current_database()")
    folder = pathlib.Path(ask("SHOW data_directory")) / "base" / oid
    if not os.access(folder, os.R_OK | os.X_OK):
        return []
    return list(folder.iterdir())


# How each type of Redis value is read whole.
REDIS_READ = {"string": ["GET"], "hash": ["HGETALL"], "list": ["LRANGE", "0", "-1"],
              "set": ["SMEMBERS"], "zset": ["ZRANGE", "0", "-1"], "stream": ["XRANGE", "-", "+"]}


def dump_redis(address, file):
    """Writes every key and value as it is; returns the number of keys."""
    host, port = address.rsplit(":", 1)

    def ask(*arguments):
        return subprocess.run(["redis-cli", "--raw", "-h", host, "-p", port, *arguments],
                              check=True, stdout=subprocess.PIPE).stdout
    keys = ask("--scan").splitlines()
    with open(file, "wb") as out:
        for key in keys:
            kind = ask("TYPE", key).strip().decode()
            if kind == "none":  # expired meanwhile
                continue
            command, *rest = REDIS_READ[kind]
            out.write(key + b"\n" + ask(command, key, *rest) + b"\n")
    return len(keys)


def main():
    """Runs the tests of the calling script. Its exit code is SKIPPED, which ctest knows from the
    CMake function, only when a test skipped and none failed."""
    result = unittest.main(module="__main__", verbosity=2, exit=False).result
    if not result.wasSuccessful() or not (result.testsRun or result.skipped):
        sys.exit(1)
    sys.exit(SKIPPED if result.skipped else 0)


class SuiteTest(unittest.TestCase):
    """A test with a folder of its own, removed when it passed."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fangpin-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, **kwargs):
        """Starts a suite that ends with the test."""
        suite = Suite(self.folder / "suite", **kwargs)

        def end():
            for process in suite.processes.values():
                if process.popen.poll() is None:
                    process.kill()

        self.addCleanup(end)
        return suite
