"""Processes that hold a native library: they grow, crash and hang, and no signature is lost or made unseen by it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gost.keys import PublicKey
from sandbox.csp.setup import EmulatedHost
from signer_agent.errors import SettingsError
from signer_agent.keys.native_backend import NativeBackend
from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
    PinRefusedError,
)
from tests.contract.cryptopro_rig import SetTime
from tests.contract.pycades_rig import make_pycades
from tests.support.csp import PIN, Authorities
from tests.support.watch import Watch

ATTRIBUTES = b"1\x81attributes"
Make = Callable[..., NativeBackend]


@pytest.fixture
def make(host: EmulatedHost) -> Iterator[Make]:
    made: list[NativeBackend] = []

    def make(**settings: Any) -> NativeBackend:
        made.append(make_pycades(host, **settings))
        return made[-1]

    yield make
    for backend in made:
        backend.close()


@pytest.fixture
def seller(host: EmulatedHost, authorities: Authorities) -> str:
    """A key that needs no PIN."""
    return host.add(authorities.seller, authorities.small).upper()


def signs(backend: NativeBackend, thumbprint: str) -> bool:
    facts = backend.certificates()[thumbprint].facts
    return PublicKey.from_certificate(facts).verify(ATTRIBUTES, backend.sign(thumbprint, ATTRIBUTES))


def failure(backend: NativeBackend, thumbprint: str) -> KeyBackendError:
    with pytest.raises(KeyBackendError) as caught:
        backend.sign(thumbprint, ATTRIBUTES)
    return caught.value


def runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_process_that_grew_is_replaced_and_no_call_fails(host: EmulatedHost, seller: str, make: Make) -> None:
    backend = make(max_worker_mib=100)
    first = backend.pids[0]
    host.machine.add_fault("leak", tool="pycades", times=3, value="40")

    with ThreadPoolExecutor(3) as threads:
        made = [threads.submit(signs, backend, seller) for _ in range(3)]
        assert all(signature.result() for signature in made)
    signed = 0
    while backend.pids == [first]:  # until the new one has started, the old one goes on
        assert signs(backend, seller)
        signed += 1
        assert signed < 2000

    assert not runs(first)
    assert signs(backend, seller)
    assert len(backend.pids) == 1


def test_a_process_that_died_between_calls_costs_none(seller: str, make: Make) -> None:
    backend = make()
    first = backend.pids[0]
    os.kill(first, signal.SIGKILL)

    assert signs(backend, seller)
    assert backend.pids != [first]


def test_a_process_that_dies_at_work_is_told_and_not_asked_again(host: EmulatedHost, seller: str, make: Make) -> None:
    backend = make()
    host.machine.add_fault("crash", tool="pycades")

    error = failure(backend, seller)

    assert (type(error), error.cause) == (KeyUnavailableError, "WORKER_DIED")
    assert signs(backend, seller)


def test_a_library_that_hangs_is_killed_with_its_process(host: EmulatedHost, seller: str, make: Make) -> None:
    backend = make(timeout_seconds=3)
    first = backend.pids[0]
    host.machine.add_fault("hang", tool="pycades")

    error = failure(backend, seller)

    assert (type(error), error.cause) == (KeyUnavailableError, "TIMED_OUT")
    assert not runs(first)


def test_several_processes_sign_at_once_and_others_wait_their_turn(host: EmulatedHost, seller: str, make: Make) -> None:
    backend = make(parallel=2)
    host.machine.add_fault("slow", tool="pycades", times=6, value="0.2")

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(lambda _: signs(backend, seller), range(6)))

    assert len(backend.pids) == 2
    assert host.container_of(seller).max_in_use <= 2


def test_who_waits_too_long_for_a_turn_may_ask_again(host: EmulatedHost, seller: str, make: Make) -> None:
    backend = make(timeout_seconds=2)
    host.machine.add_fault("slow", tool="pycades", value="30")
    first = threading.Thread(target=lambda: failure(backend, seller))
    first.start()
    while not backend._workers._idle.empty():  # until the first has its turn
        first.join(0.01)

    error = failure(backend, seller)

    assert (type(error), error.cause in {"BUSY", "TIMED_OUT"}) == (KeyUnavailableError, True)
    first.join()


def test_a_wrong_pin_costs_one_try_and_the_process_goes_on(
    host: EmulatedHost, authorities: Authorities, make: Make
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN, tries=3).upper()
    source = {"pin": b"wrong"}
    backend = make(pin="file:pin", resolve=lambda _: source["pin"])

    first = failure(backend, thumbprint)
    later = [failure(backend, thumbprint) for _ in range(5)]

    assert (type(first), first.code) == (PinRefusedError, "0x8010006b")
    assert {error.cause for error in later} == {"PIN_WRONG"}
    assert host.container_of(thumbprint).tries_left == 2
    source["pin"] = PIN.encode()
    assert signs(backend, thumbprint)


def test_the_pin_goes_by_a_pipe_and_is_seen_in_no_process(
    host: EmulatedHost, authorities: Authorities, make: Make
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN).upper()
    backend = make(pin="sealed:pin", resolve=lambda _: PIN.encode())
    host.machine.add_fault("slow", tool="pycades", times=2, value="0.5")
    watched = Watch(PIN.encode(), marker=b"signer_agent.keys.worker")
    watched.start()

    assert signs(backend, thumbprint)
    assert signs(backend, thumbprint)
    watched.stop()

    assert watched.seen
    assert watched.found == []


def test_a_key_is_unlocked_for_a_time_and_the_process_that_knew_its_pin_ends(
    host: EmulatedHost, authorities: Authorities, make: Make
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN).upper()
    clock = SetTime()
    backend = make(pin="ask", monotonic=clock)
    assert backend.certificates()[thumbprint].locked
    with pytest.raises(PinRefusedError):
        backend.unlock(thumbprint, b"wrong", seconds=60)

    backend.unlock(thumbprint, PIN.encode(), seconds=60)
    assert not backend.certificates()[thumbprint].locked
    assert signs(backend, thumbprint)
    knows = backend.pids[0]
    clock.seconds += 61
    assert backend.certificates()[thumbprint].locked
    assert isinstance(failure(backend, thumbprint), KeyLockedError)
    assert not runs(knows)


def test_codes_of_the_library_are_those_of_the_tools(host: EmulatedHost, seller: str, make: Make) -> None:
    backend = make()
    kinds = {"0x8009200b": KeyMissingError, "0x80100069": KeyUnavailableError, "0x80090008": KeyFailedError}
    for code in kinds:
        host.machine.add_fault("code", tool="pycades", value=code)

    errors = [failure(backend, seller) for _ in kinds]

    assert {error.code: type(error) for error in errors} == kinds


def test_a_library_that_is_not_there_is_told_at_the_start(tmp_path: Path, host: EmulatedHost) -> None:
    (tmp_path / "pycades.py").write_text("import a_library_that_nobody_has\n")
    with pytest.raises(SettingsError, match="the library can't be loaded: No module named"):
        make_pycades(host, python_path=tmp_path)


def test_the_agent_itself_loads_no_native_library(seller: str, make: Make) -> None:
    backend = make()
    assert signs(backend, seller)
    assert "pycades" not in sys.modules


def test_when_the_agent_dies_its_workers_end(seller: str, make: Make) -> None:
    backend = make()
    worker = backend._workers._slots[-1].worker
    assert worker is not None
    worker._requests.close()  # as when the process that held the other end is gone
    assert worker._process.wait(20) == 0
