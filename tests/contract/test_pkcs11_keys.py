"""A token of SoftHSM2 keeps the contract of key backends, with RSA and with ECDSA keys."""

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from gost.certificate import CertificateFacts, read_certificate
from gost.keys import PublicKey
from signer_agent.keys.native_backend import NativeBackend
from signer_agent.keys.pins import Pins
from signer_agent.keys.pkcs11_token import pkcs11_backend
from signer_agent.keys.port import KeyLockedError, KeyMissingError, PinRefusedError
from signer_agent.keys.settings import Pkcs11Settings
from tests.contract.cryptopro_rig import SetTime
from tests.contract.key_backend_contract import ATTRIBUTES, KeyBackendContract, KeyRig
from tests.support.csp import PIN
from tests.support.softhsm import MODULE, Key, make_token, put

FOR_SIGNATURES = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


class Pkcs11Rig(KeyRig):
    def __init__(self, tokens: Path, label: str, kind: str, *, pin: str = "file:pin") -> None:
        self.folder = make_token(tokens, label)
        self.label, self.kind = label, kind
        self.seller = self._put(b"\x01")
        self.bare = self._put(b"\x02", with_key=False)
        self.time = SetTime()
        self.pin = PIN.encode()
        self.backend: NativeBackend = self.another(pin)

    def another(self, pin: str, *, max_worker_mib: int = 256) -> NativeBackend:
        """A backend of its own over the same token."""
        return pkcs11_backend(
            settings=Pkcs11Settings(module=MODULE, token_label=self.label, max_worker_mib=max_worker_mib),
            pins=Pins(default=pin, by_thumbprint={}, resolve=lambda _: self.pin, monotonic=self.time),
            monotonic=self.time,
        )

    def _put(self, key_id: bytes, *, with_key: bool = True) -> CertificateFacts:
        key: Key = (
            rsa.generate_private_key(65537, 2048) if self.kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        )
        der = certificate(key)
        put(self.label, key_id, der, key if with_key else None)
        return read_certificate(der)

    def take_away(self) -> None:
        shutil.move(self.folder, self.folder.parent.with_name("away"))
        pkcs11.lib(str(MODULE)).reinitialize()
        for pid in self.backend.pids:  # this module looks at its readers when it is started, and only then
            os.kill(pid, signal.SIGKILL)

    def put_back(self) -> None:
        shutil.move(self.folder.parent.with_name("away"), self.folder)

    def add(self) -> CertificateFacts:
        return self._put(b"\x03")

    def refresh(self) -> None:
        self.time.seconds += 100
        self.backend.refresh()


def certificate(key: Key) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Продавцов Пётр")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(FOR_SIGNATURES, critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@pytest.fixture(params=["rsa", "ec"])
def rig(tokens: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Pkcs11Rig]:
    rig = Pkcs11Rig(tokens, f"{tmp_path.name[-20:]}-{os.urandom(3).hex()}", request.param)
    yield rig
    rig.backend.close()


# A search that a removed token cut short is ended once more by the library's destructor, which says so
@pytest.mark.filterwarnings("ignore:Exception ignored in. 'pkcs11:pytest.PytestUnraisableExceptionWarning")
class TestPkcs11Keys(KeyBackendContract):
    pass


def test_a_wrong_pin_is_tried_once_however_often_the_agent_is_started(rig: Pkcs11Rig) -> None:
    rig.backend.close()
    rig.pin = b"wrong"
    for _ in range(3):
        started = rig.another("file:pin")
        with pytest.raises(KeyLockedError):
            started.sign(rig.seller.thumbprint, ATTRIBUTES)
        started.close()
    assert not token(rig).flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY

    rig.pin = PIN.encode()
    backend = rig.another("file:pin")
    with pytest.raises(KeyLockedError):  # the token remembers that one was wrong
        backend.sign(rig.seller.thumbprint, ATTRIBUTES)
    token(rig).open(user_pin=PIN).close()  # as a person does with a tool of the token's
    rig.time.seconds += 100
    backend.refresh()
    assert PublicKey.from_certificate(rig.seller).verify(ATTRIBUTES, backend.sign(rig.seller.thumbprint, ATTRIBUTES))
    backend.close()


def test_the_modules_process_is_replaced_when_it_has_grown_and_no_call_fails(rig: Pkcs11Rig) -> None:
    rig.backend.close()
    rig.backend = rig.another("file:pin", max_worker_mib=1)  # any process has more
    first, made = rig.backend.pids, 0
    while rig.backend.pids == first:
        signature = rig.backend.sign(rig.seller.thumbprint, ATTRIBUTES)
        assert PublicKey.from_certificate(rig.seller).verify(ATTRIBUTES, signature)
        made += 1
        assert made < 5000


def token(rig: Pkcs11Rig) -> pkcs11.Token:
    return pkcs11.lib(str(MODULE)).get_token(token_label=rig.label)


def test_a_person_unlocks_the_token_and_time_logs_it_out(rig: Pkcs11Rig) -> None:
    rig.backend.close()
    backend = rig.another("ask")
    thumbprint = rig.seller.thumbprint
    assert backend.certificates()[thumbprint].locked
    with pytest.raises(KeyLockedError):
        backend.sign(thumbprint, ATTRIBUTES)
    with pytest.raises(PinRefusedError):
        backend.unlock(thumbprint, b"wrong", seconds=60)

    backend.unlock(thumbprint, PIN.encode(), seconds=60)
    assert not backend.certificates()[thumbprint].locked
    assert not backend.certificates()[rig.bare.thumbprint].has_private_key  # which a locked token hides
    assert backend.sign(thumbprint, ATTRIBUTES)
    rig.time.seconds += 61
    with pytest.raises(KeyLockedError):
        backend.sign(thumbprint, ATTRIBUTES)
    assert backend.certificates()[thumbprint].locked
    with pytest.raises(KeyMissingError):
        backend.unlock("0" * 40, PIN.encode(), seconds=60)
    backend.close()
