"""The sandbox's vendors of messages behind the contract's vendor, and providers connected to them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from hub.modules.notifications.port import NotificationsPort
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.settings import SandboxSettings
from tests.contract.notifications_vendor import NotificationsVendor, TrueMessage
from tests.contract.provider_context import Context

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PATIENT = {"initial_delay": 0.01, "max_delay": 0.05, "attempt_timeout": 20.0, "total_timeout": 60.0}

_FAULTS: Mapping[str, Mapping[str, Any]] = {
    "answer_hangs": {"kind": FaultKind.ANSWER_LOST, "answer": "hang"},
    "server_error": {"kind": FaultKind.HTTP_STATUS, "http_status": 502},
}


class SandboxVendor(NotificationsVendor):
    """One vendor of a sandbox. `denied` is how it says that it knows no such login."""

    def __init__(
        self,
        sandbox: Sandbox,
        name: str,
        *,
        operations: Mapping[str, str],
        denied: Mapping[str, Any],
        secrets: Sequence[str],
    ) -> None:
        self.sandbox = sandbox
        self.name = name
        self.server = sandbox.messages[name]
        self.book = sandbox.messages.book
        self._operations = operations
        self._denied = denied
        self._secrets = secrets

    @property
    def url(self) -> str:
        return self.server.url

    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        where = f"{self.name}.{self._operations[operation]}"
        values: dict[str, Any] = {"times": times, "seconds": seconds, "operation": where}
        if fault == "too_many_requests":
            values |= {"kind": FaultKind.HTTP_STATUS, "http_status": 429, "retry_after_seconds": int(seconds)}
        elif fault == "access_denied":
            values |= {"kind": FaultKind.ERROR, **self._denied}
        else:
            values |= _FAULTS.get(fault) or {"kind": FaultKind(fault)}
        self.sandbox.faults.add(Fault(**(values | ({"word": word} if word else {}))))

    def error(self, operation: str, code: str, **more: Any) -> None:
        """One row of its table of errors."""
        where = f"{self.name}.{self._operations[operation]}"
        self.sandbox.faults.add(Fault(kind=FaultKind.ERROR, operation=where, code=code, **more))

    def calls(self, operation: str) -> int:
        return self.server.operations[self._operations[operation]]

    def sent(self, operation: str) -> Sequence[Mapping[str, Any]]:
        """What was sent in the calls of an operation, without the login."""
        return [call.fields for call in self.server.calls if call.operation == self._operations[operation]]

    def messages(self) -> Sequence[TrueMessage]:
        return [
            TrueMessage(
                vendor_id=message.id,
                address=message.recipient,
                sender=message.sender,
                subject=message.subject,
                text=message.text,
                parts=message.parts,
                cost=message.cost,
            )
            for message in self.book.of(self.name)
        ]

    def fate(self, address: str, fate: str) -> None:
        self.book.fates[address.removeprefix("+")] = fate

    def refuse(self, address: str, code: str) -> None:
        self.book.refusals[address.removeprefix("+")] = code

    def advance(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds=seconds)

    def secrets(self) -> Sequence[str]:
        return self._secrets


def sandbox_settings(folder: Path, **more: Any) -> SandboxSettings:
    return SandboxSettings(directory=folder / "sandbox", frozen_at=START, **more)


def connect(
    context: Context,
    provider: ModuleType,
    settings: Mapping[str, Any],
    *,
    policy: Mapping[str, Any] | None = None,
    account: str = "main",
) -> NotificationsPort:
    """A provider that makes three attempts with short delays; `policy` overrides that."""
    values = {"ca_bundle": "sandbox/ca.crt", **settings, "policy": {**PATIENT, **(policy or {})}}
    port: NotificationsPort = provider.build(provider.Settings.model_validate(values), context, account=account)
    return port


def secret_file(folder: Path, name: str, value: str) -> str:
    """Write a secret where settings may name it; return the reference."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_text(value, encoding="utf-8")
    return f"file:{name}"
