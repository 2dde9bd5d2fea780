"""An agent without its wire: the service over a journal in a folder, with a clock that is set and keys that fail."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from opentelemetry.trace import NoOpTracer

from gost.certificate import read_certificate
from gost.digest import DigestAlgorithm, streebog256
from landhub.common.v1 import document_pb2, signing_pb2
from sandbox.test_ca import Subject, TestAuthority
from signer_agent.attestation import SIGNED_PREFIX, AttestationKey
from signer_agent.errors import AgentError
from signer_agent.exchange import CheckpointExchange
from signer_agent.journal import Journal
from signer_agent.journal_file import JournalFile
from signer_agent.keys.gost_file import GostFileBackend
from signer_agent.keys.port import HeldCertificate, KeyBackend
from signer_agent.ledger import Ledger
from signer_agent.model import (
    Attestation,
    AttestedBy,
    DocumentKind,
    Signature,
    SignatureFormat,
    SigningRequest,
)
from signer_agent.policy import Policy
from signer_agent.refusals import Refusals
from signer_agent.rpc import wire
from signer_agent.rpc.validating import Validating
from signer_agent.service import SigningService
from signer_agent.settings import RuleSettings
from signer_agent.signers import Signers

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)  # the test CA's certificates start today
DAY = timedelta(days=1)
CHAIN = "journal:agent"
DOCUMENT = "Договор купли-продажи земельного участка".encode()
DIGEST = streebog256(DOCUMENT)
ACTIVE = "seller"


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, delta: timedelta) -> None:
        self.moment += delta


@dataclass(frozen=True, slots=True)
class Keys:
    """A folder of certificates with their keys, made by the test CA."""

    authority: TestAuthority
    folder: Path
    thumbprints: Mapping[str, str]


def make_keys(directory: Path) -> Keys:
    authority = TestAuthority.create(directory / "ca")
    person = Subject(
        common_name="Продавцов Пётр Ильич", surname="Продавцов", given_name="Пётр Ильич", inn="500100732259"
    )
    organisation = Subject(
        common_name="ООО Участок", organisation="ООО Участок", inn_legal_entity="7707083893", ogrn="1027700132195"
    )
    start = NOON - DAY
    issued = {
        ACTIVE: authority.issue(ACTIVE, person, not_before=start),
        "other": authority.issue("other", organisation, not_before=start),
        "expired": authority.issue("expired", person, not_before=start - DAY, not_after=start),
        "early": authority.issue("early", person, not_before=NOON + DAY),
        "agreement": authority.issue("agreement", person, not_before=start, key_usage="keyAgreement"),
    }
    folder = directory / "keys"
    folder.mkdir()
    for name, pair in issued.items():
        (folder / f"{name}.crt").write_bytes(pair.certificate_pem)
        put_private(folder / f"{name}.key", pair.key_pem)
    bare = authority.issue("bare", person, not_before=start)
    (folder / "bare.crt").write_bytes(bare.certificate_pem)
    names = {name: read_certificate((folder / f"{name}.crt").read_bytes()).thumbprint for name in (*issued, "bare")}
    return Keys(authority=authority, folder=folder, thumbprints=names)


def put_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


class TamperedBackend(KeyBackend):
    """Real keys, and a word in between."""

    name = "gost_file"

    def __init__(
        self, inner: KeyBackend, before_sign: Callable[[bytes], None], after_sign: Callable[[bytes], bytes]
    ) -> None:
        self._inner = inner
        self._before = before_sign
        self._after = after_sign

    def certificates(self) -> Mapping[str, HeldCertificate]:
        return self._inner.certificates()

    def refresh(self) -> None:
        self._inner.refresh()

    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        self._before(to_be_signed)
        return self._after(self._inner.sign(thumbprint, to_be_signed))

    def close(self) -> None:
        self._inner.close()


class Bench:
    """One life of an agent over a folder; `reopen` is the next life over the same journal."""

    def __init__(
        self,
        *,
        folder: Path,
        keys: Keys,
        rules: Sequence[RuleSettings],
        attestation_keys: Mapping[str, AttestationKey] | None = None,
        clock: SetClock | None = None,
        journal_key: Ed25519PrivateKey | None = None,
        hub_key: Ed25519PrivateKey | None = None,
    ) -> None:
        self.folder, self.keys, self.rules = folder, keys, rules
        self.attestation_keys = attestation_keys or {}
        self.clock = clock or SetClock()
        self.journal_key = journal_key or Ed25519PrivateKey.generate()
        self.hub_key = hub_key or Ed25519PrivateKey.generate()
        self.signed_bytes: list[bytes] = []
        self.break_signature = False
        self.ledger = Ledger()
        self.file = JournalFile.open(
            folder=folder, chain=CHAIN, key=self.journal_key, clock=self.clock, on_record=self.ledger.apply
        )
        self.journal = Journal(file=self.file)
        backend = GostFileBackend(folder=keys.folder, passphrase=None)
        self.backend = TamperedBackend(backend, self.signed_bytes.append, self._after_sign)
        self.workers = ThreadPoolExecutor(2)
        self.service = SigningService(
            policy=Policy(rules=rules, attestation_keys=self.attestation_keys),
            ledger=self.ledger,
            journal=self.journal,
            signers=Signers(backend=self.backend),
            refusals=Refusals(clock=self.clock),
            clock=self.clock,
            tracer=NoOpTracer(),
            workers=self.workers,
        )
        self.exchange = CheckpointExchange(hub_key=self.hub_key.public_key(), journal=self.journal, ledger=self.ledger)

    async def sign(self, request: SigningRequest) -> Signature | AgentError:
        return (await self.service.sign([request]))[0]

    async def signed(self, request: SigningRequest) -> Signature:
        answer = await self.sign(request)
        assert isinstance(answer, Signature), answer
        return answer

    async def refused(self, request: SigningRequest) -> str:
        """The reason of a refusal, after which nothing was signed."""
        before = len(self.signed_bytes)
        answer = await self.sign(request)
        assert isinstance(answer, AgentError), answer
        assert len(self.signed_bytes) == before
        return answer.reason

    def phases(self) -> list[str]:
        return [record.entry.phase.value for record in self.journal.records(after=0)]

    async def reopen(self, rules: Sequence[RuleSettings] | None = None) -> "Bench":
        """Die without a word, as by kill -9, and live again."""
        self.kill()
        return Bench(
            folder=self.folder,
            keys=self.keys,
            rules=self.rules if rules is None else rules,
            attestation_keys=self.attestation_keys,
            clock=self.clock,
            journal_key=self.journal_key,
            hub_key=self.hub_key,
        )

    def kill(self) -> None:
        self.workers.shutdown()
        self.journal._thread.shutdown()
        self.file._close_files()
        self.backend.close()

    def _after_sign(self, signature: bytes) -> bytes:
        return bytes([signature[0] ^ 1]) + signature[1:] if self.break_signature else signature


def request(keys: Keys, **changes: object) -> SigningRequest:
    made = SigningRequest(
        request_id=str(uuid.uuid4()),
        caller="crm",
        document_kind=DocumentKind.CONTRACT,
        digest=DIGEST,
        digest_algorithm=DigestAlgorithm.STREEBOG_256,
        certificate=keys.thumbprints[ACTIVE],
        format=SignatureFormat.CADES_BES_DETACHED,
        business_reference="ДКП-2026/17",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def rule(name: str = "contracts", **changes: object) -> RuleSettings:
    """A rule attested by the hub unless told otherwise."""
    table: dict[str, object] = {
        "name": name,
        "certificates": ["*"],
        "callers": ["crm"],
        "document_kinds": ["CONTRACT"],
        "attested_by": "hub",
        **changes,
    }
    if table["attested_by"] == "hub":
        table = {"allow_hub_attestation": True, "cap_per_day": 1000, **table}
    return RuleSettings.model_validate(table)


def caller_rule(name: str = "attested contracts", **changes: object) -> RuleSettings:
    return rule(name, attested_by=AttestedBy.CALLER.value, **changes)


PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def statement_of(
    asked: SigningRequest, *, expires: datetime, nonce: bytes = b"n" * 16
) -> signing_pb2.AttestationStatement:
    made = signing_pb2.AttestationStatement(
        digest=asked.digest,
        digest_algorithm=signing_pb2.DigestAlgorithm.Value(f"DIGEST_ALGORITHM_{asked.digest_algorithm.name}"),
        document_kind=document_pb2.DocumentKind.Value(f"DOCUMENT_KIND_{asked.document_kind.value}"),
        certificate_thumbprint=asked.certificate,
        format=signing_pb2.SignatureFormat.Value(f"SIGNATURE_FORMAT_{asked.format.value}"),
        nonce=nonce,
    )
    made.expire_time.FromDatetime(expires)
    return made


def sign_statement(
    statement: bytes, key: PrivateKey, *, key_id: str = "crm-key", prefix: bytes = SIGNED_PREFIX
) -> signing_pb2.CallerAttestation:
    signed = prefix + statement
    ecdsa = ec.ECDSA(hashes.SHA256())
    signature = key.sign(signed) if isinstance(key, Ed25519PrivateKey) else key.sign(signed, ecdsa)
    return signing_pb2.CallerAttestation(statement=statement, signature=signature, key_id=key_id)


def attested(
    asked: SigningRequest,
    key: PrivateKey,
    *,
    expires: datetime = NOON + timedelta(hours=1),
    nonce: bytes = b"n" * 16,
    key_id: str = "crm-key",
) -> SigningRequest:
    """The same request with the caller's word for it."""
    statement = statement_of(asked, expires=expires, nonce=nonce).SerializeToString()
    return with_attestation(asked, sign_statement(statement, key, key_id=key_id))


def with_attestation(asked: SigningRequest, message: signing_pb2.CallerAttestation) -> SigningRequest:
    attestation: Attestation = wire.attested(message, Validating())
    return replace(asked, attestation=attestation)
