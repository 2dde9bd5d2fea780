"""A file of evidence as hub and agent make it, without either of them serving."""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.assemble import assemble
from evidence.audit import signature_line, signatures_hash
from evidence.certificates import crl_ders
from evidence.chains import encoded, runs_to_checkpoints
from evidence.container import AUDIT, SIGNATURE, SIGNATURE_AS_MADE, pack, unpack
from evidence.findings import Verdict
from evidence.trust import Trust
from evidence.verify import verify
from gost.certificate import CertificateFacts, read_certificates
from hub.core.audit_chain import AuditRecord, Phase, first_hash, record_content, record_hash, record_values
from hub.core.audit_checkpoints import CheckpointKey
from sandbox.test_ca import Issued, TestAuthority
from signer_agent.exporting import find_signature, journal_parts
from signer_agent.policy_version import keep_policy
from tests.unit.agent.support import Bench, Keys

SIGNATURE_ID = "0192-signature"
INSTANCE = "hub-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file, and what somebody who verifies it trusts."""

    file: bytes
    trust: Trust

    @property
    def parts(self) -> Mapping[str, bytes]:
        return unpack(self.file)

    def verdict(self, **parts: bytes | None) -> Verdict:
        """The verdict, with parts replaced (None: left out); their names without what follows the first point."""
        changed = {name: parts.get(name.partition(".")[0].replace("-", "_"), old) for name, old in self.parts.items()}
        return verify(pack({name: content for name, content in changed.items() if content is not None}), self.trust)

    def distrusting(self, **changes: object) -> Verdict:
        return verify(self.file, replace(self.trust, **changes))  # type: ignore[arg-type]


async def made_file(
    bench: Bench,
    keys: Keys,
    request_id: str,
    *,
    crls: Sequence[bytes],
    finished: Callable[[bytes], bytes] = bytes,
    known: Sequence[CertificateFacts] = (),
) -> Made:
    """The file of a signature that the bench has made, with an audit of its own around it.

    ``finished`` puts document and timestamp in, as the hub does; ``known`` are certificates of other CAs.
    """
    keep_policy(bench.folder, bench.service._policy.document)
    await bench.journal.checkpoint()
    parts = dict(journal_parts(bench.folder, find_signature(bench.folder, request_id)))
    as_made, parts[SIGNATURE] = parts[SIGNATURE], finished(parts[SIGNATURE])
    if parts[SIGNATURE] != as_made:
        parts[SIGNATURE_AS_MADE] = as_made
    audit_key = Ed25519PrivateKey.generate()
    parts[AUDIT] = audit_part(audit_key, parts[SIGNATURE])
    authority = keys.authority
    of_signers = read_certificates(authority.chain_path.read_bytes())
    file = assemble(parts, known=[*of_signers, *known], crls=[der for crl in crls for der in crl_ders(crl)])
    trust = Trust(
        anchors=read_certificates(authority.root_path.read_bytes()),
        journal_keys=[bench.journal_key.public_key()],
        audit_keys=[audit_key.public_key()],
        attestation_keys={name: key.key for name, key in bench.attestation_keys.items()},
    )
    return Made(file=file, trust=trust)


def audit_part(key: Ed25519PrivateKey, cms: bytes, *, before: int = 3, between: int = 2, after: int = 1) -> bytes:
    """The audit's part, written with the hub's own chain among records of others."""
    lines = [signature_line(SIGNATURE_ID, cms)]
    other = AuditRecord(phase=Phase.REQUEST, method="/other", caller="somebody-else")
    intent = AuditRecord(
        phase=Phase.INTENT,
        method="/landhub.signatures.v1.SignaturesService/SignDocument",
        caller="crm",
        business_reference="ДКП-2026/17",
        resource=f"signatures.Signature/{SIGNATURE_ID}",
    )
    outcome = replace(intent, phase=Phase.OUTCOME, code="OK", reason="SIGNED", payload_hash=signatures_hash(lines))
    told = [*[other] * before, intent, *[other] * between, outcome, *[other] * after]
    head, records = first_hash(INSTANCE, ""), []
    for sequence, record in enumerate(told, 1):
        values = record_values(record)
        records.append((sequence, head, record_content(INSTANCE, sequence, sequence, values)))
        head = record_hash(head, INSTANCE, sequence, sequence, values)
    time = datetime(2026, 11, 26, tzinfo=UTC)
    point = CheckpointKey(key=key).sign(instance=INSTANCE, count=len(told), head=head, time=time, previous="")
    runs = runs_to_checkpoints(
        [before + 1, before + between + 2],
        [(point.count, point.body.decode(), point.signature)],
        lambda start, end: [record for record in records if start <= record[0] <= end],
    )
    return encoded({"runs": [run.told() for run in runs], "signature_id": SIGNATURE_ID, "signatures": lines})


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def copied(authority: TestAuthority, directory: Path) -> TestAuthority:
    """The same CA in another folder, to be told what others shall not know."""
    shutil.copytree(authority.directory, directory)
    config = directory / "openssl.cnf"
    config.write_text(config.read_text().replace(str(authority.directory.resolve()), str(directory.resolve())))
    return TestAuthority.open(directory)


def issued(authority: TestAuthority, name: str, moment: datetime) -> Issued:
    """A certificate of a CA's folder, to be revoked."""
    place = authority.directory
    return Issued(
        certificate_path=place / f"{name}.crt", key_path=place / f"{name}.key", not_before=moment, not_after=moment
    )


def revoke_at(authority: TestAuthority, certificate: Issued, time: datetime) -> None:
    """Revoke the only certificate of a CA that is revoked, as of a time: OpenSSL knows of none but now."""
    authority.revoke(certificate)
    index = authority.directory / "issuing.index"
    text, found = re.subn(r"(?m)^(R\t\w+\t)\w+", rf"\g<1>{time:%y%m%d%H%M%S}Z", index.read_text())
    assert found == 1
    index.write_text(text)
