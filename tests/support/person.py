"""A person at a terminal: runs `signer-agent unlock`, reads its prompt and types."""

import os
import select
import subprocess
import sys
from pathlib import Path

WAIT_SECONDS = 40  # a program starts within one or two, on a busy machine more


def unlock(directory: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """The command's exit status and all that its terminal showed."""
    ours, its = os.openpty()
    command = ["setsid", "--ctty", sys.executable, "-m", "signer_agent", "unlock", str(directory), *words]
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its)
    os.close(its)
    shown = b""
    try:
        while select.select([ours], [], [], WAIT_SECONDS)[0]:
            try:
                read = os.read(ours, 4096)
            except OSError:  # Linux says EIO where the other side is closed
                break
            if not read:
                break
            shown += read
            if typed and shown.endswith(b": "):
                os.write(ours, typed.encode() + b"\n")
                typed = ""
        return process.wait(WAIT_SECONDS), shown.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)
