"""The verdicts on certificates, chains and revocation lists, each fault with its own."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from gost import digest
from gost.cades import CadesTemplate
from gost.certificate import read_certificate
from gost.errors import MalformedError
from gost.report import CertificateStatus, Indication, RevocationStatus, SubIndication
from gost.verify import VerificationPolicy
from tests.unit.gost.pki import AT, CA_SUBJECT, OUTDATED_KIND, SMALL_KIND, Authority, OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign
from tests.unit.gost.test_verify import FAILED, INDETERMINATE, verdict, verify


@pytest.fixture(scope="module")
def signature(signer: Owner) -> bytes:
    return sign(signer, DOCUMENT)


@pytest.fixture
def trusting(root: Authority, crl: bytes) -> Callable[..., VerificationPolicy]:
    """The usual policy with something else in it."""

    def make(**changes: object) -> VerificationPolicy:
        return dataclasses.replace(VerificationPolicy(anchors=(root.certificate,), crls=(crl,)), **changes)  # type: ignore[arg-type]

    return make


def test_a_revoked_certificate_is_not_valid(revoked: Owner, policy: VerificationPolicy) -> None:
    report = verify(sign(revoked, DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.REVOKED_NO_POE)
    assert not report.is_valid
    leaf = report.signers[0].chain[0]
    assert leaf.revocation is RevocationStatus.REVOKED
    assert leaf.revocation_time is not None


def test_a_revoked_certificate_is_told_even_where_lists_are_not_required(
    revoked: Owner, trusting: Callable[..., VerificationPolicy]
) -> None:
    report = verify(sign(revoked, DOCUMENT), trusting(require_crl=False))
    assert report.sub_indication is SubIndication.REVOKED_NO_POE


def test_a_stale_list_still_tells_of_a_revoked_certificate(revoked: Owner, policy: VerificationPolicy) -> None:
    report = verify(sign(revoked, DOCUMENT), policy, at=AT + timedelta(days=30))
    assert report.sub_indication is SubIndication.REVOKED_NO_POE


def test_an_overdue_list_is_not_enough(signature: bytes, policy: VerificationPolicy) -> None:
    report = verify(signature, policy, at=datetime.fromisoformat("2026-06-02T00:00:01Z"))
    assert verdict(report) == (INDETERMINATE, SubIndication.TRY_LATER)
    assert report.signers[0].chain[0].revocation is RevocationStatus.STALE


def test_a_list_older_than_the_policy_allows_is_stale(
    signature: bytes, trusting: Callable[..., VerificationPolicy]
) -> None:
    report = verify(signature, trusting(max_crl_age=timedelta(hours=11)))
    assert verdict(report) == (INDETERMINATE, SubIndication.TRY_LATER)
    assert report.signers[0].chain[0].revocation is RevocationStatus.STALE
    assert verify(signature, trusting(max_crl_age=timedelta(hours=13))).is_valid


def test_no_list_is_not_enough_unless_the_policy_says_so(
    signature: bytes, trusting: Callable[..., VerificationPolicy]
) -> None:
    report = verify(signature, trusting(crls=()))
    assert verdict(report) == (INDETERMINATE, SubIndication.TRY_LATER)
    assert report.signers[0].chain[0].revocation is RevocationStatus.MISSING
    assert verify(signature, trusting(crls=(), require_crl=False)).is_valid


def test_a_list_signed_by_another_key_is_unusable(
    openssl: OpenSsl, signature: bytes, trusting: Callable[..., VerificationPolicy], crl: bytes
) -> None:
    """A CA of the same name made it: nothing it says counts, and the true list beside it still does."""
    impostor = Authority(openssl, "impostor", subject=CA_SUBJECT).sign_itself()
    forged = impostor.crl(begin="20260601060000Z")
    report = verify(signature, trusting(crls=(forged,)))
    assert verdict(report) == (INDETERMINATE, SubIndication.TRY_LATER)
    assert verify(signature, trusting(crls=(forged, crl))).is_valid
    report = verify(signature, trusting(crls=(forged, crl), max_crl_age=timedelta(hours=8)))
    assert report.signers[0].chain[0].revocation is RevocationStatus.STALE, "the forged one's date must not count"
    report = verify(signature, trusting(crls=(impostor.crl(extensions="anonymous"),)))
    assert verdict(report) == (INDETERMINATE, SubIndication.TRY_LATER)
    assert report.signers[0].chain[0].revocation is RevocationStatus.UNUSABLE


def test_the_newest_list_counts(root: Authority, trusting: Callable[..., VerificationPolicy], crl: bytes) -> None:
    late = root.issue("revoked-later")
    cms = sign(late, DOCUMENT)
    assert verify(cms, trusting()).is_valid
    root.revoke(late)
    newer = root.crl(begin="20260601060000Z", end="20260602060000Z")
    for crls in ((crl, newer), (newer, crl)):
        report = verify(cms, trusting(crls=crls))
        assert report.sub_indication is SubIndication.REVOKED_NO_POE
        assert report.signers[0].chain[0].crl_this_update == datetime.fromisoformat("2026-06-01T06:00:00Z")


def test_an_expired_certificate_is_not_valid(root: Authority, policy: VerificationPolicy) -> None:
    expired = root.issue("expired", begin="20250101000000Z", end="20260101000000Z")
    report = verify(sign(expired, DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert report.signers[0].chain[0].status is CertificateStatus.EXPIRED


def test_a_signature_older_than_its_certificate_fails(root: Authority, policy: VerificationPolicy) -> None:
    early = root.issue("early", begin="20260701000000Z")
    report = verify(sign(early, DOCUMENT), policy)
    assert verdict(report) == (FAILED, SubIndication.NOT_YET_VALID)


def test_a_key_agreement_certificate_may_not_sign(root: Authority, policy: VerificationPolicy) -> None:
    report = verify(sign(root.issue("agreement", extensions="agreement"), DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)


def test_an_unknown_critical_extension_is_refused(root: Authority, policy: VerificationPolicy) -> None:
    report = verify(sign(root.issue("critical", extensions="critical"), DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)
    assert report.signers[0].chain[0].status is CertificateStatus.NOT_ALLOWED


def test_another_ca_is_not_trusted_though_it_comes_along(openssl: OpenSsl, policy: VerificationPolicy) -> None:
    foreign = Authority(openssl, "foreign", subject="/CN=Foreign").sign_itself()
    report = verify(sign(foreign.issue("theirs"), DOCUMENT, chain=(foreign,)), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_another_ca_of_the_same_name_is_not_trusted(openssl: OpenSsl, policy: VerificationPolicy) -> None:
    namesake = Authority(openssl, "namesake", subject=CA_SUBJECT).sign_itself()
    for chain in ((), (namesake,)):
        report = verify(sign(namesake.issue(f"theirs-{len(chain)}"), DOCUMENT, chain=chain), policy)
        assert verdict(report) == (INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_a_self_signed_certificate_is_not_trusted(openssl: OpenSsl, policy: VerificationPolicy) -> None:
    alone = Authority(openssl, "alone", subject="/CN=Alone").sign_itself()
    report = verify(sign(alone, DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_a_leaf_is_no_issuer(root: Authority, openssl: OpenSsl, trusting: Callable[..., VerificationPolicy]) -> None:
    leaf = root.issue("leaf-as-ca", subject="/CN=Leaf as CA")
    fake = Authority(openssl, "fake", subject="/CN=Leaf as CA")
    fake.key_file.write_bytes(leaf.key_file.read_bytes())
    fake.certificate_file.write_bytes(leaf.certificate_file.read_bytes())
    report = verify(sign(fake.issue("below"), DOCUMENT, chain=(leaf,)), trusting(require_crl=False))
    assert report.indication is INDETERMINATE
    assert report.sub_indication in {
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    }


def test_a_certificate_its_ca_did_not_sign_is_refused(signer: Owner, policy: VerificationPolicy) -> None:
    """Whoever has a key can write a certificate for it that names our CA; only the CA's signature is missing."""
    der = signer.certificate.der
    written = dataclasses.replace(signer.certificate, der=der[:-1] + bytes((der[-1] ^ 1,)))
    template = CadesTemplate(certificate=written)
    attributes = template.signed_attributes(digest.streebog256(DOCUMENT), AT)
    report = verify(template.assemble(attributes, signer.open_key().sign(attributes)), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)
    assert report.signers[0].chain[0].status is CertificateStatus.BAD_SIGNATURE


