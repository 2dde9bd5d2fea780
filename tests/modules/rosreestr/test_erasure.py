"""Personal data of registrations goes after its time, and of one person when asked; no byte of it stays."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from hub.core.audit_verify import verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.erasure import ERASE, EVERY, Erasure, PersonalData
from hub.core.jobs import NewJob
from hub.core.persons import Identifier
from hub.modules.rosreestr.personal import personal_data
from hub.modules.rosreestr.store import RegistrationRow, RosreestrStore, registrations
from hub.modules.rosreestr.work import REGISTRATION
from hub.storage.audit_store import SqlAuditStore
from tests.support.core_fixtures import Core, open_core, public_key
from tests.support.databases import disposed, stored_bytes, tool_engine

INN, OTHER_INN = "500100732259", "502099000124"
KEEP = timedelta(days=100)
SECRET = "Основание отказа с именем"


def upkeep(core: Core, kinds: Sequence[PersonalData] | None = None) -> None:
    data = [personal_data(resource=REGISTRATION, keep=KEEP)] if kinds is None else kinds
    Erasure(
        database=core.database, persons=core.stores.persons, audit=core.audit, outbox=core.outbox, kinds=lambda: data
    )


async def add(core: Core, state: str, inn: str) -> tuple[str, bytes]:
    """Write a registration; returns its id and the ciphertext of its reason."""
    row_id, now = str(uuid.uuid4()), core.clock.now()
    row = RegistrationRow(
        id=row_id,
        owner="crm",
        business_reference="ДКП-1",
        state=state,
        provider="xml_gateway",
        vendor_reference=row_id,
        cadastral_numbers="50:20:0010101:101",
        contract_number="1",
        create_time=now,
        update_time=now,
        status_reason=SECRET,
    )

    def write(conn: object) -> None:
        RosreestrStore(ring=core.columns).add_registration(conn, row)  # type: ignore[arg-type]
        known_by = [(Identifier.INN, inn)]
        core.persons.link(conn, resource=REGISTRATION, resource_id=row_id, known_by=known_by)  # type: ignore[arg-type]

    await core.database.write(write, label="test")
    sealed = await core.database.read(
        lambda conn: conn.scalar(select(registrations.c.status_reason).where(registrations.c.id == row_id))
    )
    assert sealed is not None
    return row_id, sealed


async def holders(core: Core) -> set[str]:
    query = select(registrations.c.id).where(registrations.c.status_reason.is_not(None))
    return set(await core.database.read(lambda conn: conn.scalars(query).all()))


async def ask(core: Core, inn: str) -> None:
    person = core.persons.pseudonym(Identifier.INN, inn)
    job = NewJob(kind=ERASE, payload={"pseudonyms": person}, caller="local:hub", request_id="r-1")
    await core.database.write(lambda conn: core.outbox.enqueue(conn, job), label="test")
    await core.outbox.run_due()


async def next_day(core: Core) -> None:
    await core.outbox.run_due()
    core.clock.jump(EVERY.total_seconds())
    await core.outbox.run_due()


async def test_only_final_registrations_past_their_time_are_blanked(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        upkeep(core)
        await add(core, "REGISTERED", INN)
        under_way, _ = await add(core, "SUSPENDED", INN)
        core.clock.jump(KEEP.total_seconds())
        young, _ = await add(core, "REFUSED", INN)
        await next_day(core)
        assert await holders(core) == {under_way, young}


async def test_a_person_is_erased_from_all_final_resources_and_from_the_others_when_they_are_final(
    tmp_path: Path,
) -> None:
    async with open_core(tmp_path) as core:
        upkeep(core)
        _, sealed = await add(core, "REGISTERED", INN)
        under_way, _ = await add(core, "SUSPENDED", INN)
        others, _ = await add(core, "REGISTERED", OTHER_INN)
        assert sealed in stored_bytes(tmp_path)
        await ask(core, f" {INN[:4]}-{INN[4:]} ")
        assert await holders(core) == {under_way, others}
        assert sealed not in stored_bytes(tmp_path)
        done = registrations.update().where(registrations.c.id == under_way).values(state="REGISTERED")
        await core.database.write(lambda conn: conn.execute(done), label="test")
        await next_day(core)
        assert await holders(core) == {others}


async def test_the_audit_tells_of_an_erasure_without_the_datum_and_is_whole(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        upkeep(core)
        await add(core, "REGISTERED", INN)
        await ask(core, INN)
        records = await core.database.read(lambda conn: core.stores.audit.list(conn, caller="local:hub"))
        erased = [row.record for row in records if row.record.reason == "ERASED"]
        assert [dict(record.details) for record in erased] == [{"erased": "1", "waiting": "0"}]
        person = core.persons.pseudonym(Identifier.INN, INN)
        assert not any(INN in repr(row) or person in repr(row) for row in records)
    with disposed(tool_engine(tmp_path)) as engine, engine.connect() as conn:
        file = CheckpointFile(tmp_path / "audit" / "checkpoints.jsonl")
        assert verify(conn, store=SqlAuditStore(), file=file, public_keys=[public_key()]).ok


async def test_what_belongs_to_a_module_that_is_off_waits_for_it(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        kinds: list[PersonalData] = []
        upkeep(core, kinds)
        kept, _ = await add(core, "REGISTERED", INN)
        await ask(core, INN)
        assert await holders(core) == {kept}
        kinds.append(personal_data(resource=REGISTRATION, keep=KEEP))
        await next_day(core)
        assert await holders(core) == set()


async def test_a_pseudonym_is_the_same_however_an_identifier_is_written_and_tells_nothing(tmp_path: Path) -> None:
    async with open_core(tmp_path, audited=False) as core:
        one = core.persons.pseudonym(Identifier.SNILS, "112-233-445 95")
        assert one == core.persons.pseudonym(Identifier.SNILS, "11223344595")
        assert one != core.persons.pseudonym(Identifier.INN, "11223344595")
        assert "11223344595" not in one
