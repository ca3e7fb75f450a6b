"""Calls the registry from Python: look-ups, paging, export, change feed, errors.

Stubs come from the protos alone (Debian: protobuf-compiler, protobuf-compiler-grpc, python3-grpcio):

    protoc -I proto --python_out stubs --grpc_python_out stubs \
        --plugin=protoc-gen-grpc_python=$(which grpc_python_plugin) $(cd proto && find . -name '*.proto')
    python3 docs/guides/registry/example.py --stubs stubs --server 127.0.0.1:7100 \
        --token "$TOKEN" --division 621126000000 --id-number 62112619800312…

Prints what it found as one JSON object.
"""

import argparse
import json
import sys


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stubs", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--division", required=True)
    parser.add_argument("--id-number", required=True)
    return parser.parse_args()


ARGS = arguments()
sys.path.insert(0, ARGS.stubs)

import google  # noqa: E402
import grpc  # noqa: E402

# The protobuf package owns "google"; google.rpc, the error model, stands among the stubs.
google.__path__.append(ARGS.stubs + "/google")

from fangpin.policy.v1 import vocabulary_pb2  # noqa: E402
from fangpin.registry.v1 import (feed_pb2, query_pb2, registry_service_pb2 as pb,  # noqa: E402
                                 registry_service_pb2_grpc as services)
from google.rpc import error_details_pb2, status_pb2  # noqa: E402

METADATA = [("authorization", "Bearer " + ARGS.token)]
# What may be sent again as it is, with a growing pause.
RETRY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.ABORTED}


def every_page(method, request, items):
    """Yields the items of all pages; only an empty next_page_token is the end."""
    while True:
        answer = method(request, metadata=METADATA, timeout=30)
        yield from items(answer)
        if not answer.next_page_token:
            return
        request.page_token = answer.next_page_token


def details(error):
    """(reason, [(field, reason)]) of a failed call, from grpc-status-details-bin."""
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                for message in (info, bad):
                    if detail.Is(message.DESCRIPTOR):
                        detail.Unpack(message)
    return info.reason, [(v.field, v.reason) for v in bad.field_violations]


def main():
    # One channel for the whole program: a new one costs a handshake a call.
    registry = services.RegistryServiceStub(grpc.insecure_channel(ARGS.server))
    found = {}

    # Is this person in a monitored household?
    match = registry.LookUpPerson(
        pb.LookUpPersonRequest(id_number=ARGS.id_number, purpose="医疗救助资格核对"),
        metadata=METADATA, timeout=5).match
    found["household"] = match.household_id
    found["monitored"] = vocabulary_pb2.MonitoringState.Name(match.monitoring_state)

    # Two thousand at a time; an answer a number, in the same order, a reason where there is none.
    batch = registry.BatchLookUpPersons(
        pb.BatchLookUpPersonsRequest(id_numbers=[ARGS.id_number, "11010519491231002X", "1"],
                                     purpose="医疗救助资格核对"),
        metadata=METADATA, timeout=10)
    found["batch"] = [r.reason or "FOUND" for r in batch.results]

    household = registry.GetHousehold(
        pb.GetHouseholdRequest(household_id=match.household_id), metadata=METADATA,
        timeout=5).household
    found["members"] = len(household.members)

    area = query_pb2.HouseholdFilter(division=ARGS.division)
    found["listed"] = sum(1 for _ in every_page(
        registry.ListHouseholds, pb.ListHouseholdsRequest(filter=area, page_size=7),
        lambda answer: answer.households))
    counts = registry.CountHouseholds(query_pb2.CountHouseholdsRequest(filter=area),
                                      metadata=METADATA, timeout=30).counts
    found["counted"] = [[c.households, c.persons] for c in counts]

    # The whole area once, then every change: the feed takes over exactly where the export stands.
    exported, watch_token = 0, ""
    for part in registry.ExportHouseholds(feed_pb2.ExportHouseholdsRequest(filter=area),
                                          metadata=METADATA):
        exported += len(part.households)
        watch_token = part.watch_token  # keep part.resume_token as well, to go on after a break
    found["exported"] = exported
    changes = 0
    for part in registry.WatchHouseholds(
            feed_pb2.WatchHouseholdsRequest(division=ARGS.division, token=watch_token,
                                            include_household=True, until_now=True),
            metadata=METADATA):
        changes += len(part.events)
        watch_token = part.token  # store it with what you made of the events
    found["changes"] = changes

    # Errors: a stable reason and the fields to mend.
    try:
        registry.LookUpPerson(
            pb.LookUpPersonRequest(id_number=ARGS.id_number[:-1], purpose="医疗救助资格核对"),
            metadata=METADATA, timeout=5)
    except grpc.RpcError as error:
        reason, fields = details(error)
        found["error"] = {"code": error.code().name, "reason": reason, "fields": fields,
                          "retry": error.code() in RETRY}
    print(json.dumps(found, ensure_ascii=False, sort_keys=True))


if __name__ == "__main__":
    main()
