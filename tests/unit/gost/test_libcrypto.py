"""Ownership, errors and threads at the seam to OpenSSL."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gost import digest, libcrypto
from gost.cades import CadesTemplate
from gost.errors import EngineMissingError, KeyClosedError, KeyFormatError
from gost.keys import PrivateKey, PublicKey
from gost.verify import VerificationPolicy, verify_detached
from tests.unit.gost.pki import AT, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign


class Library:
    """An OpenSSL in which only what a test names works."""

    def __init__(self, **answers: int | None) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> object:
        return lambda *_: self._answers.get(name, 0)


@pytest.mark.parametrize(
    "answers", [{}, {"ENGINE_by_id": 1}, {"ENGINE_by_id": 1, "ENGINE_init": 1, "ENGINE_set_default": 0}]
)
def test_without_the_engine_the_error_says_what_to_install(answers: dict[str, int]) -> None:
    with pytest.raises(EngineMissingError, match="libengine-gost-openssl"):
        libcrypto._start_engine(Library(**answers))


def test_without_openssl_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gost.libcrypto.sys.platform", "nowhere")
    monkeypatch.setitem(libcrypto._LIBRARY_NAMES, "nowhere", "libnothing.so.9")
    with pytest.raises(EngineMissingError, match="install OpenSSL 3"):
        libcrypto._load()


def test_an_owned_pointer_is_freed_once_however_it_ends() -> None:
    freed: list[int] = []
    with libcrypto.Owned(1, freed.append) as address:
        assert address == 1
    kept = libcrypto.Owned(2, freed.append)
    kept.close()
    kept.close()
    dropped = libcrypto.Owned(3, freed.append)
    del kept, dropped
    assert freed == [1, 2, 3]


def test_a_null_pointer_is_never_owned() -> None:
    with pytest.raises(MemoryError):
        libcrypto.Owned(None, print)


def test_failures_leave_nothing_in_the_error_queue(signer: Owner) -> None:
    library = libcrypto.libcrypto()
    untrusting = VerificationPolicy(anchors=())
    cms = sign(signer, DOCUMENT)
    assert not PublicKey.from_certificate(signer.certificate).verify(b"document", b"garbage")
    assert library.ERR_get_error() == 0
    with pytest.raises(KeyFormatError):
        PrivateKey.from_pem(b"garbage")
    assert library.ERR_get_error() == 0
    assert libcrypto.parse(library, "d2i_X509", "X509_free", b"garbage") is None
    assert library.ERR_get_error() == 0
    assert not verify_detached(cms, digest.streebog256(DOCUMENT), policy=untrusting, at=AT).is_valid
    assert library.ERR_get_error() == 0


def test_bytes_after_a_structure_are_refused(signer: Owner) -> None:
    library, der = libcrypto.libcrypto(), signer.certificate.der
    assert libcrypto.parse(library, "d2i_X509", "X509_free", der) is not None
    assert libcrypto.parse(library, "d2i_X509", "X509_free", der + b"\0") is None


def test_nothing_stays_allocated(signer: Owner, revoked: Owner, policy: VerificationPolicy) -> None:
    key = signer.open_key()
    cms = [sign(signer, DOCUMENT), sign(revoked, DOCUMENT), b"garbage"]

    def work() -> None:
        template = CadesTemplate(certificate=signer.certificate)
        attributes = template.signed_attributes(digest.streebog256(DOCUMENT), AT)
        template.assemble(attributes, key.sign(attributes))
        assert key.matches(signer.certificate)
        for each in cms:
            verify_detached(each, digest.streebog256(DOCUMENT), policy=policy, at=AT)
        with pytest.raises(KeyFormatError):
            PrivateKey.from_pem(b"garbage")
        digest.new().update(DOCUMENT)

    def owned() -> int:
        return sum(isinstance(each, libcrypto.Owned) and each.address is not None for each in gc.get_objects())

    work()
    before = owned()
    for _ in range(5):
        work()
    assert owned() == before


def test_threads_share_a_key_and_a_policy(signer: Owner, revoked: Owner, policy: VerificationPolicy) -> None:
    key = signer.open_key()
    template = CadesTemplate(certificate=signer.certificate)
    public, digests = PublicKey.from_certificate(signer.certificate), digest.streebog256(DOCUMENT)
    bad = sign(revoked, DOCUMENT)

    def work(_: int) -> tuple[bool, ...]:
        attributes = template.signed_attributes(digests, AT)
        signature = key.sign(attributes)
        cms = template.assemble(attributes, signature)
        return (
            public.verify(attributes, signature),
            not public.verify(attributes + b"x", signature),
            verify_detached(cms, digests, policy=policy, at=AT).is_valid,
            not verify_detached(bad, digests, policy=policy, at=AT).is_valid,
            not verify_detached(cms[:-1] + bytes((cms[-1] ^ 1,)), digests, policy=policy, at=AT).is_valid,
        )

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert all(all(outcome) for outcome in pool.map(work, range(400)))


def test_closing_a_key_under_signers_ends_them_cleanly(signer: Owner) -> None:
    key, public = signer.open_key(), PublicKey.from_certificate(signer.certificate)
    started = threading.Barrier(4)

    def work() -> list[bytes]:
        made: list[bytes] = []
        started.wait(timeout=30)
        for _ in range(10_000):  # far more than fit in before the key is closed
            try:
                made.append(key.sign(b"document"))
            except KeyClosedError:
                return made
        return made

    with ThreadPoolExecutor(max_workers=3) as pool:
        futures = [pool.submit(work) for _ in range(3)]
        started.wait(timeout=30)
        key.close()
        signatures = [signature for future in futures for signature in future.result(timeout=60)]
    assert all(public.verify(b"document", signature) for signature in signatures)
    with pytest.raises(KeyClosedError):
        key.sign(b"document")


def test_the_interpreter_is_free_while_a_big_document_is_hashed() -> None:
    """Structurally: the foreign call is made by CDLL, which releases the lock, and not by PyDLL."""
    library = libcrypto.libcrypto()
    assert not library._func_flags_ & 0x4  # FUNCFLAG_PYTHONAPI: keeps the lock
