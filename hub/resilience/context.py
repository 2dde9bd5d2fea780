"""What a provider is built from: the few things of a module's context that a wire to the outside needs."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hub.core.clock import Clock
from hub.core.secrets import Secrets
from hub.core.telemetry import Telemetry
from hub.resilience.upstream import Upstreams


class ProviderContext(Protocol):
    """A part of the module context.

    `development` allows loopback hosts; `path` turns a path of the settings, relative to the installation, into an
    absolute one.
    """

    @property
    def clock(self) -> Clock: ...  # noqa: D102 - see the class

    @property
    def secrets(self) -> Secrets: ...  # noqa: D102 - same

    @property
    def telemetry(self) -> Telemetry: ...  # noqa: D102 - same

    @property
    def upstreams(self) -> Upstreams: ...  # noqa: D102 - same

    @property
    def development(self) -> bool: ...  # noqa: D102 - same

    @property
    def path(self) -> Callable[[str], Path]: ...  # noqa: D102 - same
