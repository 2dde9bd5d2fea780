"""A thousand raw signatures, each judged by an implementation that shares no code with ours, and as many of its own."""

import random

import pytest

from gost import digest
from gost.keys import PublicKey
from tests.unit.gost.pki import Authority, OpenSsl
from tests.unit.gost.test_keys import oracle_of, point_of, private_number_of

pytestmark = pytest.mark.campaign

# The oracle takes 0.15 s for both ways, and seconds with 512 bits: no part may run for longer than a test's time limit.
PARTS = [("256-A", part, 100) for part in range(8)] + [("512-A", part, 20) for part in range(8, 18)]


@pytest.mark.parametrize(("kind", "part", "signatures"), PARTS)
def test_gostcrypto_agrees_on_every_signature(
    kind: str, part: int, signatures: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = Authority(OpenSsl(tmp_path_factory.mktemp("raw")), "root").sign_itself()
    owner, size = root.issue("signer", kind=kind), 32 if kind.startswith("256") else 64
    oracle, key, verifier = oracle_of(kind), owner.open_key(), PublicKey.from_certificate(owner.certificate)
    public = bytearray(b"".join(half[::-1] for half in point_of(owner, size)))
    private, drawn = private_number_of(owner, size), random.Random(part)
    for _ in range(signatures):
        document = drawn.randbytes(drawn.randrange(200))
        number = bytearray(digest.digest(key.digest_algorithm, document)[::-1])  # most significant byte first
        ours = key.sign(document)
        assert oracle.verify(public, number, bytearray(ours[size:] + ours[:size]))
        other = bytearray(ours[size:] + ours[:size])
        other[drawn.randrange(2 * size)] ^= 1 << drawn.randrange(8)
        assert not verifier.verify(document, bytes(other[size:] + other[:size]))
        theirs = bytes(oracle.sign(bytearray(private), number))
        assert verifier.verify(document, theirs[size:] + theirs[:size])
