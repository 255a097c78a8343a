"""本周未巡查网格: which patrols count and for which grid, the week, who sees which, the page, the API, the tile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.desk.first_tiles import numbers_of
from anlan.inspections import api as checks
from anlan.inspections import selectors
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.register.actions import grids as acts
from anlan.register.grid_members import SITES
from anlan.territory import api as territory
from tests.factories.cast import Cast

VILLAGES = {"文化": "331082001001", "井头": "331082001002", "高桥": "331082002001", "大洋": "331082002002"}
WEDNESDAY = datetime(2026, 11, 25, 4, tzinfo=UTC)
"""The Monday of its week begins at 16:00 UTC of the 22nd."""


@pytest.fixture
def grids(cast: Cast) -> dict[str, territory.Grid]:
    """One 综合网格 for each village, the site of 江南机械 in that of 文化社区; a 微网格 and the township's own beside."""
    with clock.at(WEDNESDAY - timedelta(days=60)), acting(cast.county) as actor:
        made = {name: _grid(cast, actor, name, code) for name, code in VILLAGES.items()}
        acts.assign(actor=actor, grid_id=made["文化"].id, member=SITES, ids=[cast.sites["firm"].id])
        _grid(cast, actor, "古城", "331082001", level="TOWNSHIP")
        _grid(cast, actor, "巷子", VILLAGES["文化"], kind="MICRO", parent_id=made["文化"].id)
    return made


@pytest.fixture(autouse=True)
def wednesday():
    with clock.at(WEDNESDAY):
        yield


def _grid(cast: Cast, actor: Any, name: str, code: str, **more: Any) -> territory.Grid:
    facts = territory.GridFacts(name=f"{name}网格", region_id=cast.regions[code].id, **more)
    return territory.establish_grid(actor=actor, facts=facts)


def patrolled(cast: Cast, who: str = "village", at: datetime | None = None, act_class: str = "PATROL", **where) -> None:
    with clock.at(at or clock.now()), acting(cast.actors[who]) as actor:
        start = checks.Start(act_class=act_class, **(where or {"site_id": cast.sites["firm"].id}))
        checks.file(actor=actor, start=start, facts=checks.CheckFacts(officers=[checks.Officer(actor.label)]))


def in_region(cast: Cast, name: str) -> dict[str, Any]:
    return {"region_id": cast.regions[VILLAGES[name]].id, "place": "村口"}


def unpatrolled(cast: Cast, who: str = "town", **filters: Any) -> list[str]:
    with acting(cast.actors[who]) as actor:
        found = selectors.unpatrolled_grids(actor, selectors.UnpatrolledFilters(**filters))
        return [grid.name.removesuffix("网格") for grid in found]


def test_everybody_sees_their_own(cast: Cast, grids: Any) -> None:
    everything = ["文化", "井头", "高桥", "大洋"]
    assert unpatrolled(cast, "county") == unpatrolled(cast, "dept") == unpatrolled(cast, "city") == everything
    assert unpatrolled(cast, "town") == ["文化", "井头"]
    assert unpatrolled(cast, "town2") == ["高桥", "大洋"]
    assert unpatrolled(cast, "village") == ["文化"]
    assert unpatrolled(cast, "county", region_path=cast.regions["331082002"].path) == ["高桥", "大洋"]
    assert unpatrolled(cast, "county", q="高桥") == ["高桥"]
    for nobody in ("other", "firm", "expert"):
        assert unpatrolled(cast, nobody) == []


def test_only_filed_patrols_count_whoever_made_them(cast: Cast, grids: Any) -> None:
    patrolled(cast, "town", act_class="SERVICE_VISIT")
    with acting(cast.village) as actor:
        checks.begin(actor=actor, start=checks.Start(act_class="PATROL", site_id=cast.sites["firm"].id))
    assert unpatrolled(cast) == ["文化", "井头"]
    patrolled(cast, "dept")
    assert unpatrolled(cast) == ["井头"]
    with acting(cast.dept):
        CheckRecord.objects.filter(act_class="PATROL", status="FILED").update(status="VOIDED")
    assert unpatrolled(cast) == ["文化", "井头"]


