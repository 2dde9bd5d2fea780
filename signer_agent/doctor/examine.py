"""Looks an installation over from the outside, whether its agent runs or not: signs nothing, tries no PIN."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from signer_agent.app import journal_chain, make_policy
from signer_agent.clock import Clock, milliseconds, moment
from signer_agent.doctor.channel import check_channel
from signer_agent.doctor.files import check_private_files
from signer_agent.doctor.findings import Finding, bad, doubtful, good
from signer_agent.doctor.keys import check_keys
from signer_agent.doctor.rules import check_rules
from signer_agent.errors import SettingsError
from signer_agent.exchange import read_audit_key, read_journal_key
from signer_agent.journal_verify import verify_journal
from signer_agent.service import CLOCK_TOLERANCE
from signer_agent.settings import FILE_NAME, Settings, load_settings

FULL_BYTES: Final = 64 << 20  # a day of signatures has less; an agent that can't journal signs nothing
LITTLE_BYTES: Final = 1 << 30

_SHOWN_PROBLEMS: Final = 10  # verify-journal tells all
_CONNECT_SECONDS: Final = 2.0

FreeBytes = Callable[[Path], int]


def examine(directory: Path, *, clock: Clock, free_bytes: FreeBytes | None = None) -> list[Finding]:
    """A line for everything looked at.

    Args:
        directory: The installation.
        clock: This machine's.
        free_bytes: Room on the disk of a folder; asks the machine by default.
    """
    try:
        settings = load_settings(directory)
    except SettingsError as error:
        return [bad("settings", str(error), f"mend {FILE_NAME}; signer-agent check-config tells when it is good")]
    runs = serves(settings)
    found = _check_settings(settings, directory)
    found += check_private_files(settings, directory)
    found += check_channel(settings, directory, clock.now())
    told, held = check_keys(settings, directory, clock.now(), agent_runs=runs)
    found += told
    found += check_rules(settings, held, clock.now())
    found += check_journal(settings, directory, clock)
    found += check_disk(settings, directory, free_bytes or (lambda path: shutil.disk_usage(path).free))
    return [*found, _running(settings, directory, runs=runs)]


def serves(settings: Settings) -> bool:
    """Whether something listens at the agent's address."""
    host, _, port = settings.server.listen.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def check_journal(settings: Settings, directory: Path, clock: Clock) -> list[Finding]:
    """Judge whether the journal is whole, and whether the clock stands behind it."""
    folder = directory / settings.journal.folder
    try:
        key = read_journal_key(directory / settings.journal.key)
    except SettingsError as error:
        return [bad("journal", str(error), "restore keys/journal.key from the backup; without it no agent starts here")]
    try:
        report = verify_journal(folder, chain=journal_chain(settings), public_key=key.public_key())
    except SettingsError as error:
        remedy = f"signer-agent serve {directory} makes it; if there was one, restore {folder} and look who removed it"
        return [doubtful("journal", f"there is none yet: {error}", remedy)]
    remedy = f"stop the agent, keep {folder} as it is, and run: signer-agent verify-journal {directory}"
    found = [bad("journal", problem, remedy) for problem in report.problems[:_SHOWN_PROBLEMS]]
    if len(report.problems) > _SHOWN_PROBLEMS:
        found.append(bad("journal", f"{len(report.problems) - _SHOWN_PROBLEMS} more problems", remedy))
    if not found:
        told = f"{report.count} records are whole, and {report.checkpoints} checkpoints agree with them"
        found.append(good("journal", told))
    return [*found, _clock(clock, report.last_time_ms)] if report.count else found


def _clock(clock: Clock, last_time_ms: int) -> Finding:
    last = moment(last_time_ms).isoformat(timespec="seconds")
    if milliseconds(clock.now() + CLOCK_TOLERANCE) < last_time_ms:
        remedy = "set the clock (chrony); the agent signs again within a second after it passed that time"
        return bad("clock", f"it stands behind the journal, whose last record is of {last}: nothing is signed", remedy)
    return good("clock", f"it does not stand behind the journal, whose last record is of {last}")


def check_disk(settings: Settings, directory: Path, free_bytes: FreeBytes) -> list[Finding]:
    """Judge the room for journal and signatures, and for documents that wait for a tool."""
    folder = directory / settings.journal.folder
    if not folder.is_dir():
        return [bad("disk", f"{folder} is missing", f"mkdir -m 700 {folder}, for the agent's account")]
    free = free_bytes(folder)
    told = f"{folder}: {free >> 20} MiB free"
    if free < FULL_BYTES:
        return [bad("disk", told, "make room: what can't be journaled is not signed")]
    wanted = max(LITTLE_BYTES, 0 if settings.keys.backend == "gost_file" else settings.server.max_spooled_bytes)
    if free < wanted:
        return [doubtful("disk", told, f"make room; {wanted >> 20} MiB are for a journal and documents that wait")]
    return [good("disk", told)]


def _check_settings(settings: Settings, directory: Path) -> list[Finding]:
    found = []
    try:
        make_policy(settings, directory)
    except SettingsError as error:
        found.append(bad("settings", str(error), "put the backend's public key there, or take it out of the settings"))
    if settings.hub.audit_public_key is None:
        remedy = "copy the hub's keys/audit.pub here and set hub.audit_public_key"
        found.append(doubtful("settings", "the hub's audit checkpoints are not countersigned", remedy))
    else:
        try:
            read_audit_key(directory / settings.hub.audit_public_key)
        except SettingsError as error:
            found.append(bad("settings", str(error), "copy the hub's keys/audit.pub there"))
    told = f"agent {settings.name}; keys in {settings.keys.backend}; {len(settings.rules)} rules"
    return [good("settings", told), *found]


def _running(settings: Settings, directory: Path, *, runs: bool) -> Finding:
    if runs:
        return good("agent", f"something serves at {settings.server.listen}")
    return doubtful("agent", f"nothing serves at {settings.server.listen}", f"signer-agent serve {directory}")
