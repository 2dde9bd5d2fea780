"""Which key backend the settings name, made with all it needs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from sealed.files import SealedError
from sealed.master_key import MasterKey, find_master_key
from sealed.store import SealedFile
from signer_agent.errors import SettingsError
from signer_agent.keys.cryptopro import CryptoproBackend
from signer_agent.keys.gost_file import GostFileBackend
from signer_agent.keys.pins import Pins
from signer_agent.keys.pkcs11_token import pkcs11_backend
from signer_agent.keys.port import KeyBackend
from signer_agent.keys.pycades import pycades_backend
from signer_agent.keys.settings import PinSettings
from signer_agent.secret_reference import resolve
from signer_agent.settings import Settings


def make_backend(settings: Settings, directory: Path) -> KeyBackend:
    """The key backend that the settings name.

    Raises:
        SettingsError: its folder, tools, passphrase or PINs can't be used.
    """
    makers: dict[str, Callable[[Settings, Path], KeyBackend]] = {
        "gost_file": _gost_file,
        "cryptopro": _cryptopro,
        "pkcs11": _pkcs11,
        "pycades": _pycades,
    }
    return makers[settings.keys.backend](settings, directory)


def _gost_file(settings: Settings, directory: Path) -> KeyBackend:
    keys = settings.keys
    passphrase = resolve(keys.passphrase, directory=directory) if keys.passphrase else None
    return GostFileBackend(folder=directory / keys.folder, passphrase=passphrase)


def _cryptopro(settings: Settings, directory: Path) -> KeyBackend:
    return CryptoproBackend(
        settings=settings.keys.cryptopro,
        pins=make_pins(settings.keys.pins, directory),
        folder=directory / settings.journal.folder / "cryptopro",
    )


def _pkcs11(settings: Settings, directory: Path) -> KeyBackend:
    keys = settings.keys
    if keys.pins.certificates:
        raise SettingsError("keys.pins.certificates: all keys of a token share its PIN; set keys.pins.default")
    return pkcs11_backend(settings=keys.pkcs11, pins=make_pins(keys.pins, directory), monotonic=time.monotonic)


def _pycades(settings: Settings, directory: Path) -> KeyBackend:
    keys = settings.keys
    pins = make_pins(keys.pins, directory)
    return pycades_backend(settings=keys.pycades, pins=pins, monotonic=time.monotonic)


def make_pins(settings: PinSettings, directory: Path) -> Pins:
    """The PINs that the settings name."""

    def read(reference: str) -> bytes:
        kind, _, name = reference.partition(":")
        return _sealed(settings, directory, name) if kind == "sealed" else resolve(reference, directory=directory)

    return Pins(default=settings.default, by_thumbprint=settings.certificates, resolve=read, monotonic=time.monotonic)


def _sealed(settings: PinSettings, directory: Path, name: str) -> bytes:
    reference = settings.sealed_master_key
    if not reference:
        raise SettingsError("sealed: needs keys.pins.sealed_master_key = file:PATH or credential:NAME")
    apart_from = (directory, (directory / settings.sealed_file).parent)
    try:
        path = find_master_key(reference, base=directory, environment=os.environ, apart_from=apart_from)
        key = MasterKey(path=path, is_credential=reference.startswith("credential:"))
        return SealedFile(path=directory / settings.sealed_file, master_key=key).get(name)
    except SealedError as error:
        raise SettingsError(f"sealed:{name}: {error}") from error
