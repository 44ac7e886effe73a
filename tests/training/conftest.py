"""A small bank: one print and one hand, both of the table."""

from __future__ import annotations

import pytest

from tsuzuri.synth.fonts import font_path
from tsuzuri.training.faces import FACES
from tsuzuri.training.glyphs import Bank, build


@pytest.fixture(scope="session")
def bank() -> Bank:
    """Every class in ipag and in kiloji."""
    chosen = [face for face in FACES if face.name in {"ipag", "kiloji"}]
    return build({face: (font_path(face.files[0]),) for face in chosen})
