"""Keys of CryptoPro CSP by its Python library `pycades`, in worker processes; the PIN goes there by a pipe."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from gost.certificate import PublicKeyAlgorithm
from signer_agent.keys.native_backend import NativeBackend, NativeKind
from signer_agent.keys.pins import Pins
from signer_agent.keys.settings import PycadesSettings
from signer_agent.keys.workers import Workers


def pycades_backend(*, settings: PycadesSettings, pins: Pins, monotonic: Callable[[], float]) -> NativeBackend:
    """The certificates of one store of the CSP.

    Raises:
        SettingsError: the library can't be loaded.
    """
    pins.check()
    workers = Workers(
        place={
            "kind": "pycades",
            "python_path": str(settings.python_path or ""),
            "libraries": str(settings.libraries or ""),
            "store": settings.store,
        },
        count=settings.parallel,
        max_resident_bytes=settings.max_worker_mib * 1024 * 1024,
        wait_seconds=settings.timeout_seconds,
        timeout_seconds=settings.timeout_seconds,
        environment=_environment(settings.libraries),
    )
    kind = NativeKind(
        name="pycades",
        algorithms=(PublicKeyAlgorithm.GOST_R_34_10_2012_256, PublicKeyAlgorithm.GOST_R_34_10_2012_512),
        shares_pin=False,
        store=settings.store,
        rescan_seconds=settings.rescan_seconds,
    )
    return NativeBackend(kind=kind, workers=workers, pins=pins, monotonic=monotonic)


def _environment(libraries: Path | None) -> Mapping[str, str] | None:
    """The CSP's libraries find each other by this variable, which the loader reads when a process begins."""
    if libraries is None or sys.platform == "win32":
        return None
    return {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
