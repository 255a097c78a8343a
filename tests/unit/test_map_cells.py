"""Schematic cells: a partition of the outline, each with the middle it belongs to."""

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import unary_union
from shapely.geometry import Point, box

from anlan.desk.atlas.boundaries import outline
from anlan.desk.atlas.cells import around, cells

COUNTY = box(120.8, 28.6, 121.9, 29.1)
PLACES = st.dictionaries(
    st.integers(1, 40).map(str),
    st.tuples(st.floats(120.85, 121.85), st.floats(28.65, 29.05)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(PLACES)
def test_the_cells_share_the_outline_among_all_places(places):
    found = cells(places, COUNTY)
    assert set(found) == set(places)
    assert abs(sum(cell.area for cell in found.values()) - COUNTY.area) < 1e-6
    assert abs(unary_union(list(found.values())).area - COUNTY.area) < 1e-6


def test_each_cell_holds_its_own_middle():
    places = {"古城街道": (121.1, 28.85), "杜桥镇": (121.5, 28.75), "白水洋镇": (120.9, 28.9)}
    found = cells(places, outline("331082"))
    assert all(found[name].contains(Point(at)) for name, at in places.items())
    assert not found["古城街道"].contains(Point(places["杜桥镇"]))


def test_places_on_one_spot_are_moved_apart():
    found = cells({"甲": (121.0, 28.8), "乙": (121.0, 28.8), "丙": (121.0, 28.8)}, COUNTY)
    assert len(found) == 3
    assert all(cell.area > 0 for cell in found.values())


def test_without_places_or_outline_there_is_nothing_to_draw():
    assert cells({}, COUNTY) == {}
    assert around([]) is None
    assert outline("110101") is None


def test_an_outline_is_drawn_around_what_there_is():
    drawn = around([(121.0, 28.8), (121.1, 28.9)])
    assert drawn is not None
    assert drawn.contains(Point(121.05, 28.85))
