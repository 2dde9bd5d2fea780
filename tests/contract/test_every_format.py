"""Every place of keys with every format, held against the OpenSSL command line both ways, or refused for a reason."""

import base64
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from gost.certificate import PublicKeyAlgorithm, read_certificate
from gost.cms import read_signed_data
from gost.compose import with_content, with_signers_of, with_timestamp
from gost.digest import DigestAlgorithm
from gost.esia import EsiaOrder
from gost.tsp import TimestampQuery, read_reply
from hub.modules.signatures.formats import Format
from hub.modules.signatures.providers import tsp
from hub.modules.signatures.store import SignatureRow
from hub.modules.signatures.verification import Document
from hub.signing.port import EsiaFormat, SigningRefusedError
from landhub.signatures.v1 import signatures_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from sandbox.clock import SandboxClock
from sandbox.csp.setup import EmulatedHost
from sandbox.faults import FaultBoard
from sandbox.foreign_signer import verify_detached
from sandbox.listener import Listener
from sandbox.openssl import run_openssl
from sandbox.test_ca import Issued
from sandbox.timestamp_authority import TimestampAuthority
from sandbox.timestamp_server import TimestampServer
from tests.contract.formats_places import PLACES, WITH_A_PIN, Pkis, Place, make_pkis
from tests.contract.provider_context import make_context
from tests.e2e.agent.support import Installation, connected
from tests.e2e.agent.test_stream import header, stream
from tests.modules.signatures.conftest import BUYER, AgentProcess, Desk, open_desk
from tests.modules.signatures.test_esia import order_of, parameters
from tests.modules.signatures.test_formats import asked
from tests.modules.signatures.test_signing import CONTRACT
from tests.modules.signatures.test_xml import DS, request, servicer_of, verify
from tests.unit.agent.support import Keys

DIGESTS = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: "md_gost12_256",
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: "md_gost12_512",
    PublicKeyAlgorithm.RSA: "sha256",
    PublicKeyAlgorithm.ECDSA: "sha256",
}


CADES = [form for form in Format if form is not Format.XMLDSIG_SMEV3]


@dataclass(frozen=True, slots=True)
class Bench:
    """A desk whose agent has its key in one place, and OpenSSL with a folder for its files."""

    place: Place
    desk: Desk
    folder: Path
    stamps: TimestampAuthority

    @property
    def seller(self) -> Issued:
        return self.desk.pki.seller

    def openssl(self, *words: str | Path) -> bytes:
        return run_openssl(words, config=self.desk.pki.authority.config_path)

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    async def sign(self, number: int, form: Format, existing_cms: bytes | None = None) -> SignatureRow:
        """Sign through hub and agent, with the timestamp there if there is to be one."""
        call = self.desk.core.call(number)
        row = await self.desk.service.sign_one(
            call, self.desk.thumbprint, await asked(self.desk, form, existing_cms=existing_cms)
        )
        await self.desk.core.outbox.run_due()
        return await self.desk.service.get_signature(call, row.id)

    async def passes(self, cms: bytes, *, signers: int) -> None:
        """Our own report is good, for each of so many signers."""
        report = await self.desk.service.verification.verify(Document(content=CONTRACT), cms)
        assert report.is_valid, report.explanation
        assert len(report.signers) == signers

    def accepted(self, cms: bytes, *, is_attached: bool) -> bytes:
        """What `openssl cms -verify -cades` gives out of a signature it accepts, up to our root."""
        what = ("-inform", "DER", "-in", self.file("made.p7s", cms), "-CAfile", self.desk.pki.authority.chain_path)
        content = () if is_attached else ("-content", self.file("content", CONTRACT))
        return self.openssl("cms", "-verify", "-binary", "-cades", "-purpose", "any", *what, *content)

    def accepted_stamp(self, token: bytes, stamped: bytes) -> None:
        given = ("-token_in", "-in", self.file("token", token), "-data", self.file("value", stamped))
        self.openssl("ts", "-verify", *given, "-CAfile", self.stamps.ca.chain_path)

    def accepted_raw(self, data: bytes, signature: bytes) -> None:
        key = self.openssl("x509", "-in", self.seller.certificate_path, "-pubkey", "-noout")
        given = ("-verify", self.file("key", key), "-signature", self.file("raw", signature), self.file("data", data))
        self.openssl("dgst", f"-{self.digest}", *given)

    @property
    def digest(self) -> str:
        return DIGESTS[read_certificate(self.seller.certificate_pem).public_key_algorithm]

    def by_openssl(self, *options: str | Path, signer: Issued | None = None) -> bytes:
        """A signature that `openssl cms` made with a key of the same kind, or the buyer's."""
        one = signer or self.seller
        by = ("-signer", one.certificate_path, "-inkey", one.key_path)
        form = ("-binary", "-cades", "-nosmimecap", "-outform", "DER", "-in", self.file("content", CONTRACT))
        return self.openssl("cms", "-sign", *form, *by, *options)

    def tools(self) -> set[str]:
        """Which programs of the CSP have signed."""
        calls = EmulatedHost(self.folder / "host").machine.calls()
        return {call["tool"] for call in calls if "-sign" in call["argv"]}

    def beside_by_openssl(self, cms: bytes) -> bytes:
        """What `openssl cms -resign` makes of a signature: one more beside it."""
        authority = self.desk.pki.authority
        signer = authority.find("third") or authority.issue("third", BUYER)
        form = ("-binary", "-cades", "-inform", "DER", "-outform", "DER", "-in", self.file("first.p7s", cms))
        by = ("-signer", signer.certificate_path, "-inkey", signer.key_path)
        return self.openssl("cms", "-resign", *form, *by)


