"""What speaks against a scan itself, as findings. Touches only nouns and the words of the quality gate."""

from __future__ import annotations

from collections.abc import Iterator

from tsuzuri.forms import Form
from tsuzuri.image.quality import FAULTS
from tsuzuri.model import Act, Finding, Placement, Severity


def ill_seen(placement: Placement, form: Form | None) -> Iterator[Finding]:
    """V02 for the whole sheet if the scan is unfit: it blocks where no form was known, else whoever approves must have seen
    it; and V02 for each field that does not lie where it should, until somebody has typed it."""
    if placement.fault:
        yield Finding("V02", Severity.W if form else Severity.E, Act.RESCAN, FAULTS[placement.fault])
    if form is not None:
        for name in placement.astray:
            message = f"{form.label(name)}の位置が合いません（折れ・破れ・画像の切れ）。原本を見て入力してください。"
            yield Finding("V02", Severity.E, Act.RESCAN, message, field=name)
