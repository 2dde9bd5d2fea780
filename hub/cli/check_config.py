"""`hub check-config`: say whether the hub would start."""

import argparse

from hub.app.prepare import prepare
from hub.cli.main import OK
from hub.core.clock import SystemClock
from hub.core.ids import Ids


def run(arguments: argparse.Namespace) -> int:
    """Check and print one line; problems are printed by the caller."""
    installation = prepare(arguments.folder, ids=Ids(clock=SystemClock()))
    modules = ", ".join(f"{name} {module.mode.value}" for name, module in installation.modules.items()) or "none"
    print(f"{arguments.folder}: the settings are good. profile {installation.settings.profile}, modules: {modules}")
    return OK
