"""A signature of the running landhub is exported to one file, and proven elsewhere by pinned keys alone."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gost.certificate import read_certificate
from gost.digest import streebog256
from hub.cli.main import main as hub
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb
from landhub_client import attest
from sandbox.demo.installation import ATTESTATION_KEY_ID
from sandbox.demo.stack import Stack
from signer_agent.__main__ import main as signer_agent
from tests.support.clocks import TWO_YEARS_AHEAD
from tests.support.stack import connect

DOCUMENT = "Договор аренды".encode()


async def _signed(stack: Stack, reference: str, documents: Sequence[bytes]) -> list[str]:
    thumbprint = read_certificate(stack.installation.seller.certificate_pem).thumbprint
    request = pb.SignDigestsRequest(
        request_id=str(uuid.uuid4()), business_reference=reference, certificate_thumbprint=thumbprint
    )
    for document in documents:
        item = request.digests.add(
            digest=streebog256(document),
            digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
            document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
        )
        word = attest(
            private_key=stack.installation.attestation_key(),
            key_id=ATTESTATION_KEY_ID,
            digest=item.digest,
            digest_algorithm=item.digest_algorithm,
            document_kind=item.document_kind,
            certificate_thumbprint=thumbprint,
            expire_time=datetime.now(UTC) + timedelta(hours=1),
        )
        item.attestation.CopyFrom(word)
    async with connect(stack.installation) as client:
        answer = await client.signatures.SignDigests(request)
    assert {item.state for item in answer.signatures} == {signatures_pb2.SIGNATURE_STATE_SIGNED}, answer
    return [item.signature_id for item in answer.signatures]


def _trusting(stack: Stack) -> list[str]:
    folder = stack.installation.folder
    return [
        *("--anchors", str(stack.installation.authority.root_path)),
        *("--journal-key", str(folder / "agent/keys/journal.pub")),
        *("--audit-key", str(folder / "keys/audit.pub")),
        *("--attestation-key", f"{ATTESTATION_KEY_ID}={folder / 'agent/keys/demo-backend.pub'}"),
    ]


def _two_years_ahead(folder: Path, *words: str) -> tuple[int, Any]:
    """What `hub` ends with and tells where every clock of Python's stands two years ahead."""
    (folder / "sitecustomize.py").write_text(TWO_YEARS_AHEAD)
    ran = subprocess.run(
        [sys.executable, "-m", "hub", *words, "--json"],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, json.loads(ran.stdout)


def test_a_story_is_exported_and_each_file_is_proven_by_hub_and_agent_two_years_later(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"ДКП-2026/{uuid.uuid4().hex[:6]}"
    ids = asyncio.run(_signed(stack, reference, [DOCUMENT, b"two", b"three"]))

    assert hub(["story", str(stack.installation.folder), reference, "--export", str(tmp_path)]) == 0

    files = [tmp_path / f"{signature_id}.evidence.zip" for signature_id in ids]
    assert capsys.readouterr().out.split() == [str(file) for file in files]
    document = tmp_path / "document"
    document.write_bytes(DOCUMENT)
    words = [str(files[0]), *_trusting(stack), "--document", str(document)]
    code, told = _two_years_ahead(tmp_path, "evidence", "verify", *words)
    assert (code, told["valid"], told["time_proof"]) == (0, True, "CLAIMED"), told
    assert told["facts"]["signature id"] == ids[0]
    assert signer_agent(["verify-evidence", *words]) == 0
    assert [hub(["evidence", "verify", str(file), *_trusting(stack)]) for file in files] == [0, 0, 0]
    assert hub(["evidence", "verify", str(files[1]), *_trusting(stack), "--document", str(document)]) == 1


def test_the_agent_exports_alone_what_is_proven_without_a_hub(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"ДКП-2026/{uuid.uuid4().hex[:6]}"
    asyncio.run(_signed(stack, reference, [DOCUMENT]))
    folder = stack.installation.folder
    assert hub(["story", str(folder), reference, "--export", str(tmp_path)]) == 0  # has the journal stated
    capsys.readouterr()
    out = tmp_path / "alone"
    out.mkdir()
    lists = [f"--crl={folder / 'gost' / name}" for name in ("issuing.crl", "root.crl")]
    words = [str(folder / "agent"), "--reference", reference, "--out", str(out), f"--chain={stack.installation.chain}"]

    assert signer_agent(["export", *words, *lists]) == 0

    (file,) = capsys.readouterr().out.split()
    trusting = _trusting(stack)
    assert signer_agent(["verify-evidence", file, *trusting[:4], *trusting[6:]]) == 0
    assert "TIME ONLY CLAIMED" in capsys.readouterr().out
    assert signer_agent(["verify-evidence", file, *trusting]) == 1  # the hub's key was given, and its part is not there
