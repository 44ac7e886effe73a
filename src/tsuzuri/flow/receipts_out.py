"""A night's claims as electronic receipts, a file an institution: what tests send round, and what another system may want."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tsuzuri.errors import Refused
from tsuzuri.flow.line import Line
from tsuzuri.forms.targets import BENEFITS
from tsuzuri.model import Claim, Value
from tsuzuri.rules.tables import Scheme
from tsuzuri.uke.write import NAMES, Records, Sender, made, writable, written

LONGEST_NAME = 20       # letters that an opener has for an institution's name
TABLES = {"歯科": "3", "調剤": "4"}


@dataclass(frozen=True)
class Written:
    """The files, how many claims they hold, and how many could not be told as receipts, by the field that stood in the way."""

    paths: tuple[Path, ...] = ()
    claims: int = 0
    left: Counter[str] = field(default_factory=Counter)


def write_receipts(line: Line, day: date, folder: Path) -> Written:
    """The claims that left with that night's feed, written under `folder`. Raises Refused for a night that was not."""
    senders, left, claims = dict[str, tuple[Sender, list[Records]]](), Counter[str](), 0
    with line.store.read() as look:
        run = look.run_for(day, BENEFITS)
        if run is None:
            raise Refused(f"no claims left on {day}; `tsuzuri night {day}` first", code="no_such_night")
        for claim in look.claims_of_run(run.id):
            if claim.reverses:
                left["reverses"] += 1      # receipts know no 取消
                continue
            values = _values(line, claim)
            receipt = look.receipt_of(claim.document_id)
            if receipt is None and (reasons := writable(values)):
                left[reasons[0]] += 1
                continue
            sender, records = senders.setdefault(str(values["inst_code"]), (_sender(values, day), []))
            records.append(receipt.records.split("\n") if receipt else made(values, sender))
            claims += 1
    folder.mkdir(parents=True, exist_ok=True)
    return Written(tuple(_write(folder, *senders[code]) for code in sorted(senders)), claims, left)


def _write(folder: Path, sender: Sender, receipts: list[Records]) -> Path:
    path = folder / f"{sender.inst_code}_{NAMES[sender.table]}"
    with path.open("wb") as out:
        out.writelines(written(sender, receipts))
    return path


def _sender(values: dict[str, Value], day: date) -> Sender:
    name, phone = (str(values.get(which) or "") for which in ("inst_name", "inst_tel"))
    return Sender(str(values["inst_code"]), name[:LONGEST_NAME], f"{day:%Y-%m}", phone)


def _values(line: Line, claim: Claim) -> dict[str, Value]:
    """What the claim says; what its paper leaves out and the city knows: its payer's number, and the institution's whole code."""
    form, values = line.forms.get(claim.form), dict(claim.values)
    code = str(values.get("inst_code") or "")
    if len(code) == 7:
        values["inst_code"] = f"{line.city.code[:2]}{TABLES.get(str(values.get('inout')), '1')}{code}"
    if form is not None and not values.get("payer_no"):
        values["payer_no"] = next((
            row.payer_no for row in form.tables.on(Scheme, str(values.get("service_ym") or ""))
            if row.scheme == form.export.constants.get("scheme")), None)
    return values
