"""What is put together around signatures leaves them as they are, and OpenSSL's command line takes it for its own."""

import pytest

from gost import digest
from gost.cms import read_signed_data
from gost.compose import with_content, with_signers_of, with_timestamp
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.report import Indication, Report, SubIndication
from gost.verify import VerificationPolicy, verify_attached, verify_detached
from tests.unit.gost.pki import AT, KEY_KINDS, Authority, OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign

KINDS = sorted(KEY_KINDS)


def detached(cms: bytes, policy: VerificationPolicy, document: bytes = DOCUMENT) -> Report:
    digests = {each: digest.digest(each, document) for each in DigestAlgorithm}
    return verify_detached(cms, digests, policy=policy, at=AT)


def attached(cms: bytes, policy: VerificationPolicy) -> Report:
    return verify_attached(cms, policy=policy, at=AT)


def opened_by_openssl(openssl: OpenSsl, cms: bytes, anchor: Owner) -> bytes:
    source = openssl.directory / "attached.p7s"
    source.write_bytes(cms)
    what = ("-inform", "DER", "-in", source, "-CAfile", anchor.certificate_file, "-attime", str(int(AT.timestamp())))
    return openssl.run("cms", "-verify", "-binary", "-cades", *what, "-purpose", "any")


@pytest.mark.parametrize("kind", KINDS)
def test_content_put_in_is_given_out_by_openssl(
    kind: str, openssl: OpenSsl, root: Authority, signers_by_kind: dict[str, Owner], policy: VerificationPolicy
) -> None:
    plain = sign(signers_by_kind[kind], DOCUMENT)
    cms = with_content(plain, DOCUMENT)
    assert opened_by_openssl(openssl, cms, root) == DOCUMENT
    assert attached(cms, policy).is_valid
    assert read_signed_data(cms).signers == read_signed_data(plain).signers


@pytest.mark.parametrize("kind", KINDS)
def test_what_openssl_attaches_passes(
    kind: str, openssl: OpenSsl, signers_by_kind: dict[str, Owner], policy: VerificationPolicy
) -> None:
    cms = openssl.sign(signers_by_kind[kind], DOCUMENT, "-cades", "-nodetach", "-md", KEY_KINDS[kind][1])
    report = attached(cms, policy)
    assert report.is_valid, report.explanation


def test_other_content_than_was_signed_fails(signer: Owner, policy: VerificationPolicy) -> None:
    report = attached(with_content(sign(signer, DOCUMENT), DOCUMENT + b"!"), policy)
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)


