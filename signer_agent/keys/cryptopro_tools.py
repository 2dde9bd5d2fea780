"""Where CryptoPro's programs lie, by system: what installers of the CSP do, as others have told of it."""

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final

from signer_agent.errors import SettingsError
from signer_agent.keys.settings import CryptoproSettings

REQUIRED: Final = ("certmgr", "csptest")  # without cryptcp digests are signed all the same

_MACHINES: Final = {"x86_64": "amd64", "i686": "ia32", "aarch64": "aarch64", "e2k": "e2k64"}
_WINDOWS: Final = (r"C:\Program Files\Crypto Pro\CSP", r"C:\Program Files (x86)\Crypto Pro\CSP")
# On Windows it is a download of its own, named by its kind, and often put beside the others or into a folder of its own
_WINDOWS_CRYPTCP: Final = ("cryptcp.x64.exe", "cryptcp.win32.exe", "cryptcp.exe")


def programs(
    settings: CryptoproSettings,
    *,
    system: str = sys.platform,
    machine: str = platform.machine(),
    can_run: Callable[[str], bool] = lambda path: os.access(path, os.X_OK),
) -> Mapping[str, str]:
    """The path of each program that is there: certmgr, csptest, cryptcp.

    Raises:
        SettingsError: certmgr or csptest is missing, or the cryptcp that is named.
    """
    folders = [str(settings.tools)] if settings.tools is not None else _folders(system, machine)
    found = {}
    for name in REQUIRED:
        places = [_join(system, folder, name) for folder in folders]
        found[name] = next((path for path in places if can_run(path)), "")
        if not found[name]:
            raise SettingsError(
                f"{' or '.join(places)} is missing or can't be run: name the folder in keys.cryptopro.tools"
            )
    # Beside the others, or in sbin as the package has it; without it nothing is known of the licence.
    places = [_join(system, at, "cpconfig") for folder in folders for at in (folder, folder.replace("/bin/", "/sbin/"))]
    if licence_teller := next((path for path in places if can_run(path)), ""):
        found["cpconfig"] = licence_teller
    if settings.cryptcp is not None:
        if not can_run(str(settings.cryptcp)):
            raise SettingsError(f"{settings.cryptcp} is missing or can't be run: see keys.cryptopro.cryptcp")
        return {**found, "cryptcp": str(settings.cryptcp)}
    places = [path for folder in folders for path in _cryptcp(system, folder)]
    cryptcp = next((path for path in places if can_run(path)), "")
    return {**found, "cryptcp": cryptcp} if cryptcp else found


def _folders(system: str, machine: str) -> Sequence[str]:
    if system == "win32":
        return _WINDOWS
    if system == "darwin":
        return ("/opt/cprocsp/bin",)
    return (f"/opt/cprocsp/bin/{_MACHINES.get(machine, machine)}",)


def _cryptcp(system: str, folder: str) -> Sequence[str]:
    if system != "win32":
        return (_join(system, folder, "cryptcp"),)
    beside = str(PureWindowsPath(folder).parent / "CryptCP")
    return [str(PureWindowsPath(place) / name) for place in (folder, beside) for name in _WINDOWS_CRYPTCP]


def _join(system: str, folder: str, name: str) -> str:
    path: PurePath = PureWindowsPath(folder) / f"{name}.exe" if system == "win32" else PurePosixPath(folder) / name
    return str(path)
