"""Tokens of SoftHSM2: a folder of them, and keys with certificates put onto one."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from tests.support.csp import PIN

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of all tokens, of this process and those it starts; the module reads its place once a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        yield folder / "tokens"
    pkcs11.lib(str(MODULE)).finalize()


def make_token(tokens: Path, label: str) -> Path:
    """Make an empty one with the user PIN of the run; returns its folder."""
    before = set(tokens.iterdir())
    words = ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "0000", "--pin", PIN]
    subprocess.run(words, check=True, capture_output=True)
    pkcs11.lib(str(MODULE)).reinitialize()
    return (set(tokens.iterdir()) - before).pop()


def put(label: str, key_id: bytes, certificate: bytes, key: Key | None) -> None:
    """Put a certificate (DER) and its key, if any, onto a token."""
    with pkcs11.lib(str(MODULE)).get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        stays = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: key_id}
        session.create_object(decode_x509_certificate(certificate) | stays)
        if key is not None:
            session.create_object(_private(key) | stays)


def _private(key: Key) -> dict[pkcs11.Attribute, object]:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    der = key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    return decode_rsa_private_key(der) if isinstance(key, rsa.RSAPrivateKey) else decode_ec_private_key(der)
