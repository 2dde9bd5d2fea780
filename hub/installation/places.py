"""Where an installation keeps its state: database, second place of the checkpoints, segments of the audit."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hub.settings import Settings, SettingsError


def database_file(settings: Settings, folder: Path) -> Path:
    """Return the SQLite file.

    Raises:
        SettingsError: the URL names no SQLite file.
    """
    try:
        url = make_url(settings.storage.url)
    except ArgumentError as error:
        raise SettingsError("storage.url: write a URL, for example sqlite:///state/landhub.db") from error
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise SettingsError("storage.url: this release keeps its state in a SQLite file, sqlite:///state/landhub.db")
    return folder / url.database


def checkpoint_file(settings: Settings, folder: Path) -> Path:
    """Return the file that holds the audit's checkpoints."""
    return folder / settings.audit.directory / "checkpoints.jsonl"


def segments_folder(settings: Settings, folder: Path) -> Path:
    """Return the folder of the audit's segments."""
    return folder / settings.audit.segments