@pytest.fixture(scope="session")
def pkis(tmp_path_factory: pytest.TempPathFactory) -> Pkis:
    return make_pkis(tmp_path_factory.mktemp("formats-pki"))


@pytest.fixture(params=PLACES)
async def bench(request: pytest.FixtureRequest, tmp_path: Path, pkis: Pkis, tokens: Path) -> AsyncIterator[Bench]:
    place = PLACES[request.param]
    pki = place.pki(pkis)
    agent = AgentProcess(folder=place.install(tmp_path / "agent", pki, tokens))
    await agent.start()
    stamps = TimestampAuthority.create(pki.authority)
    server = TimestampServer(
        listener=Listener(host="127.0.0.1", port=0), authority=stamps, clock=SandboxClock(), faults=FaultBoard()
    )
    await server.start()
    port = tsp.build(tsp.Settings(url=server.url), make_context(tmp_path))
    async with open_desk(tmp_path, pki, agent, port) as desk:
        yield Bench(place, desk, tmp_path, stamps)
    await port.close()
    await server.stop()
    await agent.stop()


async def test_openssl_takes_what_is_made_there_and_our_report_takes_what_openssl_makes(bench: Bench) -> None:
    await alone(bench)
    await beside_one_another(bench)
    await xml_of_smev(bench)
    await strings_of_esia(bench)


@pytest.mark.parametrize("bench", [WITH_A_PIN], indirect=True)
async def test_openssl_takes_what_cryptcp_makes_of_a_document_that_streams_to_the_agent(bench: Bench) -> None:
    keys = Keys(bench.desk.pki.authority, bench.folder, {"seller": bench.desk.thumbprint})
    agent = bench.desk.agent
    async with connected(Installation(agent.folder, keys), agent.port) as client:
        answer = await stream(client, [header(keys), pb.SignStreamRequest(chunk=CONTRACT)])
    made = answer.signature.cms
    assert bench.tools() == {"cryptcp"}

    (signer,) = read_signed_data(made).signers
    query = TimestampQuery.over(signer.signature, digest_algorithm=DigestAlgorithm.STREEBOG_256, nonce=1)
    token = read_reply(bench.stamps.answer(query.encode(), at=datetime.now(UTC))).token
    assert token is not None
    stamped = with_timestamp(made, signer.signature, token)
    beside = with_signers_of(bench.by_openssl(signer=bench.desk.pki.buyer), stamped)
    for detached, signers in ((made, 1), (stamped, 1), (beside, 2)):
        for cms in (detached, with_content(detached, CONTRACT)):
            assert bench.accepted(cms, is_attached=cms is not detached) == CONTRACT
            await bench.passes(cms, signers=signers)


async def alone(bench: Bench) -> None:
    for number, form in enumerate(CADES):
        row = await bench.sign(number, form)
        assert row.cms is not None
        assert bench.accepted(row.cms, is_attached=form.is_attached) == CONTRACT
        (signer,) = read_signed_data(row.cms).signers
        assert len(signer.timestamps) == form.is_stamped
        for token in signer.timestamps:
            bench.accepted_stamp(token, signer.signature)
        await bench.passes(row.cms, signers=1)
    await bench.passes(bench.by_openssl(), signers=1)
    await bench.passes(bench.by_openssl("-nodetach"), signers=1)
    if bench.place.tool:
        assert bench.tools() == {bench.place.tool}


async def beside_one_another(bench: Bench) -> None:
    """Ours beside the buyer's by OpenSSL, and OpenSSL's beside both."""
    forms = {Format.CADES_T_DETACHED: (), Format.CADES_BES_ATTACHED: ("-nodetach",)}
    for number, (form, options) in enumerate(forms.items(), start=len(CADES)):
        row = await bench.sign(number, form, bench.by_openssl(*options, signer=bench.desk.pki.buyer))
        assert row.cms is not None
        assert bench.accepted(row.cms, is_attached=form.is_attached) == CONTRACT
        await bench.passes(row.cms, signers=2)
        await bench.passes(bench.beside_by_openssl(row.cms), signers=3)


async def xml_of_smev(bench: Bench) -> None:
    asked_for = request(bench.desk)
    if bench.place.xml_refusal:
        with pytest.raises(SigningRefusedError) as refused:
            await servicer_of(bench.desk).sign_document(asked_for, bench.desk.core.call(90))
        assert refused.value.agent_reason == bench.place.xml_refusal
        return
    answer = await servicer_of(bench.desk).sign_document(asked_for, bench.desk.core.call(90))
    root = etree.fromstring(answer.signed_xml)
    (info,), (value,) = (list(root.iter(f"{DS}{name}")) for name in ("SignedInfo", "SignatureValue"))
    bench.accepted_raw(etree.tostring(info, method="c14n", exclusive=True), base64.b64decode(value.text or ""))
    found = await verify(bench.desk, answer.signed_xml)
    assert found.report.indication == signatures_pb2.INDICATION_TOTAL_PASSED


async def strings_of_esia(bench: Bench) -> None:
    (agent,) = bench.desk.signing.agents
    for order, form in itertools.product(EsiaOrder, EsiaFormat):
        given = parameters(order)
        if bench.place.esia_refusal:
            with pytest.raises(SigningRefusedError) as refused:
                await bench.desk.signing.sign_esia(agent, order_of(bench.desk, given, form))
            assert refused.value.agent_reason == bench.place.esia_refusal
            continue
        made = await bench.desk.signing.sign_esia(agent, order_of(bench.desk, given, form))
        signature = base64.urlsafe_b64decode(made.client_secret + "==")
        if form is EsiaFormat.CMS:
            verify_detached(given.text(), signature, bench.desk.pki.authority.chain_path)
        else:
            bench.accepted_raw(given.text(), signature[::-1] if form is EsiaFormat.RAW_REVERSED else signature)
