"""The operators' door: what each command says, and the number that it ends with."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from tests.cli.conftest import Tsuzuri
from tests.conftest import SAMPLES
from tsuzuri import cli, flow
from tsuzuri.engines import Crop, Ink
from tsuzuri.flow.intake import Declaration
from tsuzuri.house import open_line
from tsuzuri.image.pages import Caps, probe
from tsuzuri.rules import same
from tsuzuri.settings import REPO, Settings


class Parrot:
    """A reader that sees the title everywhere."""

    name = "parrot"

    def read(self, crops: list[Crop]) -> list[Ink]:
        """One ink a crop."""
        return [Ink("こども医療費請求書", 0.99) for _ in crops]


@pytest.fixture
def parrots(monkeypatch: pytest.MonkeyPatch) -> None:
    """No models are loaded."""
    monkeypatch.setattr(cli, "form_readers", lambda *_: {"own": Parrot(), "ppocr": Parrot(), "tesseract": Parrot()})


def test_a_paper_is_read_as_the_contract_says_it(tsuzuri: Tsuzuri) -> None:
    """With the real readers: names of fields, values as in the sample's truth, boxes in millimetres on the paper."""
    scan = SAMPLES / "kodomo_seikyu" / "a.png"
    truth: dict[str, Any] = json.loads((SAMPLES / "kodomo_seikyu" / "a.truth.json").read_text("utf-8"))
    code, out, _ = tsuzuri("read", scan, "--json", "--business-date", "2025-10-14")
    (line,) = out.splitlines()
    told = json.loads(line)
    assert list(told) == ["file", "page", "pages", "form", "score", "fields", "findings", "candidates"]
    assert (told["file"], told["page"], told["form"]) == (str(scan), 1, truth["form"])
    assert 0.5 < told["score"] <= 1
    kinds = {name: spec.kind for name, spec in open_line(Settings()).forms[truth["form"]].fields.items()}
    assert set(told["fields"]) == set(truth["fields"]) == set(kinds)
    for name, field in told["fields"].items():
        assert list(field) == ["value", "confidence", "raw", "reader", "box", "page"], name
        assert 0 <= field["confidence"] <= 1 and field["page"] == 1
        x, y, w, h = field["box"]
        assert min(x, y) >= 0 and x + w <= 210 and y + h <= 297, name
    wrong = {name for name, value in truth["fields"].items() if not same(kinds[name], told["fields"][name]["value"], value)}
    assert not wrong
    for finding in told["findings"]:
        assert list(finding) == ["code", "severity", "act", "field", "message"]
    assert code == (1 if told["findings"] else 0)


