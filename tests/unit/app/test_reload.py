"""Callers and roles that change while the hub serves: taken when good, kept as they were when not."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from hub.app.reload import AccessReload
from hub.core.clock import FakeClock
from hub.rpc.options import AccessRules, Caller
from hub.settings import load_settings

TEXT = """
[roles.deal]
methods = ["landhub.rosreestr.v1.*"]
[callers.crm]
roles = ["deal"]
"""


class Site:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.taken: list[AccessRules] = []
        self.registry = CollectorRegistry()
        self.write(TEXT)
        self.reload = AccessReload(
            folder=folder,
            settings=load_settings(folder),
            let_in=self.taken.append,
            clock=self.clock,
            registry=self.registry,
        )

    def write(self, text: str) -> None:
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(self.folder / "landhub.toml")

    def look(self) -> Sequence[str]:
        with capture_logs() as logs:
            self.reload.look()
        return [entry["event"] for entry in logs]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_file_that_did_not_change_is_not_read(site: Site) -> None:
    assert site.look() == []
    assert site.taken == []


def test_a_new_caller_and_a_changed_role_are_taken(site: Site) -> None:
    site.write(TEXT + '[callers.shop]\nroles = ["deal"]\ngroup = "sales"\n')
    assert site.look() == ["settings.taken"]
    [rules] = site.taken
    assert rules.callers["shop"] == Caller(roles=frozenset({"deal"}), group="sales")
    assert rules.roles == {"deal": ("landhub.rosreestr.v1.*",)}
    assert site.look() == []


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("[callers.crm", id="not TOML"),
        pytest.param(TEXT + '[callers.shop]\nroles = ["nobody"]\n', id="a role that is not there"),
        pytest.param(TEXT + "[nonsense]\n", id="an unknown table"),
        pytest.param(TEXT.replace('methods = ["landhub', 'methods = ["'), id="a pattern that is none"),
    ],
)
def test_a_file_that_cannot_be_used_leaves_the_old_rules_and_says_so(site: Site, bad: str) -> None:
    site.write(bad)
    assert site.look() == ["settings.kept"]
    assert site.taken == []
    assert site.registry.get_sample_value("landhub_settings_reloads_total", {"outcome": "refused"}) == 1
    site.write(TEXT)
    assert site.look() == ["settings.taken"]


def test_a_file_that_is_gone_leaves_the_old_rules(site: Site) -> None:
    (site.folder / "landhub.toml").unlink()
    assert site.look() == ["settings.kept"]
    assert site.taken == []


def test_what_needs_a_restart_is_named(site: Site) -> None:
    site.write(TEXT + "[limits]\nburst = 7\n")
    assert site.look() == ["settings.taken", "settings.restart_needed"]


async def test_it_looks_every_second_and_at_once_when_asked(site: Site) -> None:
    watching = asyncio.create_task(site.reload.run_forever())
    await site.clock.advance(0)
    site.write(TEXT + "[callers.shop]\nroles = []\n")
    await site.clock.advance(0.5)
    assert len(site.taken) == 0
    await site.clock.advance(1)
    assert len(site.taken) == 1
    site.reload.ask()
    await site.clock.advance(0)
    assert len(site.taken) == 2
    watching.cancel()
