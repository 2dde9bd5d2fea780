"""An installation's sealed secrets: where the file and its master key are, and how the settings' references resolve."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from hub.core.secrets import Secrets
from hub.settings import Settings
from sealed.files import SealedError
from sealed.master_key import CREDENTIALS_VARIABLE, MasterKey, find_master_key
from sealed.store import SealedFile


def secrets_of(settings: Settings, folder: Path, environment: Mapping[str, str]) -> Secrets:
    """Return what resolves the settings' references; the sealed file is opened when a reference first names it."""
    sealed = partial(_read, settings, folder, environment) if settings.sealed.master_key is not None else None
    return Secrets(base=folder, environment=environment, sealed=sealed)


def sealed_file(
    settings: Settings, folder: Path, environment: Mapping[str, str], *, master_key: Path | None = None
) -> SealedFile:
    """Return the installation's sealed secrets.

    Args:
        settings: Its settings.
        folder: Its folder.
        environment: The process environment, for systemd's folder of credentials.
        master_key: The key's file, where the settings name a credential that only the service is given.

    Raises:
        SealedError: the settings name no master key, or one in a place where it must not be.
    """
    path = folder / settings.sealed.file
    reference = settings.sealed.master_key if master_key is None else f"file:{master_key.absolute()}"
    if reference is None:
        raise SealedError(f"no master key is set; run: hub sealed init {folder}")
    is_credential = reference.startswith("credential:")
    if is_credential and CREDENTIALS_VARIABLE not in environment:
        raise SealedError(f"{reference} is handed to the service alone; name the key's file: --master-key FILE")
    key = find_master_key(reference, base=folder, environment=environment, apart_from=(folder, path.parent))
    return SealedFile(path=path, master_key=MasterKey(path=key, is_credential=is_credential))


def _read(settings: Settings, folder: Path, environment: Mapping[str, str], name: str) -> bytes:
    return sealed_file(settings, folder, environment).get(name)
