"""CAdES-T: what a timestamp authority must have done for a time to be proven, and what the proof is good for."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gost import digest
from gost.certificate import CertificateFacts, read_certificate
from gost.cms import read_signed_data
from gost.compose import with_timestamp
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.report import Indication, Report, SubIndication
from gost.timestamps import TimestampPolicy, mismatch, verify_timestamp
from gost.tsp import TimestampQuery, read_reply, read_timestamp
from gost.verify import VerificationPolicy, verify_detached
from sandbox.faults import Fault, FaultKind
from sandbox.openssl import OpenSslError, run_openssl
from sandbox.test_ca import Issued, Subject, TestAuthority
from sandbox.timestamp_authority import POLICY, TimestampAuthority
from tests.unit.gost.pki import Owner
from tests.unit.gost.test_cades import DOCUMENT, sign

# When all that the tests make is valid: certificates are made when a test runs, maybe long after this line.
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=12)
NONCE = 0x7F00_0000_0000_0001


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """A CA of signers and one of timestamp authorities."""

    signers: TestAuthority
    signer: Issued
    stamps: TestAuthority
    authority: TimestampAuthority

    def policy(self) -> VerificationPolicy:
        crls = (self.stamps.crl(), self.stamps.root_crl())
        timestamps = TimestampPolicy(
            anchors=(_read(self.stamps.root_path),), intermediates=(_read(self.stamps.issuing_path),), crls=crls
        )
        return VerificationPolicy(
            anchors=(_read(self.signers.root_path),),
            intermediates=(_read(self.signers.issuing_path),),
            crls=(self.signers.crl(), self.signers.root_crl()),
            timestamps=timestamps,
        )


def _read(path: Path) -> CertificateFacts:
    return read_certificate(path.read_bytes())


@pytest.fixture(scope="module", params=["gost2012_256", "gost2012_512"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    return made_world(tmp_path_factory.mktemp(f"stamps-{request.param}"), request.param)


def made_world(folder: Path, algorithm: str) -> World:
    signers = TestAuthority.create(folder / "signers", algorithm=algorithm)
    stamps = TestAuthority.create(folder / "stamps", algorithm=algorithm, name="stamps")
    signer = signers.issue("signer", Subject(common_name="Tester"))
    return World(signers=signers, signer=signer, stamps=stamps, authority=TimestampAuthority.create(stamps))


@pytest.fixture(scope="module")
def signature(world: World) -> bytes:
    return made_signature(world)


def made_signature(world: World) -> bytes:
    return sign(_owner(world.signer), DOCUMENT, at=NOW)


def _owner(issued: Issued) -> Owner:
    return Owner(issued.key_path, issued.certificate_path)


def query(cms: bytes) -> TimestampQuery:
    (signer,) = read_signed_data(cms).signers
    return TimestampQuery.over(signer.signature, digest_algorithm=signer.digest_algorithm, nonce=NONCE)


def token(world: World, cms: bytes, *faults: Fault, at: datetime = NOW) -> bytes:
    granted = read_reply(world.authority.answer(query(cms).encode(), at=at, faults=faults)).token
    assert granted is not None
    return granted


def stamped(world: World, cms: bytes, *faults: Fault, at: datetime = NOW) -> bytes:
    (signer,) = read_signed_data(cms).signers
    return with_timestamp(cms, signer.signature, token(world, cms, *faults, at=at))


def verify(cms: bytes, policy: VerificationPolicy, *, at: datetime = NOW) -> Report:
    digests = {each: digest.digest(each, DOCUMENT) for each in DigestAlgorithm}
    return verify_detached(cms, digests, policy=policy, at=at)


def test_a_timestamp_proves_the_time_and_openssl_still_accepts_the_signature(
    world: World, signature: bytes, tmp_path: Path
) -> None:
    cms = stamped(world, signature, at=NOW + timedelta(seconds=2))
    report = verify(cms, world.policy(), at=NOW + timedelta(seconds=5))
    assert report.is_valid
    (signer,) = report.signers
    (stamp,) = signer.timestamps
    assert stamp.is_valid, stamp.explanation
    assert signer.signing_time_proven == stamp.time == NOW + timedelta(seconds=2)
    assert (stamp.accuracy, stamp.policy) == (timedelta(seconds=1), POLICY)
    assert signer.unprotected_attributes == ("1.2.840.113549.1.9.16.2.14",)
    (tmp_path / "document").write_bytes(DOCUMENT)
    (tmp_path / "cms").write_bytes(cms)
    verifying = ("cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", tmp_path / "cms")
    trust = ("-content", tmp_path / "document", "-CAfile", world.signers.chain_path, "-out", "/dev/null")
    run_openssl((*verifying, *trust), config=world.signers.config_path)


def test_openssl_ts_accepts_the_token_taken_out_of_our_signature(
    world: World, signature: bytes, tmp_path: Path
) -> None:
    (signer,) = read_signed_data(stamped(world, signature)).signers
    (taken_out,) = signer.timestamps
    (tmp_path / "token").write_bytes(taken_out)
    (tmp_path / "query").write_bytes(query(signature).encode())
    (tmp_path / "value").write_bytes(signer.signature)
    verifying = ("ts", "-verify", "-token_in", "-in", tmp_path / "token", "-CAfile", world.stamps.chain_path)
    run_openssl((*verifying, "-queryfile", tmp_path / "query"), config=world.stamps.config_path)
    run_openssl((*verifying, "-data", tmp_path / "value"), config=world.stamps.config_path)
    (tmp_path / "value").write_bytes(signer.signature[::-1])
    with pytest.raises(OpenSslError):
        run_openssl((*verifying, "-data", tmp_path / "value"), config=world.stamps.config_path)


def test_what_openssl_ts_makes_of_our_query_is_a_timestamp_to_us(
    world: World, signature: bytes, tmp_path: Path
) -> None:
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "tsa.cnf").write_text(_TSA.format(folder=tmp_path, digest=world.stamps.digest_name))
    (tmp_path / "query").write_bytes(query(signature).encode())
    text = run_openssl(("ts", "-query", "-in", tmp_path / "query", "-text"), config=world.stamps.config_path).decode()
    assert "Certificate required: yes" in text
    assert f"Nonce: {NONCE:#018X}".replace("0X", "0x") in text
    replying = ("ts", "-reply", "-config", tmp_path / "tsa.cnf", "-queryfile", tmp_path / "query")
    signer = world.authority.signer
    by = ("-signer", signer.certificate_path, "-inkey", signer.key_path, "-chain", world.stamps.chain_path)
    run_openssl((*replying, *by, "-out", tmp_path / "reply"), config=world.stamps.config_path)
    granted = read_reply((tmp_path / "reply").read_bytes()).token
    assert granted is not None
    assert mismatch(read_timestamp(granted), query(signature)) == ""
    value = read_signed_data(signature).signers[0].signature
    found = verify_timestamp(granted, value, policy=world.policy().timestamps, at=NOW)
    assert found.is_valid, found.explanation


_TSA = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_digest = {digest}
default_policy = 1.2.3.4
digests = md_gost12_256, md_gost12_512
ess_cert_id_alg = {digest}
accuracy = secs:1, millisecs:500
tsa_name = yes
"""


