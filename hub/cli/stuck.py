"""`hub stuck`: what does not go on as it should, and what to do about it."""

import argparse
import json
from datetime import datetime

from google.protobuf.json_format import MessageToDict

from hub.cli.administration import TIMEOUT_SECONDS, HubDownError, administration, must_run
from hub.cli.main import FAILED, OK
from hub.cli.words import ago, moment
from hub.core.clock import SystemClock
from hub.settings import load_settings
from landhub.hub.v1 import hub_pb2, hub_service_pb2

_PAGE = 500
_MOST = 5000


def run(arguments: argparse.Namespace) -> int:
    """Print it, oldest first; 1 if there is any."""
    settings = load_settings(arguments.folder)
    found: list[hub_pb2.StuckWork] = []
    try:
        with administration(settings, arguments.folder) as stub:
            token = ""
            while len(found) < _MOST:
                request = hub_service_pb2.ListStuckWorkRequest(page_size=_PAGE, page_token=token)
                answer = stub.ListStuckWork(request, timeout=TIMEOUT_SECONDS)
                found += answer.work
                token = answer.next_page_token
                if not token:
                    break
    except HubDownError as error:
        raise must_run(settings, arguments.folder) from error
    now = SystemClock().now()
    for work in found:
        print(json.dumps(MessageToDict(work), ensure_ascii=False) if arguments.json else _text(work, now))
    if not found and not arguments.json:
        print("nothing is stuck")
    return FAILED if found else OK


def _text(work: hub_pb2.StuckWork, now: datetime) -> str:
    lines = [f"{work.cause}  {work.resource}  {work.business_reference}".rstrip()]
    lines.append(f"  {work.kind}, since {moment(work.since_time)} ({ago(work.since_time, now)}): {work.last_error}")
    if work.HasField("next_attempt_time"):
        lines.append(f"  next attempt {moment(work.next_attempt_time)}")
    if work.job_id:
        lines.append(f"  job {work.job_id}")
    lines.append(f"  > {work.remedy}")
    return "\n".join(lines)
