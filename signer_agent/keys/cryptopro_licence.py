"""Reading what `cpconfig -license -view` prints. Its layout was not captured from a real one, so little is relied on.

It prints the serial number, so nothing of its output is ever logged or shown: only whether it is good, and until when.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from signer_agent.keys.cryptopro_text import decoded, last_code
from signer_agent.keys.port import KeyBackendError, Licence
from signer_agent.keys.tool_process import ToolProcess

_BAD: Final = re.compile(r"expired|absent|missing|invalid|not found|ист[её]к|отсутств|недействит", re.IGNORECASE)
_DOTTED: Final = re.compile(r"\b(\d{2})\.(\d{2})\.(20\d{2})\b")
_ISO: Final = re.compile(r"\b(20\d{2})-(\d{2})-(\d{2})\b")


def read_licence(programs: Mapping[str, str], process: ToolProcess) -> Licence | None:
    """Ask the CSP; None where cpconfig is not installed or can't be run."""
    program = programs.get("cpconfig")
    if program is None:
        return None
    try:
        with process.private_folder() as folder:
            return licence_of(process.run((program, "-license", "-view"), folder=folder).output)
    except KeyBackendError:
        return None


def licence_of(output: bytes) -> Licence:
    """What the output says; a date in it, as 31.12.2026 or 2026-12-31, is taken for the last day."""
    text = decoded(output)
    code = last_code(output)
    return Licence(is_usable=not code and _BAD.search(text) is None, expire_time=_date(text))


def _date(text: str) -> datetime | None:
    dotted, iso = _DOTTED.search(text), _ISO.search(text)
    parts = (dotted[3], dotted[2], dotted[1]) if dotted else iso.groups() if iso else None
    if parts is None:
        return None
    try:
        year, month, day = (int(part) for part in parts)
        return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
    except ValueError:
        return None
