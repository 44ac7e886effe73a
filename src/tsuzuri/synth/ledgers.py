"""Ledgers (台帳) of the invented people on the sample papers, their neighbours, clinics and insurers. Touches rules.

`python -m tsuzuri.synth.ledgers [DIR]` writes samples/ledgers from samples/batch/manifest.json; the same manifest, the same bytes.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jaconv
import numpy as np

from tsuzuri.rules.digits import fits
from tsuzuri.rules.ledgers import LEDGERS
from tsuzuri.rules.ledgers.declared import SPAN
from tsuzuri.synth.people import Chance, account, address, bank_codes, child, cover, reading, recipient_no, with_check

ROOT = Path(__file__).parents[3]
SEED = 1_000_201
NEIGHBOURS = 160
CARDS_SINCE = "2024-12-01"      # all numbers were given anew then
SCHEMES = {"kodomo": ("01", "88430012"), "hitorioya": ("02", "81430019"), "jyudo": ("03", "80430010")}
WARDS = ("中央区", "東区", "西区", "南区", "北区")
SENT_FROM = "東区"              # the ward whose box the sample batch is; its people live there
INSURERS = {"01430016": "全国健康保険協会熊本支部", "430017": "熊本市国民健康保険", "06431001": "架空製作所健康保険組合",
            "06432116": "架空交通健康保険組合", "31430127": "架空省共済組合", "32430050": "架空県職員共済組合",
            "34430033": "架空公立学校共済組合"}
# Of two papers that a person looks at anyway the ledger says otherwise: one is entitled no more, one was born on another day.
OTHERWISE = {"1260603": {"until": "2025-06-30"}, "0599704": {"birth": "2022-10-26"}}
# How the parts of an institution's invented name are read; what is kana already is left.
READ_SO = {
    "医療法人": "イリョウホウジン", "光陽会": "コウヨウカイ", "清流会": "セイリュウカイ", "杏林会": "キョウリンカイ",
    "整形外科": "セイケイゲカ", "眼科": "ガンカ", "皮ふ科": "ヒフカ", "小児科": "ショウニカ", "歯科": "シカ", "総合": "ソウゴウ",
    "医院": "イイン", "病院": "ビョウイン", "調剤": "チョウザイ", "薬局": "ヤッキョク", "阿蘇見台": "アソミダイ",
    "城見町": "シロミマチ", "台": "ダイ", "架空": "カクウ"}
Row = dict[str, str]
Said = Mapping[str, Any]


def papers(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    """Every filled paper of the batch: its form, and what is written on it."""
    for file in manifest["files"]:
        for page in file["pages"]:
            if page["kind"] == "form":
                yield page["form"], page["fields"]


def claims(form: str, said: Said) -> Iterator[Said]:
    """What a paper says of each patient: of one, or of each row."""
    rows = sorted({name.split(".")[1] for name in said if name.startswith("patients.")}, key=int)
    yield from ({name.split(".")[2]: value for name, value in said.items() if name.startswith(f"patients.{row}.")} for row in rows)
    if not rows:
        yield said


def recipients(manifest: Mapping[str, Any], chance: Chance) -> list[Row]:
    """A row for everybody who is named with a number, and for neighbours whom no paper names."""
    found: dict[str, Row] = {}
    for form, said in papers(manifest):
        scheme = SCHEMES.get(form.partition("_")[0])
        for one in claims(form, said) if scheme else ():
            if scheme and one.get("recipient_no") and one.get("patient_name", one.get("name")):
                row = _entitled(one, *scheme, chance)
                found.setdefault(row["recipient_no"], row)
    while len(found) < NEIGHBOURS:
        row = _neighbour(chance)
        found.setdefault(row["recipient_no"], row)
    return [{**found[number], "person": f"{n:010d}"} for n, number in enumerate(sorted(found), start=1_000_001)]


def _entitled(said: Said, scheme: str, payer: str, chance: Chance) -> Row:
    number, birth = str(said["recipient_no"]), str(said.get("birth") or _born(said))
    kept = {name: str(said.get(name) or "") for name in ("insurer_no", "symbol", "number")}
    bank, branch = said.get("bank"), said.get("bank_branch")
    account = bank_codes(str(bank), str(branch)) if bank and branch else {}
    held = {"account_bank": account["bank_code"], "account_branch": account["branch_code"], "account_kind": "普通",
            "account_no": str(said["account_no"]), "account_holder": str(said["account_kana"])} if account else {}
    name = str(said.get("patient_name", said.get("name")))
    return {
        "scheme": scheme, "recipient_no": number if fits(number) else with_check(number[:6]),
        "name": name, "kana": str(said.get("patient_kana") or reading(name)), "birth": birth,
        "since": max(CARDS_SINCE, birth), "until": "", "payer_no": payer, **_home(chance, SENT_FROM), **kept, **held,
        **OTHERWISE.get(number, {})}


def _neighbour(chance: Chance) -> Row:
    who = child(chance, date(2025, 9, 1))
    card = cover(chance)
    born = who.birth.isoformat()
    return {"scheme": "01", "recipient_no": recipient_no(chance), "name": who.name, "kana": who.kana, "birth": born, "sex": who.sex,
            "since": max(CARDS_SINCE, born), "until": "", "payer_no": SCHEMES["kodomo"][1], "insurer_no": card.insurer_no,
            "symbol": card.symbol, "number": card.number, **_home(chance)}


def _born(said: Said) -> str:
    """A day of birth that what a list says of ratio and payment in 2025 fits, where it names none."""
    if said.get("ratio") == "2割":
        return "2023-05-12" if said.get("patient_paid") == 0 else "2020-05-12"
    return "2011-06-03" if int(said.get("patient_paid") or 0) > 700 else "2015-04-02"


def _home(chance: Chance, ward: str = "") -> Row:
    postal, home = address(chance)
    while ward not in home:
        postal, home = address(chance)
    return {"ward": next((ward for ward in WARDS if ward in home), ""), "postal": postal, "address": home}


def institutions(manifest: Mapping[str, Any]) -> list[Row]:
    """Every institution that a paper names by its code of ten digits."""
    found: dict[str, Row] = {}
    for form, said in papers(manifest):
        code = str(said.get("inst_code") or "")
        if len(code) == 10:
            found.setdefault(code, {
                "code": code, "name": str(said.get("inst_name") or "架空医院"), "table": code[2], "since": "2010-04-01",
                "contract_since": "2023-12-01", "address": str(said.get("inst_address") or ""),
                **paid_at(code, str(said.get("inst_name") or "架空医院"))})
        if form.startswith("kodomo") and len(str(said.get("rx_inst") or "")) == 10:
            code = str(said["rx_inst"])
            found.setdefault(code, {"code": code, "name": "処方元医院", "table": code[2], "since": "2010-04-01"})
    return [found[code] for code in sorted(found)]


def paid_at(code: str, name: str) -> Row:
    """The account of an institution: a real bank, an invented number, always the same for one code."""
    chance = np.random.default_rng((SEED, int(code)))
    said, called = account(chance, child(chance, date(2025, 9, 1))), name
    for part in sorted(READ_SO, key=len, reverse=True):
        called = called.replace(part, READ_SO[part])
    codes = bank_codes(said["bank"], said["bank_branch"])
    return {"account_bank": codes["bank_code"], "account_branch": codes["branch_code"], "account_kind": said["account_kind"],
            "account_no": said["account_no"], "account_holder": jaconv.hira2kata(called).replace(" ", "\u3000")}


def write_ledgers(samples: Path) -> None:
    """Writes DIR/ledgers from DIR/batch/manifest.json: files as the city's own systems write them, cp932 and UTF-8."""
    manifest = json.loads((samples / "batch" / "manifest.json").read_text("utf-8"))
    folder = samples / "ledgers"
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(SEED)
    _write(folder / "recipients.csv", "recipients", recipients(manifest, chance), "cp932")
    _write(folder / "institutions.csv", "institutions", institutions(manifest), "utf-8-sig")
    insurers = [{"number": number, "name": name} for number, name in INSURERS.items()]
    _write(folder / "insurers.csv", "insurers", insurers, "utf-8-sig")


def _write(path: Path, ledger: str, rows: Iterable[Row], encoding: str) -> None:
    rows = list(rows)
    columns = [c for c in (*LEDGERS[ledger].columns, *SPAN) if any(row.get(c.name) for row in rows) or c.name == "until"]
    with path.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column.titles[0] for column in columns])
        writer.writerows([row.get(column.name, "") for column in columns] for row in rows)


if __name__ == "__main__":
    write_ledgers(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "samples")
