"""Where an installation keeps files of its state: second place of the checkpoints, segments of the audit."""

from pathlib import Path

from sqlalchemy import make_url

from hub.settings import Settings


def state_folder(settings: Settings, folder: Path) -> Path:
    """Return the folder of the SQLite file; with PostgreSQL, whose disk is its own, that of the checkpoints."""
    url = make_url(settings.storage.url)
    if url.drivername == "sqlite" and url.database:
        return (folder / url.database).parent
    return folder / settings.audit.directory


def checkpoint_file(settings: Settings, folder: Path) -> Path:
    """Return the file that holds the audit's checkpoints."""
    return folder / settings.audit.directory / "checkpoints.jsonl"


def segments_folder(settings: Settings, folder: Path) -> Path:
    """Return the folder of the audit's segments."""
    return folder / settings.audit.segments
