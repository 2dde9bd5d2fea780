"""Wires the notifications module."""

from hub.module_api import ModuleContext, ModuleSpec, RunningModule
from hub.modules.notifications.servicer import NotificationsServicer
from hub.modules.notifications.settings import NotificationsSettings


async def build(settings: NotificationsSettings, ctx: ModuleContext) -> RunningModule:  # noqa: ARG001 - to be wired
    """Build the module around the accounts that the settings name."""
    return RunningModule(services={"landhub.notifications.v1.NotificationsService": NotificationsServicer()})


MODULE = ModuleSpec(name="notifications", settings=NotificationsSettings, build=build)
