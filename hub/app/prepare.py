"""Checks an installation as a whole before anything is opened; `serve` and `check-config` judge by the same code."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from pydantic import BaseModel

from hub.app.keys import Keys, open_keys, open_passphrase
from hub.app.processes import unshareable
from hub.app.profile import certificate_files, key_files, refusals
from hub.core.ids import Ids
from hub.core.mode import Mode
from hub.core.secrets import Secret, SecretError, Secrets
from hub.installation.private_keys import read_key
from hub.installation.sealed import secrets_of
from hub.module_api import ModuleSpec, load_module, load_provider
from hub.settings import ModuleSettings, Settings, SettingsError, load_settings, validate_module


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredModule:
    """A module that is not off, with its validated settings."""

    spec: ModuleSpec
    settings: BaseModel
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A folder whose settings, files and keys were checked."""

    folder: Path
    settings: Settings
    secrets: Secrets
    keys: Keys
    modules: Mapping[str, ConfiguredModule]


def prepare(folder: Path, *, ids: Ids) -> Installation:
    """Check the installation.

    Raises:
        SettingsError: with every problem that was found, a line each.
    """
    settings = load_settings(folder)
    secrets = secrets_of(settings, folder, os.environ)
    problems: list[str] = []
    problems.extend(unshareable(settings))
    problems.extend(refusals(settings, folder))
    problems.extend(_unreadable(folder, settings, secrets))
    modules: dict[str, ConfiguredModule] = {}
    for name, table in settings.modules.items():
        if table.mode is not Mode.OFF:
            try:
                modules[name] = _configured(name, table)
            except SettingsError as error:
                problems.extend(error.problems)
    try:
        keys = open_keys(settings, secrets=secrets, ids=ids)
    except SettingsError as error:
        raise SettingsError(*dict.fromkeys((*problems, *error.problems))) from error
    if problems:
        raise SettingsError(*dict.fromkeys(problems))
    return Installation(folder=folder, settings=settings, secrets=secrets, keys=keys, modules=modules)


def _configured(name: str, table: ModuleSettings) -> ConfiguredModule:
    try:
        spec = load_module(name)
    except (LookupError, ImportError) as error:
        raise SettingsError(f"modules.{name}: {error}") from error
    settings = validate_module(name, table.table, spec.settings)
    _check_provider(name, settings)
    return ConfiguredModule(spec=spec, settings=settings, mode=table.mode)


def _check_provider(module: str, settings: BaseModel) -> None:
    """Validate the chosen provider's table, for modules that have providers."""
    provider = getattr(settings, "provider", None)
    tables = getattr(settings, "providers", None)
    if not isinstance(provider, str) or not isinstance(tables, Mapping):
        return
    try:
        model = load_provider(module, provider).Settings
    except (LookupError, ImportError) as error:
        raise SettingsError(f"modules.{module}.provider: {error}") from error
    validate_module(f"{module}.providers.{provider}", tables.get(provider, {}), model)


def _unreadable(folder: Path, settings: Settings, secrets: Secrets) -> Iterator[str]:
    for setting, name in certificate_files(settings):
        try:
            x509.load_pem_x509_certificates((folder / name).read_bytes())
        except OSError as error:
            yield f"{setting}: {name} can't be read ({error.strerror}); name an existing certificate in PEM"
        except ValueError:
            yield f"{setting}: {name} holds no certificate in PEM"
    try:
        passphrase: Secret | None = open_passphrase(settings, secrets)
    except SettingsError as error:
        yield from error.problems
        return
    for setting, name in key_files(settings):
        try:
            read_key(folder / name, passphrase=passphrase)
        except SecretError as error:
            yield f"{setting}: {error}"
