"""An upload's pieces onto the disk, few trips at a time: memory stays flat, nobody else waits. Touches the store's files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import Protocol

PIECE = 1 << 20         # bytes written at a time


class Vessel(Protocol):
    """What bytes are poured into."""

    def write(self, chunk: bytes) -> None:
        """Take more of them."""


async def pour(chunks: AsyncIterable[bytes], into: Vessel) -> None:
    """All that comes, written down, also of what is cut off; raises TooLarge beyond the cap of the vessel."""
    piece = bytearray()
    try:
        async for chunk in chunks:
            piece += chunk
            if len(piece) >= PIECE:
                whole = bytes(piece)
                piece.clear()
                await asyncio.to_thread(into.write, whole)
        rest = bytes(piece)
        piece.clear()
        await asyncio.to_thread(into.write, rest)
    finally:
        if piece:               # cut off: whoever goes on later begins behind these bytes
            into.write(bytes(piece))
