"""`tsuzuri night DATE --dry-run`: a night rehearsed, told in words or as one JSON object."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import typer

from tsuzuri import flow
from tsuzuri.rules.amiss import CALLED, SAID, Amiss, Moved

SHOWN = 20
MOVED = {"new": "新規", "gone": "なし", "changed": "変化"}


def rehearse(line: flow.Line, day: date, against: date | None, until: datetime | None, *, as_json: bool) -> None:
    """Tell it; exit code 1 if something should be looked at before the night."""
    told = flow.rehearse(line, day, against, until)
    titles = {name: form.called for name, form in line.forms.items()}
    if as_json:
        sys.stdout.write(json.dumps(plain(told), ensure_ascii=False) + "\n")
    else:
        for one in told.would:
            _tell(one, titles)
        if told.left_out:
            typer.echo(f"どの宛先にも入らない請求が {told.left_out:,} 件あります。様式の export を確かめてください。")
        typer.echo("試算だけです。何も書いていません。")
    raise typer.Exit(1 if told.amiss else 0)


def _tell(one: flow.Would, titles: Mapping[str, str]) -> None:
    typer.echo(f"■ {one.title}（{one.target}）" + ("  作成済み" if one.done else ""))
    held = "、".join(f"{reason} {many:,}" for reason, many in flow.held_words(one)) or "0"
    typer.echo(f"  対象 {one.eligible:,} = 送付 {one.count:,} + 保留 {held}   金額 {one.amount:,} 円")
    for row in one.listed[1:SHOWN + 1]:
        typer.echo("    保留 " + " ".join(cell for cell in (row[0], row[2], *row[4:6]) if cell))
    if len(one.listed) > SHOWN + 1:
        typer.echo(f"    ほか {len(one.listed) - SHOWN - 1:,} 件（--json にあります）")
    for wrong in one.amiss:
        typer.echo("  ！" + amiss_says(wrong, titles))
    if one.against is not None and one.moved:
        last = f"{one.against.business_date}、{one.against.count:,} 件、{one.against.amount:,} 円"
        typer.echo(f"  前回（{last}）との差 {len(one.moved):,} 組")
        for changed in one.moved[:SHOWN]:
            typer.echo("    " + moved_says(changed, titles))
    for rules in one.rules:
        if not rules.current:
            since = f"{rules.since:%Y-%m-%d} から" if rules.since else "時期不明"
            typer.echo(f"  以前の規則（{rules.version[:12] or '-'}、{since}）で点検した請求 {rules.count:,} 件")


def amiss_says(one: Amiss, titles: Mapping[str, str]) -> str:
    """What looks wrong, as a clerk reads it."""
    of = "・".join(titles.get(part, part) for part in one.of)
    return (f"{CALLED[one.level]} {of}：{SAID[one.word]}"
            f"（普段 {one.usual.count:,} 件・{one.usual.yen:,} 円、今回 {one.now.count:,} 件・{one.now.yen:,} 円）。")


def moved_says(one: Moved, titles: Mapping[str, str]) -> str:
    """How a group differs."""
    return (f"{MOVED[one.word]} {one.group.institution or '-'} {titles.get(one.group.form, one.group.form)} {one.group.ward}"
            f"  {one.was.count:,} → {one.now.count:,} 件  {one.was.yen:,} → {one.now.yen:,} 円")


def plain(told: flow.Rehearsal) -> dict[str, Any]:
    """All of it, in JSON values."""
    return {"business_date": told.day.isoformat(), "left_out": told.left_out, "amiss": told.amiss,
            "targets": [_plain(one) for one in told.would]}


def _plain(one: flow.Would) -> dict[str, Any]:
    last = one.against
    return {
        "target": one.target, "title": one.title, "done": one.done, "count": one.count, "amount": one.amount,
        "eligible": one.eligible, "held": dict(one.held),
        "held_list": [{"reason": row[1], "document": row[2], "claim": row[3], "form": row[4], "ward": row[5], "batch": row[6]}
                      for row in one.listed[1:]],
        "against": {"run": last.id, "business_date": last.business_date.isoformat(), "count": last.count, "amount": last.amount}
        if last is not None else None,
        "moved": [{"word": it.word, **it.group._asdict(), "was": asdict(it.was), "now": asdict(it.now)} for it in one.moved],
        "amiss": [{"level": it.level, "of": list(it.of), "word": it.word, "now": asdict(it.now), "usual": asdict(it.usual)}
                  for it in one.amiss],
        "rules": [{"version": it.version, "since": it.since.isoformat() if it.since else None, "count": it.count,
                   "current": it.current} for it in one.rules],
    }
