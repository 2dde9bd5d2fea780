"""What a document of a gigabyte leaves in memory."""

import asyncio
from pathlib import Path

import pytest

from landhub.common.v1 import document_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb
from tests.bench.rig.figures import Figures
from tests.bench.rig.programs import Program
from tests.bench.rig.signing import Signing, signing_stack

pytestmark = pytest.mark.bench

_MIB = 1024 * 1024
_LOOK_SECONDS = 0.05
_UPLOAD_SECONDS = 300.0


async def test_a_document_of_a_gigabyte_is_signed_in_flat_memory(tmp_path: Path, figures: Figures) -> None:
    document = tmp_path / "document"
    async with signing_stack(tmp_path / "landhub") as signing:
        await _sign(signing, document, size=8 * _MIB)  # what is loaded for the first document is not growth
        memory = _Memory(signing.hub_program, signing.agent_program)
        looking = asyncio.create_task(memory.look())
        await _sign(signing, document, size=1024 * _MIB)
        looking.cancel()

    figures.add("stream_growth_mib", [memory.growth_mib], baseline="`SignDocumentStream`, pieces of 1 MiB")


class _Memory:
    """What some programs hold together: when this began, and at most."""

    def __init__(self, *programs: Program) -> None:
        self._programs = programs
        self._before = self._most = self._now()

    @property
    def growth_mib(self) -> float:
        return self._most - self._before

    async def look(self) -> None:
        while True:
            self._most = max(self._most, self._now())
            await asyncio.sleep(_LOOK_SECONDS)

    def _now(self) -> float:
        return sum(program.resident_mib() for program in self._programs)


async def _sign(signing: Signing, document: Path, *, size: int) -> None:
    with document.open("wb") as file:
        file.truncate(size)  # zeros that take no room on the disk
    header = pb.SignDocumentHeader(
        business_reference="ДКП-2026/17",
        document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
        certificate_thumbprint=signing.certificate.thumbprint,
    )
    signature = await signing.client.sign_stream(header, document, timeout_seconds=_UPLOAD_SECONDS)
    assert signature.cms
