"""How PINs reach CryptoPro's tools: through a terminal, once, and seen by nobody."""

import pytest

from sandbox.csp.setup import EmulatedHost
from signer_agent.keys.port import (
    KeyLockedError,
    PinRefusedError,
)
from tests.contract.cryptopro_rig import SetTime, make_backend
from tests.support.csp import PIN, Authorities
from tests.support.watch import Watch
from tests.unit.agent.keys.support import failure, signs, words


def test_a_wrong_pin_costs_one_try_however_often_a_signature_is_asked_for(
    host: EmulatedHost, authorities: Authorities
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN, tries=3)
    source = {"pin": b"wrong"}
    backend = make_backend(host, pin="file:pin", resolve=lambda _: source["pin"])

    first = failure(backend, thumbprint)
    later = [failure(backend, thumbprint) for _ in range(5)]

    assert isinstance(first, PinRefusedError)
    assert first.tries_left == 2
    assert {error.cause for error in later} == {"PIN_WRONG"}
    assert host.container_of(thumbprint).tries_left == 2
    source["pin"] = PIN.encode()  # somebody corrected the file
    assert signs(backend, thumbprint)


def test_a_pin_goes_through_a_terminal_and_is_on_no_command_line(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN)
    backend = make_backend(host, pin="file:pin", resolve=lambda _: PIN.encode())
    (host.folder / "document").write_bytes(b"document")

    assert signs(backend, thumbprint)
    backend.sign_document(thumbprint.upper(), host.folder / "document")

    assert not [word for word in words(host) if PIN in word]
    assert "-askpin" in words(host)


def test_during_a_signature_the_pin_is_in_no_command_line_and_no_environment(
    host: EmulatedHost, authorities: Authorities
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN)
    backend = make_backend(host, pin="credential:pin", resolve=lambda _: PIN.encode())
    watched = Watch(PIN.encode(), marker=b"csptest")
    watched.start()

    for _ in range(3):
        assert signs(backend, thumbprint)
    watched.stop()

    assert watched.seen  # it looked while the tools ran
    assert watched.found == []


def test_a_pin_on_the_command_line_is_opted_into_by_name(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN)
    backend = make_backend(host, pin="file:pin", resolve=lambda _: PIN.encode(), pin_on_command_line=True)

    assert signs(backend, thumbprint)
    assert words(host)[-2:] == ["-password", PIN]


def test_a_saved_pin_needs_no_source_and_a_missing_one_is_told(host: EmulatedHost, authorities: Authorities) -> None:
    saved = host.add(authorities.seller, authorities.small, pin=PIN, pin_saved=True)
    needed = host.add(authorities.organisation, authorities.big, pin=PIN)
    backend = make_backend(host)

    assert signs(backend, saved)
    error = failure(backend, needed)
    assert (type(error), error.cause) == (KeyLockedError, "PIN_NEEDED")
    assert host.container_of(needed).tries_left == 5


def test_a_person_unlocks_for_a_time_and_a_wrong_pin_locks(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN).upper()
    clock = SetTime()
    backend = make_backend(host, pin="ask", monotonic=clock)
    assert backend.certificates()[thumbprint].locked
    assert failure(backend, thumbprint).cause == "PIN_NEEDED"

    backend.unlock(thumbprint, PIN.encode(), seconds=600)
    assert not backend.certificates()[thumbprint].locked
    assert signs(backend, thumbprint)
    assert [lock.seconds_left for lock in backend.locks()] == [600]

    clock.seconds += 601
    assert backend.certificates()[thumbprint].locked
    with pytest.raises(PinRefusedError) as caught:
        backend.unlock(thumbprint, b"wrong", seconds=600)
    assert caught.value.tries_left == 4
    assert backend.certificates()[thumbprint].locked
    backend.unlock(thumbprint, PIN.encode(), seconds=600)
    backend.lock(thumbprint)
    assert backend.certificates()[thumbprint].locked
