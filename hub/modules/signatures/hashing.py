"""Hashing documents without holding the event loop or more of them than a chunk."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence

from gost import digest
from gost.digest import DigestAlgorithm
from hub.modules.signatures.port import DocumentTooLargeError

SLICE_BYTES = 1024 * 1024  # of a document at hand, when it goes on in parts
_INLINE_BYTES = 64 * 1024  # less than a millisecond of Streebog; more goes to a thread


async def digest_all(content: bytes, algorithms: Iterable[DigestAlgorithm]) -> dict[DigestAlgorithm, bytes]:
    """Hash bytes by each algorithm."""
    wanted = tuple(algorithms)

    def work() -> dict[DigestAlgorithm, bytes]:
        return {algorithm: digest.digest(algorithm, content) for algorithm in wanted}

    return work() if len(content) <= _INLINE_BYTES else await asyncio.to_thread(work)


async def sliced(content: bytes) -> AsyncIterator[bytes]:
    """Give out bytes at hand in parts."""
    for start in range(0, len(content), SLICE_BYTES):
        yield content[start : start + SLICE_BYTES]


async def hashed(chunks: AsyncIterator[bytes], states: Sequence[digest.Hash]) -> AsyncIterator[bytes]:
    """Pass a stream through, hashing it."""
    async for chunk in chunks:
        for state in states:
            if len(chunk) <= _INLINE_BYTES:
                state.update(chunk)
            else:
                await asyncio.to_thread(state.update, chunk)
        yield chunk


async def kept(chunks: AsyncIterator[bytes], into: bytearray, *, limit_bytes: int) -> AsyncIterator[bytes]:
    """Pass a stream through, keeping it.

    Raises:
        DocumentTooLargeError: it is longer than may be kept.
    """
    async for chunk in chunks:
        if len(into) + len(chunk) > limit_bytes:
            raise DocumentTooLargeError("content", limit_bytes)
        into += chunk
        yield chunk


async def digest_stream(
    chunks: AsyncIterator[bytes], algorithms: Iterable[DigestAlgorithm]
) -> tuple[dict[DigestAlgorithm, bytes], int]:
    """Hash a stream by each algorithm while it comes in; returns the digests and how many bytes there were."""
    hashes = {algorithm: digest.new(algorithm) for algorithm in algorithms}
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        for state in hashes.values():
            if len(chunk) <= _INLINE_BYTES:
                state.update(chunk)
            else:
                await asyncio.to_thread(state.update, chunk)
    return {algorithm: state.digest() for algorithm, state in hashes.items()}, size
