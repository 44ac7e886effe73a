"""Our own small reader for numbers, dates and katakana: 0.8 M parameters, a network like any that a city may drop in.

It knows 115 characters in two families, numeric and kana, and was trained never to have to tell one family's characters
from the other's.
"""

from __future__ import annotations

from pathlib import Path

from tsuzuri.engines.network import Network
from tsuzuri.errors import Misdeclared, Stuck

MODEL = Path(__file__).parent / "models" / "own.onnx"


class Own(Network):
    """Reads digits with their signs, dates, and katakana; one a process. What is wrong with its files is not the city's fault."""

    def __init__(self, model: Path = MODEL) -> None:
        try:
            super().__init__(model)
        except Misdeclared as error:
            raise Stuck(f"{model.name} or its card is missing or damaged; install tsuzuri anew", code=error.code) from error