def test_content_is_put_in_once_and_asked_for_where_it_is_missing(signer: Owner, policy: VerificationPolicy) -> None:
    plain = sign(signer, DOCUMENT)
    assert attached(plain, policy).sub_indication is SubIndication.FORMAT_FAILURE
    with pytest.raises(MalformedError, match="already"):
        with_content(with_content(plain, DOCUMENT), DOCUMENT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_attached", [False, True])
def test_a_signature_beside_anothers_leaves_it_as_it_is(
    kind: str,
    is_attached: bool,
    openssl: OpenSsl,
    root: Authority,
    signer: Owner,
    signers_by_kind: dict[str, Owner],
    policy: VerificationPolicy,
) -> None:
    other = signers_by_kind[kind]
    options = ("-cades", "-md", KEY_KINDS[kind][1], *(("-nodetach",) if is_attached else ()))
    theirs, ours = openssl.sign(other, DOCUMENT, *options), sign(signer, DOCUMENT)
    both = with_signers_of(theirs, ours)
    report = attached(both, policy) if is_attached else detached(both, policy)
    assert report.is_valid, report.explanation
    assert {each.certificate for each in report.signers} == {other.certificate, signer.certificate}
    assert set(read_signed_data(both).signers) == {
        *read_signed_data(theirs).signers,
        *read_signed_data(ours).signers,
    }
    if is_attached:
        assert opened_by_openssl(openssl, both, root) == DOCUMENT
    else:
        openssl.verifies(both, DOCUMENT, root)
        openssl.verifies(both, DOCUMENT + b"!", root, succeeds=False)


def test_several_signers_by_openssl_pass_and_each_is_told(
    openssl: OpenSsl, signer: Owner, signers_by_kind: dict[str, Owner], policy: VerificationPolicy
) -> None:
    other = signers_by_kind["512-A"]
    more = ("-signer", other.certificate_file, "-inkey", other.key_file)
    cms = openssl.sign(signer, DOCUMENT, "-cades", *more)
    report = detached(cms, policy)
    assert report.is_valid, report.explanation
    assert {each.certificate for each in report.signers} == {signer.certificate, other.certificate}


def test_the_same_signature_is_there_once(signer: Owner) -> None:
    cms = sign(signer, DOCUMENT)
    assert with_signers_of(cms, cms) == cms


def test_a_wrong_signature_beside_a_good_one_is_told_apart(
    signer: Owner, revoked: Owner, policy: VerificationPolicy
) -> None:
    both = with_signers_of(sign(signer, DOCUMENT), sign(revoked, DOCUMENT))
    report = detached(both, policy)
    assert report.sub_indication is SubIndication.REVOKED_NO_POE
    assert {each.certificate: each.indication for each in report.signers} == {
        signer.certificate: Indication.TOTAL_PASSED,
        revoked.certificate: Indication.INDETERMINATE,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [(), ("-nodetach",)])
def test_a_signature_without_attributes_is_checked_and_is_not_cades(
    kind: str,
    options: tuple[str, ...],
    openssl: OpenSsl,
    signers_by_kind: dict[str, Owner],
    policy: VerificationPolicy,
) -> None:
    cms = openssl.sign(signers_by_kind[kind], DOCUMENT, "-noattr", "-md", KEY_KINDS[kind][1], *options)
    report = attached(cms, policy) if options else detached(cms, policy)
    assert report.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert "is good but has no signed attributes" in report.explanation


def test_a_signature_without_attributes_over_something_else_fails(
    openssl: OpenSsl, signer: Owner, policy: VerificationPolicy
) -> None:
    report = detached(openssl.sign(signer, DOCUMENT, "-noattr"), policy, b"other")
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE)


def test_openssl_adds_its_signer_to_what_we_made(
    openssl: OpenSsl, signers_by_kind: dict[str, Owner], signer: Owner, policy: VerificationPolicy
) -> None:
    other, ours = signers_by_kind["256-A"], openssl.directory / "ours.p7s"
    ours.write_bytes(sign(signer, DOCUMENT))
    both = openssl.directory / "both.p7s"
    form = ("-inform", "DER", "-in", ours, "-outform", "DER", "-out", both, "-nosmimecap", "-cades", "-binary")
    openssl.run("cms", "-resign", *form, "-signer", other.certificate_file, "-inkey", other.key_file)
    report = detached(both.read_bytes(), policy)
    assert report.is_valid, report.explanation
    assert {each.certificate for each in report.signers} == {signer.certificate, other.certificate}


def test_a_timestamp_goes_to_the_one_signature_it_is_of(signer: Owner, revoked: Owner) -> None:
    mine, other = sign(signer, DOCUMENT), sign(revoked, DOCUMENT)
    (info,) = read_signed_data(mine).signers
    stamped = with_timestamp(with_signers_of(other, mine), info.signature, b"\x04\x01\x00")
    by_certificate = {each.certificate: each for each in read_signed_data(stamped).signers}
    assert by_certificate[signer.certificate].timestamps == (b"\x04\x01\x00",)
    assert by_certificate[revoked.certificate] == read_signed_data(other).signers[0]
    with pytest.raises(ValueError, match="exactly one"):
        with_timestamp(other, info.signature, b"\x04\x01\x00")
    with pytest.raises(MalformedError):
        with_timestamp(mine, info.signature, b"no DER")


def test_nothing_is_put_together_from_what_is_not_strict(signer: Owner) -> None:
    strict = sign(signer, DOCUMENT)
    loose = b"\x30\x80" + strict[4:] + b"\0\0"
    with pytest.raises(MalformedError):
        with_content(loose, DOCUMENT)
    with pytest.raises(MalformedError):
        with_signers_of(strict, loose)
