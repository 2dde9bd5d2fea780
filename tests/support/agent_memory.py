"""How much memory an agent's process holds while it makes many signatures: the real program, over its real wire."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landhub.signer.v1 import signer_service_pb2 as pb
from tests.e2e.agent.support import Installation, connected, sign_request

BATCH = 64
START_SECONDS = 60
REMEMBERED = 2000
"""Requests that the agent remembers: what it keeps by design is full after so many, and what grows then is a leak."""


@dataclass(frozen=True, slots=True)
class Grown:
    """Resident bytes of a process after warm-up and at most afterwards, with the signatures made in between."""

    warm_bytes: int
    most_bytes: int
    signatures: int

    @property
    def share(self) -> float:
        """How much of the warm size it grew by."""
        return self.most_bytes / self.warm_bytes - 1

    def __str__(self) -> str:
        mib = 1024 * 1024
        return (
            f"{self.signatures} signatures: {self.warm_bytes / mib:.1f} MiB after warm-up, at most "
            f"{self.most_bytes / mib:.1f} MiB later ({self.share:+.1%})"
        )


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def served(installation: Installation) -> Iterator[tuple[int, int]]:
    """`signer-agent serve` as a process: its id and port."""
    command = [sys.executable, "-m", "signer_agent", "serve", str(installation.directory)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.pid, int(process.stdout.readline().rpartition(":")[2])
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def workers_of(pid: int) -> Sequence[int]:
    """The processes that an agent started."""
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


async def grown_by(
    installation: Installation, *, warm: int, signatures: int, worker_bytes: int = 0, **changes: Any
) -> Grown:
    """Make ``warm`` signatures, then ``signatures`` more, and watch the process.

    Args:
        installation: The agent.
        warm: Signatures before its memory is looked at.
        signatures: And afterwards.
        worker_bytes: What a process that it started may hold.
        changes: Fields of the requests.
    """
    with served(installation) as (pid, port):
        async with connected(installation, port) as client:

            async def sign(count: int) -> int:
                most = 0
                for _ in range(0, count, BATCH):
                    requests = [sign_request(installation.keys, **changes) for _ in range(BATCH)]
                    batch = pb.SignBatchRequest(requests=requests)
                    answer = await client.stub.SignBatch(batch, timeout=120)
                    assert all(result.response.cms for result in answer.results), answer.results[0].failure
                    most = max(most, resident_bytes(pid))
                    assert all(resident_bytes(worker) < worker_bytes for worker in workers_of(pid))
                return most

            await sign(warm)
            warm_bytes = resident_bytes(pid)
            return Grown(warm_bytes, await sign(signatures), signatures)


def remember_little(installation: Installation) -> Installation:
    """Settings of an agent that may sign any number and whose memory of requests is soon full."""
    installation.set("cap_per_day = 1000", "cap_per_day = 10000000")
    installation.set("[hub]", f"[journal]\nmax_remembered_requests = {REMEMBERED}\n\n[hub]")
    return installation
