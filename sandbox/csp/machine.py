"""The emulated host: what its folder holds (certificates, containers, PIN counters, faults), safe between processes."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

VERSIONS = ("4.0", "5.0.11", "5.0R2", "5.0.13")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What kind of host it is. `language` empty: by the locale of the run. `licence`: valid, expired or missing.

    `licence_until` is the last day of a valid one, as 31.12.2026; empty for one without an end.
    """

    version: str = "5.0R2"
    system: str = "linux"
    language: str = ""
    licence: str = "valid"
    licence_until: str = ""
    without_terminal: str = "silent"
    """What a tool does that needs a PIN and has no terminal: `silent` (0x80090022) or `hang`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A key container. `unique` is its name as certmgr prints it, `reader` its place: HDIMAGE or a token's name."""

    id: str
    name: str
    reader: str
    unique: str
    algorithm: str
    pin: str = ""
    pin_saved: bool = False
    tries_left: int = 5
    tries_max: int = 5
    present: bool = True
    in_use: int = 0
    max_in_use: int = 0
    thumbprint: str = ""
    """The certificate inside, lower-case."""

    @property
    def full_name(self) -> str:
        """As -fqcn prints it."""
        return f"\\\\.\\{self.reader}\\{self.name}"

    def is_named(self, name: str) -> bool:
        """Whether a command line's name is this container's: full, unique, or plain."""
        prefixed = f"\\\\.\\{self.reader}\\{self.unique}"
        return name in {self.full_name, self.unique, prefixed, self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A certificate in a store: its listing facts and the container its key link leads to, empty for none."""

    thumbprint: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    container: str = ""


class Machine:
    """The folder. Every change is made under one lock and replaces a file whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def profile(self) -> Profile:
        """The host's profile."""
        return Profile(**_read(self.folder / "profile.json", {}))

    def set_profile(self, **changes: str) -> None:
        """Change the profile."""
        with self.locked():
            _write(self.folder / "profile.json", asdict(replace(self.profile, **changes)))

    def entries(self, store: str) -> list[Entry]:
        """A store's certificates, in the order they came in."""
        return [Entry(**item) for item in _read(self.folder / "stores" / f"{store}.json", [])]

    def change_entries(self, store: str, change: Callable[[list[Entry]], list[Entry]]) -> None:
        """Replace a store's certificates."""
        with self.locked():
            path = self.folder / "stores" / f"{store}.json"
            _write(path, [asdict(entry) for entry in change(self.entries(store))])

    def certificate_path(self, thumbprint: str) -> Path:
        """Where a certificate's DER lies."""
        return self.folder / "certificates" / f"{thumbprint}.cer"

    def containers(self) -> list[Container]:
        """All containers, also those whose reader is away."""
        paths = sorted((self.folder / "containers").glob("*.json"))
        return [Container(**_read(path, {})) for path in paths]

    def container(self, name: str) -> Container | None:
        """The container of an id or a name, if its reader is there."""
        found = [item for item in self.containers() if item.id == name or item.is_named(name)]
        return found[0] if found and found[0].present else None

    def add_container(self, container: Container) -> None:
        """Put a container onto the machine."""
        with self.locked():
            _write(self.folder / "containers" / f"{container.id}.json", asdict(container))

    def change_container(self, container_id: str, change: Callable[[Container], Container]) -> Container:
        """Replace what is known of a container, and return it."""
        with self.locked():
            path = self.folder / "containers" / f"{container_id}.json"
            changed = change(Container(**_read(path, {})))
            _write(path, asdict(changed))
            return changed

    def key_path(self, container: Container) -> Path:
        """Where a container's key lies, PEM."""
        return self.folder / "containers" / f"{container.id}.key"

    def add_fault(self, kind: str, *, tool: str = "", times: int = 1, value: str = "") -> None:
        """Let the next runs of a tool (of all, if none is named) misbehave."""
        with self.locked():
            faults = _read(self.folder / "faults.json", [])
            faults.append({"kind": kind, "tool": tool, "times": times, "value": value})
            _write(self.folder / "faults.json", faults)

    def take_fault(self, kind: str, tool: str) -> str | None:
        """The value of a fault that applies now, counted down; None if there is none."""
        if not (self.folder / "faults.json").exists():
            return None
        with self.locked():
            faults = _read(self.folder / "faults.json", [])
            for fault in faults:
                if fault["kind"] == kind and fault["tool"] in {"", tool} and fault["times"] > 0:
                    fault["times"] -= 1
                    _write(self.folder / "faults.json", faults)
                    return str(fault["value"])
        return None

    def log_call(self, tool: str, words: list[str]) -> None:
        """Keep the argv of a run, so that tests can look for what must not be there."""
        line = json.dumps({"tool": tool, "argv": words, "locale": _locale()}, ensure_ascii=False)
        with (self.folder / "calls.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def calls(self) -> list[dict[str, Any]]:
        """The runs so far: tool, argv, locale."""
        path = self.folder / "calls.jsonl"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the machine's lock."""
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _locale() -> str:
    return next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "C")


def language(profile: Profile) -> str:
    """The language a run speaks: ru or en."""
    return profile.language or ("ru" if _locale().startswith("ru") else "en")


def _read(path: Path, default: Any) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    new.replace(path)
