"""Formats beyond the usual, by the running landhub: OpenSSL takes what a client of its gRPC gets."""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from gost.certificate import read_certificate
from gost.cms import read_signed_data
from gost.digest import streebog256
from hub.cli.main import main as hub
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.events.v1 import events_service_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb
from landhub_client import Client, attest
from sandbox.demo.installation import ATTESTATION_KEY_ID
from sandbox.demo.stack import Stack
from sandbox.foreign_signer import sign_detached
from sandbox.openssl import run_openssl
from tests.support.stack import connect

if TYPE_CHECKING:
    Form: TypeAlias = signing_pb2.SignatureFormat.ValueType

DOCUMENT = "Договор купли-продажи".encode()
CONTRACT = document_pb2.DOCUMENT_KIND_CONTRACT
STREEBOG = signing_pb2.DIGEST_ALGORITHM_STREEBOG_256
BES_DETACHED = signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED
BES_ATTACHED = signing_pb2.SIGNATURE_FORMAT_CADES_BES_ATTACHED
T_DETACHED = signing_pb2.SIGNATURE_FORMAT_CADES_T_DETACHED
T_ATTACHED = signing_pb2.SIGNATURE_FORMAT_CADES_T_ATTACHED
ATTACHED = (BES_ATTACHED, T_ATTACHED)
STAMPED = (T_DETACHED, T_ATTACHED)
MADE = signatures_pb2.TIMESTAMP_STATE_MADE
WAIT_SECONDS = 60


def _thumbprint(stack: Stack) -> str:
    return read_certificate(stack.installation.seller.certificate_pem).thumbprint


def _word(stack: Stack, document: bytes, form: "Form") -> signing_pb2.CallerAttestation:
    return attest(
        private_key=stack.installation.attestation_key(),
        key_id=ATTESTATION_KEY_ID,
        digest=streebog256(document),
        digest_algorithm=STREEBOG,
        document_kind=CONTRACT,
        certificate_thumbprint=_thumbprint(stack),
        expire_time=datetime.now(UTC) + timedelta(hours=1),
        format=form,
    )


async def _sign(stack: Stack, form: "Form", existing_cms: bytes = b"") -> signatures_pb2.Signature:
    request = pb.SignDocumentRequest(
        request_id=str(uuid.uuid4()),
        business_reference=f"ДКП-2026/{uuid.uuid4().hex[:6]}",
        document_kind=CONTRACT,
        content=DOCUMENT,
        certificate_thumbprint=_thumbprint(stack),
        format=form,
        attestation=_word(stack, DOCUMENT, form),
        existing_cms=existing_cms,
    )
    async with connect(stack.installation) as client:
        answer = await client.signatures.SignDocument(request)
        if form in STAMPED:
            await _hear_of_timestamps(client, request.business_reference, count=1)
        return await _get(client, answer.signature.signature_id)


async def _sign_digests(stack: Stack, reference: str, documents: Sequence[bytes]) -> list[signatures_pb2.Signature]:
    request = pb.SignDigestsRequest(
        request_id=str(uuid.uuid4()),
        business_reference=reference,
        certificate_thumbprint=_thumbprint(stack),
        format=T_DETACHED,
    )
    for document in documents:
        word = _word(stack, document, T_DETACHED)
        digest = streebog256(document)
        request.digests.add(digest=digest, digest_algorithm=STREEBOG, document_kind=CONTRACT, attestation=word)
    async with connect(stack.installation) as client:
        answer = await client.signatures.SignDigests(request)
        await _hear_of_timestamps(client, reference, count=len(documents))
        return [await _get(client, made.signature_id) for made in answer.signatures]


async def _hear_of_timestamps(client: Client, reference: str, *, count: int) -> None:
    request = events_service_pb2.SubscribeRequest(after_cursor="0", business_reference=reference)
    async with asyncio.timeout(WAIT_SECONDS), aclosing(client.subscribe(request)) as events:
        async for event in events:
            count -= event.type == "signatures.signature.timestamp_changed"
            if count == 0:
                return


