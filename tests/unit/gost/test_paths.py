"""All candidate issuers are tried: renewed keys under one name, cross-certificates, dead ends; up to a bound."""

import pytest

from gost import paths
from gost.paths import Directory, find_paths
from gost.report import Indication, SubIndication
from gost.verify import VerificationPolicy
from tests.unit.gost.pki import Authority, OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign
from tests.unit.gost.test_verify import INDETERMINATE, verdict, verify


@pytest.fixture(scope="module")
def old(openssl: OpenSsl) -> Authority:
    return Authority(openssl, "old-key", subject="/CN=Renewed").sign_itself()


@pytest.fixture(scope="module")
def new(openssl: OpenSsl) -> Authority:
    """The same name with another key."""
    return Authority(openssl, "new-key", subject="/CN=Renewed").sign_itself()


def policy_of(*anchors: Owner, lists: bool = False) -> VerificationPolicy:
    return VerificationPolicy(anchors=tuple(each.certificate for each in anchors), require_crl=lists)


@pytest.mark.parametrize("extensions", ["leaf", "unnamed"])
def test_namesakes_are_told_apart_by_key(extensions: str, old: Authority, new: Authority) -> None:
    """Without key identifiers too, and in whichever order the anchors stand."""
    for issuer in (old, new):
        owner = issuer.issue(f"of-renewed-{extensions}", extensions=extensions)
        for anchors in ((old, new), (new, old)):
            report = verify(sign(owner, DOCUMENT), policy_of(*anchors))
            assert report.is_valid, report.explanation
            assert report.signers[0].chain[-1].certificate == issuer.certificate


def test_the_way_over_a_cross_certificate_is_found(openssl: OpenSsl, root: Authority) -> None:
    """One CA key with a certificate of a stranger and one of ours: the first leads nowhere, or is out of date."""
    stranger = Authority(openssl, "stranger-root", subject="/CN=Stranger root").sign_itself()
    ca = stranger.certify(Authority(openssl, "crossed", subject="/CN=Crossed"))
    owner = ca.issue("of-crossed")
    cross = root.certify(ca.copy(openssl, "cross", serial="3001"))
    for chain in ((ca, cross, stranger), (cross, ca, stranger)):
        report = verify(sign(owner, DOCUMENT, chain=chain), policy_of(root))
        assert report.is_valid, report.explanation
    assert verdict(verify(sign(owner, DOCUMENT, chain=(ca,)), policy_of(root))) == (
        INDETERMINATE,
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    )


@pytest.mark.parametrize("swapped", [False, True])
def test_a_good_way_beats_an_expired_one(swapped: bool, openssl: OpenSsl, root: Authority) -> None:
    name = f"twice-{swapped}"
    past = root.certify(Authority(openssl, name, subject="/CN=Twice"), end="20260501000000Z")
    owner = past.issue("of-twice")
    renewed = root.certify(past.copy(openssl, f"{name}-renewed", serial="4001"))
    order = (renewed, past) if swapped else (past, renewed)
    report = verify(sign(owner, DOCUMENT, chain=order), policy_of(root))
    assert report.is_valid, report.explanation
    assert report.signers[0].chain[1].certificate == renewed.certificate
    only_past = verify(sign(owner, DOCUMENT, chain=(past,)), policy_of(root))
    assert verdict(only_past) == (INDETERMINATE, SubIndication.OUT_OF_BOUNDS_NO_POE)


def test_authorities_that_certify_each_other_end_the_search(openssl: OpenSsl) -> None:
    first = Authority(openssl, "first", subject="/CN=First").sign_itself()
    second = first.certify(Authority(openssl, "second", subject="/CN=Second"))
    again = second.certify(first.copy(openssl, "first-again", serial="5001"))
    owner = second.issue("of-second")
    report = verify(sign(owner, DOCUMENT, chain=(second, again)), policy_of(first))
    assert report.is_valid


def test_a_crowd_of_namesakes_costs_no_more_than_the_budget(
    openssl: OpenSsl, root: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [root]
    for number in range(4):
        crowd.append(Authority(openssl, f"crowd-{number}", subject=root.subject).sign_itself())
    nameless = root.issue("nameless", extensions="unnamed").certificate
    monkeypatch.setattr(paths, "MAX_SIGNATURES", 2)
    directory = Directory([each.certificate for each in reversed(crowd)])
    found = find_paths(nameless, directories=[directory], anchors=frozenset({root.certificate.der}))
    assert found.anchored == (), "the true issuer is the last of five, and two were tried"
    assert len(found.seen) == 1 + len(crowd)


def test_a_certificate_that_came_along_is_never_an_anchor(openssl: OpenSsl, root: Authority) -> None:
    """A copy of the anchor's name and key identifier, self-signed by another key."""
    fake = Authority(openssl, "fake-root", subject=root.subject).sign_itself()
    owner = fake.issue("of-fake", extensions="unnamed")
    report = verify(sign(owner, DOCUMENT, chain=(fake,)), policy_of(root))
    assert report.indication is Indication.INDETERMINATE
