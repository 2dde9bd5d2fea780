"""Tells the build which packages landhub needs, so that requirements.in stays the only list of them."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Copies the lines of requirements.in into the project's metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `dependencies` in place, as hatchling asks."""
        lines = (Path(self.root) / "requirements.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
