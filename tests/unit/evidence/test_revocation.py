"""What revocation lists of another day than that of signing say, and what OpenSSL alone finds."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from evidence.assemble import assemble
from evidence.certificates import crl_ders
from evidence.container import CRLS, unpack
from evidence.verify import verify
from gost.certificate import read_certificates
from sandbox.test_ca import TestAuthority
from tests.unit.agent.support import ACTIVE, DOCUMENT, Keys
from tests.unit.evidence.support import Made, copied, issued

Issue = Callable[[TestAuthority, datetime], bytes]


@pytest.fixture
def authority(keys: Keys, tmp_path: Path) -> TestAuthority:
    """The same CA, to be told what others shall not know."""
    return copied(keys.authority, tmp_path / "ca")


def of_day(authority: TestAuthority, day: datetime) -> list[bytes]:
    lists = (authority.crl(last_update=day), authority.root_crl(last_update=day))
    return [der for crl in lists for der in crl_ders(crl)]


def test_lists_issued_after_the_signature_prove_that_it_was_not_revoked_before(
    made: Made, authority: TestAuthority, moment: datetime
) -> None:
    later = of_day(authority, moment + timedelta(days=20))
    known = read_certificates(authority.chain_path.read_bytes())
    parts = {name: part for name, part in made.parts.items() if name != CRLS}

    file = assemble(parts, known=known, crls=later)

    verdict = verify(file, made.trust)
    assert verdict.valid, verdict.findings


def test_of_several_lists_the_one_in_force_at_signing_is_put_into_the_file(
    made: Made, authority: TestAuthority, moment: datetime
) -> None:
    known = read_certificates(authority.chain_path.read_bytes())
    days = [of_day(authority, moment + timedelta(days=days)) for days in (-30, -1, 20)]
    parts = {name: part for name, part in made.parts.items() if name != CRLS}

    file = assemble(parts, known=known, crls=[crl for day in days for crl in day])

    assert sorted(crl_ders(unpack(file)[CRLS])) == sorted(days[1])


def test_a_revocation_after_a_time_that_is_only_claimed_leaves_nothing_proven(
    made: Made, authority: TestAuthority, moment: datetime
) -> None:
    authority.revoke(issued(authority, ACTIVE, moment))
    newer = of_day(authority, moment + timedelta(days=1))

    verdict = verify(made.file, replace(made.trust, crls=newer))

    assert [each.check for each in verdict.findings if not each.holds] == ["signature"]
    assert "revoked" in next(each.told for each in verdict.findings if not each.holds)


def test_without_a_list_of_an_issuer_nothing_is_proven(made: Made) -> None:
    assert not made.verdict(crls=b"").valid


def test_openssl_alone_accepts_the_signature_by_the_commands_of_the_readme(
    made: Made, keys: Keys, moment: datetime, tmp_path: Path
) -> None:
    for name, part in made.parts.items():
        (tmp_path / name).write_bytes(part)
    (tmp_path / "DOCUMENT").write_bytes(DOCUMENT)
    (tmp_path / "root.pem").write_bytes(keys.authority.root_path.read_bytes())
    text = made.parts["README.txt"].decode()
    commands = text[text.index("cat root.pem") : text.index("\nSECONDS is")]

    for years, accepted in ((0, True), (2, False)):
        time = str(int((moment + timedelta(days=365 * years)).timestamp()))
        ran = subprocess.run(
            ["/bin/sh", "-c", commands.replace("SECONDS", time)],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "OPENSSL_CONF": str(keys.authority.config_path)},
            capture_output=True,
            check=False,
        )
        assert (ran.returncode == 0) is accepted, ran.stderr
