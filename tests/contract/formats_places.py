"""Installations of a signer agent, one for each place where a key can be; their keys' owner and CA are the same."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from sandbox.csp.setup import EmulatedHost
from tests.modules.signatures.conftest import SELLER, Pki, installed_agent, make_pki
from tests.support.csp import PIN
from tests.support.csp_agent import use_cryptopro
from tests.support.softhsm import MODULE, Key, make_token, put

ESIA_RULE = """
[[rules]]
name = "logins"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["OTHER"]
formats = ["ESIA_CMS", "ESIA_RAW", "ESIA_RAW_REVERSED"]
esia_client_ids = ["MNEMO"]
esia_redirect_uris = ["", "https://hub.example/cb"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 100
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pkis:
    """One for each size of GOST, and owners of RSA and ECDSA keys by the smaller one."""

    small: Pki
    big: Pki
    rsa: Pki
    ec: Pki


def make_pkis(folder: Path) -> Pkis:
    small = make_pki(folder / "small")
    others = {
        kind: replace(small, seller=small.authority.issue(kind, SELLER, algorithm=kind)) for kind in ("rsa", "ec")
    }
    return Pkis(small=small, big=make_pki(folder / "big", algorithm="gost2012_512"), **others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a key is; `install` makes an agent's installation that uses it, given a folder for tokens."""

    pki: Callable[[Pkis], Pki]
    install: Callable[[Path, Pki, Path], Path]
    xml_refusal: str = ""
    """Why XML of SMEV is not signed there: the agent's reason."""
    esia_refusal: str = ""
    """Why strings of ESIA are not signed there."""
    tool: str = ""
    """What signs documents there, if it is a program."""


def _in_files(folder: Path, pki: Pki, _: Path) -> Path:
    return _ready(installed_agent(folder, pki))


def _by_csptest(folder: Path, pki: Pki, _: Path) -> Path:
    host = EmulatedHost.create(folder.with_name("host"), pki.authority)
    host.add(pki.seller, pki.authority)
    installed = _ready(installed_agent(folder, pki))
    use_cryptopro(installed, host, pin="")
    return installed


def _with_a_pin(folder: Path, pki: Pki, _: Path) -> Path:
    """A key with a PIN under a rule that sees documents: csptest signs digests, cryptcp what streams to the agent."""
    host = EmulatedHost.create(folder.with_name("host"), pki.authority)
    host.add(pki.seller, pki.authority, pin=PIN, embedded_licence=True)
    word = 'attested_by = "hub"\nallow_hub_attestation = true\ncap_per_day = 10000'
    sight = 'attested_by = "content"\ncontent_formats = ["text", "xml"]'
    installed = _ready(installed_agent(folder, pki), old=word, new=sight)
    use_cryptopro(installed, host, pin="file:keys/pin")
    _private(installed / "keys/pin", PIN)
    return installed


def _by_pycades(folder: Path, pki: Pki, _: Path) -> Path:
    host = EmulatedHost.create(folder.with_name("host"), pki.authority)
    host.add(pki.seller, pki.authority, pin=PIN)
    tables = f'[keys.pycades]\npython_path = "{host.python}"\n\n[keys.pins]\ndefault = "file:keys/pin"\n'
    installed = _ready(installed_agent(folder, pki), old="[hub]", new=f"{tables}\n[hub]", backend="pycades")
    _private(installed / "keys/pin", PIN)
    return installed


def _on_a_token(folder: Path, pki: Pki, tokens: Path) -> Path:
    label = f"formats-{os.urandom(4).hex()}"
    make_token(tokens, label)
    key = load_pem_private_key(pki.seller.key_pem, None)
    assert isinstance(key, Key)
    put(label, b"\x01", x509.load_pem_x509_certificate(pki.seller.certificate_pem).public_bytes(Encoding.DER), key)
    tables = f'[keys.pkcs11]\nmodule = "{MODULE}"\ntoken_label = "{label}"\n\n[keys.pins]\ndefault = "file:keys/pin"\n'
    installed = _ready(installed_agent(folder, pki), old="[hub]", new=f"{tables}\n[hub]", backend="pkcs11")
    _private(installed / "keys/pin", PIN)
    return installed


def _ready(folder: Path, *, old: str = "", new: str = "", backend: str = "gost_file") -> Path:
    path = folder / "signer-agent.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1) if old else text
    path.write_text(text.replace('backend = "gost_file"', f'backend = "{backend}"') + ESIA_RULE, encoding="utf-8")
    return folder


def _private(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content)


WITH_A_PIN = "cryptopro, with a PIN"
_NO_XML = "VALIDATION_FAILED"  # the format doesn't fit the certificate
_NO_ESIA = "DIGEST_NOT_FITTING"  # ESIA takes 256 bits of Streebog
_GUARDED = "POLICY_REFUSED"  # the hub's word opens nothing that a rule on content guards
PLACES = {
    "gost_file 256": Place(pki=lambda made: made.small, install=_in_files),
    "gost_file 512": Place(pki=lambda made: made.big, install=_in_files, esia_refusal=_NO_ESIA),
    "cryptopro csptest": Place(pki=lambda made: made.small, install=_by_csptest, tool="csptest"),
    WITH_A_PIN: Place(pki=lambda made: made.small, install=_with_a_pin, esia_refusal=_GUARDED, tool="csptest"),
    "pycades": Place(pki=lambda made: made.small, install=_by_pycades),
    "pkcs11 RSA": Place(pki=lambda made: made.rsa, install=_on_a_token, xml_refusal=_NO_XML, esia_refusal=_NO_ESIA),
    "pkcs11 ECDSA": Place(pki=lambda made: made.ec, install=_on_a_token, xml_refusal=_NO_XML, esia_refusal=_NO_ESIA),
}
