"""Where the programs of the CSP are looked for, on each system."""

from pathlib import Path

import pytest

from signer_agent.errors import SettingsError
from signer_agent.keys.cryptopro_tools import programs
from signer_agent.keys.settings import CryptoproSettings

WINDOWS = "C:\\Program Files\\Crypto Pro\\CSP\\"
X86 = "C:\\Program Files (x86)\\Crypto Pro\\CSP\\"


@pytest.mark.parametrize(
    ("system", "machine", "there", "cryptcp"),
    [
        (
            "linux",
            "x86_64",
            ["/opt/cprocsp/bin/amd64/certmgr", "/opt/cprocsp/bin/amd64/csptest", "/opt/cprocsp/bin/amd64/cryptcp"],
            "/opt/cprocsp/bin/amd64/cryptcp",
        ),
        ("linux", "aarch64", ["/opt/cprocsp/bin/aarch64/certmgr", "/opt/cprocsp/bin/aarch64/csptest"], None),
        ("darwin", "arm64", ["/opt/cprocsp/bin/certmgr", "/opt/cprocsp/bin/csptest"], None),
        (
            "win32",
            "AMD64",
            [WINDOWS + "certmgr.exe", WINDOWS + "csptest.exe", WINDOWS + "cryptcp.x64.exe"],
            WINDOWS + "cryptcp.x64.exe",
        ),
        (
            "win32",
            "AMD64",
            [X86 + "certmgr.exe", X86 + "csptest.exe", X86.replace("CSP", "CryptCP") + "cryptcp.win32.exe"],
            X86.replace("CSP", "CryptCP") + "cryptcp.win32.exe",
        ),
    ],
)
def test_they_are_where_the_installers_put_them(
    system: str, machine: str, there: list[str], cryptcp: str | None
) -> None:
    found = programs(CryptoproSettings(), system=system, machine=machine, can_run=set(there).__contains__)

    assert (found["certmgr"], found["csptest"], found.get("cryptcp")) == (there[0], there[1], cryptcp)


def test_a_folder_and_a_cryptcp_that_are_named_are_the_only_ones() -> None:
    settings = CryptoproSettings(tools=Path("/csp"), cryptcp=Path("/elsewhere/cryptcp.x64.exe"))
    there = {"/csp/certmgr", "/csp/csptest", "/elsewhere/cryptcp.x64.exe"}

    assert programs(settings, system="linux", can_run=there.__contains__)["cryptcp"] == "/elsewhere/cryptcp.x64.exe"
    with pytest.raises(SettingsError, match=r"keys\.cryptopro\.cryptcp"):
        programs(settings, system="linux", can_run={"/csp/certmgr", "/csp/csptest"}.__contains__)
    with pytest.raises(SettingsError, match=r"/csp/certmgr is missing .* keys\.cryptopro\.tools"):
        programs(settings, system="linux", can_run=set().__contains__)