async def _get(client: Client, signature_id: str) -> signatures_pb2.Signature:
    return (await client.signatures.GetSignature(pb.GetSignatureRequest(signature_id=signature_id))).signature


def _opened(stack: Stack, cms: bytes, folder: Path, *, attached: bool) -> bytes:
    """The document whose signatures OpenSSL accepts, all of them."""
    (folder / "signed.p7s").write_bytes(cms)
    (folder / "document").write_bytes(DOCUMENT)
    command = ("cms", "-verify", "-binary", "-cades", "-purpose", "any", "-inform", "DER")
    files = ("-in", folder / "signed.p7s", "-CAfile", stack.installation.chain)
    content = () if attached else ("-content", folder / "document")
    return run_openssl((*command, *files, *content), config=stack.installation.authority.config_path)


@pytest.mark.parametrize("form", [BES_ATTACHED, T_DETACHED, T_ATTACHED], ids=signing_pb2.SignatureFormat.Name)
def test_a_document_is_signed_in_each_format(form: "Form", stack: Stack, tmp_path: Path) -> None:
    made = asyncio.run(_sign(stack, form))

    assert (made.state, made.format) == (signatures_pb2.SIGNATURE_STATE_SIGNED, form)
    assert (made.timestamp_state == MADE) is (form in STAMPED)
    assert _opened(stack, made.cms, tmp_path, attached=form in ATTACHED) == DOCUMENT
    (signer,) = read_signed_data(made.cms).signers
    assert len(signer.timestamps) == (form in STAMPED)


@pytest.mark.parametrize("form", [BES_DETACHED, T_DETACHED], ids=signing_pb2.SignatureFormat.Name)
def test_a_signature_is_put_beside_the_buyers(form: "Form", stack: Stack, tmp_path: Path) -> None:
    theirs = sign_detached(DOCUMENT, stack.installation.buyer, stack.installation.authority)

    made = asyncio.run(_sign(stack, form, theirs))

    assert _opened(stack, made.cms, tmp_path, attached=False) == DOCUMENT
    signers = read_signed_data(made.cms).signers
    stamped = {signer.certificate.thumbprint: len(signer.timestamps) for signer in signers if signer.certificate}
    buyer = read_certificate(stack.installation.buyer.certificate_pem).thumbprint
    assert stamped == {buyer: 0, _thumbprint(stack): int(form in STAMPED)}


def test_a_signature_is_put_beside_one_that_holds_the_document(stack: Stack, tmp_path: Path) -> None:
    first = asyncio.run(_sign(stack, BES_ATTACHED))

    second = asyncio.run(_sign(stack, T_ATTACHED, first.cms))

    assert _opened(stack, second.cms, tmp_path, attached=True) == DOCUMENT
    assert sorted(len(signer.timestamps) for signer in read_signed_data(second.cms).signers) == [0, 1]


def test_digests_signed_together_have_their_timestamps_and_are_proven_by_what_is_exported(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"ДКП-2026/{uuid.uuid4().hex[:6]}"
    folder, root = stack.installation.folder, str(stack.installation.authority.root_path)
    made = asyncio.run(_sign_digests(stack, reference, [DOCUMENT, b"two", b"three", b"four"]))
    assert {each.timestamp_state for each in made} == {MADE}

    assert hub(["story", str(folder), reference, "--export", str(tmp_path)]) == 0

    files = capsys.readouterr().out.split()
    assert files == [str(tmp_path / f"{each.signature_id}.evidence.zip") for each in made]
    trusting = ("--anchors", root, "--timestamp-anchors", root, "--audit-key", str(folder / "keys/audit.pub"))
    by_agent = ("--journal-key", str(folder / "agent/keys/journal.pub"))
    by_caller = ("--attestation-key", f"{ATTESTATION_KEY_ID}={folder / 'agent/keys/demo-backend.pub'}")
    for file in files:
        assert hub(["evidence", "verify", file, *trusting, *by_agent, *by_caller]) == 0
        assert "TIME PROVEN" in capsys.readouterr().out
