"""Private key files: written for their owner alone, opened with the installation's passphrase where encrypted."""

import base64
import binascii
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from hub.core.secrets import Secret, SecretError, read_private_file

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

SYMMETRIC_KEY_BYTES = 32
_ENCRYPTED = b"ENCRYPTED"


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, in folders that only he may enter."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if os.name == "posix":
            os.fchmod(descriptor, 0o600)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def key_pem(key: PrivateKey, *, passphrase: Secret | None = None) -> bytes:
    """Return a private key as PKCS#8 PEM, encrypted if there is a passphrase."""
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.text().encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def is_encrypted(pem: bytes) -> bool:
    """Whether a PEM file holds an encrypted private key."""
    return any(_ENCRYPTED in line for line in pem.splitlines() if line.startswith((b"-----BEGIN", b"Proc-Type")))


def open_key(pem: bytes, *, name: str, passphrase: Secret | None) -> PrivateKey:
    """Open a private key; `name` is for the error's message.

    Raises:
        SecretError: no private key of a kind we use, encrypted without a passphrase, or under another one.
    """
    secret = passphrase.text().encode() if passphrase is not None and is_encrypted(pem) else None
    try:
        key = serialization.load_pem_private_key(pem, secret)
    except TypeError as error:
        raise SecretError(f"{name} is encrypted; set keys.passphrase to a reference to its passphrase") from error
    except ValueError as error:
        raise SecretError(
            f"{name} can't be opened: no private key in PEM, or keys.passphrase is another one"
        ) from error
    if not isinstance(key, PrivateKey):
        raise SecretError(f"{name} holds a key of a kind that is not used here; use ECDSA P-256, RSA or Ed25519")
    return key


def read_key(path: Path, *, passphrase: Secret | None) -> PrivateKey:
    """Read a private key's file; raises SecretError as `open_key` does, and if others may read the file."""
    return open_key(read_private_file(path), name=str(path), passphrase=passphrase)


def new_symmetric_key(random: bytes) -> bytes:
    """Return a symmetric key's file content: base64url of 32 random bytes."""
    return base64.urlsafe_b64encode(random) + b"\n"


def symmetric_key(secret: Secret, *, name: str) -> Secret:
    """Return the 32 bytes that a symmetric key's file or variable stands for.

    Raises:
        SecretError: it is not base64url of 32 bytes.
    """
    try:
        key = base64.b64decode(secret.text(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretError(f"{name} is not a key: it must be base64url of {SYMMETRIC_KEY_BYTES} bytes") from error
    if len(key) != SYMMETRIC_KEY_BYTES:
        raise SecretError(f"{name} is a key of {len(key)} bytes; it must have {SYMMETRIC_KEY_BYTES}")
    return Secret(key)
