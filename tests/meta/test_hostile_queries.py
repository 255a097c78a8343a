"""What no form sends: NUL, broken pages, days at the end of time, codes that are none. An answer, never a failure."""

import pytest

from tests.factories.world import World, the_world  # noqa: F401 - the fixture
from tests.meta.test_isolation_matrix import ROUTES

HOSTILE = ("%00", "%ED%A0%80", "%F0%9F%94%A5", "%27%22%3C%25_%5C", "9" * 400, "-1", "%C2%B2")
ONE_BY_ONE = (
    "q=%00",
    "page=" + "9" * 400,
    "page=%C2%B2",
    "registered_to=9999-12-31",
    "registered_from=0001-01-01",
    "started_to=9999-12-31",
    "started_from=0001-01-01",
    "month=9999-12",
    "month=0001-01",
    "region=" + "9" * 400,
    "section=%C2%B2",
    "cursor=AAAA",
)
NAMES = [
    *("q", "page", "sort", "state", "status", "level", "region", "sector", "source", "holder", "lead", "enterprise"),
    *("site", "industry", "date", "month", "code", "kind", "registered_from", "registered_to", "next", "grant", "from"),
    *("to", "size", "cursor", "page_size", "count"),
]


def lists() -> list[str]:
    """Every address without a parameter that answers a GET."""
    return [route for route, ops in ROUTES.items() if "GET" in ops and "{" not in route and route != "healthz"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", lists())
def test_a_query_nobody_types(world: World, route):
    client = world.client("county")
    queries = ["&".join(f"{name}={hostile}" for name in NAMES) for hostile in HOSTILE]
    for query in (*queries, *ONE_BY_ONE):
        assert client.get(f"/{route}?{query}").status_code < 500, query


@pytest.mark.django_db
@pytest.mark.parametrize("hostile", ["%00", "%F0%9F%94%A5", "9" * 400, "x%2Fy", "%ED%A0%80"])
def test_a_code_in_the_address(world: World, hostile):
    assert world.client("county").get(f"/api/v1/regions/{hostile}").status_code in (404, 422, 400)


@pytest.mark.django_db
def test_nul_in_a_form(world: World):
    note = f"/hidden-dangers/{world.matters['own'].id}/comment"
    for route, sent in ((note, {"note": "a\0b"}), ("/hidden-dangers/register", {"description": "a\0b"})):
        response = world.client("town").post(route, sent)
        assert response.status_code == 400
        assert "无法识别的字符" in response.content.decode()
    assert world.client("town").post("/accounts/sign-in/", {"login": "a\0", "password": "b"}).status_code == 400
