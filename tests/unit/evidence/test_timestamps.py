"""Evidence of signatures with a timestamp, or the document in them: valid at signing, the time proven for ever."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.certificates import crl_ders, pem_of_certificates, pem_of_crls
from evidence.container import CERTIFICATES, CRLS, pack
from evidence.findings import Proof, Verdict
from evidence.verify import verify
from gost.certificate import read_certificates
from gost.cms import read_signed_data
from gost.compose import with_content, with_timestamp
from gost.digest import digest
from gost.tsp import TimestampQuery, read_reply
from sandbox.test_ca import TestAuthority
from sandbox.timestamp_authority import TimestampAuthority
from tests.support.clocks import TWO_YEARS_AHEAD
from tests.unit.agent.support import ACTIVE, DOCUMENT, Bench, Keys, SetClock, request, rule
from tests.unit.evidence.support import Made, copied, issued, made_file, revoke_at

LATER = timedelta(minutes=40)  # the authority was away at first


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """A CA of timestamp authorities alone."""
    return TestAuthority.create(tmp_path_factory.mktemp("stamps") / "ca", name="stamps")


@pytest.fixture(scope="module")
def authority(stamps: TestAuthority) -> TimestampAuthority:
    return TimestampAuthority.create(stamps)


Make = Callable[..., Made]


@pytest.fixture
def make(
    tmp_path: Path,
    keys: Keys,
    crls: list[bytes],
    moment: datetime,
    stamps: TestAuthority,
    authority: TimestampAuthority,
) -> Make:
    """Makes the file of a signature that is turned into its form as the hub does it, under trust of both CAs."""

    def stamped(cms: bytes) -> bytes:
        (signer,) = read_signed_data(cms).signers
        query = TimestampQuery.over(signer.signature, digest_algorithm=signer.digest_algorithm, nonce=1)
        token = read_reply(authority.answer(query.encode(), at=moment + LATER)).token
        assert token is not None
        return with_timestamp(cms, signer.signature, token)

    def made(*, attached: bool, timestamp: bool) -> Made:
        def finished(cms: bytes) -> bytes:
            whole = with_content(cms, DOCUMENT) if attached else cms
            return stamped(whole) if timestamp else whole

        async def sign() -> Made:
            bench = Bench(folder=tmp_path / "state", keys=keys, rules=[rule()], clock=SetClock(moment))
            asked = request(keys)
            await bench.signed(asked)
            issued = moment - timedelta(hours=1)
            lists = [*crls, stamps.crl(last_update=issued), stamps.root_crl(last_update=issued)]
            known = read_certificates(stamps.chain_path.read_bytes())
            file = await made_file(bench, keys, asked.request_id, crls=lists, finished=finished, known=known)
            bench.workers.shutdown()
            return file

        file = asyncio.run(sign())
        return replace(
            file, trust=replace(file.trust, timestamp_anchors=read_certificates(stamps.root_path.read_bytes()))
        )

    return made


def told(verdict: Verdict) -> list[str]:
    return [f"{finding.check}: {finding.told}" for finding in verdict.findings if not finding.holds]


@pytest.mark.parametrize("attached", [False, True])
def test_a_timestamp_proves_the_time_though_it_came_later_and_from_another_ca(
    make: Make, moment: datetime, attached: bool
) -> None:
    made = make(attached=attached, timestamp=True)

    verdict = verify(made.file, made.trust, document=lambda signature: digest(signature.digest_algorithm, DOCUMENT))

    assert told(verdict) == []
    assert (verdict.proof, verdict.time) == (Proof.PROVEN, moment + LATER)


def test_a_signature_with_its_document_in_it_is_proven(make: Make, moment: datetime) -> None:
    made = make(attached=True, timestamp=False)

    verdict = verify(made.file, made.trust, document=lambda signature: digest(signature.digest_algorithm, DOCUMENT))

    assert told(verdict) == []
    assert (verdict.proof, verdict.time) == (Proof.CLAIMED, moment)


def test_who_trusts_no_timestamp_authority_has_the_time_only_claimed(make: Make, moment: datetime) -> None:
    verdict = make(attached=False, timestamp=True).distrusting(timestamp_anchors=())

    assert told(verdict) == []
    assert (verdict.proof, verdict.time) == (Proof.CLAIMED, moment)


def test_a_timestamp_of_an_authority_that_is_not_trusted_proves_nothing(make: Make, keys: Keys) -> None:
    signers = read_certificates(keys.authority.root_path.read_bytes())

    (problem,) = told(make(attached=False, timestamp=True).distrusting(timestamp_anchors=signers))

    assert problem.startswith("signature: its timestamp does not hold: no chain leads")


def test_without_the_lists_of_the_timestamps_authority_its_time_is_not_proven(make: Make, crls: list[bytes]) -> None:
    made = make(attached=False, timestamp=True)
    signers = pem_of_crls(der for crl in crls for der in crl_ders(crl))

    (problem,) = told(made.verdict(crls=signers))

    assert "its timestamp does not hold" in problem


def test_no_certificate_of_others_comes_along_with_those_of_the_timestamp(make: Make, keys: Keys) -> None:
    made = make(attached=False, timestamp=True)
    foreign = pem_of_certificates(read.der for read in read_certificates((keys.folder / "other.crt").read_bytes()))

    assert not made.verdict(certificates=made.parts[CERTIFICATES] + foreign).valid


@pytest.mark.parametrize("part", [CERTIFICATES, CRLS])
def test_a_certificate_or_list_of_the_timestamps_authority_that_was_changed_is_seen(make: Make, part: str) -> None:
    made = make(attached=False, timestamp=True)
    blocks = made.parts[part].split(b"-----END")
    for number in range(len(blocks) - 1):
        lines = blocks[number].split(b"\n")
        lines[-3] = lines[-3].swapcase()  # of the signature at the end
        changed = b"-----END".join([*blocks[:number], b"\n".join(lines), *blocks[number + 1 :]])
        assert changed != made.parts[part]
        assert not verify(pack({**made.parts, part: changed}), made.trust).valid


def test_a_certificate_revoked_after_a_proven_time_was_good_at_signing(
    make: Make, keys: Keys, moment: datetime, tmp_path: Path
) -> None:
    made = make(attached=False, timestamp=True)
    ca = copied(keys.authority, tmp_path / "copy")
    revoke_at(ca, issued(ca, ACTIVE, moment), moment + 2 * LATER)
    newer = crl_ders(ca.crl(last_update=moment + timedelta(days=1)))

    verdict = verify(made.file, replace(made.trust, crls=newer))

    assert told(verdict) == []
    assert verdict.proof is Proof.PROVEN
    assert not verify(made.file, replace(made.trust, crls=newer, timestamp_anchors=())).valid


def test_an_authority_revoked_later_proves_no_time_any_more(
    make: Make, stamps: TestAuthority, moment: datetime, tmp_path: Path
) -> None:
    made = make(attached=False, timestamp=True)
    ca = copied(stamps, tmp_path / "copy")
    revoke_at(ca, issued(ca, "tsa", moment), moment + 2 * LATER)
    newer = crl_ders(ca.crl(last_update=moment + timedelta(days=1)))

    (problem,) = told(verify(made.file, replace(made.trust, crls=newer)))

    assert "of its timestamp's authority was revoked" in problem


def pem(folder: Path, name: str, key: Ed25519PublicKey) -> Path:
    path = folder / name
    path.write_bytes(key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.mark.parametrize(("anchored", "proof"), [(True, "PROVEN"), (False, "CLAIMED")])
def test_the_command_finds_it_valid_at_signing_with_every_clock_two_years_ahead(
    make: Make, stamps: TestAuthority, keys: Keys, tmp_path: Path, anchored: bool, proof: str
) -> None:
    made = make(attached=False, timestamp=True)
    (tmp_path / "sitecustomize.py").write_text(TWO_YEARS_AHEAD)
    (tmp_path / "file.evidence.zip").write_bytes(made.file)
    words: Sequence[object] = [
        *("verify-evidence", tmp_path / "file.evidence.zip", "--anchors", keys.authority.root_path),
        *("--journal-key", pem(tmp_path, "journal.pub", made.trust.journal_keys[0])),
        *("--audit-key", pem(tmp_path, "audit.pub", made.trust.audit_keys[0])),
        *(("--timestamp-anchors", stamps.root_path) if anchored else ()),
    ]

    ran = subprocess.run(
        [sys.executable, "-m", "signer_agent", *map(str, words), "--json"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["time_proof"] == proof
