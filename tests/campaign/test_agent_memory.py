"""100,000 signatures by an agent's process: its memory stays within 5 % of what it was after warm-up."""

import os
import sys
from pathlib import Path

import pytest

from landhub.common.v1 import signing_pb2
from tests.contract.test_pkcs11_keys import Pkcs11Rig
from tests.e2e.agent.support import install
from tests.support.agent_memory import REMEMBERED, grown_by, remember_little
from tests.support.csp import PIN
from tests.support.softhsm import MODULE
from tests.support.softhsm import tokens as tokens  # noqa: PLC0414 - a fixture
from tests.unit.agent.support import Keys, make_keys

SIGNATURES = 100_000
TOKEN_SIGNATURES = int(os.environ.get("TOKEN_SIGNATURES", "100000"))
WORKER_MIB = 64
pytestmark = pytest.mark.campaign


async def test_100_000_signatures_leave_the_agents_memory_as_it_was(tmp_path: Path) -> None:
    installation = remember_little(install(tmp_path / "agent", make_keys(tmp_path)))

    grown = await grown_by(installation, warm=3 * REMEMBERED, signatures=SIGNATURES)

    sys.stdout.write(f"{grown}\n")
    assert grown.share < 0.05


async def test_the_same_with_a_token_whose_module_has_a_process_of_its_own(tmp_path: Path, tokens: Path) -> None:
    rig = Pkcs11Rig(tokens, "memory", "ec")
    rig.backend.close()
    keys = make_keys(tmp_path)
    thumbprints = {"seller": rig.seller.thumbprint}
    installation = remember_little(install(tmp_path / "agent", Keys(keys.authority, keys.folder, thumbprints)))
    (tmp_path / "pin").touch(mode=0o600)
    (tmp_path / "pin").write_text(PIN)
    installation.set('backend = "gost_file"', 'backend = "pkcs11"')
    pins = '[keys.pins]\ndefault = "file:../pin"\n\n'
    token = f'[keys.pkcs11]\nmodule = "{MODULE}"\ntoken_label = "memory"\nmax_worker_mib = {WORKER_MIB}\n\n'
    installation.set("[hub]", f"{token}{pins}[hub]")

    grown = await grown_by(
        installation,
        warm=2 * REMEMBERED,
        signatures=TOKEN_SIGNATURES,
        worker_bytes=2 * WORKER_MIB * 1024 * 1024,  # one that has grown works on until its successor has started
        digest_algorithm=signing_pb2.DIGEST_ALGORITHM_SHA_256,
    )

    sys.stdout.write(f"{grown}\n")
    assert grown.share < 0.05
