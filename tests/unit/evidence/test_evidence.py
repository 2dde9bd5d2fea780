"""Evidence proves a signature offline, for ever, and no part of it can be changed unseen."""

import hashlib
import io
import random
import warnings
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.chains import Run, canonical, encoded
from evidence.command import conclusion
from evidence.container import EvidenceError, pack, unpack
from evidence.findings import Proof, Verdict
from evidence.verify import verify
from gost.digest import digest
from tests.unit.agent.support import DOCUMENT
from tests.unit.evidence.support import Made


def failed(verdict: Verdict) -> list[str]:
    assert not verdict.valid
    return [finding.check for finding in verdict.findings if not finding.holds]


def test_what_hub_and_agent_made_is_proven_and_the_time_is_said_to_be_only_claimed(
    made: Made, moment: datetime
) -> None:
    verdict = verify(made.file, made.trust, document=lambda signature: digest(signature.digest_algorithm, DOCUMENT))

    assert verdict.valid, [finding for finding in verdict.findings if not finding.holds]
    assert [finding.check for finding in verdict.findings] == [
        "file",
        "parts",
        "document",
        "journal",
        "signature",
        "policy",
        "attestation",
        "audit",
    ]
    assert (verdict.proof, verdict.time) == (Proof.CLAIMED, moment)
    assert "ONLY CLAIMED" in conclusion(verdict)
    facts = dict(verdict.facts)
    assert (facts["caller"], facts["rule"], facts["business reference"]) == ("crm", "attested contracts", "ДКП-2026/17")


def test_the_certificate_is_judged_as_of_signing_and_not_by_any_clock(made: Made, moment: datetime) -> None:
    assert verify(made.file, made.trust).valid  # nothing in it asks what time it is
    assert failed(verify(made.file, made.trust, at=moment + timedelta(days=730))) == ["signature"]


def test_another_document_is_told_from_the_one_that_was_signed(made: Made) -> None:
    verdict = verify(
        made.file, made.trust, document=lambda signature: digest(signature.digest_algorithm, DOCUMENT + b"!")
    )

    assert failed(verdict) == ["document"]


def test_a_byte_changed_anywhere_in_the_file_is_found(made: Made) -> None:
    chance = random.Random(4)
    for place in chance.sample(range(len(made.file)), 400):
        changed = bytearray(made.file)
        changed[place] ^= 1 << chance.randrange(8)
        assert not verify(bytes(changed), made.trust).valid, place


def test_a_byte_changed_in_any_part_is_found_though_the_file_is_made_anew(made: Made) -> None:
    chance = random.Random(5)
    for name, content in made.parts.items():
        for place in chance.sample(range(len(content)), min(40, len(content))):
            changed = bytearray(content)
            changed[place] ^= 1 << chance.randrange(8)
            assert not verify(pack({**made.parts, name: bytes(changed)}), made.trust).valid, (name, place)


def test_no_part_can_be_left_out_or_taken_from_another_signature(pair: tuple[Made, Made]) -> None:
    ours, theirs = pair
    for name in ours.parts:
        without = {other: content for other, content in ours.parts.items() if other != name}
        assert not verify(pack(without), ours.trust).valid, name
        if ours.parts[name] != theirs.parts[name]:
            assert not verify(pack({**ours.parts, name: theirs.parts[name]}), ours.trust).valid, name


def test_nothing_can_be_added(made: Made) -> None:
    spare = {**made.parts, "signature-as-made.p7s": made.parts["signature.p7s"] + b"!"}

    assert failed(verify(pack(spare), made.trust)) == ["parts"]
    assert failed(verify(made.file + b"!", made.trust)) == ["file"]
    assert failed(verify(b"!" + made.file, made.trust)) == ["file"]


def test_trust_is_what_the_verifier_brings_and_never_what_the_file_says(made: Made) -> None:
    stranger = Ed25519PrivateKey.generate().public_key()

    assert failed(made.distrusting(journal_keys=[stranger])) == ["journal"]
    assert failed(made.distrusting(audit_keys=[stranger])) == ["audit"]
    assert failed(made.distrusting(attestation_keys={"crm-key": stranger})) == ["policy", "attestation"]
    assert failed(made.distrusting(anchors=())) == ["signature"]


def test_what_is_in_the_file_and_was_not_checked_makes_it_unproven(made: Made) -> None:
    assert failed(made.distrusting(audit_keys=())) == ["audit"]
    assert failed(made.distrusting(journal_keys=())) == ["journal"]
    assert failed(made.distrusting(attestation_keys={})) == ["attestation"]


def test_the_records_of_others_are_in_it_as_hashes_alone(made: Made) -> None:
    assert b"somebody-else" not in made.file
    runs = canonical(made.parts["audit.json"])["runs"]
    assert sum("content" in record for run in runs for record in run["records"]) == 2
    assert sum("hash" in record for run in runs for record in run["records"]) == 3


@pytest.mark.parametrize("phase", ["DECIDED", "SIGNED"])
def test_a_record_can_not_be_hidden_behind_its_hash(made: Made, phase: str) -> None:
    told = canonical(made.parts["journal.json"])
    runs = [Run.read(run) for run in told["runs"]]
    hidden = [
        replace(run, contents=[_hash(c) if isinstance(c, str) and f'"{phase}"' in c else c for c in run.contents])
        for run in runs
    ]

    assert "journal" in failed(made.verdict(journal=encoded({"runs": [run.told() for run in hidden]})))


def test_a_run_of_the_chain_can_not_be_shortened_or_begun_elsewhere(made: Made) -> None:
    run = Run.read(canonical(made.parts["audit.json"])["runs"][0])
    audit = canonical(made.parts["audit.json"])
    for changed in (
        replace(run, contents=run.contents[:-1]),
        replace(run, contents=run.contents[1:]),
        replace(run, first=run.first + 1),
        replace(run, follows=bytes(32)),
    ):
        assert failed(made.verdict(audit=encoded({**audit, "runs": [changed.told()]}))) == ["audit"]


def test_a_zip_with_a_part_twice_or_compressed_or_unknown_is_no_evidence(made: Made) -> None:
    for mode, name, word in (
        (zipfile.ZIP_STORED, "audit.json", "twice"),
        (zipfile.ZIP_STORED, "more.json", "has not: more.json"),
        (zipfile.ZIP_DEFLATED, "signature-as-made.p7s", "compressed"),
    ):
        file = io.BytesIO(made.file)
        with warnings.catch_warnings(), zipfile.ZipFile(file, "a", mode) as archive:
            warnings.simplefilter("ignore", UserWarning)  # zipfile's own, of a name that is there twice
            archive.writestr(name, b"{}")
        with pytest.raises(EvidenceError, match=word):
            unpack(file.getvalue())


def _hash(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()
