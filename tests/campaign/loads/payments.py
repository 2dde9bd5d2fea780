"""The payments of a family of acquirers, as seeds draw them, in real time: equal to the acquirer's book in the end."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from hub.installation.private_keys import new_symmetric_key
from sandbox.demo.ports import HOST, Ports
from sandbox.demo.stack import Stack
from sandbox.faults import ANY_OPERATION, Fault, FaultKind
from tests.campaign.acquirers.outside import OutsideCabinet
from tests.campaign.acquirers.port import VISIBILITY_SECONDS, Acquirer, Cabinet
from tests.campaign.evidence import Evidence, Row
from tests.campaign.hub_process import REFERENCE_KEY
from tests.campaign.loads.records import read_tables
from tests.campaign.loads.wire import WireBackends, backends
from tests.campaign.operations.payments import Payments
from tests.campaign.operations.port import Operation, Scene
from tests.campaign.verdict import of_records

CALLERS = ("crm", "office")
REPLAYS_AT_ONCE = 4
LATENESS = 0.5
"""How much less what is late may be late than in simulated time: real machines are slow beside."""
MOST_LOOKS = 100  # a second each, in which all that is followed is asked for once more
MOST_FAULTS = 6  # waiting at one time
_LATE = {FaultKind.COMMIT_LATE, FaultKind.STATUS_LAGS}
_SECRETS: Final = {
    "sberbank": {"password": "sberbank.password"},
    "tbank": {"password": "tbank.password"},
    "yookassa": {"secret_key": "yookassa.key"},
}
"""By family, the sandbox's files of what accounts log in with."""


