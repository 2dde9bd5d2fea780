"""h2load, which drives gRPC and HTTP alike, with no Python between it and what is measured."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message

_FINISHED = re.compile(r"^finished in ([0-9.]+)(us|ms|s), ", re.MULTILINE)
_COUNTS = re.compile(
    r"^requests: [0-9]+ total, [0-9]+ started, ([0-9]+) done, ([0-9]+) succeeded, ([0-9]+) failed", re.MULTILINE
)
_WARM_UP_SECONDS = 1
_GRPC = ("content-type: application/grpc", "te: trailers", "grpc-timeout: 20S")


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked, and how: `streams` calls at a time on each of `connections`; with a body it is a POST."""

    url: str
    connections: int = 32
    streams: int = 1
    is_http1: bool = False
    headers: tuple[str, ...] = ()
    body: Path | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: calls answered with HTTP 200 and the seconds they took."""

    calls: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


def grpc_target(port: int, path: str, request: Message, body: Path, *, connections: int, streams: int) -> Target:
    """Calls of one RPC with one request, which is written to `body` as gRPC frames it. Cleartext HTTP/2."""
    data = request.SerializeToString()
    body.write_bytes(b"\0" + len(data).to_bytes(4, "big") + data)
    return Target(f"http://127.0.0.1:{port}{path}", connections, streams, headers=_GRPC, body=body)


def drive(target: Target, *, seconds: int, cores: frozenset[int]) -> Load:
    """Keep all connections busy for some seconds, after one second that isn't counted.

    Raises:
        AssertionError: a call was not answered with HTTP 200.
    """
    pinned = ("taskset", "-c", ",".join(map(str, sorted(cores))))
    timed = (f"-D{seconds}s", f"--warm-up-time={_WARM_UP_SECONDS}s")
    return Load(_answered([*pinned, *_command(target), *timed, target.url], seconds + 60), float(seconds))


def send(target: Target, *, calls: int, timeout_seconds: int) -> int:
    """Make so many calls, on any core; returns how many were answered with HTTP 200, as all that gRPC refuses are.

    Raises:
        AssertionError: a call was not answered so.
    """
    return _answered([*_command(target), f"-n{calls}", target.url], timeout_seconds)


def _command(target: Target) -> list[str]:
    command = ["h2load", "-t1", f"-c{target.connections}", f"-m{target.streams}"]
    command += ["--h1"] if target.is_http1 else []
    command += [part for header in target.headers for part in ("-H", header)]
    command += ["-d", str(target.body)] if target.body else []
    return command


def _answered(command: Sequence[str], timeout_seconds: int) -> int:
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_seconds, check=True)
    counts = _COUNTS.search(done.stdout)
    assert counts is not None, done.stdout
    assert int(counts[1]) == int(counts[2]) > 0, f"calls failed:\n{done.stdout}"
    return int(counts[2])
