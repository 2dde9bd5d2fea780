"""The ten rules of driving CryptoPro's tools, each against tools that break it."""

import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from gost.certificate import read_certificate
from gost.cms import read_signed_data
from sandbox.csp.setup import EmulatedHost
from sandbox.foreign_signer import verify_detached
from signer_agent.errors import SettingsError
from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
)
from tests.contract.cryptopro_rig import TOKEN, SetTime, make_backend
from tests.support.csp import PIN, SELLER, Authorities
from tests.unit.agent.keys.support import failure, signs

LIES = {"subject": [["CN", "Somebody else"]], "not_after": "01/01/2001 00:00:00"}


@pytest.fixture
def seller(host: EmulatedHost, authorities: Authorities) -> str:
    """A key that needs no PIN."""
    return host.add(authorities.seller, authorities.small)


@pytest.mark.parametrize(
    ("fault", "value", "cause"),
    [
        ("exit_zero_without_file", "", "NO_FILE"),
        ("empty_file", "", "BAD_FILE"),
        ("exit_one_with_success", "", "BAD_STATUS"),
        ("code", "0x20000200", "BAD_TIMESTAMP"),  # its low byte is 0, so the exit status is 0
        ("code", "0x12345678", "UNKNOWN"),
    ],
)
def test_success_is_code_file_and_status_together(
    host: EmulatedHost, seller: str, fault: str, value: str, cause: str
) -> None:
    backend = make_backend(host)
    host.machine.add_fault(fault, tool="csptest", value=value)

    error = failure(backend, seller)

    assert (type(error), error.cause) == (KeyFailedError, cause)


def test_an_error_that_exits_with_zero_is_an_error(host: EmulatedHost, seller: str) -> None:
    backend = make_backend(host)
    host.machine.add_fault("code", tool="csptest", value="0x8009001a")
    host.machine.add_fault("exit_zero_with_error", tool="csptest")

    assert isinstance(failure(backend, seller), KeyMissingError)


@pytest.mark.parametrize(
    ("code", "kind", "cause"),
    [
        ("0x80100069", KeyUnavailableError, "TOKEN_REMOVED"),
        ("0x8010001d", KeyUnavailableError, "NO_PCSC"),
        ("0x8010002e", KeyUnavailableError, "NO_READERS"),
        ("0x8010006c", KeyFailedError, "PIN_BLOCKED"),
        ("0x8010006e", KeyLockedError, "CANCELLED"),
        ("0x80090022", KeyLockedError, "PIN_NEEDED"),
        ("0x0000065b", KeyFailedError, "LICENCE_MISSING"),
        ("0x8009200b", KeyMissingError, "NO_KEY_LINK"),
        ("0x000000a0", KeyFailedError, "BAD_OPTION"),
    ],
)
def test_codes_become_errors_that_may_or_may_not_be_retried(
    host: EmulatedHost, seller: str, code: str, kind: type[KeyBackendError], cause: str
) -> None:
    backend = make_backend(host)
    host.machine.add_fault("code", tool="csptest", value=code)

    error = failure(backend, seller)

    assert (type(error), error.cause, error.code) == (kind, cause, code)


@pytest.mark.parametrize(("fault", "pin"), [("hang_on_prompt", ""), ("hang", PIN)], ids=["asks", "hangs"])
def test_a_tool_that_hangs_is_killed_with_all_it_started(
    host: EmulatedHost, authorities: Authorities, fault: str, pin: str
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, pin=pin)
    make_backend(host).close()
    source = "file:pin" if pin else ""
    backend = make_backend(host, pin=source, resolve=lambda _: pin.encode(), timeout_seconds=4)
    host.machine.add_fault(fault, tool="csptest")

    error = failure(backend, thumbprint)

    assert (type(error), error.cause) == (KeyUnavailableError, "TIMED_OUT")
    assert not tools_that_run(host)
    assert signs(backend, thumbprint)


def tools_that_run(host: EmulatedHost) -> list[bytes]:
    found = []
    for process in Path("/proc").iterdir():
        try:
            line = (process / "cmdline").read_bytes() if process.name.isdecimal() else b""
        except OSError:
            continue
        if os.fsencode(host.machine.folder) in line:
            found.append(line)
    return found


def test_discovery_takes_names_and_dates_from_the_certificate_itself(
    host: EmulatedHost, authorities: Authorities
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small)
    host.machine.change_entries(
        "uMy", lambda entries: [replace(entry, facts={**entry.facts, **LIES}) for entry in entries]
    )

    held = make_backend(host).certificates()[thumbprint.upper()]

    assert held.facts == read_certificate(authorities.seller.certificate_pem)
    assert held.container == host.container_of(thumbprint).unique


@pytest.mark.parametrize(
    "profile",
    [
        {"version": "4.0"},
        {"version": "5.0.11"},
        {"version": "5.0.13", "language": "ru"},
        {"version": "5.0.13", "language": "ru", "system": "windows"},
    ],
)
def test_every_version_language_and_encoding_is_read(
    host: EmulatedHost, authorities: Authorities, profile: dict[str, str]
) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, name="Участок №1")
    host.machine.set_profile(**profile)

    assert signs(make_backend(host), thumbprint)


