"""The module over a real core on driven time, its accounts connected to the sandbox's vendors of messages."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.core.clock import FakeClock
from hub.modules.notifications.accounts import Account, Accounts
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.campaigns import Campaigns, Member
from hub.modules.notifications.engine import Engine, Foundation
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.missing_accounts import missing_accounts
from hub.modules.notifications.planning import Handling, What
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.providers import smsaero, smsc, smsru
from hub.modules.notifications.sent_mark import SentMark
from hub.modules.notifications.service import NotificationsService
from hub.modules.notifications.settings import AccountSettings, NotificationsSettings
from hub.modules.notifications.settlement import Settlement
from hub.modules.notifications.store import NotificationRow, NotificationsStore
from hub.modules.notifications.wording import PlainWording, Wording
from sandbox.app import Sandbox
from sandbox.messages import smsaero as smsaero_vendor
from sandbox.messages import smsc as smsc_vendor
from sandbox.messages import smsru as smsru_vendor
from tests.contract.notifications_sandbox import SandboxVendor, connect, sandbox_settings, secret_file
from tests.contract.provider_context import make_context
from tests.support.core_fixtures import Core, open_core

PHONE = "8 999 123-45-67"
ROUTE = (("smsc", ""), ("smsaero", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The module in one process; `wire` makes another over the same files, as a restart does."""

    core: Core
    vendors: dict[str, SandboxVendor]
    engine: Engine
    mark: SentMark

    @property
    def service(self) -> NotificationsService:
        return self.engine.service

    @property
    def campaigns(self) -> Campaigns:
        return self.engine.campaigns

    @property
    def settlement(self) -> Settlement:
        return self.engine.settlement

    async def create(
        self,
        number: int = 1,
        *,
        phone: str = PHONE,
        what: What | None = None,
        handling: Handling | None = None,
        **changes: object,
    ) -> NotificationRow:
        """Have a short message sent for the request of that number."""
        return await self.service.create(
            self.core.call(number, **changes),
            Recipient(raw={Channel.SMS: phone}),
            what or Content(text=f"Тест {number}"),
            handling or Handling(route=ROUTE),
        )

    async def get(self, row: NotificationRow) -> NotificationRow:
        """The notification as it stands."""
        return await self.service.get(self.core.call(), row.id)

    async def campaign(self, size: int, number: int = 1, *, handling: Handling | None = None) -> str:
        """Have a short message sent to many; returns the campaign's id."""
        members = [Member(recipient=Recipient(raw={Channel.SMS: f"+7999{n:07d}"})) for n in range(size)]
        shown = await self.campaigns.create(
            self.core.call(number), members, Content(text="Собрание в субботу"), handling or Handling(route=ROUTE)
        )
        return shown.row.id

    async def totals(self, campaign_id: str) -> dict[str, int]:
        """A campaign's totals by state."""
        return dict((await self.campaigns.get(self.core.call(), campaign_id)).totals)

    async def pass_time(self, seconds: float, *, step: float = 5) -> None:
        """Let time pass for hub and vendors alike, and the hub's work be done."""
        await self.core.outbox.run_due()
        for _ in range(round(seconds / step)):
            await self.core.clock.advance(step)
            next(iter(self.vendors.values())).advance(step)  # they have one clock
            await self.core.outbox.run_due()


async def wire(
    core: Core,
    ports: dict[str, NotificationsPort],
    vendors: dict[str, SandboxVendor],
    *,
    wording: Wording | None = None,
    mark: Path | None = None,
    **more: object,
) -> Post:
    """Wire the module; `more` goes into each account's settings."""
    tables = {name: AccountSettings.model_validate({"provider": name, "callers": ("crm",), **more}) for name in ports}
    settings = NotificationsSettings(accounts=tables)
    accounts = Accounts(
        {name: Account(name=name, port=port, settings=tables[name]) for name, port in ports.items()},
        routes={"crm": tuple(ports)},
    )
    sent_mark = SentMark(mark or core.folder / "notifications-sent")
    sent_mark.open()
    engine = Engine(
        Foundation(
            database=core.database,
            outbox=core.outbox,
            events=core.events,
            effects=core.effects,
            persons=core.persons,
            clock=core.clock,
            ids=core.ids,
            columns=core.columns,
            accounts=accounts,
            settings=settings,
            wording=wording or PlainWording(),
            mark=sent_mark,
            missing=await core.database.read(lambda conn: missing_accounts(conn, known=ports)),
        )
    )
    engine.store.update = _looked_up(engine.store)  # type: ignore[method-assign]
    for kind in engine.kinds():
        core.outbox.register(kind)
    await core.database.write(engine.begin, label="test.begin")
    return Post(core=core, vendors=vendors, engine=engine, mark=sent_mark)


def _looked_up(store: NotificationsStore) -> Callable[..., NotificationRow]:
    """Have every write looked up: only what changed is written, and a change that is forgotten would stay unseen."""
    update = store.update

    def written(conn: Connection, before: NotificationRow, after: NotificationRow, **more: Any) -> NotificationRow:
        row = update(conn, before, after, **more)
        assert store.get(conn, row.id) == row
        return row

    return written


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as started:
        yield started


@pytest.fixture
def vendors(sandbox: Sandbox) -> dict[str, SandboxVendor]:
    """A vendor that can be asked by our number, and two that can't."""
    operations = {"send": "send", "status": "status"}
    return {
        "smsc": SandboxVendor(sandbox, "smsc", operations=operations, denied={"code": "2"}, secrets=[]),
        "smsaero": SandboxVendor(sandbox, "smsaero", operations=operations, denied={"code": "401"}, secrets=[]),
        "smsru": SandboxVendor(sandbox, "smsru", operations=operations, denied={"code": "200"}, secrets=[]),
    }


@pytest.fixture
async def ports(vendors: dict[str, SandboxVendor], tmp_path: Path) -> AsyncIterator[dict[str, NotificationsPort]]:
    # The providers live on real time, the hub on driven time: an open breaker would never close.
    context, policy = make_context(tmp_path), {"failure_threshold": 1000, "max_attempts": 1}
    smsc_login, aero = smsc_vendor.Login(), smsaero_vendor.Login()
    smsc_values = {
        "api_url": f"{vendors['smsc'].url}/sys",
        "login": smsc_login.login,
        "password": secret_file(tmp_path, "smsc.password", smsc_login.password),
    }
    aero_values = {
        "api_url": f"{vendors['smsaero'].url}/v2",
        "email": aero.email,
        "api_key": secret_file(tmp_path, "smsaero.key", aero.api_key),
        "sender": "SMS Aero",
    }
    smsru_values = {
        "api_url": vendors["smsru"].url,
        "api_id": secret_file(tmp_path, "smsru.key", smsru_vendor.Login().api_id),
    }
    opened = {
        "smsc": connect(context, smsc, smsc_values, policy=policy, account="smsc"),
        "smsaero": connect(context, smsaero, aero_values, policy=policy, account="smsaero"),
        "smsru": connect(context, smsru, smsru_values, policy=policy, account="smsru"),
    }
    yield opened
    for port in opened.values():
        await port.close()


@pytest.fixture
async def post(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> AsyncIterator[Post]:
    async with open_core(tmp_path, clock=FakeClock()) as core:
        made = await wire(core, ports, vendors)
        yield made
        made.mark.close()
