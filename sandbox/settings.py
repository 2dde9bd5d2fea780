"""What a sandbox needs to know to start."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """landhub's extensions of the gateway (docs/modules/rosreestr.md, †); all off is the plain gateway."""

    client_reference: bool = True
    documents: bool = True
    right_details: bool = True
    status_detail: bool = True
    withdrawal: bool = True


PLAIN_GATEWAY = Extensions(
    client_reference=False, documents=False, right_details=False, status_detail=False, withdrawal=False
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files of the gateway's TLS: its own pair, and the CA whose clients may connect."""

    certificate: Path
    key: Path
    client_ca: Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """A sandbox. Ports 0 are chosen by the system; what is not given is made in `directory` and kept there."""

    directory: Path
    """Holds the ledger (`ledger.jsonl`), the throw-away TLS material (`ca.crt`, `client.crt`, ...) and `fernet.key`."""
    host: str = "127.0.0.1"
    gateway_port: int = 0
    sberbank_port: int = 0
    tbank_port: int = 0
    yookassa_port: int = 0
    timestamp_port: int = 0
    control_port: int = 0
    message_ports: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """By the name of a vendor of messages (`sandbox.messages.vendors`)."""
    timestamp_ca: Path | None = None
    """Folder of the GOST CA (`sandbox.test_ca`) whose timestamp authority is served, made if there is none; None: no
    such authority."""
    tls: TlsFiles | None = None
    fernet_keys: tuple[str, ...] = ()
    """Newest first: answers are encrypted under the first, requests accepted under any."""
    allowed_clients: frozenset[str] | None = None
    """Common names of the client certificates let in; None lets in all the client CA issued."""
    extensions: Extensions = Extensions()
    signature_ca: Path | None = None
    """PEM bundle (roots, intermediate CAs, and CRLs if `check_crl`); given, every document signature is verified."""
    check_crl: bool = False
    default_scenario: str = "straight"
    """A name in `sandbox.scenarios.SCENARIOS`."""
    step_seconds: float = 1.0
    """How long a registration stays in each state of its scenario, by the sandbox's clock."""
    errors_as_http: bool = False
    """Tell NOT_FOUND, REQUEST_NOT_FOUND as HTTP 404 and DUPLICATE as 409 rather than under HTTP 200."""
    frozen_at: datetime | None = None
    """Makes the clock stand still at this aware moment until it is advanced."""
    seed: int = 0
    sberbank_callback_url: str = ""
    """Where the acquirer calls back, signed by the secret in `sberbank.callback`; empty: nowhere."""
    sberbank_lowers_deposited: bool = True
    """Whether the acquirer's `depositedAmount` goes down with each refund."""
    sberbank_takes_refund_ids: bool = True
    """Whether it honours `externalRefundId` and `expectedDepositedAmount`."""
    message_step_seconds: float = 1.0
    """How long a message stays in each state, by the sandbox's clock."""
    smsc_at_once: int = 5
    """How many calls under way at one time are too many for SMSC."""
    tbank_takes_order_ids_again: bool = False
    """Whether a second payment of one OrderId is opened rather than refused."""
    tbank_asynchronous_seconds: float = 0.0
    """How long its refunds by QR code take, by the sandbox's clock."""
    yookassa_notification_url: str = ""
    """Where YooKassa tells of what happened, with a source of its networks in `X-Forwarded-For`; empty: nowhere."""
    yookassa_calls_a_second: int = 1000
    """How many calls YooKassa takes in a second, by the sandbox's clock: one that stands still counts them all."""
    yookassa_retry_milliseconds: int = 1800
    """When YooKassa wants to be asked again where it isn't done yet."""
