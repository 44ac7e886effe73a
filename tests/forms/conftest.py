"""The city's forms, loaded once."""

from __future__ import annotations

import pytest

from tsuzuri.forms import Forms, load_forms
from tsuzuri.settings import REPO


@pytest.fixture(scope="session")
def forms() -> Forms:
    """All forms of pipelines/."""
    return load_forms(REPO / "pipelines", REPO / "schemas")
