"""What `signer-agent doctor` tells of keys in CryptoPro CSP: their PINs' sources and the licence. No PIN is tried."""

from pathlib import Path

import pytest

from sandbox.csp.setup import EmulatedHost
from signer_agent.clock import SystemClock
from signer_agent.doctor.findings import Finding, Verdict
from signer_agent.doctor.keys import check_keys
from signer_agent.installation import Plan, create
from signer_agent.settings import Settings, load_settings
from tests.support.csp import PIN, Authorities


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    create(Plan(directory=tmp_path / "agent"), clock=SystemClock())
    return tmp_path / "agent"


def settings(directory: Path, host: EmulatedHost, **pins: object) -> Settings:
    changes = {"backend": "cryptopro", "cryptopro": {"tools": host.bin}, "pins": pins}
    loaded = load_settings(directory)
    table = {**loaded.keys.model_dump(), **changes}
    return loaded.model_copy(update={"keys": type(loaded.keys).model_validate(table)})


def look(given: Settings, directory: Path, *, agent_runs: bool = False) -> dict[str, Finding]:
    found, _ = check_keys(given, directory, SystemClock().now(), agent_runs=agent_runs)
    return {finding.check: finding for finding in found}


def verdicts(found: dict[str, Finding]) -> dict[str, str]:
    return {name: finding.verdict.value for name, finding in found.items()}


def test_keys_licence_and_pins_in_order_have_nothing_wrong(
    host: EmulatedHost, authorities: Authorities, directory: Path
) -> None:
    host.add(authorities.seller, authorities.small, pin=PIN)
    pin = directory / "keys/pin"
    pin.touch(mode=0o600)
    pin.write_text(PIN)

    found = look(settings(directory, host, default="file:keys/pin"), directory)

    assert verdicts(found) == {"PIN default": "ok", "keys": "ok", "licence": "ok"}
    assert PIN not in repr(found)
    assert host.machine.containers()[0].tries_left == 5
    assert not any(PIN in word for call in host.machine.calls() for word in call["argv"])


@pytest.mark.parametrize(("licence", "said"), [("expired", "not good"), ("missing", "not good")])
def test_a_licence_that_is_no_longer_good_fails(
    host: EmulatedHost, authorities: Authorities, directory: Path, licence: str, said: str
) -> None:
    host.add(authorities.seller, authorities.small)
    host.machine.set_profile(licence=licence)

    found = look(settings(directory, host), directory)

    assert found["licence"].verdict is Verdict.FAIL
    assert said in found["licence"].told
    assert "cpconfig" in found["licence"].remedy


def test_a_licence_that_cannot_be_asked_for_is_a_warning(
    host: EmulatedHost, authorities: Authorities, directory: Path
) -> None:
    host.add(authorities.seller, authorities.small)
    (host.bin / "cpconfig").unlink()

    assert look(settings(directory, host), directory)["licence"].verdict is Verdict.WARN


def test_tools_that_are_not_there_fail(host: EmulatedHost, directory: Path) -> None:
    (host.bin / "certmgr").unlink()

    assert verdicts(look(settings(directory, host), directory)) == {"PIN default": "ok", "keys": "fail"}


def test_each_source_of_a_pin_that_cannot_be_read_fails_by_the_name_of_its_key(
    host: EmulatedHost, authorities: Authorities, directory: Path
) -> None:
    seller = host.add(authorities.seller, authorities.small, pin=PIN).upper()
    (directory / "keys/open").write_text(PIN)
    (directory / "keys/open").chmod(0o644)
    sources = {seller: "file:keys/nowhere", "A" * 40: "sealed:rutoken", "B" * 40: "file:keys/open"}

    found = look(settings(directory, host, certificates=sources), directory)

    failed = {name: finding.told for name, finding in found.items() if finding.verdict is Verdict.FAIL}
    assert set(failed) == {f"PIN {seller}", f"PIN {'A' * 40}", f"PIN {'B' * 40}"}
    assert "can't be read" in failed[f"PIN {seller}"]
    assert "sealed_master_key" in failed[f"PIN {'A' * 40}"]
    assert "open to others" in failed[f"PIN {'B' * 40}"]
    assert verdicts(found)["keys"] == "ok", "that there are keys is told all the same"


@pytest.mark.parametrize(("agent_runs", "said"), [(False, "no agent runs"), (True, "can't be asked")])
def test_keys_that_a_person_unlocks_are_told_of(
    host: EmulatedHost, authorities: Authorities, directory: Path, agent_runs: bool, said: str
) -> None:
    host.add(authorities.seller, authorities.small, pin=PIN)

    found = look(settings(directory, host, default="ask"), directory, agent_runs=agent_runs)["PIN ask"]

    assert found.verdict is Verdict.WARN
    assert said in found.told
    assert "signer-agent unlock" in found.remedy


def test_a_token_that_the_running_agent_has_is_left_to_it(host: EmulatedHost, directory: Path) -> None:
    token = settings(directory, host)
    token = token.model_copy(update={"keys": token.keys.model_copy(update={"backend": "pkcs11"})})

    found, held = check_keys(token, directory, SystemClock().now(), agent_runs=True)

    assert held is None
    assert "not looked at" in found[-1].told
