"""The sandbox's gateway behind the contract's vendor, and providers connected to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.modules.rosreestr.port import RosreestrPort
from hub.modules.rosreestr.providers import xml_gateway
from sandbox import registry
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.registrations import Registration
from sandbox.scenarios import Status
from sandbox.settings import SandboxSettings
from tests.contract.provider_context import Context
from tests.contract.rosreestr_vendor import RosreestrVendor

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

_OPERATIONS = {
    "read_plot": "cadaster.info",
    "read_rights": "rights.check",
    "submit": "registration.submit",
    "status": "registration.status",
    "documents": "registration.documents",
    "withdraw": "registration.withdraw",
}

_FAULTS: dict[str, dict[str, Any]] = {
    "answer_hangs": {"kind": FaultKind.ANSWER_LOST, "answer": "hang"},
    "server_error": {"kind": FaultKind.HTTP_STATUS, "http_status": 500},
    "access_denied": {"kind": FaultKind.HTTP_STATUS, "http_status": 403},
    "duplicate": {"kind": FaultKind.FALSE_DUPLICATE},
    "maintenance": {"kind": FaultKind.ERROR, "code": "MAINTENANCE"},
    "bomb": {"kind": FaultKind.XML_BOMB},
    "twice": {"kind": FaultKind.DUPLICATE_ELEMENTS},
}


class XmlGatewayVendor(RosreestrVendor):
    single_owner = registry.SINGLE_OWNER
    co_owners = registry.CO_OWNERS
    arrested = registry.ARRESTED
    no_rights = registry.NO_RIGHTS
    unknown_plot = "50:20:0010101:999"

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        values: dict[str, Any] = {"times": times, "seconds": seconds, "operation": _OPERATIONS[operation]}
        if fault == "refused":
            values |= {"kind": FaultKind.ERROR, "code": "REFUSED", "message": word}
        elif fault == "too_many_requests":
            values |= {"kind": FaultKind.HTTP_STATUS, "http_status": 429, "retry_after_seconds": int(seconds)}
        elif fault == "unknown_status":
            values |= {"kind": FaultKind.UNKNOWN_STATUS, "word": word}
        else:
            values |= _FAULTS.get(fault) or {"kind": FaultKind(fault)}
        self.sandbox.faults.add(Fault(**values))

    def calls(self, operation: str) -> int:
        return self.sandbox.gateway.operations[_OPERATIONS[operation]]

    async def arrived(self, operation: str, count: int) -> None:
        await self.sandbox.gateway.wait_until(lambda: self.calls(operation) >= count)

    def registrations(self) -> Sequence[str]:
        return [registration.request_id for registration in self.sandbox.book.registrations()]

    def document_digests(self, vendor_id: str) -> Sequence[tuple[str, str, int]]:
        documents = self._registration(vendor_id).documents
        return [(document.kind, document.sha256, document.signatures) for document in documents]

    def choose(self, scenario: str) -> None:
        self.sandbox.book.choose(scenario)

    def advance(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds=seconds)

    def set_status(self, vendor_id: str, word: str) -> None:
        status = Status(word=word, at=self.sandbox.clock.now())
        self.sandbox.book.set_status(self._registration(vendor_id), status)

    def sent_texts(self) -> str:
        return "\n".join(call.document or "" for call in self.sandbox.gateway.calls)

    def _registration(self, vendor_id: str) -> Registration:
        found = self.sandbox.book.find(vendor_id)
        assert found
        return found


def sandbox_settings(folder: Path, **more: Any) -> SandboxSettings:
    return SandboxSettings(directory=folder / "sandbox", frozen_at=START, **more)


def connect(context: Context, sandbox: Sandbox, *, policy: dict[str, Any] | None = None, **more: Any) -> RosreestrPort:
    """A provider with the sandbox's credentials; `more` overrides its settings."""
    patient = {"initial_delay": 0.01, "max_delay": 0.05, "attempt_timeout": 20.0, "total_timeout": 60.0}
    values: dict[str, Any] = {
        "api_url": sandbox.gateway.url,
        "client_certificate": "sandbox/client.crt",
        "client_key": "sandbox/client.key",
        "ca_bundle": "sandbox/ca.crt",
        "fernet_keys": ["file:sandbox/fernet.key"],
        "policy": patient | (policy or {}),
    }
    return xml_gateway.build(xml_gateway.Settings.model_validate(values | more), context)
