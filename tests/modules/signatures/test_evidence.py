"""Evidence of what the hub makes of an agent's signature: with the document in it, with a timestamp, or both."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from evidence.container import pack, unpack
from evidence.findings import Proof
from evidence.forms import BareXmlSignature, Signature
from evidence.trust import Trust
from evidence.verify import verify
from gost.certificate import read_certificates
from gost.digest import digest
from hub.app.evidence import _Trail
from hub.core.audit_segments import SegmentFolder
from hub.module_api import Evidence, EvidenceContext
from hub.modules.signatures.evidence import evidence_of
from hub.modules.signatures.formats import Format
from hub.modules.signatures.personal import personal_data
from hub.modules.signatures.settings import SignaturesSettings, TrustSettings
from hub.modules.signatures.store import SignatureRow
from hub.signing.witness import read_journal_keys
from sandbox.foreign_signer import sign_detached
from tests.modules.signatures.conftest import Desk, Pki, facts, installed_agent
from tests.modules.signatures.test_formats import asked, signed
from tests.modules.signatures.test_signing import CONTRACT
from tests.modules.signatures.test_timestamps import Stamps, authority, stamps
from tests.modules.signatures.test_xml import request as xml_request
from tests.modules.signatures.test_xml import sign as sign_xml
from tests.support.core_fixtures import PRIVATE_KEY
from tests.support.databases import disposed, tool_engine

__all__ = ["authority", "stamps"]  # fixtures


async def exported(desk: Desk, row: SignatureRow) -> Sequence[Evidence]:
    """What `hub story --export` makes of a signature and those beside it."""
    core, agent = desk.core, desk.agent.running
    assert agent is not None
    await agent._journal.state()
    await core.audit.flush()
    await core.audit.checkpoint()
    pki = desk.pki
    trust = TrustSettings(
        anchors=(str(pki.authority.root_path),),
        intermediates=(str(pki.authority.issuing_path),),
        timestamp_anchors=(str(pki.authority.root_path),),
        crls=(str(pki.folder / "*.crl"),),
    )
    with disposed(tool_engine(core.folder)) as engine, engine.connect() as conn:
        trail = _Trail(conn, SegmentFolder(core.folder / "segments"))

        async def audited(resources: list[str], payload_hash: str) -> object:
            return trail.runs(row.business_reference, resources, payload_hash)

        context = EvidenceContext(
            business_reference=row.business_reference,
            conn=conn,
            columns=core.columns,
            path=Path,
            signing=desk.signing,
            audited=audited,  # type: ignore[arg-type]
        )
        return await evidence_of(SignaturesSettings(trust=trust), context)


def trusting(desk: Desk) -> Trust:
    root = read_certificates(desk.pki.authority.root_path.read_bytes())
    return Trust(
        anchors=root,
        timestamp_anchors=root,
        journal_keys=read_journal_keys((desk.agent.folder / "keys/journal.pub").read_bytes()),
        audit_keys=[PRIVATE_KEY.public_key()],
    )


@pytest.mark.parametrize(
    "form", [Format.CADES_BES_ATTACHED, Format.CADES_T_DETACHED, Format.CADES_T_ATTACHED], ids=lambda form: form.value
)
async def test_each_form_is_exported_and_proven(stamps: Stamps, form: Format) -> None:
    desk = stamps.desk
    first = await signed(desk, form)
    await desk.core.outbox.run_due()
    row = await stamps.now(first)

    (found,) = await exported(desk, row)

    assert found.file is not None, found.problem
    trust = trusting(desk)
    verdict = verify(found.file, trust, document=lambda signature: digest(signature.digest_algorithm, CONTRACT))
    assert [finding for finding in verdict.findings if not finding.holds] == []
    assert verdict.proof is (Proof.PROVEN if form.is_stamped else Proof.CLAIMED)
    assert verdict.time == (row.timestamp_time if form.is_stamped else row.signing_time)
    assert verdict.time is not None
    judged_later = verify(found.file, trust, at=verdict.time + timedelta(days=730))
    assert not judged_later.valid, "another question: it would not pass as of then"


async def test_a_signature_in_xml_is_proven_with_its_document_or_without(desk: Desk) -> None:
    answer = await sign_xml(desk, xml_request(desk))
    row = await kept(desk, answer.signature.signature_id)

    (found,) = await exported(desk, row)

    assert found.file is not None, found.problem
    assert {"signature.xml"} == {name for name in unpack(found.file) if name.startswith("signature")}
    verdict = verify(found.file, trusting(desk))
    assert (verdict.valid, verdict.proof, verdict.time) == (True, Proof.CLAIMED, row.signing_time), verdict
    for document, holds in ((answer.signed_xml, True), (answer.signed_xml.replace(b":101", b":102"), False)):

        def hashed(signature: Signature, document: bytes = document) -> bytes:
            assert isinstance(signature, BareXmlSignature)
            return signature.digest_in(document)

        assert verify(found.file, trusting(desk), document=hashed).valid is holds
    assert not verify(found.file, replace(trusting(desk), journal_keys=())).valid, "nothing else says when it was made"


async def test_a_signature_beside_others_is_proven_alone_and_they_are_named(desk: Desk) -> None:
    theirs = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    row = await signed(desk, Format.CADES_BES_DETACHED, existing_cms=theirs)

    (found,) = await exported(desk, row)

    assert found.file is not None, found.problem
    verdict = verify(found.file, trusting(desk))
    assert verdict.valid, verdict
    subjects = dict(verdict.facts)
    assert subjects["signer"] == facts(desk.pki.seller).subject
    assert subjects["signed besides, not judged here"] == facts(desk.pki.buyer).subject
    alone = {name: part for name, part in unpack(found.file).items() if name != "signature-as-made.p7s"}
    assert not verify(pack(alone), trusting(desk)).valid, "it would not say which of them the agent made"


class TestWhereTheAgentSignsNoOtherDocuments:
    @pytest.fixture
    def agent_folder(self, tmp_path: Path, pki: Pki) -> Path:
        folder = installed_agent(tmp_path / "agent", pki)
        settings = folder / "signer-agent.toml"
        settings.write_text(settings.read_text().replace(', "OTHER"]', "]"))
        return folder

    async def test_what_was_made_is_proven_though_another_of_its_request_was_refused_or_erased(
        self, desk: Desk
    ) -> None:
        items = [
            await asked(desk, Format.CADES_BES_DETACHED, content=CONTRACT + bytes([number])) for number in range(3)
        ]
        refused = replace(items[1], document_kind="OTHER")
        made = await desk.service.sign_many(desk.core.call(), desk.thumbprint, [items[0], refused, items[2]])
        rows = [await kept(desk, row.id) for row in made]
        assert [row.state for row in rows] == ["SIGNED", "FAILED", "SIGNED"]
        personal = personal_data(resource="signatures.Signature", keep=timedelta(days=1))
        await desk.core.database.write(lambda conn: personal.blank(conn, rows[0].id), label="test")

        erased, found = await exported(desk, rows[0])

        assert "erased" in erased.problem
        assert found.file is not None, found.problem
        assert verify(found.file, trusting(desk)).valid


async def kept(desk: Desk, signature_id: str) -> SignatureRow:
    row = await desk.core.database.read(lambda conn: desk.service._store.get(conn, signature_id))
    assert row is not None
    return row


async def test_of_documents_signed_together_each_is_proven_whichever_has_a_timestamp_and_in_whatever_order(
    stamps: Stamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, both = stamps.desk, asyncio.Barrier(2)
    forms = [Format.CADES_T_DETACHED, Format.CADES_BES_DETACHED, Format.CADES_T_DETACHED]
    items = [await asked(desk, form, content=CONTRACT + bytes([number])) for number, form in enumerate(forms)]
    rows = await desk.service.sign_many(desk.core.call(), desk.thumbprint, items)
    port = desk.service._stamping._port
    assert port is not None
    fetch = port.stamp

    async def together(*args: object, **kwargs: object) -> bytes:
        token: bytes = await fetch(*args, **kwargs)  # type: ignore[arg-type]
        async with asyncio.timeout(10):
            await both.wait()
        return token

    monkeypatch.setattr(port, "stamp", together)
    await asyncio.gather(desk.core.outbox.run_due(), desk.core.outbox.run_due())

    files = await exported(desk, rows[0])

    assert [each.problem for each in files] == ["", "", ""]
    verdicts = [verify(each.file or b"", trusting(desk)) for each in files]
    assert [verdict.proof for verdict in verdicts] == [
        Proof.PROVEN if form.is_stamped else Proof.CLAIMED for form in forms
    ]
    assert all(verdict.valid for verdict in verdicts)