def test_a_refusal_is_told_in_the_authoritys_words(world: World, signature: bytes) -> None:
    reply = read_reply(
        world.authority.answer(query(signature).encode(), at=NOW, faults=[Fault(kind=FaultKind.TIMESTAMP_REJECTED)])
    )
    assert (reply.token, reply.status, reply.failures) == (None, "rejection", ("timeNotAvailable",))
    other_policy = dataclasses.replace(query(signature), policy="1.2.3.4").encode()
    assert read_reply(world.authority.answer(other_policy, at=NOW)).failures == ("unacceptedPolicy",)
    assert read_reply(world.authority.answer(b"garbage", at=NOW)).failures == ("badDataFormat",)


@pytest.mark.parametrize(
    ("kind", "word"),
    [(FaultKind.TIMESTAMP_WRONG_NONCE, "nonce"), (FaultKind.TIMESTAMP_WRONG_IMPRINT, "something else")],
)
def test_an_answer_to_another_question_is_seen(kind: FaultKind, word: str, world: World, signature: bytes) -> None:
    assert mismatch(read_timestamp(token(world, signature)), query(signature)) == ""
    assert word in mismatch(read_timestamp(token(world, signature, Fault(kind=kind))), query(signature))


def test_another_policy_than_asked_for_is_seen(world: World, signature: bytes) -> None:
    asked = dataclasses.replace(query(signature), policy="1.2.3.4")
    assert "policy" in mismatch(read_timestamp(token(world, signature)), asked)


def _without_anchors(policy: VerificationPolicy) -> VerificationPolicy:
    return dataclasses.replace(policy, timestamps=TimestampPolicy())


def _of_signers_alone(policy: VerificationPolicy) -> VerificationPolicy:
    """Whoever may vouch for signers may not for time."""
    anchors = TimestampPolicy(anchors=policy.anchors, intermediates=policy.timestamps.intermediates)
    return dataclasses.replace(policy, timestamps=anchors)


def _without_lists(policy: VerificationPolicy) -> VerificationPolicy:
    return dataclasses.replace(policy, timestamps=dataclasses.replace(policy.timestamps, crls=()))


