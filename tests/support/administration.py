"""Stand-ins for what administration looks at."""

from types import SimpleNamespace
from typing import Any

from hub.core.audit import Phase
from hub.core.mode import Mode
from tests.support.core_fixtures import Core


class Hosted:
    """Stands for Modules: one module that runs."""

    def __init__(self, **running: Any) -> None:
        fields: dict[str, Any] = {"providers": ("p",), "resolvers": {}, "stuck": None, "remedies": {}, **running}
        self.module = SimpleNamespace(
            name="things",
            mode=Mode.ON,
            is_loaded=True,
            is_ready=True,
            reason="",
            not_ready_since=None,
            running=SimpleNamespace(**fields),
        )

    @property
    def hosted(self) -> dict[str, Any]:
        return {"things": self.module}

    def set_mode(self, name: str, mode: Mode) -> None:
        self.module.mode = mode


async def admin_records(core: Core) -> list[Any]:
    records = await core.database.read(core.stores.audit.list)
    return [stored.record for stored in records if stored.record.phase is Phase.ADMIN]
