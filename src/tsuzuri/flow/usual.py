"""What is usual is told anew every night, from the months of which claims were judged since it was told last."""

from __future__ import annotations

from datetime import date, timedelta

from tsuzuri.flow.line import Line


def tell_usual(line: Line) -> None:
    """Institutions' months summed up, and what is usual a day by kind of care (V35, V58). Told twice, it is the same."""
    today, given = line.today(), line.forms.rulebook.of("V35")
    with line.unit() as unit:
        last = unit.usual_told_on()
        since = last - timedelta(days=1) if last else date.min       # a day more: some may have been judged while it was told
        unit.tell_usual(today, since, share=given["permille"] / 1000, least=given["least"])
