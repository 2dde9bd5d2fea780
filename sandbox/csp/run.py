"""One run of a tool: what it prints, in which encoding, and the code it exits with."""

import importlib
import os
import sys
import time
from pathlib import Path
from typing import Protocol

from sandbox.csp.failure import NotEmulatedError, ToolError
from sandbox.csp.machine import Machine, language

_ENDLESS_SECONDS = 3600


class Tool(Protocol):
    """A tool's module."""

    def banner(self, run: "Run") -> str:
        """What it prints first."""
        ...

    def work(self, run: "Run", words: list[str]) -> None:
        """Do what the words say; ToolError ends it."""
        ...

    def tail(self, run: "Run", code: int) -> str:
        """What it prints last."""
        ...

    def complain(self, run: "Run", error: ToolError) -> str:
        """What it prints of an error, before the tail."""
        ...


class Run:
    """What a tool works with."""

    def __init__(self, *, tool: str, machine: Machine) -> None:
        self.tool = tool
        self.machine = machine
        self.profile = machine.profile
        self.language = language(self.profile)
        self.encoding = "cp866" if self.profile.system == "windows" and self.language == "ru" else "utf-8"

    def say(self, text: str) -> None:
        """Print, at once."""
        self.say_bytes(text.encode(self.encoding, "replace"))

    def say_bytes(self, data: bytes) -> None:
        """Print bytes as they are: container names come in cp1251 whatever the locale."""
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def fault(self, kind: str) -> str | None:
        """A fault that was asked for, with its value."""
        return self.machine.take_fault(kind, self.tool)

    def hang(self) -> None:
        """Wait for what never comes."""
        time.sleep(_ENDLESS_SECONDS)


_MODULES = {
    "certmgr": "sandbox.csp.certmgr",
    "csptest": "sandbox.csp.csptest",
    "csptestf": "sandbox.csp.csptest",
    "cryptcp": "sandbox.csp.cryptcp",
    "cpconfig": "sandbox.csp.cpconfig",
}


def main(tool: str, state: str) -> int:
    """Run a tool over a machine's folder with the words of `sys.argv`; returns the exit status."""
    machine = Machine(Path(state))
    encoding = "cp866" if machine.profile.system == "windows" else "cp1251"
    words = [_word(os.fsencode(word), encoding) for word in sys.argv[1:]]
    machine.log_call(tool, words)
    run = Run(tool=tool, machine=machine)
    module: Tool = importlib.import_module(_MODULES[tool])
    return _carried_out(run, module, words)


def _word(data: bytes, encoding: str) -> str:
    """A word of the command line: names of containers come as they were printed."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode(encoding, "replace")


def _carried_out(run: Run, tool: Tool, words: list[str]) -> int:
    run.say(tool.banner(run))
    code = 0
    try:
        _begin(run)
        tool.work(run, words)
    except ToolError as error:
        code = error.code
        run.say(tool.complain(run, error))
    except NotEmulatedError as error:
        sys.stderr.write(f"the emulator does not do this: {error}\n")
        return 99
    run.say(tool.tail(run, code))
    if code and run.fault("exit_zero_with_error") is not None:
        return 0
    if not code and run.fault("exit_one_with_success") is not None:
        return 1
    if run.profile.system == "windows":
        # There the whole code is the exit status; here only a byte fits, so the rest is left beside
        (run.machine.folder / "exit_status").write_text(str(code))
    return code & 0xFF


def _begin(run: Run) -> None:
    """The faults that any tool may have before it does anything."""
    if run.fault("hang") is not None:
        run.hang()
    slow = run.fault("slow")
    if slow is not None:
        time.sleep(float(slow))
    if run.fault("mutex") is not None:
        run.say('si_init (int_ubi_mutex_open "registry_lock") failed:: Permission denied\n')
    code = run.fault("code")
    if code is not None:
        raise ToolError(int(code, 16))
