"""What goes on while programs are killed: the work of one theme, and the check of what came of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sandbox.demo.ports import Ports
from sandbox.demo.stack import Stack


class Load(Protocol):
    """One of them. It knows nothing of when and by what programs are hit."""

    @property
    def name(self) -> str:
        """What it begins, as reports say it: "deals"."""
        ...

    @property
    def begun(self) -> int:
        """How many it has begun."""
        ...

    @property
    def callers(self) -> Sequence[str]:
        """Who calls, beside the caller `client`."""
        ...

    @property
    def modules(self) -> Sequence[str]:
        """The hub's modules that it is about."""
        ...

    @property
    def uses_agent(self) -> bool:
        """Whether it is worth hitting the signer agent."""
        ...

    def settings(self, folder: Path, ports: Ports) -> Mapping[str, Any]:
        """The settings of an installation it needs, by their path; files of its own may be written into the folder."""
        ...

    def sandbox_options(self, ports: Ports) -> Sequence[str]:
        """More of the sandbox's command line."""
        ...

    async def work(self, stack: Stack, is_over: Callable[[], bool]) -> None:
        """Begin one after another until it is over, and bring them to their end: nothing is hit any more then."""
        ...

    def violations(self, stack: Stack) -> Iterator[str]:
        """Say, a sentence each, what is not as it must be; hub and agent have stopped, the sandbox serves."""
        ...