@pytest.mark.parametrize(
    ("fault", "change", "word"),
    [
        (Fault(kind=FaultKind.TIMESTAMP_WRONG_IMPRINT), None, "something else"),
        (Fault(kind=FaultKind.TIMESTAMP_CERTIFICATE_EXPIRED), None, "EXPIRED"),
        (Fault(kind=FaultKind.TIMESTAMP_CLOCK_WRONG, seconds=600), None, "future"),
        (Fault(kind=FaultKind.TIMESTAMP_CLOCK_WRONG, seconds=-90_000_000), None, "older than its authority"),
        (None, _without_anchors, "no anchors"),
        (None, _of_signers_alone, "no chain"),
        (None, _without_lists, "revocation list"),
    ],
)
def test_a_wrong_timestamp_proves_nothing_and_harms_nothing(
    fault: Fault | None,
    change: Callable[[VerificationPolicy], VerificationPolicy] | None,
    word: str,
    world: World,
    signature: bytes,
) -> None:
    policy = world.policy() if change is None else change(world.policy())
    cms = stamped(world, signature, *([fault] if fault else []))
    report = verify(cms, policy)
    (signer,) = report.signers
    assert report.is_valid
    assert signer.signing_time_proven is None
    assert word in signer.timestamps[0].explanation


def test_a_certificate_that_is_not_for_timestamps_alone_makes_none(world: World, signature: bytes) -> None:
    for name, usage in (("plain", None), ("both", "timeStamping,clientAuth")):
        issued = world.stamps.issue(name, Subject(common_name=name), extended_key_usage=usage)
        authority = dataclasses.replace(world.authority, signer=issued)
        stamp = verify(stamped(dataclasses.replace(world, authority=authority), signature), world.policy())
        assert "is not for timestamps" in stamp.signers[0].timestamps[0].explanation


def test_every_single_byte_change_of_a_token_proves_nothing(world: World, signature: bytes) -> None:
    good = token(world, signature)
    value = read_signed_data(signature).signers[0].signature
    policy = world.policy().timestamps
    assert verify_timestamp(good, value, policy=policy, at=NOW).is_valid
    accepted = []
    step = 1 if world.signers.algorithm == "gost2012_256" else 7  # one signature by 512 bits takes a millisecond
    for position in range(0, len(good), step):
        damaged = bytearray(good)
        damaged[position] ^= 0x01
        if verify_timestamp(bytes(damaged), value, policy=policy, at=NOW).is_valid:
            accepted.append(position)
    assert accepted == []


def test_a_signature_stays_valid_that_was_stamped_before_its_certificate_was_revoked(world: World) -> None:
    signer = world.signers.issue("revoked-later", Subject(common_name="Tester"))
    now = datetime.now(UTC).replace(microsecond=0)  # OpenSSL revokes as of now, and not as of another time
    plain = sign(_owner(signer), DOCUMENT, at=now)
    before = stamped(world, plain, at=now - timedelta(minutes=5))
    after = stamped(world, plain, at=now + timedelta(minutes=1))
    world.signers.revoke(signer)
    policy, later = world.policy(), now + timedelta(minutes=2)
    assert verify(before, policy, at=later).is_valid
    assert verify(plain, policy, at=later).sub_indication is SubIndication.REVOKED_NO_POE
    assert verify(after, policy, at=later).sub_indication is SubIndication.REVOKED_NO_POE


def test_a_signature_outlives_its_certificate_by_the_lists_of_its_time(world: World) -> None:
    signer = world.signers.issue("short", Subject(common_name="Tester"), not_after=NOW + timedelta(minutes=1))
    plain = sign(_owner(signer), DOCUMENT, at=NOW)
    cms, later = stamped(world, plain), NOW + timedelta(minutes=2)
    assert verify(cms, world.policy(), at=later).is_valid
    assert verify(plain, world.policy(), at=later).sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE
    too_late = stamped(world, plain, at=NOW + timedelta(seconds=90))
    assert verify(too_late, world.policy(), at=later).sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_signature_proven_older_than_its_certificate_fails(world: World) -> None:
    signer = world.signers.issue("young", Subject(common_name="Tester"), not_before=NOW - timedelta(minutes=1))
    cms = stamped(world, sign(_owner(signer), DOCUMENT, at=NOW), at=NOW - timedelta(minutes=5))
    report = verify(cms, world.policy())
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.NOT_YET_VALID)


def test_the_earliest_of_several_timestamps_counts(world: World, signature: bytes) -> None:
    once = stamped(world, signature, at=NOW - timedelta(seconds=1))
    twice = stamped(world, once, at=NOW - timedelta(seconds=9))
    (signer,) = verify(twice, world.policy()).signers
    assert signer.signing_time_proven == NOW - timedelta(seconds=9)
    assert len(signer.timestamps) == 2


@pytest.mark.parametrize("garbage", [b"", b"\x30\x00", b"<html>"])
def test_garbage_is_no_answer(garbage: bytes) -> None:
    with pytest.raises(MalformedError):
        read_reply(garbage)
