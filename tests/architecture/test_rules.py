"""Each rule of the architecture bites: a violation planted in a small tree that keeps them all is found and named."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.rules import RULES, code, contract, shape
from tests.architecture.sample_tree import ERRORS, SERVICE, plant_tree, write

Rule = Callable[[Path], list[str]]
PLOTS = "hub/modules/plots"
PROTO = "proto/landhub/plots/v1"


@dataclass(frozen=True, slots=True)
class Plant:
    """A violation: what a file is made to hold (None: it is removed), and what the finding says."""

    rule: Rule
    path: str
    content: str | None
    named: str


def service_with(old: str, new: str) -> str:
    assert old in SERVICE
    return SERVICE.replace(old, new)


PLANTS = [
    Plant(code.layers_are_kept, "hub/core/audit.py", "import hub.settings\n", "hub.core.audit -> hub.settings"),
    Plant(code.layers_are_kept, "hub/core/wire.py", "import grpc\n", "hub.core.wire -> grpc"),
    Plant(code.layers_are_kept, "hub/helpers.py", "", "hub.helpers"),
    Plant(code.layers_are_kept, f"{PLOTS}/port.py", "from landhub.plots import v1\n", "plots.port -> landhub"),
    Plant(
        code.layers_are_kept,
        f"{PLOTS}/store.py",
        "import hub.modules.plots.port\n",
        "plots.store -> hub.modules.plots.port",
    ),
    Plant(code.layers_are_kept, "gost/cms.py", "import hub.core\n", "gost.cms -> hub.core"),
    Plant(code.layers_are_kept, "sandbox/gateway.py", "import gost\n", "sandbox.gateway -> gost"),
    Plant(code.layers_are_kept, "signer_agent/app.py", "import hub.rpc\n", "signer_agent.app -> hub.rpc"),
    Plant(
        code.functions_and_files_are_short,
        "gost/long.py",
        "def f():\n" + "    x = 1\n" * 61,
        "gost/long.py:1: f has 62",
    ),
    Plant(code.functions_and_files_are_short, "tests/unit/test_long.py", "\n" * 401, "tests/unit/test_long.py:1: 401"),
    Plant(code.time_and_randomness_are_injected, "hub/web/x.py", "import time\nNOW = time.time()\n", "hub/web/x.py:2"),
    Plant(
        code.time_and_randomness_are_injected, "hub/app.py", "def f():\n    return datetime.now(UTC)\n", "hub/app.py:2"
    ),
    Plant(code.time_and_randomness_are_injected, "signer_agent/x.py", "ID = uuid.uuid4()\n", "signer_agent/x.py:1"),
    Plant(code.time_and_randomness_are_injected, "hub/core/x.py", "X = random.random()\n", "hub/core/x.py:1"),
    Plant(code.providers_hold_only_the_wire, f"{PLOTS}/providers/v.py", "import grpc.aio\n", "providers/v.py:1"),
    Plant(code.providers_hold_only_the_wire, f"{PLOTS}/providers/v.py", "from tenacity import retry\n", "tenacity"),
    Plant(code.providers_hold_only_the_wire, f"{PLOTS}/providers/v.py", "from asyncio import sleep\n", "asyncio.sleep"),
    Plant(
        code.providers_hold_only_the_wire, f"{PLOTS}/providers/v.py", "import asyncio\nX = asyncio.sleep\n", "v.py:2"
    ),
    Plant(code.modules_keep_no_state, "hub/app.py", "seen: set[str] = set()\n", "hub/app.py:1: seen"),
    Plant(
        code.modules_keep_no_state, "sandbox/x.py", "def f():\n    global X\n    X = 1\n", "sandbox/x.py:2: global X"
    ),
    Plant(
        code.modules_keep_no_state, "hub/web/x.py", "@functools.lru_cache\ndef f(): ...\n", "hub/web/x.py:2: f keeps"
    ),
    Plant(shape.modules_have_their_shape, f"{PLOTS}/store.py", None, f"{PLOTS}/store.py"),
    Plant(shape.modules_have_their_shape, "docs/modules/plots.md", None, "docs/modules/plots.md"),
    Plant(shape.modules_have_their_shape, f"{PROTO}/errors.proto", None, f"{PROTO}/errors.proto"),
    Plant(
        shape.modules_have_one_name, f"{PLOTS}/module.py", 'MODULE = ModuleSpec(name="land")\n', f"{PLOTS}/module.py"
    ),
    Plant(
        shape.modules_have_one_name,
        "docs/examples/a.toml",
        "[modules.land]\n",
        "docs/examples/a.toml:1: [modules.land]",
    ),
    Plant(
        shape.documents_lead_somewhere, "docs/architecture.md", "\n[gone](gone.md)\n", "docs/architecture.md:2: gone.md"
    ),
    Plant(shape.documents_lead_somewhere, "docs/examples/b.toml", "[modules\n", "docs/examples/b.toml"),
    Plant(shape.decisions_have_a_number_each, "docs/adr/0001-two.md", "# 1. Two\n", "docs/adr/0001-two.md:1: 0001"),
    Plant(
        shape.decisions_have_a_number_each, "docs/adr/0002-two.md", "# 3. Two\n", "docs/adr/0002-two.md:1: its title"
    ),
    Plant(shape.released_contract_is_in_the_changelog, "proto/landhub.binpb", "another", "CHANGELOG.md"),
    Plant(shape.released_contract_is_in_the_changelog, "proto/landhub.binpb", None, "proto/landhub.binpb"),
    Plant(
        contract.methods_say_how_safe_they_are,
        f"{PROTO}/plots_service.proto",
        service_with("option (landhub.common.v1.method).safety = SAFETY_READ;", ""),
        f"{PROTO}/plots_service.proto:8: PlotsService.GetPlot",
    ),
    Plant(
        contract.changing_requests_can_be_repeated_and_traced,
        f"{PROTO}/plots_service.proto",
        service_with("  string request_id = 1;\n", ""),
        f"{PROTO}/plots_service.proto:27: landhub.plots.v1.CreatePlotRequest needs request_id",
    ),
    Plant(
        contract.changing_requests_can_be_repeated_and_traced,
        f"{PROTO}/plots_service.proto",
        service_with("business_reference = 2", "number = 2"),
        "CreatePlotRequest needs business_reference",
    ),
    Plant(
        contract.personal_fields_are_marked,
        f"{PROTO}/plots_service.proto",
        service_with(", (landhub.common.v1.field).personal = true", ""),
        f"{PROTO}/plots_service.proto:24: landhub.plots.v1.GetPlotResponse.surname needs",
    ),
    Plant(
        contract.personal_fields_are_marked,
        f"{PROTO}/plots_service.proto",
        service_with("debug_redact = true, ", ""),
        "GetPlotResponse.surname is personal or secret and needs debug_redact",
    ),
    Plant(
        contract.reasons_are_in_the_contract,
        f"{PLOTS}/servicer.py",
        'ERROR = PlotError(\n    "gone", reason="PLOT_LOST")\n',
        f"{PLOTS}/servicer.py:2: PLOT_LOST",
    ),
    Plant(
        contract.reasons_are_in_the_contract,
        "hub/core/errors.py",
        'class LostError(Exception):\n    default_reason = "LOST"\n',
        "hub/core/errors.py:2: LOST",
    ),
    Plant(
        contract.reasons_are_in_the_contract,
        f"{PLOTS}/port.py",
        'class LostError(Exception):\n    def __init__(self):\n        super().__init__("", reason="LOST")\n',
        f"{PLOTS}/port.py:3: LOST",
    ),
    Plant(
        contract.reasons_are_in_the_contract,
        f"{PROTO}/errors.proto",
        ERRORS.replace("  // NOT_FOUND: no such plot.\n", ""),
        f"{PROTO}/errors.proto:7: landhub.plots.v1.ERROR_REASON_PLOT_NOT_FOUND needs a comment",
    ),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    plant_tree(tmp_path)
    return tmp_path


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_small_tree_keeps_each_rule(rule: Rule, tree: Path) -> None:
    assert rule(tree) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.rule.__name__}-{plant.named}")
def test_each_rule_fails_on_a_planted_violation(plant: Plant, tree: Path) -> None:
    if plant.content is None:
        (tree / plant.path).unlink()
    else:
        write(tree / plant.path, plant.content)
    assert plant.named in "\n".join(plant.rule(tree))


def test_every_rule_has_a_violation_planted_for_it() -> None:
    assert {plant.rule for plant in PLANTS} == set(RULES)
