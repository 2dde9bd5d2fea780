"""A small working tree that keeps every rule, for planting violations in."""

import shutil
from pathlib import Path

from tools.release_image import changelog_mark

ROOT = Path(__file__).resolve().parents[2]

IMAGE = b"a released contract"

SERVICE = """syntax = "proto3";
package landhub.plots.v1;
import "buf/validate/validate.proto";
import "landhub/common/v1/options.proto";
// Plots.
service PlotsService {
  // Get one.
  rpc GetPlot(GetPlotRequest) returns (GetPlotResponse) {
    option (landhub.common.v1.method).safety = SAFETY_READ;
  }
  // Make one.
  rpc CreatePlot(CreatePlotRequest) returns (CreatePlotResponse) {
    option (landhub.common.v1.method).safety = SAFETY_KEYED;
  }
}
// Asks for one.
message GetPlotRequest {
  // Which.
  string name = 1 [(buf.validate.field).string.min_len = 1];
}
// Answers.
message GetPlotResponse {
  // Фамилия.
  string surname = 1 [debug_redact = true, (landhub.common.v1.field).personal = true];
}
// Asks to make one.
message CreatePlotRequest {
  // The key.
  string request_id = 1;
  // The contract's number.
  string business_reference = 2;
}
// Answers.
message CreatePlotResponse {}
"""

ERRORS = """syntax = "proto3";
package landhub.plots.v1;
// Reasons.
enum ErrorReason {
  // Not used.
  ERROR_REASON_UNSPECIFIED = 0;
  // NOT_FOUND: no such plot.
  ERROR_REASON_PLOT_NOT_FOUND = 1;
}
"""

FILES = {
    "hub/app.py": "",
    "hub/settings.py": "",
    "hub/module_api.py": "class ModuleSpec:\n    def __init__(self, *, name: str) -> None: ...\n",
    "hub/core/clock.py": "import time\n\ndef now() -> float:\n    return time.time()\n",
    "hub/modules/plots/module.py": 'from hub.module_api import ModuleSpec\n\nMODULE = ModuleSpec(name="plots")\n',
    "hub/modules/plots/settings.py": "",
    "hub/modules/plots/port.py": "",
    "hub/modules/plots/store.py": "",
    "hub/modules/plots/servicer.py": 'ERROR = PlotError("none", reason="PLOT_NOT_FOUND")\n',
    "hub/modules/plots/providers/vendor.py": "",
    "hub/modules/plots/migrations/0001_plots.py": 'revision = "0001"\n',
    "proto/landhub/plots/v1/plots_service.proto": SERVICE,
    "proto/landhub/plots/v1/errors.proto": ERRORS,
    "docs/modules/plots.md": "See [the architecture](../architecture.md).\n",
    "docs/adr/0001-one.md": "# 1. One\n",
    "docs/architecture.md": "",
    "docs/examples/landhub.toml": '[modules.plots]\nmode = "on"\n',
    "CHANGELOG.md": f"# Changelog\n\n## Unreleased\n\n- First ({changelog_mark(IMAGE)}).\n",
}
PACKAGES = ("hub/rpc", "hub/signing", "hub/storage", "hub/web", "hub/resilience", "signer_agent", "gost", "sealed",
            "evidence", "sandbox", "clients/python/src/landhub", "clients/python/src/landhub_client")  # fmt: skip


def plant_tree(root: Path) -> None:
    """Write the small tree below root, with the real configuration and options.proto."""
    for name in ("pyproject.toml", "proto/landhub/common/v1/options.proto", "third_party/buf/validate/validate.proto"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    for name, content in FILES.items():
        write(root / name, content)
    for package in PACKAGES:
        write(root / package / "__init__.py", "")
    for folder in [root / "hub", *(path for path in (root / "hub").rglob("*") if path.is_dir())]:
        write(folder / "__init__.py", "")
    (root / "proto/landhub.binpb").write_bytes(IMAGE)


def write(path: Path, content: str) -> None:
    """Write a file and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
