"""Makes, in a running landhub, what the examples refer to: a signature, a registration, an outcome nobody knows."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc

from landhub.common.v1 import signing_pb2
from landhub.hub.v1 import hub_pb2, hub_service_pb2
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.signatures.v1 import signatures_service_pb2
from landhub_client import attest
from sandbox.demo.installation import ATTESTATION_KEY_ID, Installation
from sandbox.demo.stack import Stack
from sandbox.foreign_signer import sign_detached
from sandbox.openssl import run_openssl
from sandbox.test_ca import Issued
from tests.support.examples import CONTRACT, Known, examples, send, transfer
from tests.support.known_notifications import make_telling
from tests.support.known_payments import (
    make_captured,
    make_deal,
    make_doubtful,
    make_held,
    make_reconciliation,
    make_refund,
    make_unpaid,
)
from tests.support.stack import channel, control

ROSREESTR = "/landhub.rosreestr.v1.RosreestrService"
SIGNATURES = "/landhub.signatures.v1.SignaturesService"


def make_known(stack: Stack, client: grpc.Channel, document: bytes, *, foreign: Issued | None = None) -> Known:
    """Make all of it, as the caller of that channel; `foreign` is who signs elsewhere, the demo's buyer by default."""
    installation = stack.installation
    answer: Any = send(client, f"{SIGNATURES}/ListCertificates", [signatures_service_pb2.ListCertificatesRequest()])
    thumbprint = str(answer.certificates[0].thumbprint)
    known = Known(
        thumbprint=thumbprint,
        document=document,
        foreign_cms=sign_detached(document, foreign or installation.buyer, installation.authority),
        attest=lambda: _attest(installation, document, thumbprint),
    )
    attached: Any = send(client, f"{SIGNATURES}/AttachSignature", examples(known)[f"{SIGNATURES}/AttachSignature"])
    payment_id = make_captured(stack, client)
    reconciliation = make_reconciliation(client)
    return dataclasses.replace(
        known,
        payment_id=payment_id,
        refund_id=make_refund(client, payment_id),
        held_id=make_held(stack, client),
        unpaid_id=make_unpaid(client),
        doubtful_id=make_doubtful(stack, client),
        deal_id=make_deal(client),
        reconciliation_id=reconciliation.reconciliation_id,
        reconciled_day=reconciliation.day,
        signature_id=attached.signature.signature_id,
        registration_id=_register(client, known, contract_number="e2e/1-stuck").registration_id,
        withdrawable_id=make_withdrawable(client, known),
        idle_job=make_idle_job(stack, client, known),
        discardable_job=make_idle_job(stack, client, known),
        unknown_outcome=make_unknown_outcome(stack, client, known),
        telling=make_telling(stack, client),
    )


def make_withdrawable(client: grpc.Channel, known: Known) -> str:
    """Make a registration that the register has and does not end by itself."""
    return _register(client, known, contract_number="e2e/2-stuck").registration_id


def make_idle_job(stack: Stack, client: grpc.Channel, known: Known) -> str:
    """Make a dead letter of the outbox: an outcome that the hub gave up to find out."""
    resource = make_unknown_outcome(stack, client, known)
    request = hub_service_pb2.ListOutboxJobsRequest(states=[hub_pb2.OUTBOX_JOB_STATE_DEAD])
    with channel(stack.installation, "administrator") as administrator:
        answer: Any = send(administrator, "/landhub.hub.v1.HubService/ListOutboxJobs", [request])
    return str(next(job.job_id for job in answer.jobs if job.resource == resource))


def make_unknown_outcome(stack: Stack, client: grpc.Channel, known: Known) -> str:
    """Make a registration that only a person can settle: the register has other content under our reference."""
    control(stack, "/faults", {"faults": [{"kind": "false_duplicate", "operation": "registration.submit"}]})
    registration = _register(client, known, contract_number="e2e/unknown")
    assert registration.state == rosreestr_pb2.REGISTRATION_STATE_OUTCOME_UNKNOWN
    return f"rosreestr.Registration/{registration.registration_id}"


def _register(client: grpc.Channel, known: Known, *, contract_number: str) -> rosreestr_pb2.Registration:
    path = f"{ROSREESTR}/CreateRegistration"
    (request,) = examples(known)[path]
    wanted = transfer()
    wanted.contract_number = contract_number
    request.transfer.CopyFrom(wanted)
    answer: Any = send(client, path, [request])
    registration: rosreestr_pb2.Registration = answer.registration
    return registration


def _attest(installation: Installation, document: bytes, thumbprint: str) -> signing_pb2.CallerAttestation:
    config = installation.authority.config_path
    digest = run_openssl(("dgst", "-md_gost12_256", "-binary"), stdin=document, config=config)
    return attest(
        private_key=installation.attestation_key(),
        key_id=ATTESTATION_KEY_ID,
        digest=digest,
        digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
        document_kind=CONTRACT,
        certificate_thumbprint=thumbprint,
        expire_time=datetime.now(UTC) + timedelta(hours=1),
    )
