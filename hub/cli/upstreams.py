"""`hub upstreams`: how the services outside do, as the running hub sees them."""

import argparse
import json
from datetime import datetime

from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToDict

from hub.cli.administration import TIMEOUT_SECONDS, HubDownError, administration, must_run
from hub.cli.main import FAILED, OK
from hub.cli.words import ago, moment, table
from hub.core.clock import SystemClock
from hub.settings import load_settings
from landhub.hub.v1 import hub_pb2, hub_service_pb2

_HEAD = ("UPSTREAM", "BREAKER", "IN FLIGHT", "MEDIAN", "P95", "QUOTA", "LAST ANSWER", "LAST FAILURE", "EXPIRES")


def run(arguments: argparse.Namespace) -> int:
    """Print a table; 1 if a breaker is not closed."""
    settings = load_settings(arguments.folder)
    try:
        with administration(settings, arguments.folder) as stub:
            found = stub.ListUpstreams(hub_service_pb2.ListUpstreamsRequest(), timeout=TIMEOUT_SECONDS).upstreams
    except HubDownError as error:
        raise must_run(settings, arguments.folder) from error
    now = SystemClock().now()
    if arguments.json:
        for upstream in found:
            print(json.dumps(MessageToDict(upstream), ensure_ascii=False))
    else:
        print("\n".join(table([_HEAD, *(_row(upstream, now) for upstream in found)])))
    return OK if all(upstream.breaker_state == hub_pb2.BREAKER_STATE_CLOSED for upstream in found) else FAILED


def _row(upstream: hub_pb2.Upstream, now: datetime) -> tuple[str, ...]:
    state = hub_pb2.BreakerState.Name(upstream.breaker_state).removeprefix("BREAKER_STATE_").lower()
    since = f" since {moment(upstream.breaker_change_time)}" if upstream.HasField("breaker_change_time") else ""
    failure = ago(upstream.last_failure_time, now)
    expires = [
        f"{what} {moment(stamp)}"
        for what, stamp in (("certificate", upstream.certificate_expire_time), ("token", upstream.token_expire_time))
        if stamp.seconds
    ]
    return (
        upstream.name,
        state + since,
        str(upstream.in_flight),
        _milliseconds(upstream.latency_median),
        _milliseconds(upstream.latency_p95),
        str(upstream.quota_left) if upstream.HasField("quota_left") else "-",
        ago(upstream.last_success_time, now),
        f"{failure}: {upstream.last_failure_reason}" if upstream.last_failure_reason else failure,
        ", ".join(expires) or "-",
    )


def _milliseconds(duration: Duration) -> str:
    seconds = duration.ToTimedelta().total_seconds()
    return f"{seconds * 1000:.0f} ms" if seconds else "-"
