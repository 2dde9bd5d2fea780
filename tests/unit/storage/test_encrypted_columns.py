"""Encrypted columns leave no plaintext in the files, and refuse values that were not sealed."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, MetaData, String, Table, select
from sqlalchemy.exc import StatementError

from hub.core.crypto import DecryptionError, KeyRing, SealedColumn
from hub.core.secrets import Secret
from hub.storage.types import EncryptedBytes
from tests.support.core_fixtures import Core, open_core
from tests.support.databases import stored_bytes

CANARY = "Иванов Иван Иванович, СНИЛС 11223344595"
people = Table("people", MetaData(), Column("id", String(36), primary_key=True), Column("party", EncryptedBytes))


async def _store(core: Core, sealed: bytes) -> None:
    def write(conn: Connection) -> None:
        people.create(conn)
        conn.execute(people.insert().values(id="a", party=sealed))

    await core.database.write(write, label="test")


async def test_the_bytes_of_the_database_files_hold_no_plaintext(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        column = SealedColumn(ring=core.columns, table="people", column="party")
        sealed = column.seal_json("a", {"name": CANARY})
        await _store(core, sealed)
        kept = await core.database.read(lambda conn: conn.scalar(select(people.c.party)))
        assert column.open_json("a", kept or b"") == {"name": CANARY}
    content = stored_bytes(tmp_path) + b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert sealed in content
    for plain in (CANARY, "Иванов", "11223344595"):
        assert plain.encode() not in content
        assert plain.encode("unicode-escape") not in content


async def test_a_value_that_was_not_sealed_is_refused(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        with pytest.raises(StatementError, match="sealed values only") as refused:
            await _store(core, CANARY.encode())
    assert CANARY not in str(refused.value)


def _ring(active: str, *names: str) -> KeyRing:
    count = iter(range(1000))
    keys = {name: Secret(name.encode().ljust(32, b".")) for name in names}
    return KeyRing(keys=keys, active=active, random_bytes=lambda n: next(count).to_bytes(n, "big"))


def test_a_rotated_ring_seals_with_the_new_key_and_still_opens_the_old() -> None:
    old, rotated = _ring("k1", "k1"), _ring("k2", "k1", "k2")
    sealed = old.seal(b"value", place="t.c.1")
    assert rotated.open(sealed, place="t.c.1") == b"value"
    with pytest.raises(DecryptionError, match="not in the ring"):
        old.open(rotated.seal(b"value", place="t.c.1"), place="t.c.1")


@pytest.mark.parametrize("place", ["t.c.2", "t.d.1", "u.c.1"])
def test_a_value_moved_to_another_row_column_or_table_does_not_open(place: str) -> None:
    ring = _ring("k1", "k1")
    with pytest.raises(DecryptionError, match="altered or moved"):
        ring.open(ring.seal(b"value", place="t.c.1"), place=place)


def test_no_altered_or_shortened_value_opens() -> None:
    ring = _ring("k1", "k1")
    sealed = ring.seal(b"value", place="t.c.1")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(DecryptionError):
            ring.open(bytes(altered), place="t.c.1")
        with pytest.raises(DecryptionError):
            ring.open(sealed[:position], place="t.c.1")


def test_equal_values_are_sealed_differently() -> None:
    ring = _ring("k1", "k1")
    assert ring.seal(b"value", place="t.c.1") != ring.seal(b"value", place="t.c.1")


def test_an_error_names_the_column_and_never_the_row(tmp_path: Path) -> None:
    with pytest.raises(DecryptionError) as refused:
        _ring("k1", "k1").open(b"LH1", place="people.party.id-of-a-person")
    assert "people.party" in str(refused.value)
    assert "id-of-a-person" not in str(refused.value)