def test_a_file_that_is_no_scan_is_named_and_the_others_are_read(tsuzuri: Tsuzuri, parrots: None, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_text("nothing")
    code, out, err = tsuzuri("read", broken, SAMPLES / "batch" / "0008.jpg", "--json")
    assert code == 1
    assert err.startswith(f"{broken}: unknown_type: ")
    (document,) = [json.loads(line) for line in out.splitlines()]
    assert (document["form"], [f["code"] for f in document["findings"]]) == (None, ["V03"])


def test_a_blank_page_is_no_document_and_nothing_to_look_at(tsuzuri: Tsuzuri, parrots: None) -> None:
    assert tsuzuri("read", SAMPLES / "batch" / "0007.png", "--json")[:2] == (0, "")


def test_a_paper_is_shown_as_a_table_to_people(tsuzuri: Tsuzuri, parrots: None) -> None:
    code, out, _ = tsuzuri("read", SAMPLES / "batch" / "0008.jpg")
    assert code == 1 and "不明な帳票" in out and "V03" in out


@pytest.mark.parametrize("words", [
    ["night", "2025-13-01"], ["night", "today"], ["night"], ["night", "2999-01-01"], ["read"], ["read", "nowhere.png"],
    ["read", SAMPLES / "batch" / "0007.png", "--form", "nonsense"],
    ["read", SAMPLES / "batch" / "0007.png", "--business-date", "7.11.2025"],
    ["forms", "draw", "nonsense"], ["forms", "draw"], ["forms", "draw", "kodomo_seikyu", "--separator"],
    ["forms", "draw", "--separator", "--kind", "page"], ["forms", "draw", "kodomo_seikyu", "-o", "form.docx"],
    ["forms", "draw", "kodomo_seikyu", "-o", "nowhere/form.pdf"], ["forms", "check", "--pipelines", "nowhere"],
    ["forms", "draw", "kodomo_seikyu", "-o", "/proc/form.pdf"], ["forms", "draw", "kodomo_seikyu", "--dpi", "0"],
    ["forms", "draw", "kodomo_seikyu", "--dpi", "100000"], ["balance", "--pdf", "nowhere/sheet.pdf"], ["sweep", "--every", "0"],
    ["user", "add", "hanako", "--ward", "東"], ["no-such-command"],
], ids=lambda words: " ".join(map(str, words)).replace(str(SAMPLES), "samples"))
def test_bad_use_ends_with_2_and_a_word_of_advice(tsuzuri: Tsuzuri, words: list[object]) -> None:
    code, _, err = tsuzuri(*words)
    assert code == 2 and len(err) > 20
    assert "Traceback" not in err


def test_a_night_without_a_date_asks_for_one(tsuzuri: Tsuzuri) -> None:
    code, _, err = tsuzuri("night")
    assert code == 2 and "name a business date" in err


def test_a_bad_setting_is_named(tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSUZURI_PORT", "eighty")
    code, _, err = tsuzuri("forms", "check")
    assert code == 2 and err.startswith("bad_setting: TSUZURI_PORT: ")


@pytest.mark.parametrize(("name", "value"), [
    ("TSUZURI_HOME", "/proc/home"), ("TSUZURI_PORT", "99999"), ("TSUZURI_DATABASE_URL", "localhost"),
    ("TSUZURI_DATABASE_URL", "oracle9://there/x"),
])
def test_a_setting_that_cannot_be_is_told_in_a_sentence(
    tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch, name: str, value: str,
) -> None:
    monkeypatch.setenv(name, value)
    code, _, err = tsuzuri("user", "list")
    assert code == 2 and "Traceback" not in err and (name in err or value in err)


def test_a_misdeclared_form_is_named_with_file_and_line_and_ends_with_2(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    for folder in ("pipelines", "schemas"):
        shutil.copytree(REPO / folder, tmp_path / folder)
    path = tmp_path / "pipelines" / "_claim.yaml"
    path.write_text(path.read_text("utf-8").replace("kind: recipient_no", "kind: recipient_number", 1), "utf-8")
    code, _, err = tsuzuri("forms", "check", "--pipelines", tmp_path / "pipelines")
    assert code == 2 and "misdeclared" in err and "_claim.yaml:" in err and "recipient_no" in err


def test_the_forms_are_checked_and_listed(tsuzuri: Tsuzuri) -> None:
    status, said = tsuzuri("forms", "check")[:2]
    assert status == 0 and said.endswith(" forms are in order\n")
    code, out, _ = tsuzuri("forms", "list")
    assert code == 0
    assert all(path.stem in out for path in (REPO / "pipelines").glob("[!_]*.yaml"))


@pytest.mark.parametrize(("suffix", "magic"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_a_form_is_drawn_to_be_printed(tsuzuri: Tsuzuri, tmp_path: Path, suffix: str, magic: bytes) -> None:
    out = tmp_path / f"[blank].{suffix}"
    assert tsuzuri("forms", "draw", "kodomo_shinsei", "-o", out, "--dpi", 72)[:2] == (0, f"{out}\n")
    assert out.read_bytes().startswith(magic)


def test_separator_sheets_are_drawn_to_be_printed(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    out = tmp_path / "sheets.pdf"
    assert tsuzuri("forms", "draw", "--separator", "--kind", "batch", "--count", "3", "-o", out)[:2] == (0, f"{out}\n")
    assert probe(out, Caps()).pages == 3
    code, told, _ = tsuzuri("read", out, "--json")
    assert (code, told) == (0, "")


def test_a_form_of_another_city_is_drawn_from_its_folder(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    shutil.copytree(REPO / "schemas", tmp_path / "schemas")
    shutil.copytree(REPO / "pipelines" / "tables", tmp_path / "pipelines" / "tables")
    for base in (REPO / "pipelines").glob("_*.yaml"):
        shutil.copy(base, tmp_path / "pipelines")
    told = yaml.safe_load((REPO / "pipelines" / "kodomo_renki.yaml").read_text("utf-8"))
    other = yaml.safe_dump({**told, "schema": "kodomo_renki"}, allow_unicode=True)
    (tmp_path / "pipelines" / "other.yaml").write_text(other, "utf-8")
    code, _, _ = tsuzuri("forms", "draw", "other", "-o", tmp_path / "x.pdf", "--pipelines", tmp_path / "pipelines")
    assert code == 0


def test_the_night_says_where_its_file_lies_and_that_everything_is_accounted_for(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    code, out, _ = tsuzuri("night", "2025-11-07")
    path = tmp_path / "[home]" / "exports" / "benefits_20251107.dat"
    assert code == 0 and out.splitlines()[0] == str(path) and path.exists()
    assert "対象 0 = 送付 0 + 保留 0" in out
    assert tsuzuri("night", "2025-11-07") == (0, out, "")


def test_an_unwritable_export_folder_ends_with_3(tsuzuri: Tsuzuri, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TSUZURI_EXPORTS", str(tmp_path / "file"))
    code, _, err = tsuzuri("night", "2025-11-07")
    assert code == 3 and err.startswith("export_unwritable: ")


def test_a_sweep_upon_a_silent_queue_ends_with_3(tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tsuzuri("sweep")[:2] == (0, "0 nudged\n")
    line = open_line(Settings())
    batch = flow.declare_batch(line, "EAST-1", Declaration("KM-1", "東区", "kodomo", 1))
    with line.files.receive(1 << 20) as staged:
        staged.write((SAMPLES / "batch" / "0007.png").read_bytes())
        flow.take_scan(line, batch.id, 1, flow.Told("1.png"), staged)
    line.store.close()
    monkeypatch.setattr("tsuzuri.house.datetime", _Later)
    code, _, err = tsuzuri("sweep")
    assert code == 3 and err.startswith("queue_silent: ")


class _Later:
    """A clock that is an hour fast."""

    @staticmethod
    def now(zone: Any) -> Any:
        """The time, and an hour."""
        return datetime.now(zone) + timedelta(hours=1)


def test_a_database_that_cannot_be_opened_ends_with_3(tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a-folder").mkdir()
    monkeypatch.setenv("TSUZURI_DATABASE_URL", f"sqlite:///{tmp_path / 'a-folder'}")
    assert tsuzuri("night", "2025-11-07")[0] == 3


HELP = {
    "up": "Run everything on this machine", "serve": "web server", "work": "worker", "sweep": "Nudge", "night": "benefits feed",
    "release": "second signature", "deliver": "to its receivers", "answer": "受領結果",
    "read": "Read papers here and now", "forms check": "schema", "forms list": "forms", "forms draw": "blank form",
    "user add": "person", "user password": "another password", "user stop": "no more", "user list": "Every person",
    "key receipts": "sign receipts", "key add": "scanner station", "key revoke": "worthless", "key list": "Every key",
    "uke check": "file:line:field", "uke import": "all of it or nothing",
    "uke write": "a file an institution",
    "ledger import": "as a whole, or not at all", "ledger list": "Every ledger", "ledger show": "ever known",
    "box receive": "come in", "box move": "One step on", "box return": "go back", "box destroy": "second person",
    "box agree": "second person", "box certificate": "certificate", "box list": "Every box",
    "box sheets": "on top of its batches", "box show": "its batches",
    "balance": "stands somewhere", "rules list": "Every rule", "rules replay": "past claims",
    "station watch": "until Ctrl-C", "station send": "as one batch", "station status": "what waits",
    "station rescans": "scanned again", "station close": "No more paper",
    "version": "version", "": "medical-expense claims",
}


@pytest.mark.parametrize("command", HELP)
def test_every_command_says_what_it_does(tsuzuri: Tsuzuri, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = tsuzuri(*command.split(), "--help")
    assert code == 0 and HELP[command] in out


def test_what_a_station_lacks_is_said_here_too(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    code, _, complaint = tsuzuri("station", "watch", tmp_path, "--home", tmp_path / "home")
    assert code == 2 and complaint.startswith("bad_use:") and "--url" in complaint


def test_no_command_is_without_help() -> None:
    def names(group: Any, before: str = "") -> set[str]:
        return {name for word, one in group.commands.items()
                for name in (names(one, f"{before}{word} ") if hasattr(one, "commands") else {before + word})}

    assert names(get_command(cli.app)) == set(HELP) - {""}
