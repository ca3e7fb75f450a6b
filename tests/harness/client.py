"""A client that is not ours: Debian's Python gRPC, with stubs generated from the protos."""

import atexit
import importlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import google
import grpc

from suite import ROOT, ctl


# The folder of the generated stubs; a test's own subprocesses take it over by this variable.
STUBS = "FANGPIN_TEST_STUBS"


def generate():
    """Generates Python stubs from proto/ and makes them importable; returns nothing."""
    out = os.environ.get(STUBS)
    if not out:
        out = os.environ[STUBS] = tempfile.mkdtemp(prefix="fangpin-stubs-")
        atexit.register(shutil.rmtree, out, ignore_errors=True)
        proto = ROOT / "proto"
        files = [str(f.relative_to(proto)) for f in proto.rglob("*.proto")]
        plugin = shutil.which("grpc_python_plugin")
        subprocess.run(["protoc", "-I", str(proto), "--python_out", out, "--grpc_python_out", out,
                        f"--plugin=protoc-gen-grpc_python={plugin}", *files], check=True)
    sys.path.insert(0, out)
    # The protobuf package owns "google"; the error model is declared in ours.
    google.__path__.append(str(pathlib.Path(out) / "google"))


generate()


def module(name):
    """Imports a generated module: module("fangpin.registry.v1.household") is its _pb2."""
    return importlib.import_module(name + "_pb2")


def stubs(name):
    """Imports the generated stubs of a service file."""
    return importlib.import_module(name + "_pb2_grpc")


def token(suite, *, subject, role, division="620000000000", department=""):
    """A bearer token, minted with the suite's own key."""
    arguments = ["token", "--token-key", suite.token_key, "--subject", subject, "--role", role,
                 "--division", division]
    if department:
        arguments += ["--department", department]
    return ctl(*arguments).stdout.strip()


class Details:
    """The error of a call, decoded from grpc-status-details-bin."""

    def __init__(self, error):
        self.code = error.code()
        metadata = dict(error.trailing_metadata())
        details = module("google.rpc.error_details")
        status = module("google.rpc.status").Status()
        status.ParseFromString(metadata["grpc-status-details-bin"])
        self.status = status
        self.info = details.ErrorInfo()
        self.bad_request = details.BadRequest()
        self.precondition = details.PreconditionFailure()
        for any_message in status.details:
            for message in (self.info, self.bad_request, self.precondition):
                if any_message.Is(message.DESCRIPTOR):
                    any_message.Unpack(message)

    @property
    def reason(self):
        return self.info.reason


def failure(call, *args, **kwargs):
    """Calls, expects an error and returns its details."""
    try:
        call(*args, **kwargs)
    except grpc.RpcError as error:
        return Details(error)
    raise AssertionError("the call succeeded")


def citizen_id(area, birth, sequence):
    """A valid 18-character citizen ID number of nobody (GB 11643-1999)."""
    body = f"{area}{birth}{sequence:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights)) % 11]
