"""Every format through a real agent: OpenSSL takes what comes out, and what can't be had is refused before signing."""

from dataclasses import replace
from pathlib import Path

import pytest

from hub.core.errors import HubError, InvalidRequestError
from hub.modules.signatures import formats
from hub.modules.signatures.formats import Format
from hub.modules.signatures.port import (
    DigestToSign,
    FormatNotFittingError,
    SignatureIndeterminateError,
    SignatureNotValidError,
    SigningRefusedError,
    TimestampsNotSetUpError,
)
from hub.modules.signatures.store import SignatureRow
from hub.modules.signatures.verification import Document
from sandbox.foreign_signer import sign_detached, verify_detached
from sandbox.openssl import run_openssl
from tests.modules.signatures.conftest import Desk, facts, works
from tests.modules.signatures.test_signing import CONTRACT, chunks_of, to_sign
from tests.support.databases import stored_bytes

BES_ATTACHED = Format.CADES_BES_ATTACHED


async def asked(
    desk: Desk, form: Format, *, existing_cms: bytes | None = None, content: bytes = CONTRACT
) -> DigestToSign:
    """What SignDocument makes of a document."""
    call = desk.core.call()
    hashed = await desk.service.hash_document(
        call, desk.thumbprint, "CONTRACT", chunks_of(content), form=form, existing_cms=existing_cms
    )
    return DigestToSign(
        digest=hashed.digest,
        digest_algorithm=hashed.algorithm,
        document_kind="CONTRACT",
        format=form,
        content=hashed.content,
        existing_cms=existing_cms,
        digests=hashed.digests,
    )


async def signed(desk: Desk, form: Format, *, existing_cms: bytes | None = None) -> SignatureRow:
    item = await asked(desk, form, existing_cms=existing_cms)
    row = await desk.service.sign_one(desk.core.call(), desk.thumbprint, item)
    assert row.state == "SIGNED"
    assert row.cms is not None
    return row


def opened(cms: bytes, desk: Desk, folder: Path) -> bytes:
    """The document that OpenSSL takes out of an attached signature it accepts."""
    (folder / "attached.p7s").write_bytes(cms)
    what = ("-inform", "DER", "-in", folder / "attached.p7s", "-CAfile", desk.pki.authority.chain_path)
    command = ("cms", "-verify", "-binary", "-cades", *what, "-purpose", "any")
    return run_openssl(command, config=desk.pki.authority.config_path)


async def test_an_attached_signature_holds_the_document_and_the_agent_saw_its_digest_alone(
    desk: Desk, tmp_path: Path
) -> None:
    row = await signed(desk, BES_ATTACHED)
    assert row.cms is not None
    assert opened(row.cms, desk, tmp_path) == CONTRACT
    assert (row.format, row.content, row.existing_cms) == ("CADES_BES_ATTACHED", None, None)
    verification = desk.service.verification
    assert (await verification.verify(Document(), row.cms)).is_valid
    assert (await verification.verify(Document(content=CONTRACT), row.cms)).is_valid
    assert (await verification.verify(Document(digest=row.digest), row.cms)).is_valid
    for other in (Document(content=b"other"), Document(digest=bytes(32))):
        report = await verification.verify(other, row.cms)
        assert report.sub_indication is not None
        assert report.sub_indication.name == "HASH_FAILURE"
    entries = await desk.signing.journal("main", business_reference=row.business_reference, limit=9)
    assert [entry.phase for entry in entries] == ["DECIDED", "SIGNED"]
    assert CONTRACT not in b"".join(
        path.read_bytes() for path in (desk.agent.folder / "state").rglob("*") if path.is_file()
    )


async def test_an_attached_document_is_in_no_clear_text_in_the_database(desk: Desk, tmp_path: Path) -> None:
    await signed(desk, BES_ATTACHED)
    assert CONTRACT not in stored_bytes(tmp_path)


