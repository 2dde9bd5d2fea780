"""What a run of a CSP's program left behind: whether it went well, and the file it made."""

import os
from pathlib import Path

from signer_agent.keys.cryptopro_codes import error_of, pin_refused
from signer_agent.keys.cryptopro_text import decoded, last_code
from signer_agent.keys.port import KeyFailedError
from signer_agent.keys.tool_process import ToolResult


def require_success(result: ToolResult) -> None:
    """The code printed last is 0 and so is the exit status: either alone was seen to lie."""
    text = decoded(result.output)
    if result.pin_refused:
        raise pin_refused(text)
    code = last_code(result.output)
    if code is None:
        raise KeyFailedError("the tool ended without saying how", cause="NO_CODE")
    if code:
        raise error_of(code, text)
    if result.status:
        raise KeyFailedError(f"the tool said success and exited with {result.status}", cause="BAD_STATUS")


def write(path: Path, content: bytes) -> None:
    """Write a private file that is not there yet."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def read_made(path: Path, limit_bytes: int) -> bytes:
    """What a run made, so many bytes at most. Raises KeyFailedError."""
    try:
        with path.open("rb") as file:
            made = file.read(limit_bytes + 1)
    except FileNotFoundError as error:
        raise KeyFailedError("the tool said success and made no file", cause="NO_FILE") from error
    if not made or len(made) > limit_bytes:
        raise KeyFailedError(f"the tool made a file of {len(made)} bytes", cause="BAD_FILE")
    return made
