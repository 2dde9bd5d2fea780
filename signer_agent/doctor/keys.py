"""The signing keys: whether each can be used, until when, where its PIN comes from, and the CSP's licence."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from signer_agent.cli.unlock import ask_console
from signer_agent.console import console_path
from signer_agent.doctor.findings import Finding, bad, doubtful, expiry, good, summed
from signer_agent.errors import SettingsError
from signer_agent.keys.choice import make_backend, make_pins
from signer_agent.keys.port import HeldCertificate, KeyBackend, Licence
from signer_agent.keys.settings import ASK, PinSettings
from signer_agent.settings import Settings

_CSP: Final = ("cryptopro", "pycades")

Held = Mapping[str, HeldCertificate]


def check_keys(
    settings: Settings, directory: Path, now: datetime, *, agent_runs: bool
) -> tuple[list[Finding], Held | None]:
    """What was found, and the certificates by thumbprint; None if they could not be looked at.

    No PIN is tried: the keys are listed as if they had none, and the sources of PINs are only read.
    """
    found = [] if settings.keys.backend == "gost_file" else _check_pins(settings, directory, agent_runs=agent_runs)
    if settings.keys.backend == "pkcs11" and agent_runs:
        told = "the running agent has the token, and a second process at it may cost a signature: not looked at"
        return [*found, good("keys", told)], None
    if settings.keys.backend != "gost_file" and not _is_agents_account(directory / settings.journal.folder):
        told = "not looked at: stores and tokens are an account's, and this is not the one that owns the state"
        return [
            *found,
            doubtful("keys", told, f"run this as the agent's account: sudo -u ACCOUNT signer-agent doctor {directory}"),
        ], None
    keys = settings.keys.model_copy(update={"pins": PinSettings()})
    try:
        backend = make_backend(settings.model_copy(update={"keys": keys}), directory)
    except SettingsError as error:
        return [*found, bad("keys", str(error), "mend [keys], or what it names")], None
    try:
        held = dict(backend.certificates())
        found += _check_certificates(settings, held, now) + _check_licence(backend, now)
    finally:
        backend.close()
    return found, held


def _check_certificates(settings: Settings, held: Held, now: datetime) -> list[Finding]:
    if not held:
        remedy = f"put certificates with their keys into {settings.keys.backend}; signer-agent keys lists them"
        return [bad("keys", "there is no certificate, so nothing can be signed", remedy)]
    judged: list[Finding] = []
    for thumbprint, certificate in sorted(held.items()):
        name = f"key {thumbprint}"
        facts = certificate.facts
        if facts.not_before > now:
            judged.append(doubtful(name, f"it is valid only from {facts.not_before.isoformat()}", "wait, or renew it"))
        if certificate.locked:
            told = "the key does not open with the passphrase of keys.passphrase"
            judged.append(bad(name, told, "correct the passphrase, or give the key the one that all have"))
        elif not certificate.has_private_key and not _hides_keys(settings):
            told = "there is no private key for its certificate"
            judged.append(doubtful(name, told, "put the key there, link it to its certificate, or remove that"))
        judged.append(
            expiry(name, facts.not_after, now, remedy="have a new certificate issued, and name it in the rules")
        )
    return summed("keys", judged)


def _is_agents_account(state: Path) -> bool:
    """Whether this process is the account that owns the state; also true where there are no such accounts."""
    return sys.platform == "win32" or not state.exists() or state.stat().st_uid == os.geteuid()


def _hides_keys(settings: Settings) -> bool:
    """Whether keys are not seen before the PIN is given, which the doctor never does."""
    return settings.keys.backend == "pkcs11" and bool(settings.keys.pins.default)


def _check_licence(backend: KeyBackend, now: datetime) -> list[Finding]:
    licence: Licence | None = backend.licence()
    if licence is None:
        if backend.name not in _CSP:
            return []
        remedy = "look at it with cpconfig -license -view; where cpconfig lies beside the tools, this is done here"
        return [doubtful("licence", "the CSP can't be asked for its licence", remedy)]
    remedy = "renew the CSP's licence on this machine: cpconfig -license -set"
    if not licence.is_usable:
        return [bad("licence", "the CSP says that its licence is not good: nothing is signed", remedy)]
    if licence.expire_time is None:
        return [good("licence", "the CSP says that it is good, and of no end")]
    return [expiry("licence", licence.expire_time, now, remedy=remedy)]


def _check_pins(settings: Settings, directory: Path, *, agent_runs: bool) -> list[Finding]:
    pins = settings.keys.pins
    found = []
    for name, source in {"default": pins.default, **pins.certificates}.items():
        check = f"PIN {name}"
        if source == ASK:
            continue
        if not source:
            found.append(good(check, "none is needed, or it is saved where the key is"))
            continue
        alone = PinSettings(default=source, sealed_file=pins.sealed_file, sealed_master_key=pins.sealed_master_key)
        try:
            make_pins(alone, directory).check()
        except SettingsError as error:
            found.append(bad(check, str(error), 'mend its source; a PIN that is in none is asked for with "ask"'))
        else:
            found.append(good(check, f"its source can be read: {source}"))
    if ASK in {pins.default, *pins.certificates.values()}:
        found += _check_unlocked(settings, directory, agent_runs=agent_runs)
    return found


def _check_unlocked(settings: Settings, directory: Path, *, agent_runs: bool) -> list[Finding]:
    """Ask the running agent which keys wait for a person."""
    remedy = f"signer-agent unlock {directory}"
    if not agent_runs:
        return [doubtful("PIN ask", "a person gives it after each start, and no agent runs", remedy)]
    try:
        answer = ask_console(console_path(settings, directory), {"do": "list"})
        locked = [str(key["thumbprint"]) for key in answer["keys"] if not key["seconds_left"]]
    except (SettingsError, KeyError, TypeError) as error:
        told = f"the running agent can't be asked which keys are locked: {error}"
        return [doubtful("PIN ask", told, f"run this as the agent's account, and {remedy}")]
    if locked:
        return [doubtful("PIN ask", f"it waits for a person: {', '.join(locked)}", remedy)]
    return [good("PIN ask", "all keys that a person unlocks are unlocked")]
