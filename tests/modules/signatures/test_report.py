"""What a verification tells over the wire: owner, chain, lists, and whether the signature is qualified.

The clock stands at the time for which the small PKI of the gost tests was made.
"""

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gost import digest
from hub.core.clock import FakeClock
from hub.modules.signatures import wire
from hub.modules.signatures.settings import TrustSettings
from hub.modules.signatures.trust import Trust
from landhub.signatures.v1 import signatures_pb2 as pb
from tests.unit.gost.pki import AT, Authority, OpenSsl, Owner
from tests.unit.gost.test_accreditation import listed
from tests.unit.gost.test_cades import DOCUMENT, sign

OWNER = (
    "/CN=ООО Земля/O=ООО Земля/SN=Иванова/GN=Анна Петровна/1.2.643.3.131.1.1=500100732259"
    "/INNLE=5503080925/1.2.643.100.1=1027700132195/1.2.643.100.3=11223344595"
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An installation's trust files, and who signs."""

    folder: Path
    root: Authority
    owner: Owner
    clock: FakeClock

    def trust(self) -> Trust:
        settings = TrustSettings(anchors=("root.crt",), crls=("*.crl",), accreditation="centres.xml")
        return Trust(settings=settings, path=lambda name: self.folder / name, clock=self.clock)

    def list_centres(self, xml: bytes) -> None:
        (self.folder / "centres.xml").write_bytes(xml)


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSsl:
    return OpenSsl(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def root(openssl: OpenSsl) -> Authority:
    return Authority(openssl, "root").sign_itself()


@pytest.fixture(scope="module")
def owner(root: Authority) -> Owner:
    return root.issue("owner", subject=OWNER, extensions="qualified")


@pytest.fixture
def desk(tmp_path: Path, root: Authority, owner: Owner) -> Desk:
    shutil.copy(root.certificate_file, tmp_path / "root.crt")
    (tmp_path / "root.crl").write_bytes(root.crl())
    made = Desk(folder=tmp_path, root=root, owner=owner, clock=FakeClock(AT))
    made.list_centres(listed(root.certificate))
    return made


def report_of(trust: Trust, cms: bytes) -> pb.VerificationReport:
    return wire.report(trust.verify(cms, digest.streebog256(DOCUMENT), at=AT), AT)


def test_the_report_tells_who_signed_by_which_chain_and_on_whose_word(desk: Desk) -> None:
    report = report_of(desk.trust(), sign(desk.owner, DOCUMENT))
    (signer,) = report.signers
    who = signer.certificate.owner
    assert report.indication == pb.INDICATION_TOTAL_PASSED
    assert (who.organization, who.surname, who.given_name) == ("ООО Земля", "Иванова", "Анна Петровна")
    assert (who.inn, who.inn_legal_entity) == ("500100732259", "5503080925")
    assert (who.ogrn, who.snils) == ("1027700132195", "11223344595")
    assert signer.signing_time_source == pb.SIGNING_TIME_SOURCE_CLAIMED
    assert signer.qualification.qualified == pb.QUALIFIED_YES
    assert signer.qualification.authority == "УЦ Пример"
    leaf, anchor = signer.chain
    assert (leaf.revocation_status, anchor.revocation_status) == (
        pb.REVOCATION_STATUS_GOOD,
        pb.REVOCATION_STATUS_NOT_CHECKED,
    )
    assert leaf.crl_age.ToTimedelta().total_seconds() == 12 * 3600
    assert not anchor.HasField("crl_age")
    assert (leaf.certificate.thumbprint, anchor.certificate.thumbprint) == (leaf.thumbprint, anchor.thumbprint)
    assert anchor.certificate.key_usages == ["cRLSign", "keyCertSign"]


def test_a_certificate_is_told_with_its_policies_and_tools(desk: Desk) -> None:
    (signer,) = report_of(desk.trust(), sign(desk.owner, DOCUMENT)).signers
    certificate = signer.chain[0].certificate
    assert certificate.policies == ["1.2.643.100.113.1", "1.2.643.100.113.2"]
    assert (certificate.signing_tool_class, certificate.signing_tool) == ("КС2", "Средство ЭП")
    assert certificate.issuer_signing_tools.authority_tool == "ПАК УЦ"
    assert certificate.key_bits == 256
    assert certificate.issuer == signer.chain[1].subject
    plain = desk.root.issue("plain")
    (signer,) = report_of(desk.trust(), sign(plain, DOCUMENT)).signers
    assert signer.certificate.extended_key_usages == ["1.3.6.1.5.5.7.3.2", "1.2.643.2.2.34.6"]
    assert not signer.certificate.HasField("issuer_signing_tools")


def test_without_a_list_nothing_is_said_to_be_qualified(desk: Desk) -> None:
    settings = TrustSettings(anchors=("root.crt",), crls=("*.crl",))
    trust = Trust(settings=settings, path=lambda name: desk.folder / name, clock=desk.clock)
    (signer,) = report_of(trust, sign(desk.owner, DOCUMENT)).signers
    assert signer.indication == pb.INDICATION_TOTAL_PASSED
    assert signer.qualification.qualified == pb.QUALIFIED_NOT_DETERMINED


def test_a_signature_that_is_not_found_valid_is_not_found_qualified(desk: Desk) -> None:
    (desk.folder / "root.crl").unlink()
    (signer,) = report_of(desk.trust(), sign(desk.owner, DOCUMENT)).signers
    assert (signer.indication, signer.sub_indication) == (pb.INDICATION_INDETERMINATE, "TRY_LATER")
    assert signer.chain[0].revocation_status == pb.REVOCATION_STATUS_MISSING
    assert signer.qualification.qualified == pb.QUALIFIED_NOT_DETERMINED


def test_a_new_list_counts_within_seconds_and_a_broken_one_not_at_all(desk: Desk) -> None:
    trust, cms = desk.trust(), sign(desk.owner, DOCUMENT)
    ended = listed(desk.root.certificate, history=(("Прекращена", "2025-01-01T00:00:00Z"),))
    answers = []
    for xml in (listed(desk.root.certificate), b"<broken", ended):
        desk.list_centres(xml)
        desk.clock.jump(6)
        answers.append(report_of(trust, cms).signers[0].qualification.qualified)
    assert answers == [pb.QUALIFIED_YES, pb.QUALIFIED_YES, pb.QUALIFIED_NO]


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A port that nobody should connect to."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def test_urls_of_a_certificate_that_leads_to_no_anchor_are_not_visited(
    desk: Desk, openssl: OpenSsl, trap: socket.socket
) -> None:
    """Nor are those of one that does: nothing is fetched at all."""
    stranger = Authority(openssl, f"stranger-{trap.getsockname()[1]}", subject="/CN=Stranger").sign_itself()
    for authority in (stranger, desk.root):
        lure = f"URI:http://127.0.0.1:{trap.getsockname()[1]}/"
        config = authority.directory / "ca.cnf"
        config.write_text(
            f"{config.read_text()}\n[lure]\nkeyUsage = critical,digitalSignature\n"
            f"crlDistributionPoints = {lure}a.crl\nauthorityInfoAccess = OCSP;{lure},caIssuers;{lure}ca.crt\n"
        )
        lured = authority.issue("lured", extensions="lure")
        assert lured.certificate.crl_urls, "the lure is in the certificate"
        assert lured.certificate.ocsp_urls
        assert lured.certificate.issuer_urls
        for chain in ((), (authority,)):
            report_of(desk.trust(), sign(lured, DOCUMENT, chain=chain))
    with pytest.raises(BlockingIOError):
        trap.accept()
