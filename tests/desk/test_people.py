"""Who may come in is a supervisor's word, and somebody always is left to say it."""

from __future__ import annotations

from tests.desk.conftest import PASSWORD, Desk
from tsuzuri.store.decisions import decided

NEW = "shiranui-1907"


def test_people_are_added_changed_stopped_and_let_in_again_and_it_is_written_down(desk: Desk) -> None:
    kanto = desk.person("kanto")
    assert kanto.send("/desk/people/add", name="mori", password=PASSWORD, role="clerk", ward="西区").status_code == 303
    assert "西区" in desk.person("mori").web.get("/desk/").text
    kanto.send("/desk/people/role", name="mori", role="auditor")
    assert "監査" in desk.person("mori").web.get("/desk/").text
    kanto.send("/desk/people/stop", name="mori")
    assert desk.person("mori").web.get("/desk/").status_code == 303
    kanto.send("/desk/people/password", name="mori", password=PASSWORD)
    assert desk.person("mori").web.get("/desk/").status_code == 200
    with desk.line.store.read() as look:
        told = decided(look, ("add_user", "set_role", "stop_user", "set_password"))
    assert [(one.what, one.by, one.about) for one in reversed(told)] == [
        (what, "kanto", "mori") for what in ("add_user", "set_role", "stop_user", "set_password")]
    assert PASSWORD not in str(told) and "変更の記録" in kanto.web.get("/desk/people").text


def test_the_last_who_oversees_the_city_stays(desk: Desk) -> None:
    kanto = desk.person("kanto")
    assert "監督者がいなくなる" in kanto.send("/desk/people/stop", name="kanto").text
    assert "監督者がいなくなる" in kanto.send("/desk/people/role", name="kanto", role="supervisor", ward="東区").text
    assert kanto.web.get("/desk/people").status_code == 200
    assert kanto.send("/desk/people/role", name="kanto", role="station").status_code == 422
    assert kanto.send("/desk/people/add", name="a", password=PASSWORD, role="clerk", ward="どこか区").status_code == 422


def test_a_wards_supervisor_decides_about_nobody(desk: Desk) -> None:
    higashi = desk.person("higashi")
    assert higashi.web.get("/desk/people").status_code == 403
    assert higashi.send("/desk/people/stop", name="sato").status_code == 403
