"""An upload's pieces onto the disk, few trips at a time: memory stays flat, nobody else waits. Touches the store's files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable

from tsuzuri.store import Staged

PIECE = 1 << 20         # bytes written at a time


async def pour(chunks: AsyncIterable[bytes], staged: Staged) -> None:
    """All that comes, written down; raises TooLarge beyond the cap of `staged`."""
    piece = bytearray()
    async for chunk in chunks:
        piece += chunk
        if len(piece) >= PIECE:
            await asyncio.to_thread(staged.write, bytes(piece))
            piece.clear()
    await asyncio.to_thread(staged.write, bytes(piece))
