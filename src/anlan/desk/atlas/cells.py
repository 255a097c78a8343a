"""Schematic cells: townships and villages have no boundary data, so each gets what lies nearest to its middle (Voronoi
cells, DOMAIN §1). Always labelled 示意."""

from collections.abc import Mapping

from shapely import STRtree, voronoi_polygons
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

APART = 0.0008
"""Middles closer than this (about 80 m, in degrees) are moved apart, so that each has a cell of its own."""
AROUND = 0.012
"""How far beyond the outermost objects an outline is drawn where there is none (about 1.2 km, in degrees)."""

Position = tuple[float, float]


def around(positions: list[Position]) -> BaseGeometry | None:
    """An outline around the positions, rounded; None when there are none."""
    if not positions:
        return None
    hull = MultiPoint(positions).convex_hull.buffer(AROUND)
    return hull.simplify(AROUND / 20)


def cells(middles: Mapping[str, Position], outline: BaseGeometry) -> dict[str, BaseGeometry]:
    """``middles`` by name → the part of the outline nearest to each. Every name gets a cell unless it lies so far
    outside that nothing of the outline is nearest to it."""
    placed = _apart(middles)
    if len(placed) == 1:
        return dict.fromkeys(placed, outline)
    if not placed:
        return {}
    names = list(placed)
    points = [Point(placed[name]) for name in names]
    tree = STRtree(points)
    found: dict[str, BaseGeometry] = {}
    for cell in voronoi_polygons(MultiPoint(points), extend_to=outline).geoms:
        owner = names[int(tree.query(cell, predicate="contains")[0])]
        part = cell.intersection(outline)
        if not part.is_empty:
            found[owner] = part
    return found


def _apart(middles: Mapping[str, Position]) -> dict[str, Position]:
    taken: set[tuple[int, int]] = set()
    placed: dict[str, Position] = {}
    for name, (x, y) in sorted(middles.items()):
        while (spot := (round(x / APART), round(y / APART))) in taken:
            x, y = x + APART, y + APART / 2
        taken.add(spot)
        placed[name] = (x, y)
    return placed
