"""`hub resolve`: settle an outcome that can't be found out by asking, once a person has found it out."""

import argparse

from hub.cli.administration import TIMEOUT_SECONDS, HubDownError, administration, must_run
from hub.cli.main import OK
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.settings import load_settings
from landhub.hub.v1 import hub_service_pb2


def run(arguments: argparse.Namespace) -> int:
    """Settle it and print the state it has now."""
    settings = load_settings(arguments.folder)
    request = hub_service_pb2.ResolveOutcomeRequest(
        request_id=Ids(clock=SystemClock()).resource_id(), resource=arguments.resource, reason=arguments.reason
    )
    if arguments.happened is not None:
        request.happened.vendor_id = arguments.happened
    else:
        request.not_happened.SetInParent()
    try:
        with administration(settings, arguments.folder) as stub:
            answer = stub.ResolveOutcome(request, timeout=TIMEOUT_SECONDS)
    except HubDownError as error:
        raise must_run(settings, arguments.folder) from error
    print(f"{answer.resource}: {answer.state}")
    return OK
