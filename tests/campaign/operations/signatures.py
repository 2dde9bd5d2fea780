"""Signatures: ours by the agent, one and several, and foreign ones attached; the journal against our rows."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import Connection

from gost.digest import streebog256
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signatures.v1 import signatures_pb2 as pb
from landhub.signatures.v1 import signatures_service_pb2 as service
from signer_agent.journal_record import Phase
from tests.campaign.caller import Answer
from tests.campaign.evidence import Evidence
from tests.campaign.operations.port import Operation, Scene, request_id
from tests.campaign.template import Foreign

SERVICE = "landhub.signatures.v1.SignaturesService"
CONTRACT = document_pb2.DOCUMENT_KIND_CONTRACT
OPEN = {pb.SIGNATURE_STATE_PENDING, pb.SIGNATURE_STATE_WAITING_FOR_PIN}


@dataclass(slots=True, kw_only=True)
class Sign:
    """So many documents signed by one request, asked for by `at_once` calls."""

    caller: str
    request_id: str
    reference: str
    documents: tuple[bytes, ...]
    at_once: int
    answers: tuple[Answer, ...] = ()

    @property
    def digests(self) -> list[str]:
        """What is signed, in hex; no two operations sign the same."""
        return [streebog256(document).hex() for document in self.documents]

    async def run(self, scene: Scene) -> None:
        """Sign, all at once, until it is done."""
        self.answers = tuple(await asyncio.gather(*(self._settled(scene) for _ in range(self.at_once))))

    async def replay(self, scene: Scene) -> None:
        """Sign again."""
        self.answers = (await self._settled(scene),)

    async def _settled(self, scene: Scene) -> Answer:
        if len(self.documents) == 1:
            one = service.SignDocumentRequest(
                request_id=self.request_id,
                business_reference=self.reference,
                document_kind=CONTRACT,
                content=self.documents[0],
                certificate_thumbprint=scene.thumbprint,
            )
            return await scene.backend.until(
                self.caller, f"{SERVICE}/SignDocument", one, lambda answer: answer.signature.state not in OPEN
            )
        several = service.SignDigestsRequest(
            request_id=self.request_id,
            business_reference=self.reference,
            certificate_thumbprint=scene.thumbprint,
            digests=[
                service.DigestToSign(
                    digest=bytes.fromhex(digest),
                    digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
                    document_kind=CONTRACT,
                )
                for digest in self.digests
            ],
        )
        return await scene.backend.until(
            self.caller,
            f"{SERVICE}/SignDigests",
            several,
            lambda answer: all(signature.state not in OPEN for signature in answer.signatures),
        )


@dataclass(slots=True, kw_only=True)
class Attach:
    """A signature made elsewhere, kept once."""

    caller: str
    request_id: str
    foreign: Foreign
    answer: Answer | None = None

    async def run(self, scene: Scene) -> None:
        """Attach it."""
        request = service.AttachSignatureRequest(
            request_id=self.request_id, document_kind=CONTRACT, content=self.foreign.document, cms=self.foreign.cms
        )
        self.answer = await scene.backend.until(self.caller, f"{SERVICE}/AttachSignature", request)

    async def replay(self, scene: Scene) -> None:
        """Attach it again."""
        await self.run(scene)


class Signatures:
    """See ModuleCampaign."""

    name = "signatures"

    def draw(self, random: Random, scene: Scene, number: int) -> list[Operation]:
        """One or several signatures, and perhaps a foreign one."""
        caller = random.choice(("crm", "office"))
        count = random.choice((1, 1, 1, 2, 5))
        drawn: list[Operation] = [
            Sign(
                caller=caller,
                request_id=request_id(random),
                reference=f"2026/{number}",
                documents=tuple(f"документ {number}-{random.getrandbits(64)}".encode() for _ in range(count)),
                at_once=random.choice((1, 1, 1, 2, 3)),
            )
        ]
        if random.random() < 0.3:
            foreign = random.choice(scene.foreign)
            drawn.append(Attach(caller=caller, request_id=request_id(random), foreign=foreign))
        random.shuffle(drawn)
        return drawn

    async def close(self, scene: Scene, operations: Sequence[Operation]) -> None:
        """Nothing waits for people: no key is locked."""

    def waits_for_others(self, conn: Connection, scene: Scene) -> set[str]:
        """Nothing does: no key is locked."""
        del conn, scene
        return set()

    def violations(self, evidence: Evidence, operations: Sequence[Operation]) -> Iterator[str]:
        """Hold the journal, the rows and the answers against each other."""
        made = Counter(r.entry.digest for r in evidence.journal_records() if r.entry.phase is Phase.SIGNED)
        rows = [row for row in evidence.rows("signatures_signatures") if row["origin"] == "OURS"]
        held = Counter(row["digest"].hex() for row in rows if row["state"] == "SIGNED")
        asked = [digest for item in operations if isinstance(item, Sign) for digest in item.digests]
        for row in rows:
            if row["state"] in {"PENDING", "WAITING_FOR_PIN"}:
                yield f"signature {row['id']} is left in state {row['state']}"
        for digest in made.keys() - set(asked):
            yield f"doubled: the agent signed {digest[:16]}, which nobody asked for"
        for digest in asked:
            if made[digest] > 1:
                yield f"doubled: {digest[:16]} was signed {made[digest]} times"
            if held[digest] > made[digest]:
                yield f"a signature over {digest[:16]} that the agent's journal doesn't know"
            if held[digest] < min(made[digest], 1):
                yield f"lost: the agent signed {digest[:16]}, and we don't have it"
        yield from _acknowledged(evidence, operations)


def _acknowledged(evidence: Evidence, operations: Sequence[Operation]) -> Iterator[str]:
    ids = {row["id"]: row["state"] for row in evidence.rows("signatures_signatures")}
    for operation in operations:
        answers = operation.answers if isinstance(operation, Sign) else ()
        for answer in answers:
            told = [answer.response.signature] if hasattr(answer.response, "signature") else []
            told += list(answer.response.signatures) if hasattr(answer.response, "signatures") else []
            for signature in told:
                gone = signature.state == pb.SIGNATURE_STATE_SIGNED and ids.get(signature.signature_id) != "SIGNED"
                if gone and not evidence.restored:
                    yield f"lost: signature {signature.signature_id} was acknowledged and is gone"
        attached = operation.answer if isinstance(operation, Attach) else None
        if attached is not None and attached.ok and attached.response.signature.signature_id not in ids:
            yield "lost: an attached signature was acknowledged and is gone"
