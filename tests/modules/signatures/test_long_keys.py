"""GOST R 34.10-2012 with 512 bits from the test CA through agent and hub, and checked by OpenSSL; and back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gost.certificate import PublicKeyAlgorithm
from gost.digest import DigestAlgorithm, digest
from hub.core.errors import InvalidRequestError
from hub.modules.signatures.port import DigestToSign
from hub.modules.signatures.verification import Document
from sandbox.foreign_signer import sign_detached, verify_detached
from tests.modules.signatures.conftest import AgentProcess, Desk, facts, installed_agent, make_pki, open_desk
from tests.modules.signatures.test_signing import CONTRACT, chunks_of, to_sign

LONG = DigestAlgorithm.STREEBOG_512


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    pki = make_pki(tmp_path / "pki", algorithm="gost2012_512")
    agent = AgentProcess(folder=installed_agent(tmp_path / "agent", pki))
    await agent.start()
    async with open_desk(tmp_path, pki, agent) as opened:
        yield opened
    await agent.stop()


async def test_keys_of_512_bits_are_listed_hashed_for_signed_with_and_verified(desk: Desk) -> None:
    listed = {item.facts.thumbprint: item for item in await desk.service.list_certificates()}
    assert listed[desk.thumbprint].facts.public_key_algorithm is PublicKeyAlgorithm.GOST_R_34_10_2012_512
    hashed = await desk.service.hash_document(desk.core.call(), desk.thumbprint, "CONTRACT", chunks_of(CONTRACT))
    assert (hashed.algorithm, hashed.digest) == (LONG, digest(LONG, CONTRACT))
    item = DigestToSign(digest=hashed.digest, digest_algorithm=LONG, document_kind="CONTRACT")
    rows = await desk.service.sign_many(desk.core.call(), desk.thumbprint, [item, item])
    assert [row.state for row in rows] == ["SIGNED", "SIGNED"]
    for row in rows:
        assert row.cms is not None
        verify_detached(CONTRACT, row.cms, desk.pki.authority.chain_path)
        assert (await desk.service.verification.verify(Document(content=CONTRACT), row.cms)).is_valid
    with pytest.raises(InvalidRequestError) as caught:
        await desk.service.sign_one(desk.core.call(2), desk.thumbprint, to_sign())
    assert caught.value.reason == "DIGEST_NOT_FITTING"


async def test_what_openssl_signs_with_512_bits_is_attached(desk: Desk) -> None:
    cms = sign_detached(CONTRACT, desk.pki.buyer, desk.pki.authority)
    attached = await desk.service.attach(desk.core.call(), "CONTRACT", Document(content=CONTRACT), cms)
    assert attached.report is not None
    assert attached.report.is_valid
    assert attached.signature.thumbprint == facts(desk.pki.buyer).thumbprint