def test_the_site_says_which_grid_and_the_region_where_there_is_none(cast: Cast, grids: Any) -> None:
    patrolled(cast, "town2", site_id=cast.sites["firm2"].id)
    patrolled(cast, "town", **in_region(cast, "井头"))
    assert unpatrolled(cast, "county") == ["文化", "大洋"]
    with acting(cast.county) as actor:
        second = _grid(cast, actor, "高桥二", VILLAGES["高桥"])
        acts.assign(actor=actor, grid_id=second.id, member=SITES, ids=[cast.sites["firm2"].id])
    assert unpatrolled(cast, "county") == ["文化", "高桥", "大洋"]


def test_of_two_grids_in_one_village_the_one_patrolled_counts(cast: Cast, grids: Any) -> None:
    with acting(cast.county) as actor:
        _grid(cast, actor, "文化二", VILLAGES["文化"])
    patrolled(cast)
    assert unpatrolled(cast, "village") == ["文化二"]
    patrolled(cast, **in_region(cast, "文化"))
    assert unpatrolled(cast, "village") == []


def test_the_week_begins_on_monday_in_shanghai(cast: Cast, grids: Any) -> None:
    monday = datetime(2026, 11, 22, 16, tzinfo=UTC)
    patrolled(cast, at=monday - timedelta(minutes=1))
    assert unpatrolled(cast, "village") == ["文化"]
    patrolled(cast, at=monday)
    assert unpatrolled(cast, "village") == []
    for later, found in ((timedelta(days=7, minutes=-1), []), (timedelta(days=7), ["文化"])):
        with clock.at(monday + later):
            assert unpatrolled(cast, "village") == found


def test_page_and_api(cast: Cast, grids: dict[str, territory.Grid], client_of: Any) -> None:
    patrolled(cast, at=WEDNESDAY - timedelta(days=7))
    patrolled(cast, at=WEDNESDAY - timedelta(days=8), **in_region(cast, "文化"))
    with acting(cast.town) as actor:
        feng = territory.PersonInPost(name="冯网格", phone="13900000001")
        post = territory.Appointment(person=feng, post="GRID_MEMBER", valid_from=clock.today())
        territory.appoint_member(actor=actor, grid_id=grids["文化"].id, appointment=post)
    page = client_of("town").get("/checks/unpatrolled").content.decode()
    for words in ("本周（11月23日起）", "冯网格", "2026-11-18", "从未</span>", "古城街道", "开始巡查"):
        assert words in page
    assert page.count("空岗</span>") == 3
    assert "高桥网格" not in page
    assert "开始巡查" not in client_of("leader").get("/checks/unpatrolled").content.decode()
    county = client_of("county")
    assert "没有符合条件的网格" in county.get("/checks/unpatrolled?q=没有的").content.decode()
    found = county.get("/api/v1/unpatrolled-grids?region=331082001").json()
    assert [(one["name"], one["last_patrolled_at"]) for one in found["items"]] == [
        ("文化网格", "2026-11-18T04:00:00Z"),
        ("井头网格", None),
    ]
    assert county.get("/api/v1/unpatrolled-grids?region=999").status_code == 422


def test_more_grids_cost_no_more_queries(cast: Cast, grids: Any, client_of: Any) -> None:
    def asked(path: str) -> int:
        client_of("county").get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client_of("county").get(path).status_code == 200
        return sum(query["sql"].startswith("SELECT") for query in captured if "set_config" not in query["sql"])

    paths = ("/checks/unpatrolled", "/api/v1/unpatrolled-grids?page_size=200")
    few = [asked(path) for path in paths]
    with acting(cast.county) as actor:
        for number in range(40):
            _grid(cast, actor, f"井头{number}", VILLAGES["井头"])
    assert [asked(path) for path in paths] == few
    assert max(few) <= 12


def test_patrolling_begins_where_the_line_says(cast: Cast, grids: Any, client_of: Any) -> None:
    region = cast.regions[VILLAGES["井头"]].id
    page = client_of("town").get(f"/checks/begin?act_class=PATROL&region={region}").content.decode()
    assert f'<option value="{region}" selected' in page
    assert [line for line in page.split("<input") if 'value="PATROL"' in line and "checked" in line]


def test_the_tile_counts_them(cast: Cast, grids: Any) -> None:
    def counted(who: str) -> int:
        with acting(cast.actors[who]) as actor:
            return {tile.label: tile.value for tile in numbers_of(actor, clock.today()).tiles}["本周未巡查网格"]

    assert (counted("town"), counted("town2"), counted("village")) == (2, 2, 1)
    patrolled(cast)
    assert (counted("town"), counted("town2"), counted("village")) == (1, 2, 0)