class FamilyPayments:
    """See Load."""

    callers: Sequence[str] = CALLERS
    modules: Sequence[str] = ("payments",)
    uses_agent = False

    def __init__(
        self,
        *,
        acquirer: type[Acquirer],
        random: Random,
        pace: float,
        patience_seconds: float,
        lateness: bool = True,
        at_once: int = 10,
    ) -> None:
        """Take what varies.

        Args:
            acquirer: The family.
            random: Draws it all.
            pace: See Scene.
            patience_seconds: For one request, which outlives several kills.
            lateness: Whether the vendor may commit or show late.
            at_once: How many payments go on at one time.
        """
        self._acquirer = acquirer
        self._module = Payments(acquirer)
        self._random = random
        self._pace = pace
        self._patience_seconds = patience_seconds
        self._lateness = lateness
        self._at_once = at_once
        self._flows: list[list[Operation]] = []
        self._backends: WireBackends | None = None

    @property
    def name(self) -> str:
        """See Load."""
        return f"payments at {self._acquirer.family}"

    @property
    def begun(self) -> int:
        """See Load."""
        return len(self._flows)

    def settings(self, folder: Path, ports: Ports) -> Mapping[str, Any]:
        """See Load."""
        key = folder / "reference.key"
        if not key.exists():  # as seeds have it; zeros behind change no HMAC
            key.touch(mode=0o600)
            key.write_bytes(new_symmetric_key(REFERENCE_KEY.ljust(32, b"\0")))
        module: dict[str, Any] = {
            "poll_initial": 4.0 * self._pace,
            "poll_base": 1.5,
            "poll_max": 90.0 * self._pace,
            "watch_ended_hours": 1.0,
            "return_hosts": {caller: ["shop.example"] for caller in CALLERS},
            "accounts": {
                name: {
                    "provider": self._acquirer.provider,
                    "callers": list(CALLERS),
                    "settings": self._account(settings, ports),
                }
                for name, settings in self._acquirer.accounts().items()
            },
        }
        return {"storage.reference_key": f"file:{key}"} | dict(_flat("modules.payments", module))

    def sandbox_options(self, ports: Ports) -> Sequence[str]:
        """See Load."""
        match self._acquirer.family:
            case "sberbank":
                return ("--sberbank-callback-url", f"{_callbacks(ports)}/ecom")
            case _:
                return ()

    async def work(self, stack: Stack, is_over: Callable[[], bool]) -> None:
        """See Load."""
        cabinet = self._cabinet(stack)
        async with backends(
            stack.installation, CALLERS, random=self._random, patience_seconds=self._patience_seconds
        ) as self._backends:
            scene = Scene(
                backend=self._backends,
                book=None,
                acquirer=cabinet,
                thumbprint="",
                foreign=(),
                restores=False,
                pace=self._pace,
            )
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self._at_once):
                    tasks.create_task(self._in_turn(scene, is_over))
                tasks.create_task(self._let_fail(cabinet, is_over))
            cabinet.heal()
            await self._replay(scene)
            await scene.pause(2 * VISIBILITY_SECONDS * LATENESS)
            await self._module.close(scene, self._operations())
            await self._until_equal(stack)

    def violations(self, stack: Stack) -> Iterator[str]:
        """See Load."""
        assert self._backends is not None
        tables = read_tables(stack.installation.folder)
        payments = [row for row in tables["payments_payments"] if row["account"] in self._acquirer.accounts()]
        known = {row["id"] for row in payments}
        operations = [row for row in tables["payments_operations"] if row["payment_id"] in known]
        folder = stack.installation.folder
        evidence = Evidence(
            database=folder,
            journal=folder,
            checkpoints=folder,
            answers=self._backends.answers,
            registrations=(),
            gateway_calls=(),
            acquirer=self._cabinet(stack),
            restored=False,
            told=(),
            errors=(),
            pace=self._pace,
            tables={**tables, "payments_payments": payments, "payments_operations": operations},
        )
        found = [
            *of_records(evidence),
            *self._module.violations(evidence, self._operations()),
            *_never_too_much(payments),
        ]
        if found:
            self._keep(evidence.acquirer, folder / f"{self._acquirer.family}-outside.txt")
        yield from found

    def _keep(self, cabinet: Cabinet | None, file: Path) -> None:
        """Write down what only we and the sandbox know, both of whom end."""
        assert cabinet is not None
        file.write_text("\n".join(map(repr, (*self._operations(), *cabinet.orders(), *cabinet.sendings()))))

    def _account(self, settings: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
        family = self._acquirer.family
        url = urlsplit(settings["api_url"])
        own: dict[str, Any] = {
            "api_url": url._replace(netloc=f"{HOST}:{ports.by_name()[family]}").geturl(),
            "ca_bundle": "sandbox/ca.crt",
            "visibility_window_seconds": VISIBILITY_SECONDS * self._pace,
            "policy": {"recovery_timeout": 1.0, "attempt_timeout": 2.0, "total_timeout": 6.0},
        }
        own |= {name: f"file:sandbox/{file}" for name, file in _SECRETS[family].items()}
        match family:
            case "sberbank":
                own["callback_secrets"] = ["file:sandbox/sberbank.callback"]
            case "tbank":
                own["notification_url"] = f"{_callbacks(ports)}/tbank"
        return {**settings, **own}

    def _cabinet(self, stack: Stack) -> OutsideCabinet:
        return OutsideCabinet(family=self._acquirer.family, control_port=stack.installation.ports.control)

    def _operations(self) -> list[Operation]:
        return [operation for flow in self._flows for operation in flow]

    async def _in_turn(self, scene: Scene, is_over: Callable[[], bool]) -> None:
        while not is_over():
            flow = self._module.draw(self._random, scene, len(self._flows) + 1)
            self._flows.append(flow)
            for operation in flow:
                await operation.run(scene)

    async def _let_fail(self, cabinet: OutsideCabinet, is_over: Callable[[], bool]) -> None:
        while not is_over():
            if cabinet.waiting_faults() < MOST_FAULTS:
                cabinet.let_fail(asdict(self._fault()))
            await asyncio.sleep(self._random.uniform(0.2, 1.5))

    def _fault(self) -> Fault:
        """One as seeds have it, of this acquirer alone, at the pace of real time."""
        while True:
            fault = self._acquirer.draw_fault(self._random)
            if fault.operation != ANY_OPERATION and (self._lateness or fault.kind not in _LATE):
                return replace(fault, seconds=fault.seconds * self._pace * LATENESS)

    async def _replay(self, scene: Scene) -> None:
        at_once = asyncio.Semaphore(REPLAYS_AT_ONCE)

        async def again(flow: Sequence[Operation]) -> None:
            async with at_once:
                for operation in flow:
                    await operation.replay(scene)

        await asyncio.gather(*(again(flow) for flow in self._flows))

    async def _until_equal(self, stack: Stack) -> None:
        """Wait until hub and acquirer agree; if they never do, the verdict tells of it."""
        for _ in range(MOST_LOOKS):
            if not any(True for _ in self.violations(stack)):
                return
            await asyncio.sleep(1.0)


def _callbacks(ports: Ports) -> str:
    return f"http://{HOST}:{ports.public}/payments/callbacks"


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}", inner)
    elif value is not None:
        yield path, list(value) if isinstance(value, tuple) else value


def _never_too_much(payments: Sequence[Row]) -> Iterator[str]:
    for row in payments:
        if max(row["reserved"], 0) > row["captured"] > 0:
            yield f"doubled: {row['reserved']} of {row['captured']} captured are reserved for refunds of {row['id']}"
