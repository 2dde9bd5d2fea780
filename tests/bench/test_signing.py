"""What signing costs in process, behind the agent and behind the hub, beside a process to sign and one to verify."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest

from gost.cades import CadesTemplate
from gost.certificate import read_certificate
from gost.digest import digest
from gost.keys import PrivateKey, PublicKey
from sandbox.demo.installation import SELLER
from sandbox.test_ca import Issued, TestAuthority
from tests.bench.baselines.sign_processes import signed_and_verified
from tests.bench.rig.cpu import cpu_seconds, per_cpu_second
from tests.bench.rig.figures import Figures
from tests.bench.rig.signing import BATCHES_AT_ONCE, DOCUMENT, Pace, Signing, pace, signing_stack

pytestmark = pytest.mark.bench

_ROUNDS = 5
_SECONDS = 2.0


def test_a_signature_in_process_beside_a_process_to_sign_and_one_to_verify(tmp_path: Path, figures: Figures) -> None:
    authority = TestAuthority.create(tmp_path / "gost")
    seller = authority.issue("seller", SELLER)
    sign = _signer(seller)
    ratios, processes = [], []
    for _ in range(_ROUNDS):
        processes.append(per_cpu_second(lambda: signed_and_verified(DOCUMENT, seller, authority)))
        ratios.append(per_cpu_second(sign) / processes[-1])

    figures.add("sign_inprocess_vs_process", ratios, baseline=f"{median(processes):.0f} a second of CPU")


async def test_signing_by_agent_and_hub_beside_the_sketch(tmp_path: Path, figures: Figures) -> None:
    async with signing_stack(tmp_path / "landhub") as signing:
        await _warm_up(signing)
        sign = _signer(signing.installation.seller)
        found: dict[str, list[float]] = {name: [] for name in ("sketch", "port", "rpc", "batch", "limit")}
        for _ in range(_ROUNDS):
            for name, paced in (await _round(signing, sign)).items():
                found[name].append(paced.per_cpu_second)
                print(f"{name:10} {paced.per_cpu_second:6.0f} a second of CPU, {paced.per_second:6.0f} as they came")

    for name, ours, theirs in (
        ("sign_pool_vs_sketch", "port", "sketch"),
        ("sign_rpc_vs_sketch", "rpc", "sketch"),
        ("sign_batch_vs_limit", "batch", "limit"),
    ):
        ratios = [mine / other for mine, other in zip(found[ours], found[theirs], strict=True)]
        beside = f"{median(found[theirs]):.0f} a second of CPU, ours {median(found[ours]):.0f}"
        figures.add(name, ratios, baseline=beside)


async def _round(signing: Signing, sign: Callable[[], object]) -> dict[str, Pace]:
    """Ask each in turn; what disturbs the machine for a while disturbs all of them."""
    hub, agent = signing.hub_program, signing.agent_program
    return {
        "sketch": await pace(signing.by_sketch, signing.sketch_program, seconds=_SECONDS),
        "port": await pace(signing.by_port, agent, seconds=_SECONDS),
        "rpc": await pace(signing.by_rpc, hub, agent, seconds=_SECONDS),
        "batch": await pace(signing.by_batch, agent, seconds=_SECONDS, at_once=BATCHES_AT_ONCE),
        "limit": _on_two_threads(sign),
    }


async def _warm_up(signing: Signing) -> None:
    for sign in (signing.by_sketch, signing.by_port, signing.by_rpc, signing.by_batch):
        await sign()


def _signer(issued: Issued) -> Callable[[], object]:
    """Hash, build, sign, verify what was signed, assemble: all in this thread."""
    certificate = read_certificate(issued.certificate_path.read_bytes())
    template, public = CadesTemplate(certificate=certificate), PublicKey.from_certificate(certificate)
    key = PrivateKey.from_pem(issued.key_path.read_bytes())

    def sign() -> bytes:
        hashed = digest(template.digest_algorithm, DOCUMENT)
        attributes = template.signed_attributes(hashed, datetime.now(UTC))
        signature = key.sign(attributes)
        assert public.verify(attributes, signature)
        return template.assemble(attributes, signature)

    return sign


def _on_two_threads(sign: Callable[[], object]) -> Pace:
    start = threading.Barrier(2)

    def work() -> int:
        start.wait()
        end, count = time.perf_counter() + _SECONDS, 0
        while time.perf_counter() < end:
            sign()
            count += 1
        return count

    began, cpu = time.perf_counter(), cpu_seconds()
    with ThreadPoolExecutor(2) as pool:
        made = sum(future.result() for future in [pool.submit(work) for _ in range(2)])
    return Pace(made / (time.perf_counter() - began), made / (cpu_seconds() - cpu))
