"""An agent that kills itself, as kill -9 would, at one named point of its first signature: DIRECTORY POINT."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from signer_agent.app import Agent
from signer_agent.settings import load_settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """Counts what the journal does and dies at the point, `before-fsync:2`, `after-fsync:3` or `torn-write:1`."""

    def __init__(self, point: str) -> None:
        self.kind, _, number = point.partition(":")
        self.number = int(number)
        self.syncs = self.writes = 0
        self.fsync, self.write = os.fsync, os.write

    def arm(self) -> None:
        os.fsync = self.count_fsync  # type: ignore[assignment]
        os.write = self.count_write  # type: ignore[assignment]

    def count_fsync(self, file: int) -> None:
        self.syncs += 1
        if self.kind == "before-fsync" and self.syncs == self.number:
            die()
        self.fsync(file)
        if self.kind == "after-fsync" and self.syncs == self.number:
            die()

    def count_write(self, file: int, data: bytes) -> int:
        self.writes += 1
        if self.kind == "torn-write" and self.writes == self.number:
            self.write(file, data[: len(data) // 2])
            die()
        return self.write(file, data)


async def serve(directory: Path, point: str) -> None:
    agent = Agent.build(settings=load_settings(directory), directory=directory)
    port = await agent.start()
    Dying(point).arm()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.sleep(120)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