def test_tools_speak_english_and_get_nothing_of_our_environment(
    host: EmulatedHost, seller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.KOI8-R")

    assert signs(make_backend(host), seller)
    assert {call["locale"] for call in host.machine.calls()} == {"C.UTF-8"}


def test_files_of_a_run_are_private_and_removed(
    host: EmulatedHost, seller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = make_backend(host)
    seen: dict[str, int] = {}
    read = Path.open

    def spying(self: Path, *arguments, **named):  # type: ignore[no-untyped-def]
        if self.name == "out":
            seen.update(
                {path.name: stat.S_IMODE(path.stat().st_mode) for path in (self.parent, *self.parent.iterdir())}
            )
        return read(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", spying)
    assert signs(backend, seller)

    assert {seen["in"], seen["out"]} == {0o600}
    assert stat.S_IMODE((host.folder / "private").stat().st_mode) == 0o700
    assert set(seen.values()) == {0o600, 0o700}
    assert list((host.folder / "private").iterdir()) == []


def test_a_token_has_one_run_at_a_time_and_the_disk_a_few(host: EmulatedHost, authorities: Authorities) -> None:
    on_token = host.add(authorities.seller, authorities.small, reader=TOKEN)
    on_disk = host.add(authorities.organisation, authorities.big)
    backend = make_backend(host, parallel=3)
    host.machine.add_fault("slow", tool="csptest", times=12, value="0.2")

    with ThreadPoolExecutor(12) as threads:
        assert all(threads.map(lambda name: signs(backend, name), [on_token, on_disk] * 6))

    assert host.container_of(on_token).max_in_use == 1
    assert host.container_of(on_disk).max_in_use <= 3


def test_a_reader_pulled_out_half_way_is_told_and_comes_back(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, reader=TOKEN)
    backend = make_backend(host)
    host.machine.add_fault("reader_removed", tool="csptest")

    assert isinstance(failure(backend, thumbprint), KeyUnavailableError)
    assert isinstance(failure(backend, thumbprint), KeyUnavailableError)
    host.set_present(thumbprint, present=True)
    assert signs(backend, thumbprint)


def test_keys_of_512_bits_sign_with_their_own_algorithm(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.organisation, authorities.big)

    assert signs(make_backend(host), thumbprint)


def test_a_whole_document_is_signed_and_verified_by_cryptcp(
    host: EmulatedHost, authorities: Authorities, seller: str
) -> None:
    backend = make_backend(host)
    document = host.folder / "Договор.pdf"
    document.write_bytes(b"%PDF-1.7")

    cms = backend.sign_document(seller.upper(), document)

    verify_detached(b"%PDF-1.7", cms, authorities.small.chain_path)
    assert read_signed_data(cms).signers[0].certificate == read_certificate(authorities.seller.certificate_pem)
    (host.folder / "made").write_bytes(cms)
    assert backend.verify_document(document, host.folder / "made")
    document.write_bytes(b"another")
    assert not backend.verify_document(document, host.folder / "made")


def test_a_licence_of_cryptcp_alone_is_told_by_its_cause(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small, embedded_licence=True)
    host.machine.set_profile(licence="expired")
    backend = make_backend(host)
    (host.folder / "document").write_bytes(b"document")

    assert signs(backend, thumbprint)  # csptest is content with the licence in the certificate
    with pytest.raises(KeyFailedError) as caught:
        backend.sign_document(thumbprint.upper(), host.folder / "document")
    assert caught.value.cause == "LICENCE_EXPIRED"


def test_looking_again_waits_for_its_time_and_keeps_what_it_knew(
    host: EmulatedHost, authorities: Authorities, seller: str
) -> None:
    clock = SetTime()
    backend = make_backend(host, monotonic=clock, rescan_seconds=60)
    runs = len(host.machine.calls())

    backend.refresh()
    assert len(host.machine.calls()) == runs
    clock.seconds += 61
    host.machine.add_fault("hang", tool="certmgr", times=0)
    host.machine.add_fault("code", tool="certmgr", value="0x80090020")
    backend.refresh()
    assert seller.upper() in backend.certificates()


def test_an_export_of_another_certificate_is_not_believed(host: EmulatedHost, authorities: Authorities) -> None:
    thumbprint = host.add(authorities.seller, authorities.small)
    other = authorities.small.issue(f"other-{time.monotonic_ns()}", SELLER)
    host.add(other, authorities.small)
    wrong = host.machine.certificate_path(host.machine.entries("uMy")[1].thumbprint)
    host.machine.certificate_path(thumbprint).write_bytes(wrong.read_bytes())

    assert thumbprint.upper() not in make_backend(host).certificates()


def test_missing_tools_are_told_at_the_start(tmp_path: Path, host: EmulatedHost) -> None:
    with pytest.raises(SettingsError, match=r"certmgr is missing .* keys\.cryptopro\.tools"):
        make_backend(host, tools=tmp_path / "none")
