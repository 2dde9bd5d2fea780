"""Documents that a key's tool signs whole: in private files, for as long as they are needed and not longer."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from signer_agent.errors import SettingsError


class SpooledDocument:
    """One document as it comes in. One thread at a time uses it."""

    def __init__(self, *, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=folder)  # 0600
        self.path = Path(name)
        self.size_bytes = 0
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")

    def add(self, chunk: bytes) -> None:
        """Take in the next bytes. Raises OSError."""
        self._file.write(chunk)
        self.size_bytes += len(chunk)

    def close(self) -> None:
        """All is there: a tool may read it. Raises OSError."""
        self._file.close()

    def remove(self) -> None:
        """Nobody needs it any more. The second time does nothing."""
        with contextlib.suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


class Spool:
    """The folder of such documents (0700); what a killed agent left in it is removed.

    Raises:
        SettingsError: the folder can't be made.
    """

    def __init__(self, *, folder: Path) -> None:
        self._folder = folder
        try:
            shutil.rmtree(folder, ignore_errors=True)  # the journal's lock lets one agent at a time come here
            folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise SettingsError(f"{folder} can't be made: {error.strerror}") from error

    def document(self) -> SpooledDocument:
        """A new one. Raises OSError."""
        return SpooledDocument(folder=self._folder)
