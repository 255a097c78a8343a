"""Who inspected a site when, and whether an organ may come once more: the rule's answer to the real records."""

import re

import pytest
from django.test import Client

from anlan.inspections.api import FreeFinding
from anlan.rules.wire import loads
from tests.factories.cast import Cast
from tests.integration.test_checks import inspect

pytestmark = pytest.mark.django_db

CAPS = """
region = "331082"
name = "虚构的县"
[sources.fiction]
document = "测试用的虚构上限"
[[version]]
in_force_from = 2020-01-01
cite = "fiction 第一条"
[version.caps]
cite = "fiction 第一条"
organs = ["应急管理"]
period = "CALENDAR_YEAR"
rows = [{ industry = "OTHER", standing = "GRADE_3", times = 1 }, { industry = "OTHER", standing = "NOT_GRADED", times = 2 }]
"""


def client(cast: Cast, who: str) -> Client:
    found = Client()
    found.force_login(cast.users[who])
    return found


def asked(cast: Cast, who: str, query: str = "", site: str = "firm"):
    return client(cast, who).get(f"/api/v1/sites/{cast.sites[site].id}/inspection-cap?{query}")


@pytest.fixture
def visited(cast: Cast) -> Cast:
    """Once by 应急局 on a routine, once on a complaint, once by another organ; another site is not this one."""
    site = cast.sites["firm"]
    inspect(cast.dept, site)
    inspect(cast.dept, site, inspection_kind="INDIVIDUAL")
    inspect(cast.fire, site)
    inspect(cast.dept, cast.sites["firm2"])
    return cast


def test_the_records_say_who_went_and_what_counts(visited):
    said = loads(asked(visited, "dept").content)
    assert said["figures"]["used"] == 1
    assert [one["counted"] for one in said["figures"]["visits"]].count(False) == 1
    assert sorted(said["figures"]["by_organ"].values()) == [1, 2]
    assert said["unknown"] == ["yearly_cap"]
    other = loads(asked(visited, "county", f"organ={next(iter(said['figures']['by_organ']))}").content)
    assert other["figures"]["visits"] == said["figures"]["visits"]


def test_the_cap_of_the_place_decides(visited, tmp_path, monkeypatch):
    folder = tmp_path / "law" / "inspection_cap"
    folder.mkdir(parents=True)
    (folder / "331082.toml").write_text(CAPS, "utf-8")
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))
    answers = {
        standing: loads(asked(visited, "dept", f"industry=OTHER&standing={standing}").content)
        for standing in ("GRADE_3", "NOT_GRADED")
    }
    assert {standing: one["value"] for standing, one in answers.items()} == {
        "GRADE_3": "NOT_ALLOWED",
        "NOT_GRADED": "ALLOWED",
    }
    assert answers["GRADE_3"]["citation"]["document"]
    assert answers["GRADE_3"]["because"][0]["citation"] == {"document": "测试用的虚构上限", "article": "第一条"}
    open_still = loads(asked(visited, "dept").content)
    assert open_still["unknown"] == ["industry", "standing"]


def test_outside_the_scope_and_a_word_that_is_none(visited):
    assert asked(visited, "other").status_code == 404
    assert asked(visited, "dept", site="other_firm").status_code == 404
    refused = asked(visited, "dept", "industry=X")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/industry")


def test_a_secret_visit_stays_secret(visited):
    secret = FreeFinding("夹层堆放可燃物", sector="FIRE")
    inspect(visited.fire, visited.sites["firm"], is_unannounced=True, findings=[secret])
    assert loads(asked(visited, "fire").content)["figures"]["used"] == 2
    assert len(loads(asked(visited, "town").content)["figures"]["visits"]) == 3


def test_the_page_of_the_site_shows_them(visited):
    path = f"/enterprises/sites/{visited.sites['firm'].id}/inspections/"
    shown = client(visited, "dept").get(path).content.decode()
    assert "还缺：年度上限" in shown
    assert len(re.findall(r"/checks/[0-9a-f-]{36}/", shown)) == 2
    assert "临海市消防救援大队" in shown
    assert "个案检查，不计频次" in shown
    refused = client(visited, "dept").get(path, {"f.industry": "X", "on": "x"})
    assert "行业不能是 X" in refused.content.decode()
    assert client(visited, "other").get(path).status_code == 404
    assert "谁来查过" in client(visited, "dept").get(f"/enterprises/{visited.enterprises['firm'].id}/").content.decode()
