"""Looks at all processes again and again, as another user of the machine would: for a PIN on a command line."""

import threading
from pathlib import Path


class Watch(threading.Thread):
    """Between `start` and `stop`. ``found`` names the files of /proc in which the canary was seen.

    ``seen`` counts the looks at command lines that had ``marker``: whether it looked while the tools ran.
    """

    def __init__(self, canary: bytes, *, marker: bytes) -> None:
        super().__init__(daemon=True)
        self.canary = canary
        self.marker = marker
        self.found: list[str] = []
        self.seen = 0
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.is_set():
            for process in Path("/proc").iterdir():
                if process.name.isdecimal():
                    self._look(process)

    def _look(self, process: Path) -> None:
        for name in ("cmdline", "environ"):
            try:
                content = (process / name).read_bytes()
            except OSError:
                continue
            if self.canary in content:
                self.found.append(f"{process.name}/{name}")
            self.seen += name == "cmdline" and self.marker in content

    def stop(self) -> None:
        self._end.set()
        self.join(20)