async def test_a_document_too_long_to_be_held_is_refused_while_it_comes_in(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.modules.signatures.service.MAX_ATTACHED_BYTES", 64)
    with pytest.raises(InvalidRequestError) as caught:
        await asked(desk, BES_ATTACHED, content=b"x" * 65)
    assert (caught.value.reason, caught.value.metadata["limit_bytes"]) == ("DOCUMENT_TOO_LARGE", "64")
    assert formats.MAX_ATTACHED_BYTES == 3 * 1024 * 1024


async def test_a_digest_alone_is_not_attached(desk: Desk) -> None:
    with pytest.raises(FormatNotFittingError):
        await desk.service.sign_one(desk.core.call(), desk.thumbprint, replace(to_sign(), format=BES_ATTACHED))


async def test_without_a_timestamp_authority_nothing_is_signed_that_needs_one(desk: Desk) -> None:
    with pytest.raises(TimestampsNotSetUpError):
        await signed(desk, Format.CADES_T_DETACHED)
    assert await desk.signing.journal("main", business_reference=desk.core.call().business_reference, limit=9) == []


async def test_a_rule_that_names_formats_refuses_others(desk: Desk) -> None:
    await desk.agent.stop()
    await works(desk.signing)
    path = desk.agent.folder / "signer-agent.toml"
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("formats = ")]
    path.write_text("\n".join(lines), encoding="utf-8")
    await desk.agent.start()
    await works(desk.signing, "main")
    with pytest.raises(SigningRefusedError) as caught:
        await signed(desk, BES_ATTACHED)
    assert caught.value.agent_reason == "POLICY_REFUSED"
    row = await desk.service.sign_one(desk.core.call(2), desk.thumbprint, to_sign())
    assert row.state == "SIGNED"


async def test_a_signature_is_put_beside_anothers(desk: Desk) -> None:
    theirs = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    row = await signed(desk, Format.CADES_BES_DETACHED, existing_cms=theirs)
    assert row.cms is not None
    verify_detached(CONTRACT, row.cms, desk.pki.authority.chain_path)
    report = await desk.service.verification.verify(Document(content=CONTRACT), row.cms)
    assert report.is_valid
    named = {signer.certificate.thumbprint for signer in report.signers if signer.certificate}
    assert named == {desk.thumbprint, facts(desk.pki.buyer).thumbprint}
    assert row.existing_cms is None


async def test_a_signature_is_put_beside_anothers_that_holds_the_document(desk: Desk, tmp_path: Path) -> None:
    first = await signed(desk, BES_ATTACHED)
    item = await asked(desk, BES_ATTACHED, existing_cms=first.cms)
    assert item.content is None
    row = await desk.service.sign_one(desk.core.call(2), desk.thumbprint, item)
    assert row.cms is not None
    assert opened(row.cms, desk, tmp_path) == CONTRACT
    assert len((await desk.service.verification.verify(Document(), row.cms)).signers) == 2


async def test_nothing_is_put_beside_what_does_not_pass(desk: Desk) -> None:
    good = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    refusals: list[tuple[bytes, bytes, type[HubError]]] = [
        (good, CONTRACT + b"!", SignatureNotValidError),
        (good[:-1] + b"\x00", CONTRACT, SignatureNotValidError),
        (b"garbage", CONTRACT, SignatureNotValidError),
        (sign_detached(CONTRACT, desk.pki.revoked, desk.pki.authority), CONTRACT, SignatureIndeterminateError),
    ]
    for existing_cms, content, error in refusals:
        item = await asked(desk, Format.CADES_BES_DETACHED, existing_cms=existing_cms, content=content)
        with pytest.raises(error):
            await desk.service.sign_one(desk.core.call(), desk.thumbprint, item)
    with pytest.raises(FormatNotFittingError):
        await signed(desk, BES_ATTACHED, existing_cms=good)
    assert await desk.signing.journal("main", business_reference=desk.core.call().business_reference, limit=9) == []


async def test_an_attached_foreign_signature_is_taken_without_its_document(desk: Desk) -> None:
    first = await signed(desk, BES_ATTACHED)
    assert first.cms is not None
    attached = await desk.service.attach(desk.core.call(2), "CONTRACT", Document(), first.cms)
    assert (attached.signature.format, attached.signature.digest) == ("CADES_BES_ATTACHED", first.digest)
    with pytest.raises(SignatureNotValidError):
        await desk.service.attach(desk.core.call(3), "CONTRACT", Document(content=b"other"), first.cms)


async def test_a_detached_signature_needs_its_document(desk: Desk) -> None:
    cms = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    with pytest.raises(InvalidRequestError) as caught:
        await desk.service.verification.verify(Document(), cms)
    assert caught.value.reason == "DOCUMENT_EMPTY"
