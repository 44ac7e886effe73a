"""How a night's files reached their receivers and what those said, in a clerk's words; for the pages of 夜間連携."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.model import ExportRun, RunStep
from tsuzuri.store import Look
from tsuzuri.store.deliveries import Answer, Word, answers_odd, answers_of, arrived_of, deliveries_of, last_words

OUTCOMES = {
    "delivered": ("✓ 配信済", "good"), "there": ("✓ 配信済", "good"), "receiver_away": ("… 連携先が応答しません", "warn"),
    "receiver_refused": ("✗ 連携先が拒みました", "bad"), "host_key_differs": ("✗ サーバーの鍵が違います", "bad"),
    "delivery_differs": ("✗ 同じ名前の別のファイルがあります", "bad"),
}
ANSWERS = {
    Word.AGREES: ("✓ 受領結果 一致", "good"), Word.ERRORS: ("◆ 受領結果 エラーあり", "warn"),
    Word.DIFFERS: ("✗ 受領結果 不一致", "bad"), Word.UNKNOWN: ("◆ 連携の番号が不明", "warn"),
    Word.UNREADABLE: ("◆ 読めない受領結果", "warn"), Word.AGAIN: ("受領結果（再送）", "quiet"),
}
NONE = ("", "quiet")
MOST = 5            # alarms of a kind that are spelt out
Shown = tuple[str, str]


def banners(line: Line, look: Look) -> list[dict[str, str]]:
    """What supervisors must know before anything else: `says`, its tone, and the page that it leads to."""
    told = [{"tone": "bad", "says": f"{one.title}：{one.runs} 回分が配信できていません（{plain(outcome(one.because))}）。",
             "to": ""}
            for one in flow.standing(line) if one.failures]
    late, odd, strange = flow.late_answers(line), flow.odd_answers(line), answers_odd(look, MOST)
    told += [{"tone": "bad", "says": f"{one.title}（{one.run.business_date:%Y-%m-%d}）の受領結果が、期限 {one.due:%m-%d %H:%M} "
              "を過ぎても届いていません。連携先に確かめてください。", "to": one.run.id} for one in late[:MOST]]
    told += [{"tone": "bad", "says": f"{one.run.business_date:%Y-%m-%d} の受領結果が、送った内容と合いません。", "to": one.run.id}
             for one in odd[:MOST]]
    if more := max(len(late) - MOST, 0) + max(len(odd) - MOST, 0):
        told.append({"tone": "bad", "says": f"ほかに {more} 件、確かめる受領結果があります。", "to": ""})
    told += [{"tone": "warn", "says": f"{one.name}：{plain(ANSWERS[one.outcome])}（保管してあります）。", "to": ""}
             for one in strange]
    return told


def stand(line: Line, look: Look, runs: Sequence[ExportRun]) -> dict[str, list[Shown]]:
    """Where each run stands with its receiver: at most two words, none where it has none."""
    ids = [run.id for run in runs]
    arrived, answers, carried = arrived_of(look, ids), last_words(look, ids), {name for name, _ in flow.receivers(line)}
    return {run.id: _stands(run, arrived.get(run.id), answers.get(run.id), carried) for run in runs}


def _stands(run: ExportRun, arrived: datetime | None, answer: Answer | None, carried: set[str]) -> list[Shown]:
    there = OUTCOMES["delivered"] if arrived else ("… 配信待ち", "warn")
    told = [there] if run.target in carried and run.step is RunStep.SENT and (arrived or answer is None) else []
    return [*told, *([ANSWERS[answer.outcome]] if answer else [])]


def outcome(code: str) -> Shown:
    """An attempt's outcome."""
    return OUTCOMES.get(code, (code, "bad")) if code else NONE


def plain(shown: Shown) -> str:
    """A word without its mark, within a sentence."""
    return shown[0].partition(" ")[2] or shown[0]


def of_run(line: Line, look: Look, run_id: str) -> dict[str, Any]:
    """One run's attempts and answers."""
    def at(moment: datetime) -> str:
        return f"{moment.astimezone(line.zone):%Y-%m-%d %H:%M}"

    return {
        "attempts": [{"file": one.file, "at": at(one.at), "says": outcome(one.outcome)[0], "tone": outcome(one.outcome)[1],
                      "size": f"{one.size:,}"} for one in deliveries_of(look, run_id)[-50:]],
        "answers": [{"name": one.name, "at": at(one.at), "says": ANSWERS[one.outcome][0], "tone": ANSWERS[one.outcome][1],
                     "differences": one.told.get("differences", ()), "errors": f"{one.told.get('errors', 0):,}",
                     "rows": one.told.get("rows", ())} for one in answers_of(look, run_id)],
    }
