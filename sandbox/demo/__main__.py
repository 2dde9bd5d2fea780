"""`python -m sandbox.demo`: set everything up, run the deal, show it, leave its papers in the folder."""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from landhub_client import LandhubError
from sandbox.demo import papers
from sandbox.demo.deal import DealFailedError
from sandbox.demo.installation import Installation, InstallationFailedError, install
from sandbox.demo.payer import PayerRefusedError
from sandbox.demo.ports import Ports, PortTakenError
from sandbox.demo.processes import ProcessFailedError, running_pid, stop_pid
from sandbox.demo.stack import Stack, post
from sandbox.demo.story import Steps, run_deal
from sandbox.demo.telling import UntoldError
from sandbox.demo.tracing import IncompleteTraceError, complete_trace, tree
from sandbox.foreign_signer import verify_detached
from sandbox.openssl import OpenSslError

_STORY_SECONDS = 30


def main() -> int:
    """Run the demo; 0 if the deal came to its end."""
    options = _parser().parse_args()
    steps = Steps(began=time.monotonic())
    try:
        _end_earlier(options.dir)
        ports = Ports() if options.port_base is None else Ports.from_base(options.port_base)
        ports.check_free()
        steps.say("setting up", str(options.dir))
        stack = Stack(install(options.dir, ports))
        _run(stack, steps, keep=options.keep)
    except (PortTakenError, InstallationFailedError, OpenSslError, ProcessFailedError, DemoRefusedError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


class DemoRefusedError(Exception):
    """The demo can't run, or went wrong; the message says why."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description="The land deal, from end to end.")
    parser.add_argument("--dir", type=Path, default=Path("build/demo"), help="where all of it lies; made anew")
    parser.add_argument("--keep", action="store_true", help="leave sandbox, agent and hub running")
    parser.add_argument(
        "--port-base", type=int, metavar="N", help="take ports in a row from N on, instead of the usual"
    )
    return parser


def _end_earlier(folder: Path) -> None:
    """End what an earlier demo left running in the folder, and remove the folder."""
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / "run").is_dir():
        raise DemoRefusedError(f"{folder} is no demo's folder: remove it yourself, or choose another with --dir")
    for name in ("hub", "agent", "sandbox"):
        pid = running_pid(folder / f"run/{name}.pid")
        if pid is not None and str(folder.resolve()) in _command_line(pid):
            stop_pid(pid)
    shutil.rmtree(folder)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _run(stack: Stack, steps: "Steps", *, keep: bool) -> None:
    keeps_running = False
    try:
        stack.start()
        steps.say("running", "sandbox, signer agent and hub")
        _show(stack, steps)
        keeps_running = keep
    except (
        LandhubError,
        DealFailedError,
        PayerRefusedError,
        UntoldError,
        IncompleteTraceError,
        subprocess.CalledProcessError,
    ) as error:
        tails = "\n".join(f"{part.name}.log:\n{part.log_tail()}" for part in (stack.hub, stack.agent, stack.sandbox))
        raise DemoRefusedError(f"{error}\n{tails}") from error
    finally:
        if not keeps_running:
            stack.stop()
    steps.say("done", f"see {stack.installation.folder}")
    if keep:
        print(_how_to_go_on(stack.installation))


def _show(stack: Stack, steps: "Steps") -> None:
    installation = stack.installation
    post(installation.ports.control, "/scenarios", {"scenario": "suspended", "contract_number": papers.CONTRACT_NUMBER})
    outcome = asyncio.run(run_deal(installation, steps, seed=uuid.uuid4()))
    folder = installation.folder
    (folder / papers.CONTRACT_FILE).write_bytes(papers.CONTRACT)
    (folder / "contract.p7s").write_bytes(outcome.cms)
    verify_detached(papers.CONTRACT, outcome.cms, installation.chain)
    steps.say("OpenSSL agrees", "contract.p7s signs contract.txt, up to chain.pem")
    trace = complete_trace(installation.ports.control, outcome.summary["trace_id"])
    _write_json(folder / "trace.json", trace)
    _write_json(folder / "summary.json", outcome.summary | {"seconds": round(time.monotonic() - steps.began, 1)})
    print("\nThe trace, as the OTLP receiver has it (since its beginning, how long, service, span):")
    for line in tree(trace):
        print(f"  {line}")
    print(f"\nhub story {folder} {papers.BUSINESS_REFERENCE}", flush=True)
    command = [sys.executable, "-m", "hub", "story", str(folder), papers.BUSINESS_REFERENCE]
    subprocess.run(command, check=True, timeout=_STORY_SECONDS)
    print()


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _how_to_go_on(installation: Installation) -> str:
    folder, ports = os.path.relpath(installation.folder), installation.ports
    return f"""
Still running (end them with: kill $(cat {folder}/run/*.pid)):
  hub             127.0.0.1:{ports.hub}, gRPC with {folder}/pki/client.crt, client.key, ca.crt; reflection is on
  metrics         http://127.0.0.1:{ports.private}/metrics, /readyz, /traces
  sandbox         http://127.0.0.1:{ports.control}/state; what people were told: /inbox
  story           hub story {folder} {papers.BUSINESS_REFERENCE}"""


if __name__ == "__main__":
    sys.exit(main())
