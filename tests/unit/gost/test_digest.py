"""Streebog against the standard's examples and an independent implementation."""

import hashlib

import gostcrypto
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gost import digest
from gost.digest import DigestAlgorithm
from gost.errors import UnsupportedAlgorithmError

# GOST R 34.11-2012, annex A: messages M1 and M2 (the second is windows-1251)
M1 = b"012345678901234567890123456789012345678901234567890123456789012"
M2 = "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы".encode("cp1251")

EXAMPLES = [
    (DigestAlgorithm.STREEBOG_256, M1, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
    (DigestAlgorithm.STREEBOG_256, M2, "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50"),
    (
        DigestAlgorithm.STREEBOG_512,
        M1,
        (
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
            "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
        ),
    ),
    (
        DigestAlgorithm.STREEBOG_512,
        M2,
        (
            "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
            "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
        ),
    ),
]


@pytest.mark.parametrize(("algorithm", "message", "expected"), EXAMPLES)
def test_the_examples_of_the_standard_come_out(algorithm: DigestAlgorithm, message: bytes, expected: str) -> None:
    assert digest.digest(algorithm, message).hex() == expected


def test_streebog256_is_the_short_name_of_the_usual_hash() -> None:
    assert digest.streebog256(M1).hex() == EXAMPLES[0][2]


@given(data=st.binary(max_size=200), algorithm=st.sampled_from([("streebog256", 256), ("streebog512", 512)]))
def test_an_independent_implementation_agrees(data: bytes, algorithm: tuple[str, int]) -> None:
    name, bits = algorithm
    ours = digest.digest(DigestAlgorithm[f"STREEBOG_{bits}"], data)
    assert ours == bytes(gostcrypto.gosthash.new(name, data=bytearray(data)).digest())


@given(chunks=st.lists(st.binary(max_size=300), max_size=8), algorithm=st.sampled_from(DigestAlgorithm))
def test_a_stream_gives_what_the_whole_gives(chunks: list[bytes], algorithm: DigestAlgorithm) -> None:
    stream = digest.new(algorithm)
    for number, chunk in enumerate(chunks):
        stream.update((bytes, bytearray, memoryview)[number % 3](chunk))
    assert stream.digest() == digest.digest(algorithm, b"".join(chunks))
    assert len(stream.digest()) == algorithm.size_bytes


def test_asking_for_the_digest_does_not_end_the_stream() -> None:
    stream = digest.new()
    stream.update(M1[:10])
    first = stream.hexdigest()
    stream.update(M1[10:])
    assert (first, stream.hexdigest()) == (digest.streebog256(M1[:10]).hex(), EXAMPLES[0][2])


def test_sha256_is_there_for_other_keys() -> None:
    assert digest.digest(DigestAlgorithm.SHA_256, M2) == hashlib.sha256(M2).digest()


def test_algorithms_are_found_by_oid() -> None:
    assert DigestAlgorithm.from_oid("1.2.643.7.1.1.2.3") is DigestAlgorithm.STREEBOG_512


def test_an_unknown_oid_is_refused() -> None:
    with pytest.raises(UnsupportedAlgorithmError, match=r"1\.3\.14\.3\.2\.26"):
        DigestAlgorithm.from_oid("1.3.14.3.2.26")