def test_a_ca_certificate_that_its_issuer_did_not_sign_is_refused(
    openssl: OpenSsl, root: Authority, trusting: Callable[..., VerificationPolicy]
) -> None:
    forged = root.certify(Authority(openssl, "forged", subject="/CN=Forged"))
    owner = forged.issue("of-forged")
    der = forged.certificate.der
    damaged = read_certificate(der[:-1] + bytes((der[-1] ^ 1,)))
    for _ in range(2):  # found out, and remembered
        report = verify(sign(owner, DOCUMENT), trusting(intermediates=(damaged,), require_crl=False))
        assert verdict(report) == (INDETERMINATE, SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)
        assert report.signers[0].chain[1].status is CertificateStatus.BAD_SIGNATURE
    assert verify(sign(owner, DOCUMENT), trusting(intermediates=(forged.certificate,), require_crl=False)).is_valid


def test_a_small_key_is_outdated(root: Authority, policy: VerificationPolicy) -> None:
    report = verify(sign(root.issue("small", kind=SMALL_KIND), DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


def test_a_certificate_for_ocsp_answers_alone_signs_no_document(root: Authority, policy: VerificationPolicy) -> None:
    report = verify(sign(root.issue("answers", extensions="answers"), DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)


def test_a_ca_outside_its_dates_is_refused(
    openssl: OpenSsl, root: Authority, trusting: Callable[..., VerificationPolicy]
) -> None:
    past = root.certify(Authority(openssl, "past", subject="/CN=Past"), end="20260501000000Z")
    report = verify(sign(past.issue("of-past"), DOCUMENT, chain=(past,)), trusting(require_crl=False))
    assert verdict(report) == (INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_an_issuer_that_is_not_marked_as_a_ca_is_refused(
    openssl: OpenSsl, root: Authority, trusting: Callable[..., VerificationPolicy]
) -> None:
    """Its keyUsage alone is not enough."""
    unstated = root.certify(Authority(openssl, "unstated", subject="/CN=Unstated"), extensions="unstated")
    report = verify(sign(unstated.issue("of-unstated"), DOCUMENT, chain=(unstated,)), trusting(require_crl=False))
    assert verdict(report) == (INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)


@dataclasses.dataclass(frozen=True)
class Branch:
    """A CA under the root, and a signer under it."""

    authority: Authority
    owner: Owner
    crl: bytes


@pytest.fixture(scope="module")
def branch(openssl: OpenSsl, root: Authority) -> Branch:
    authority = root.certify(Authority(openssl, "branch", subject="/CN=Branch", kind="512-A"))
    return Branch(authority, authority.issue("branch-signer", subject="/CN=Branch signer"), authority.crl())


def test_an_intermediate_is_found_in_the_cms_or_in_the_policy(
    branch: Branch, crl: bytes, trusting: Callable[..., VerificationPolicy]
) -> None:
    with_lists = trusting(crls=(crl, branch.crl))
    assert verify(sign(branch.owner, DOCUMENT, chain=(branch.authority,)), with_lists).is_valid
    report = verify(sign(branch.owner, DOCUMENT), with_lists)
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    knowing = trusting(crls=(crl, branch.crl), intermediates=(branch.authority.certificate,))
    report = verify(sign(branch.owner, DOCUMENT), knowing)
    assert report.is_valid
    assert [element.subject for element in report.signers[0].chain][:2] == ["CN=Branch signer", "CN=Branch"]


def test_an_intermediate_may_be_the_anchor(branch: Branch) -> None:
    policy = VerificationPolicy(anchors=(branch.authority.certificate,), crls=(branch.crl,))
    report = verify(sign(branch.owner, DOCUMENT), policy)
    assert report.is_valid, report.explanation
    assert len(report.signers[0].chain) == 2


@pytest.mark.parametrize("missing", ["root", "branch"])
def test_every_issuer_below_the_anchor_needs_its_list(
    missing: str, branch: Branch, crl: bytes, trusting: Callable[..., VerificationPolicy]
) -> None:
    crls = (branch.crl,) if missing == "root" else (crl,)
    report = verify(sign(branch.owner, DOCUMENT, chain=(branch.authority,)), trusting(crls=crls))
    assert verdict(report) == (INDETERMINATE, SubIndication.TRY_LATER)


def test_a_revoked_intermediate_is_told_apart(
    openssl: OpenSsl, root: Authority, trusting: Callable[..., VerificationPolicy]
) -> None:
    bad = root.certify(Authority(openssl, "bad", subject="/CN=Bad"))
    owner = bad.issue("bad-signer")
    root.revoke(bad)
    policy = trusting(crls=(root.crl(), bad.crl()))
    report = verify(sign(owner, DOCUMENT, chain=(bad,)), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.REVOKED_CA_NO_POE)


def test_what_is_above_one_signer_is_judged_anew_for_the_next_once_a_date_has_passed(
    openssl: OpenSsl, root: Authority, trusting: Callable[..., VerificationPolicy]
) -> None:
    """A CA's certificate that runs out on 1 July, a list of the root's on it that runs out a month before."""
    passing = root.certify(Authority(openssl, "passing", subject="/CN=Passing"), end="20260701000000Z")
    owners = [passing.issue(f"of-passing-{number}") for number in range(4)]
    lasting = passing.crl(end="20261201000000Z")
    policy = trusting(crls=(root.crl(), lasting), intermediates=(passing.certificate,))
    after_its_list, after_itself = AT + timedelta(days=2), AT + timedelta(days=40)

    found = [
        verdict(verify(sign(owner, DOCUMENT), policy, at=at))
        for owner, at in zip(owners, (AT, after_its_list, after_itself, AT), strict=True)
    ]

    good = (Indication.TOTAL_PASSED, None)
    assert found == [
        good,
        (INDETERMINATE, SubIndication.TRY_LATER),
        (INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE),
        good,
    ]


def test_a_fault_above_one_signer_is_not_that_of_another_ca(
    openssl: OpenSsl, root: Authority, branch: Branch, trusting: Callable[..., VerificationPolicy]
) -> None:
    unstated = root.certify(Authority(openssl, "unstated-2", subject="/CN=Unstated"), extensions="unstated")
    policy = trusting(require_crl=False)
    for _ in range(2):
        bad = verify(sign(unstated.issue("of-it"), DOCUMENT, chain=(unstated,)), policy)
        assert verdict(bad) == (INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)
        assert verify(sign(branch.owner, DOCUMENT, chain=(branch.authority,)), policy).is_valid


def test_a_path_longer_than_its_ca_allows_is_refused(
    openssl: OpenSsl, branch: Branch, crl: bytes, trusting: Callable[..., VerificationPolicy]
) -> None:
    below = branch.authority.certify(Authority(openssl, "below", subject="/CN=Below"))
    policy = trusting(crls=(crl, branch.crl, below.crl()))
    report = verify(sign(below.issue("deep"), DOCUMENT, chain=(below, branch.authority)), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CHAIN_CONSTRAINTS_FAILURE)


def test_a_sha1_certificate_is_outdated(openssl: OpenSsl) -> None:
    old = Authority(openssl, "old", subject="/CN=Old", kind=OUTDATED_KIND).sign_itself()
    policy = VerificationPolicy(anchors=(old.certificate,), crls=(old.crl(),))
    report = verify(sign(old.issue("outdated", kind=OUTDATED_KIND), DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE)


@pytest.mark.parametrize(
    "crls", [(b"garbage",), (b"",), (b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",)]
)
def test_a_bad_list_is_told_of_when_the_policy_is_made(
    crls: tuple[bytes, ...], trusting: Callable[..., VerificationPolicy]
) -> None:
    with pytest.raises(MalformedError, match="revocation list"):
        trusting(crls=crls)


def test_nobody_is_trusted_without_anchors(signature: bytes, crl: bytes) -> None:
    report = verify(signature, VerificationPolicy(anchors=(), crls=(crl,)))
    assert verdict(report) == (INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
