"""Encrypted columns are sealed anew under a new key while they are used, and the old key is then needed by nothing."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.app.resealing import EVERY, Resealing
from hub.core.crypto import DecryptionError, KeyRing
from hub.core.secrets import Secret
from hub.modules.rosreestr.store import RegistrationRow, RosreestrStore
from hub.storage.sealed_rows import count_sealed, sealed_places
from tests.support.core_fixtures import Core, open_core

OLD, NEW = Secret(bytes(32)), Secret(bytes(range(32)))


def row(core: Core, number: int) -> RegistrationRow:
    row_id, now = str(uuid.UUID(int=number)), core.clock.now()
    return RegistrationRow(
        id=row_id,
        owner="crm",
        business_reference="ДКП-1",
        state="REGISTERED",
        provider="xml_gateway",
        vendor_reference=row_id,
        cadastral_numbers="50:20:0010101:101",
        contract_number="1",
        create_time=now,
        update_time=now,
        status_reason=f"Причина {number}",
        transfer=b"{}",
    )


async def test_all_values_move_to_the_new_key_and_open_without_the_old_one(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        random = core.ids.random_bytes
        before = RosreestrStore(ring=KeyRing(keys={"old": OLD}, active="old", random_bytes=random))
        rows = [row(core, number) for number in range(450)]

        def write(conn: Connection) -> None:
            for one in rows:
                before.add_registration(conn, one)

        await core.database.write(write, label="test")
        ring = KeyRing(keys={"new": NEW, "old": OLD}, active="new", random_bytes=random)
        Resealing(database=core.database, ring=ring, audit=core.audit, outbox=core.outbox)
        await core.outbox.run_due()
        core.clock.jump(EVERY.total_seconds())
        await core.outbox.run_due()
        after = RosreestrStore(ring=KeyRing(keys={"new": NEW}, active="new", random_bytes=random))
        for one in (rows[0], rows[-1]):
            assert await core.database.read(lambda conn: after.get_registration(conn, one.id)) == one  # noqa: B023
        with pytest.raises(DecryptionError):
            await core.database.read(lambda conn: before.get_registration(conn, rows[0].id))
        counts = await core.database.read(
            lambda conn: {
                name: sum(count_sealed(conn, place, head=head) for place in sealed_places(conn))
                for name, head in ring.heads()
            }
        )
        assert counts == {"new": 900, "old": 0}
        records = await core.database.read(lambda conn: core.stores.audit.list(conn, limit=1))
        assert dict(records[0].record.details) == {"resealed": "900", "unreadable": "0"}
