"""What is fuzzed: every RPC of every service in landhub.*, at the port and with the certificate it is served to."""

import dataclasses
import itertools
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from protovalidate import Validator

from landhub.common.v1 import options_pb2, signing_pb2
from landhub.signer.v1 import signer_pb2, signer_service_pb2
from landhub_client import attest
from sandbox.demo.installation import ATTESTATION_KEY_ID
from sandbox.demo.stack import Stack
from tests.support.examples import ADMINISTRATION, CONTRACT, METHODS, Known, examples
from tests.support.known import make_known
from tests.support.stack import channel, identity
from tools.generate import CONTRACT_IMAGE

DOCUMENT = "Договор, который подписывают как попало".encode()
SIGNER = signer_service_pb2.DESCRIPTOR.services_by_name["SignerService"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One RPC.

    Attributes:
        path: "/landhub.signer.v1.SignerService/Sign".
        method: Its descriptor.
        connection: Which of the connections serves it: "hub", "administration" or "agent".
        good: Makes a good request, or the messages of a stream, each time a new one; None: nobody has written one.
    """

    path: str
    method: MethodDescriptor
    connection: str
    good: Callable[[], Sequence[Message]] | None

    @property
    def may_wait(self) -> bool:
        """It may rightly take until the deadline: it waits for an outcome, or tells what happens."""
        safety = self.method.GetOptions().Extensions[options_pb2.method].safety
        return bool(self.method.server_streaming or safety == options_pb2.SAFETY_KEYED)


class Rules:
    """The contract's rules, to tell bad requests that only look good from those that are turned away at the door."""

    def __init__(self) -> None:
        pool = DescriptorPool()
        for file in FileDescriptorSet.FromString(CONTRACT_IMAGE.read_bytes()).file:
            pool.Add(file)
        self._pool = pool
        self._validator = Validator()

    def accept(self, message: Message) -> bool:
        """Whether a request breaks none."""
        ruled = GetMessageClass(self._pool.FindMessageTypeByName(message.DESCRIPTOR.full_name))
        try:
            return not self._validator.collect_violations(ruled.FromString(message.SerializeToString()))
        except Exception:  # noqa: BLE001 - a time that no calendar has breaks the rules' own reckoning
            return False


def targets(stack: Stack) -> Sequence[Target]:
    """Every RPC of a running landhub, with what its good requests refer to made there."""
    with channel(stack.installation) as client:
        known = make_known(stack, client, DOCUMENT)
    known = dataclasses.replace(known, attest=_fast_attest(stack, known))
    checkpoint = _checkpoints(stack.installation.folder / "keys/audit.key")
    of_hub = [
        Target(
            path=path,
            method=method,
            connection="administration" if path.startswith(ADMINISTRATION) else "hub",
            good=_good(lambda: examples(known), path),
        )
        for path, method in METHODS.items()
    ]
    of_agent = [
        Target(
            path=f"/{SIGNER.full_name}/{method.name}",
            method=method,
            connection="agent",
            good=_good(lambda: _signer_examples(known, checkpoint), method.name),
        )
        for method in SIGNER.methods
    ]
    return [*of_hub, *of_agent]


def connections(stack: Stack) -> Mapping[str, grpc.Channel]:
    """A channel to each port, with a certificate that is let in there."""
    installation = stack.installation
    agent = installation.folder / "agent/pki"
    callers, administrator = identity(installation, "client"), identity(installation, "administrator")
    return {
        "hub": _open(callers.address, callers.ca, callers.certificate, callers.key),
        "administration": _open(administrator.address, administrator.ca, administrator.certificate, administrator.key),
        "agent": _open(f"127.0.0.1:{installation.ports.agent}", agent / "ca.crt", agent / "hub.crt", agent / "hub.key"),
    }


def _open(address: str, ca: Path, certificate: Path, key: Path) -> grpc.Channel:
    credentials = grpc.ssl_channel_credentials(ca.read_bytes(), key.read_bytes(), certificate.read_bytes())
    # A request may be larger than the server allows: that too is an answer to look at.
    options = (("grpc.max_send_message_length", -1), ("grpc.enable_retries", 0))
    return grpc.secure_channel(address, credentials, options=options)


def _good(make: Callable[[], Mapping[str, Sequence[Message]]], name: str) -> Callable[[], Sequence[Message]] | None:
    return (lambda: make()[name]) if name in make() else None


def _fast_attest(stack: Stack, known: Known) -> Callable[[], signing_pb2.CallerAttestation]:
    """As the example's own, without a process for each digest."""
    key = stack.installation.attestation_key()
    first = signing_pb2.AttestationStatement.FromString(known.attest().statement)
    return lambda: attest(
        private_key=key,
        key_id=ATTESTATION_KEY_ID,
        digest=first.digest,
        digest_algorithm=first.digest_algorithm,
        document_kind=first.document_kind,
        certificate_thumbprint=known.thumbprint,
        expire_time=datetime.now(UTC) + timedelta(hours=1),
    )


def _checkpoints(key_file: Path) -> Callable[[], signer_pb2.Checkpoint]:
    """The hub's audit checkpoints, each with one record more."""
    key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    public_key = key.public_key().public_bytes_raw()
    counts = itertools.count(1)

    def checkpoint() -> signer_pb2.Checkpoint:
        count, now = next(counts), datetime.now(UTC)
        stated = {
            "count": count,
            "head": bytes(32).hex(),
            "instance": "fuzz",
            "previous": "",
            "time": now.isoformat(),
            "type": "landhub.audit.checkpoint.v1",
        }
        statement = json.dumps(stated, separators=(",", ":"), sort_keys=True).encode()
        made = signer_pb2.Checkpoint(
            chain="audit:fuzz",
            count=count,
            head=bytes(32),
            signature=key.sign(statement),
            public_key=public_key,
            statement=statement,
        )
        made.checkpoint_time.FromDatetime(now)
        return made

    return checkpoint


def _signer_examples(known: Known, checkpoint: Callable[[], signer_pb2.Checkpoint]) -> Mapping[str, Sequence[Message]]:
    attestation = known.attest()
    statement = signing_pb2.AttestationStatement.FromString(attestation.statement)
    sign = signer_service_pb2.SignRequest(
        request_id=str(uuid.uuid4()),
        business_reference="fuzz-1",
        caller="client",
        document_kind=CONTRACT,
        digest=statement.digest,
        digest_algorithm=statement.digest_algorithm,
        certificate_thumbprint=known.thumbprint,
        format=statement.format,
        attestation=attestation,
    )
    return {
        "ListCertificates": (signer_service_pb2.ListCertificatesRequest(page_size=1),),
        "GetCertificate": (signer_service_pb2.GetCertificateRequest(thumbprint=known.thumbprint),),
        "Sign": (sign,),
        "SignBatch": (signer_service_pb2.SignBatchRequest(requests=[sign]),),
        "GetStatus": (signer_service_pb2.GetStatusRequest(),),
        "ListJournalRecords": (signer_service_pb2.ListJournalRecordsRequest(page_size=1),),
        "CountersignCheckpoint": (
            signer_service_pb2.CountersignCheckpointRequest(
                request_id=str(uuid.uuid4()), business_reference="fuzz-1", checkpoint=checkpoint()
            ),
        ),
    }
