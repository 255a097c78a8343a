"""How many queries every page and every answer of the house costs, by one person of each kind who may have it."""

from collections.abc import Iterator

import pytest

from tests.factories.world import World, the_world  # noqa: F401 - the fixture
from tests.meta.test_isolation_matrix import ROUTES, Cell, address, cells
from tests.meta.test_query_counts import AT_MOST, counted, status_of

WHO = ("county", "town", "dept", "village", "firm")
NO_PAGE = {
    "api/v1/openapi.json": "made once",
    "healthz": "asks the database nothing a person could see",
}


def visits() -> Iterator[Cell]:
    """Each route once by each of them who is answered with a page."""
    for route, ops in ROUTES.items():
        if "GET" in ops and route not in NO_PAGE:
            seen: set[str] = set()
            for cell in cells(route):
                if cell.method == "GET" and cell.who in WHO and 200 in cell.expected and cell.who not in seen:
                    seen.add(cell.who)
                    yield cell


@pytest.mark.django_db
def test_every_page_and_answer(world: World) -> None:
    """Twelve at the most (DESIGN §18); a page that leads elsewhere, or says why it cannot be had, is none."""
    above = {}
    for cell in visits():
        client, path = world.client(cell.who), address(world, cell)
        if status_of(client, path) == 200 and (asked := len(counted(client, path))) > AT_MOST:
            above[f"{path} as {cell.who}"] = asked
    assert above == {}
