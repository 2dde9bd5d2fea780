"""The accounts by which the demo's hub tells people: where they are, and the keys that the simulated vendors take."""

from pathlib import Path
from typing import Any

from sandbox.demo.ports import HOST, Ports
from sandbox.messages import smsc, unisender_go

SMS, MAIL = "sms", "mail"
"""The accounts' names."""
_SENDER = "no-reply@landhub.example"


def accounts(ports: Ports, *, caller: str) -> list[tuple[str, Any]]:
    """Return the hub's settings of notifications, by their path."""
    module, found = "modules.notifications", []
    places = {
        SMS: ("smsc", f"https://{HOST}:{ports.smsc}/sys", "key", "file:messages/smsc.key"),
        MAIL: (
            "unisender_go",
            f"https://{HOST}:{ports.unisender_go}{unisender_go.BASE}",
            "api_key",
            "file:messages/unisender.key",
        ),
    }
    for name, (provider, url, key, reference) in places.items():
        account = f"{module}.accounts.{name}"
        found += [
            (f"{account}.provider", provider),
            (f"{account}.callers", [caller]),
            (f"{account}.settings.api_url", url),
            (f"{account}.settings.ca_bundle", "sandbox/ca.crt"),
            (f"{account}.settings.{key}", reference),
        ]
    return [
        (f"{module}.mode", "on"),
        # The demo runs at any time of day, and nobody sleeps in the sandbox.
        (f"{module}.quiet_weekdays", ""),
        (f"{module}.quiet_weekends", ""),
        (f"{module}.routes.{caller}", [SMS, MAIL]),
        *found,
        (f"{module}.accounts.{MAIL}.settings.sender", _SENDER),
    ]


def write_keys(folder: Path) -> None:
    """Write the keys where the settings name them; the folder is the installation's."""
    keys = folder / "messages"
    keys.mkdir(mode=0o700, exist_ok=True)
    for name, key in (("smsc.key", smsc.Login().key), ("unisender.key", unisender_go.API_KEY)):
        path = keys / name
        path.touch(mode=0o600)
        path.write_text(key, encoding="utf-8")
