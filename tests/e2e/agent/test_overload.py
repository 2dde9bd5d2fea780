"""More than the agent takes: it says when to come back, and what was turned away leaves no trace."""

import asyncio
from collections.abc import AsyncIterator

import grpc

from landhub.signer.v1 import signer_service_pb2 as pb
from tests.e2e.agent.support import Installation, connected, refused, serving, sign_request


async def test_a_full_queue_of_signatures_is_told_with_the_time_to_come_back(installation: Installation) -> None:
    installation.set("[tls]", "max_waiting_signatures = 3\n\n[tls]")
    requests = [sign_request(installation.keys) for _ in range(10)]
    async with serving(installation) as port, connected(installation, port) as client:
        answer = await client.stub.SignBatch(pb.SignBatchRequest(requests=requests), timeout=20)
        again = await client.stub.Sign(requests[-1], timeout=20)
        records = await client.stub.ListJournalRecords(pb.ListJournalRecordsRequest(), timeout=20)

    failures = [result.failure for result in answer.results if not result.response.cms]
    assert len(failures) == 7
    assert {(failure.code, failure.reason, failure.retry_delay_ms) for failure in failures} == {
        (grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], "OVERLOADED", 2000)
    }
    assert again.cms  # its request_id was not used up
    assert len(records.records) == 1 + 2 * 4  # of those that were turned away nothing is told


async def test_a_call_too_many_is_told_with_the_time_to_come_back(installation: Installation) -> None:
    installation.set("[tls]", "max_concurrent_calls = 1\n\n[tls]")
    stay = asyncio.Event()

    async def parts() -> AsyncIterator[pb.SignStreamRequest]:
        await stay.wait()
        yield pb.SignStreamRequest(chunk=b"no header")

    async with serving(installation) as port, connected(installation, port) as client:
        call = client.stub.SignStream(parts(), timeout=20)
        while True:  # until the stream is under way
            refusal = None
            try:
                await client.stub.GetStatus(pb.GetStatusRequest(), timeout=20)
            except grpc.aio.AioRpcError:
                refusal = await refused(client, "Sign", sign_request(installation.keys))
                break
        stay.set()
        await asyncio.wait([asyncio.ensure_future(call)])
        made = await client.stub.Sign(sign_request(installation.keys), timeout=20)

    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
    assert (refusal.retry_seconds, refusal.pushback) == (1, "1000")
    assert made.cms
