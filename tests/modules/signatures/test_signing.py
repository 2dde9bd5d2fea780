"""Signing through a real agent: what comes back verifies, happens once, and is refused with its reason."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete

from gost.certificate import read_certificate
from gost.digest import DigestAlgorithm, streebog256
from hub.core.errors import (
    AlreadyExistsError,
    HubError,
    InvalidRequestError,
    NotFoundError,
    PreconditionError,
    UnavailableError,
)
from hub.modules.signatures.port import (
    DigestToSign,
    HeaderExpectedError,
    MadeSignature,
    ShownDocument,
    SignatureIndeterminateError,
    SignatureNotValidError,
    SigningRefusedError,
)
from hub.modules.signatures.records import made_hash
from hub.modules.signatures.store import signatures
from hub.modules.signatures.verification import Document
from hub.storage.tables import idempotency_keys, outbox_jobs
from sandbox.foreign_signer import sign_detached, verify_detached
from tests.modules.signatures.conftest import Desk, facts, recorded_hashes, works
from tests.support.databases import stored_bytes

CONTRACT = "Договор купли-продажи земельного участка".encode()


def to_sign(content: bytes = CONTRACT) -> DigestToSign:
    return DigestToSign(
        digest=streebog256(content), digest_algorithm=DigestAlgorithm.STREEBOG_256, document_kind="CONTRACT"
    )


async def test_what_the_agent_signed_verifies_with_openssl(desk: Desk) -> None:
    row = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    assert row.state == "SIGNED"
    assert row.cms is not None
    verify_detached(CONTRACT, row.cms, desk.pki.authority.chain_path)
    assert row.certificate == facts(desk.pki.seller).der


async def test_the_same_request_makes_one_signature(desk: Desk) -> None:
    first = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    again = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    assert again == first
    with pytest.raises(AlreadyExistsError):
        await desk.service.sign_one(desk.core.call(fingerprint=b"other"), desk.thumbprint, to_sign(b"other"))


async def test_a_hub_restored_from_before_a_signature_meets_it_again(desk: Desk) -> None:
    documents = [to_sign(f"документ {number}".encode()) for number in range(3)]
    made = await desk.service.sign_many(desk.core.call(), desk.thumbprint, documents)

    def forget(conn: Connection) -> None:
        for table in (signatures, outbox_jobs, idempotency_keys):
            conn.execute(delete(table))

    await desk.core.database.write(forget, label="test")
    again = await desk.service.sign_many(desk.core.call(), desk.thumbprint, documents)
    assert [row.cms for row in again] == [row.cms for row in made]
    assert {row.id for row in again}.isdisjoint(row.id for row in made)


async def test_a_batch_is_signed_in_its_order_and_told_one_by_one(desk: Desk) -> None:
    documents = [f"документ {number}".encode() for number in range(20)]
    rows = await desk.service.sign_many(desk.core.call(), desk.thumbprint, [to_sign(each) for each in documents])
    assert [row.digest for row in rows] == [streebog256(each) for each in documents]
    assert {row.state for row in rows} == {"SIGNED"}


async def test_a_batch_that_is_signed_bit_by_bit_leaves_an_audit_that_is_bound_to_all_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, port = desk.core, desk.service._work._port
    ask = port.sign

    async def half(*args: Any) -> list[MadeSignature | HubError]:
        monkeypatch.setattr(port, "sign", ask)
        first, *rest = await ask(*args)
        return [first, *(UnavailableError("later", reason="AGENT_UNAVAILABLE") for _ in rest)]

    monkeypatch.setattr(port, "sign", half)
    begun = await desk.service.sign_many(core.call(), desk.thumbprint, [to_sign(b"one"), to_sign(b"two")])
    assert [row.state for row in begun] == ["SIGNED", "PENDING"]
    await core.clock.advance(60)
    await core.outbox.run_due()
    rows = [await desk.service.get_signature(core.call(), row.id) for row in begun]
    assert {row.state for row in rows} == {"SIGNED"}
    assert (await recorded_hashes(core))[-1] == made_hash(rows)


async def test_an_agent_that_is_down_is_told_and_the_same_request_signs_once_it_is_back(desk: Desk) -> None:
    await desk.service.get_certificate(desk.thumbprint)
    await desk.agent.stop()
    await works(desk.signing)
    with pytest.raises(UnavailableError) as caught:
        await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    assert caught.value.reason == "AGENT_UNAVAILABLE"
    assert caught.value.retry_after is not None
    await desk.agent.start()
    await works(desk.signing, "main")
    await desk.core.clock.advance(60)
    await desk.core.outbox.run_due()
    row = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    assert row.state == "SIGNED"


async def test_a_thumbprint_nobody_holds_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError) as caught:
        await desk.service.sign_one(desk.core.call(), "0" * 40, to_sign())
    assert caught.value.reason == "CERTIFICATE_NOT_FOUND"


@pytest.mark.parametrize(("name", "cause"), [("expired", "expired"), ("revoked", "revoked")])
async def test_an_expired_or_revoked_signer_signs_nothing(desk: Desk, name: str, cause: str) -> None:
    wanted = read_certificate((desk.pki.folder / f"{name}.crt").read_bytes()).der
    thumbprint = next(
        item.facts.thumbprint for item in await desk.service.list_certificates() if item.facts.der == wanted
    )
    with pytest.raises(PreconditionError) as caught:
        await desk.service.sign_one(desk.core.call(), thumbprint, to_sign())
    assert (caught.value.reason, caught.value.metadata["cause"]) == ("SIGNER_NOT_VALID", cause)
    assert await desk.signing.journal("main", business_reference=desk.core.call().business_reference, limit=9) == []


async def test_a_digest_of_another_algorithm_is_refused_by_field(desk: Desk) -> None:
    item = DigestToSign(digest=bytes(64), digest_algorithm=DigestAlgorithm.STREEBOG_512, document_kind="CONTRACT")
    with pytest.raises(InvalidRequestError) as caught:
        await desk.service.sign_one(desk.core.call(), desk.thumbprint, item)
    assert caught.value.reason == "DIGEST_NOT_FITTING"


async def test_another_callers_signature_does_not_exist(desk: Desk) -> None:
    row = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    with pytest.raises(NotFoundError):
        await desk.service.get_signature(desk.core.call(2, caller="other", group="other"), row.id)


async def test_a_foreign_signature_is_attached_and_names_its_signer(desk: Desk) -> None:
    cms = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    attached = await desk.service.attach(desk.core.call(), "CONTRACT", Document(content=CONTRACT), cms)
    assert attached.report is not None
    assert attached.report.is_valid
    assert attached.signature.origin == "FOREIGN"
    assert attached.signature.thumbprint == facts(desk.pki.buyer).thumbprint
    again = await desk.service.attach(desk.core.call(), "CONTRACT", Document(content=CONTRACT), cms)
    assert (again.signature, again.report) == (attached.signature, None)


async def test_a_foreign_signature_over_another_document_is_refused(desk: Desk) -> None:
    cms = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    with pytest.raises(SignatureNotValidError) as caught:
        await desk.service.attach(desk.core.call(), "CONTRACT", Document(content=CONTRACT + b"!"), cms)
    assert caught.value.metadata["sub_indication"] == "HASH_FAILURE"


async def test_a_foreign_signature_by_a_revoked_signer_is_refused(desk: Desk) -> None:
    cms = sign_detached(CONTRACT, desk.pki.revoked, desk.pki.authority)
    with pytest.raises(SignatureIndeterminateError) as caught:
        await desk.service.attach(desk.core.call(), "CONTRACT", Document(content=CONTRACT), cms)
    assert caught.value.metadata["sub_indication"] == "REVOKED_NO_POE"


async def test_garbage_is_a_report_and_not_an_error(desk: Desk) -> None:
    report = await desk.service.verification.verify(Document(content=CONTRACT), b"\x30\x03abc")
    assert (report.indication.name, report.signers) == ("TOTAL_FAILED", ())


async def test_a_signature_leaves_no_name_in_the_database(desk: Desk, tmp_path: Path) -> None:
    await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    stored = stored_bytes(tmp_path)
    assert "Тестов".encode() not in stored


CONTENT_RULE = """
[[rules]]
name = "seen"
certificates = ["*"]
callers = ["*"]
document_kinds = ["CONTRACT"]
attested_by = "content"
content_formats = ["text"]
"""


async def chunks_of(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 10):
        yield content[start : start + 10]


async def test_a_document_that_a_rule_wants_to_see_is_shown_and_then_signed(desk: Desk) -> None:
    await desk.agent.stop()
    await works(desk.signing)
    path = desk.agent.folder / "signer-agent.toml"
    path.write_text(path.read_text(encoding="utf-8") + CONTENT_RULE, encoding="utf-8")
    await desk.agent.start()
    await works(desk.signing, "main")
    await desk.service.list_certificates()
    call = desk.core.call()
    with pytest.raises(SigningRefusedError) as caught:
        await desk.service.sign_one(desk.core.call(2), desk.thumbprint, to_sign())
    assert caught.value.agent_reason == "CONTENT_NEEDED"
    hashed = await desk.service.hash_document(call, desk.thumbprint, "CONTRACT", chunks_of(CONTRACT))
    assert (hashed.digest, hashed.seen_by) == (streebog256(CONTRACT), "main")
    row = await desk.service.sign_one(call, desk.thumbprint, replace(to_sign(), seen_by=hashed.seen_by))
    assert (row.state, row.agent) == ("SIGNED", "main")


async def test_a_source_that_breaks_off_ends_the_showing_with_its_own_error(desk: Desk) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise HeaderExpectedError

    shown = ShownDocument(
        request_id="0190a0a0-0000-7000-8000-000000000001",
        business_reference="",
        caller="crm",
        document_kind="CONTRACT",
        thumbprint=desk.thumbprint,
    )
    with pytest.raises(HeaderExpectedError):
        await desk.signing.show("main", shown, broken())
    assert await desk.signing.show("main", shown, chunks_of(CONTRACT)) == streebog256(CONTRACT)
