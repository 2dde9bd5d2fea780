"""What a revocation list says of a time before it was issued, and which lists say nothing at all."""

from datetime import datetime, timedelta

import pytest

from gost.report import RevocationStatus
from gost.revocation import Revocation, RevocationLists
from tests.unit.gost.pki import AT, Authority, OpenSsl, Owner

SINCE = datetime.fromisoformat("2026-07-01T00:00:00Z")


@pytest.fixture(scope="module")
def authority(openssl: OpenSsl) -> Authority:
    return Authority(openssl, "lists", subject="/CN=Lists").sign_itself()


@pytest.fixture(scope="module")
def owner(authority: Authority) -> Owner:
    return authority.issue("owner")


@pytest.fixture(scope="module")
def gone(authority: Authority) -> Owner:
    found = authority.issue("gone")
    authority.revoke(found, since="260701000000Z")
    return found


def judged(
    crls: list[bytes], owner: Owner, authority: Authority, at: datetime = AT, max_age: timedelta | None = None
) -> Revocation:
    return RevocationLists(crls).judge(owner.certificate, authority.certificate, at=at, max_age=max_age)


def test_a_later_list_tells_of_the_time_before_it(authority: Authority, owner: Owner) -> None:
    later = authority.crl(begin="20260701000000Z", end="20260702000000Z")
    found = judged([later], owner, authority)
    assert found.status is RevocationStatus.GOOD
    assert found.this_update == datetime.fromisoformat("2026-07-01T00:00:00Z")
    assert judged([later], owner, authority, max_age=timedelta(hours=1)).status is RevocationStatus.GOOD


def test_a_list_issued_after_the_certificate_ran_out_may_have_left_it_out(authority: Authority, owner: Owner) -> None:
    much_later = authority.crl(begin="20270102000000Z", end="20270103000000Z")
    assert judged([much_later], owner, authority).status is RevocationStatus.MISSING


def test_a_later_list_tells_whether_it_was_before_or_after(authority: Authority, gone: Owner) -> None:
    later = authority.crl(begin="20260801000000Z", end="20260802000000Z")
    before = judged([later], gone, authority, at=SINCE - timedelta(seconds=1))
    assert (before.status, before.revoked_since) == (RevocationStatus.GOOD, SINCE)
    after = judged([later], gone, authority, at=SINCE)
    assert (after.status, after.revoked_since) == (RevocationStatus.REVOKED, SINCE)


def test_the_moments_name_every_date_that_may_turn_the_answer(authority: Authority, gone: Owner) -> None:
    found = RevocationLists([authority.crl()]).moments(gone.certificate, timedelta(hours=1))
    begin, end = (datetime.fromisoformat(f"2026-06-0{day}T00:00:00Z") for day in (1, 2))
    assert found == {begin, end, begin + timedelta(hours=1), SINCE}


@pytest.mark.parametrize("extensions", ["for_others", "for_some_reasons", "delta", "strange", "for_another_place"])
def test_a_list_of_a_kind_not_understood_says_nothing(extensions: str, authority: Authority, owner: Owner) -> None:
    assert judged([authority.crl(extensions=extensions)], owner, authority).status is RevocationStatus.UNUSABLE


@pytest.mark.parametrize("extensions", ["for_users", "for_a_place"])
def test_a_list_for_a_part_counts_for_that_part(
    extensions: str, authority: Authority, owner: Owner, openssl: OpenSsl
) -> None:
    crl = authority.crl(extensions=extensions)
    below = authority.certify(Authority(openssl, f"below-{extensions}", subject="/CN=Below"))
    assert judged([crl], owner, authority).status is RevocationStatus.GOOD
    assert judged([crl], below, authority).status is RevocationStatus.UNUSABLE
    of_authorities = authority.crl(extensions="for_authorities")
    assert judged([of_authorities], below, authority).status is RevocationStatus.GOOD
    assert judged([of_authorities], owner, authority).status is RevocationStatus.UNUSABLE


def test_a_ca_whose_key_may_not_sign_lists_signs_none(openssl: OpenSsl) -> None:
    silent = Authority(openssl, "silent", subject="/CN=Silent").sign_itself(extensions="no_lists")
    crl = silent.copy(openssl, "silent-again", serial="2001").crl()
    assert judged([crl], silent.issue("owner"), silent).status is RevocationStatus.UNUSABLE
