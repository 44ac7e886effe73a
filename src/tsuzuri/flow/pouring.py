"""An upload's pieces onto the disk, few trips at a time: memory stays flat, nobody else waits. Touches the store's files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import Protocol

PIECE = 1 << 18         # bytes written at a time: a thousand stations at once fill 256 MiB


class Vessel(Protocol):
    """What bytes are poured into."""

    def write(self, chunk: bytes) -> None:
        """Take more of them."""


async def pour(chunks: AsyncIterable[bytes], into: Vessel) -> None:
    """All that comes, written down, also of what is cut off; raises TooLarge beyond the cap of the vessel."""
    await asyncio.to_thread(into.write, await pour_most(chunks, into))


async def pour_most(chunks: AsyncIterable[bytes], into: Vessel) -> bytes:
    """All that comes, written down but for the last bytes, fewer than PIECE: whoever goes on in a thread writes them there.

    What is cut off is written whole: whoever goes on later begins behind those bytes.
    """
    piece, cut_off = bytearray(), True
    try:
        async for chunk in chunks:
            piece += chunk
            if len(piece) >= PIECE:
                whole = bytes(piece)
                piece.clear()
                await asyncio.to_thread(into.write, whole)
        cut_off = False
    finally:
        if cut_off and piece:
            into.write(bytes(piece))
    return bytes(piece)
