"""Scripts and styles are kept by the browser under an address of their content, and no page mixes old ones with new ones."""

from __future__ import annotations

import re
from pathlib import Path

from tests.desk.conftest import Desk
from tsuzuri.desk.door import HERE
from tsuzuri.desk.kept import ASK_AGAIN, FOREVER, digest_of


def test_every_script_of_a_page_is_kept_for_good_under_its_digest_and_asked_for_again_under_another(desk: Desk) -> None:
    web = desk.person("sato").web
    addresses = re.findall(r'(?:src|href)="(/desk/static/[^"]+)"', web.get("/desk/").text)
    assert len(addresses) >= 4
    for address in addresses:
        reply, old = web.get(address), re.sub(r"/[0-9a-f]{12}/", "/000000000000/", address)
        assert (reply.status_code, reply.headers["cache-control"]) == (200, FOREVER)
        assert old != address and web.get(old).headers["cache-control"] == ASK_AGAIN
    assert web.get("/desk/static/nothing.js").status_code == web.get("/desk/static/../door.py").status_code == 404


def test_another_byte_or_another_name_is_another_digest(tmp_path: Path) -> None:
    seen = set()
    for name, text in (("a.js", "1"), ("a.js", "2"), ("b.js", "2")):
        (tmp_path / name).write_text(text)
        seen.add(digest_of(tmp_path))
    assert len(seen) == 3


def test_no_template_names_a_script_by_an_address_that_is_not_its_contents() -> None:
    for template in (HERE / "templates").glob("*.html"):
        assert '"/desk/static/' not in template.read_text("utf-8"), template.name
