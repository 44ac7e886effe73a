"""台帳 at the desk: looked up by number, brought in by a supervisor of the whole city, shown before it is taken."""

from __future__ import annotations

from tests.desk.conftest import Desk, Person

HEAD = "制度,受給者番号,宛名番号,氏名,氏名カナ,生年月日,有効開始日,有効終了日,口座番号"


def sent(person: Person, *rows: str, **options: str) -> tuple[int, dict[str, object]]:
    """A file as the page's script sends it."""
    answer = person.web.put("/desk/ledgers/recipients/file", params=options, content="\n".join((HEAD, *rows)).encode("cp932"),
                            headers={"X-CSRF-Token": person.csrf, "Accept": "application/json", "X-File-Name": "full.csv"})
    return answer.status_code, answer.json()


ROW = "こども,0001230,P1,綴　花子,ツヅリ　ハナコ,2020-04-01,2025-04-01,,7654321"


def test_a_file_is_tried_then_taken_then_found_by_its_number(desk: Desk) -> None:
    overseer = desk.person("kanto")
    code, tried = sent(overseer, ROW, dry="true")
    assert code == 200 and (tried["new"], tried["done"]) == (1, False) and "花子" not in str(tried)
    assert "この番号は台帳にありません" in overseer.web.get("/desk/ledgers?number=0001230").text
    assert sent(overseer, ROW, dry="false", digest=str(tried["digest"]))[1]["done"]
    page = overseer.web.get("/desk/ledgers?number=0001230").text
    assert "綴　花子" in page and "現在の記録" in page and "full.csv" in page and "試し取込" in page


def test_a_clerk_looks_up_but_brings_nothing_and_an_auditor_sees_no_account(desk: Desk) -> None:
    sent(desk.person("kanto"), ROW, dry="false")
    clerk = desk.person("sato")
    assert sent(clerk, ROW, dry="false")[0] == 403
    page = clerk.web.get("/desk/ledgers?number=0001230").text
    assert "7654321" in page and "ファイルの取込" not in page
    assert "7654321" not in desk.person("kansa").web.get("/desk/ledgers?number=0001230").text


def test_a_malformed_file_tells_its_lines(desk: Desk) -> None:
    code, told = sent(desk.person("kanto"), ROW.replace("2020-04-01", "2020-02-30"), dry="true")
    assert code == 422 and told["faults"] == [
        {"line": 2, "column": "生年月日", "why": "暦にある日付（2025-10-01、20251001、令和7年10月1日など）にしてください"}]


def test_an_account_of_another_wards_person_is_shown_to_those_of_the_whole_city_alone(desk: Desk) -> None:
    overseer = desk.person("kanto")
    rows = ["こども,0001230,P1,綴　花子,ツヅリ　ハナコ,2020-04-01,2025-04-01,,7654321," + ward for ward in ("東区", "西区")]
    for row, seen in zip(rows, (False, True), strict=True):
        answer = overseer.web.put("/desk/ledgers/recipients/file", params={"dry": "false", "many": "true"},
                                  content=f"{HEAD},区\n{row}".encode("cp932"),
                                  headers={"X-CSRF-Token": overseer.csrf, "Accept": "application/json", "X-File-Name": "full.csv"})
        assert answer.json()["done"], answer.text
        page = desk.person("nishi").web.get("/desk/ledgers?number=0001230").text
        assert "綴　花子" in page and ("7654321" in page) is seen
        assert "7654321" in overseer.web.get("/desk/ledgers?number=0001230").text
