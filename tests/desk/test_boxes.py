"""箱 at the desk: received, looked at, put away, and gone by two people's hands; another ward's boxes are nobody's business."""

from __future__ import annotations

from tests.desk.conftest import Desk, Person
from tsuzuri import flow
from tsuzuri.model import BoxStep, Carton
from tsuzuri.store import boxes

RECEIVED = {"number": "KM-20251107-EAST-B012", "ward": "東区", "procedure": "kodomo", "seal": "S-0012", "weight": "5.25"}


def done(person: Person, path: str, **fields: str) -> str:
    """The page that the act leads to, or the one that says why not."""
    answer = person.send(path, **fields)
    return person.web.get(answer.headers["Location"]).text if answer.status_code == 303 else answer.text


def test_a_supervisor_receives_a_box_and_sees_what_hinders_it(desk: Desk) -> None:
    boss = desk.person("kanto")
    assert "受領を記録しました" in done(boss, "/desk/boxes/receive", **RECEIVED)
    shown = boss.web.get("/desk/boxes?step=received").text
    assert RECEIVED["number"] in shown and "S-0012" in shown
    assert "別の内容で受領済み" in done(boss, "/desk/boxes/receive", **{**RECEIVED, "seal": "S-9"})
    one = done(boss, "/desk/boxes/move", number=RECEIVED["number"], step="opened", note="封印に異常なし")
    assert "封印に異常なし" in one and "5.2" in one and "「スキャン済」にする" in one
    boss.send("/desk/boxes/move", number=RECEIVED["number"], step="scanned")
    assert "バッチが1つもありません" in boss.web.get("/desk/boxes/one", params={"number": RECEIVED["number"]}).text


def test_boxes_leave_with_a_certificate_and_are_destroyed_only_by_a_second_person(desk: Desk) -> None:
    boss = desk.person("kanto")
    with desk.line.unit() as unit:
        for number in ("A-1", "A-2"):
            long_ago = desk.clock().replace(year=2019)
            boxes.add_box(unit, Carton(number, "東区", "kodomo", long_ago, "sato", BoxStep.STORED, long_ago))
    assert "返却を記録しました" in done(boss, "/desk/boxes/remove", kind="returned", box="A-1", to="東区役所")
    assert boss.web.get("/desk/boxes/removals/1/certificate.pdf").content.startswith(b"%PDF")
    page = done(boss, "/desk/boxes/remove", kind="destroyed", box="A-2", method="溶解")
    assert "承認待ち" in page and "廃棄を承認<" not in page, "not by the one who asked"
    assert "same_person" in done(boss, "/desk/boxes/removals/2/agree")
    assert boss.web.get("/desk/boxes/removals/2/certificate.pdf").status_code == 409
    flow.agree_removal(desk.line, 2, "tanaka")
    assert "証明書を印刷" in boss.web.get("/desk/boxes").text
    assert boss.send("/desk/boxes/removals/2/drop").status_code == 409


def test_another_wards_boxes_are_hidden(desk: Desk) -> None:
    flow.receive_box(desk.line, flow.Received("W-1", "西区", "kodomo"), "sato")
    city = desk.person("kanto")
    assert "W-1" in city.web.get("/desk/boxes").text
    assert city.web.get("/desk/boxes/one", params={"number": "W-2"}).status_code == 404
    east = desk.person("higashi")
    assert "W-1" not in east.web.get("/desk/boxes").text
    assert east.web.get("/desk/boxes/one", params={"number": "W-1"}).status_code == 404
    assert east.send("/desk/boxes/move", number="W-1", step="opened").status_code == 404
