"""Ports for servers whose address must be known before they start."""

import os
import random
import socket
from collections.abc import Sequence
from contextlib import ExitStack

from sandbox.demo.ports import HOST, Ports

# Below what the system hands out for connections and for port 0 (32768 and up on Linux): a port chosen here is taken by
# nobody who didn't choose it, also while the server that had it is down for a moment.
_FIRST, _BEYOND = 10_000, 32_000
# The processes of one test run each choose from a part of their own.
_PARTS = 8


def free_ports(count: int) -> Sequence[int]:
    """So many ports in a row that are free now and that no other process of this test run chooses."""
    size = (_BEYOND - _FIRST) // _PARTS
    first = _FIRST + _process_of_the_run() % _PARTS * size
    while True:
        # By chance, so that neither two servers of one process nor two test runs are likely to meet.
        base = random.randrange(first, first + size - count)
        row = range(base, base + count)
        if _all_free(row):
            return row


def demo_ports() -> Ports:
    """Free ones for a whole installation."""
    return Ports.from_base(free_ports(len(Ports().by_name()))[0])


def _process_of_the_run() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def _all_free(ports: Sequence[int]) -> bool:
    with ExitStack() as held:
        try:
            for port in ports:
                held.enter_context(socket.create_server((HOST, port)))
        except OSError:
            return False
    return True
