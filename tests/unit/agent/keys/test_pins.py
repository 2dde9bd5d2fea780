"""Where PINs come from, how long they are kept, and that a refused one is given out no more."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from sealed.master_key import MasterKey, new_key
from sealed.store import SealedFile
from signer_agent.errors import SettingsError
from signer_agent.keys.choice import make_pins
from signer_agent.keys.pins import Pins
from signer_agent.keys.port import KeyLockedError, KeyMissingError
from signer_agent.keys.settings import PinSettings
from tests.contract.cryptopro_rig import SetTime

KEY, OTHER = "A" * 40, "B" * 40


def pins(
    default: str = "ask",
    by_thumbprint: Mapping[str, str] | None = None,
    resolve: Callable[[str], bytes] = lambda _: b"1",
    clock: SetTime | None = None,
) -> Pins:
    return Pins(default=default, by_thumbprint=by_thumbprint or {}, resolve=resolve, monotonic=clock or SetTime())


def test_a_key_without_a_source_needs_no_pin() -> None:
    assert pins("").pin(KEY) is None
    assert not pins("").any_needed


def test_what_a_person_gave_is_kept_for_its_time_and_shown_by_nothing() -> None:
    clock = SetTime()
    held = pins(clock=clock)
    with pytest.raises(KeyLockedError):
        held.pin(KEY)

    held.keep(KEY, b"27182818", seconds=10)
    assert held.pin(KEY) == b"27182818"
    assert "27182818" not in repr(vars(held))
    clock.seconds += 10
    with pytest.raises(KeyLockedError):
        held.pin(KEY)
    assert held.is_locked(KEY)


def test_single_certificates_have_their_own_source() -> None:
    held = pins("", {OTHER: "ask"})

    assert held.pin(KEY) is None
    assert [lock.thumbprint for lock in held.locks([KEY, OTHER])] == [OTHER]
    with pytest.raises(KeyMissingError):
        held.require_asked(KEY)


def test_a_refused_pin_is_given_out_again_only_once_it_is_another() -> None:
    content = [b"wrong"]
    held = pins("file:pin", resolve=lambda _: content[0])
    held.refuse(KEY, held.pin(KEY) or b"")

    with pytest.raises(KeyLockedError, match="not tried again"):
        held.pin(KEY)
    assert held.pin(OTHER) == b"wrong"
    content[0] = b"right"
    assert held.pin(KEY) == b"right"


@pytest.mark.parametrize("content", [b"", b"1" * 65, b"1\n2", b"1\x1b[A"])
def test_what_no_terminal_can_take_is_refused_at_the_start(content: bytes) -> None:
    with pytest.raises(SettingsError, match="64 bytes"):
        pins("file:pin", resolve=lambda _: content).check()


@pytest.mark.parametrize("reference", ["env:PIN", "1234", "file:", "ASK"])
def test_a_pin_is_named_and_never_written_out_nor_in_the_environment(reference: str) -> None:
    with pytest.raises(ValidationError, match='"ask"'):
        PinSettings(default=reference)


def test_a_pin_is_read_from_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "pin"
    path.touch(mode=0o600)
    path.write_bytes(b"1234\n")
    held = make_pins(PinSettings(default="file:pin"), tmp_path)

    assert held.pin(KEY) == b"1234"
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        held.check()
    with pytest.raises(KeyLockedError):
        held.pin(KEY)


def test_a_pin_is_read_from_a_systemd_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "token").write_bytes(b"1234")

    assert make_pins(PinSettings(default="credential:token"), tmp_path).pin(KEY) == b"1234"


def test_a_pin_is_read_from_the_sealed_file(tmp_path: Path) -> None:
    master = MasterKey(path=tmp_path / "master.key")
    master.write([new_key()])
    (tmp_path / "agent/keys").mkdir(parents=True)
    SealedFile(path=tmp_path / "agent/keys/sealed", master_key=master).put("pin", b"1234", now=datetime.now(UTC))
    settings = PinSettings(default="sealed:pin", sealed_master_key="file:../master.key")

    assert make_pins(settings, tmp_path / "agent").pin(KEY) == b"1234"
    with pytest.raises(SettingsError, match="sealed_master_key"):
        make_pins(PinSettings(default="sealed:pin"), tmp_path / "agent").check()
