"""The map as the browser draws it (GeoJSON parts) and as it is printed (one SVG)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, radians
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry

from anlan.desk.atlas.reading import Atlas, Place, Point
from anlan.desk.tiles import list_url
from anlan.hidden_dangers.api import Filters, Level

DIGITS = 5
Projection = Callable[[tuple[float, float]], tuple[float, float]]

WIDTH, HEIGHT, MARGIN, SQUARE = 1000, 640, 16, 8
NAME_SIZE, HOLDER_SIZE, HOLDER_BELOW = 14, 12, 15
"""Of the names on paper, as its style has them."""


@dataclass(frozen=True)
class Tints:
    """Which places are how dark: ``steps`` are the least open matters of tint 1, 2, …; fewer have tint 0."""

    steps: list[int]

    @classmethod
    def of(cls, atlas: Atlas) -> "Tints":
        """Four classes of about as many places each, so that the map tells them apart whatever the numbers are."""
        found = sorted(place.open for place in atlas.places if place.open)
        return cls(sorted({1, *(found[len(found) * quarter // 4] for quarter in (1, 2, 3))} if found else {1}))

    def __call__(self, open_matters: int) -> int:
        return sum(open_matters >= step for step in self.steps)

    @property
    def legend(self) -> list[tuple[int, str]]:
        """Each tint with the numbers it stands for."""
        ends = [f"{low}–{high - 1}" if high - low > 1 else str(low) for low, high in pairwise(self.steps)]
        return list(enumerate(["0", *ends, f"{self.steps[-1]} 件以上"]))


def data(atlas: Atlas) -> dict[str, Any]:
    """What the script asks for. Names are text; the script never writes them as markup."""
    tint = Tints.of(atlas)
    return {
        "outline": _shape(atlas.outline),
        "cells": [_cell(place, tint(place.open)) for place in atlas.places if place.cell is not None],
        "points": [_point(point) for point in atlas.points],
    }


def links(place: Place) -> dict[str, str]:
    """The lists behind the numbers of a place."""
    region = {"region": place.code} if place.code else {}

    def opens(**filters: Any) -> str:
        address = list_url(Filters(**filters))
        return f"{address}&{urlencode(region)}" if region else address

    return {
        "open": opens(state="open"),
        "overdue": opens(state="overdue"),
        "major": opens(state="open", level=Level.MAJOR),
        "map": f"{reverse('desk:map')}?{urlencode(region)}",
        "sites": f"{reverse('register:site-list')}?{urlencode(region)}",
        "objects": f"{reverse('objects:list')}?{urlencode(region)}",
        "grids": f"{reverse('grids:list')}?{urlencode(region)}",
    }


def _shape(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    return None if geometry is None else _rounded(mapping(geometry))


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def _middle(geometry: BaseGeometry) -> tuple[float, float]:
    """Where a name stands: inside the largest part, for a township of the coast has islands."""
    largest = max(getattr(geometry, "geoms", [geometry]), key=lambda part: part.area)
    point = largest.representative_point()
    return point.x, point.y


def _cell(place: Place, tint: int) -> dict[str, Any]:
    x, y = _middle(place.cell)
    return {
        "name": place.name,
        "label": [round(y, DIGITS), round(x, DIGITS)],
        "url": links(place)["map"],
        "figures": [place.supervised, place.open, place.overdue, place.major],
        "tint": tint,
        "shape": _shape(place.cell),
    }


def _point(point: Point) -> dict[str, Any]:
    page = "register:enterprise" if point.kind == "site" else "objects:object"
    return {
        "kind": point.kind,
        "name": point.name,
        "address": point.address,
        "at": [round(point.position[1], DIGITS), round(point.position[0], DIGITS)],
        "figures": [point.open, point.overdue, point.major],
        "url": reverse(page, args=[point.id]),
    }


@dataclass(frozen=True)
class Drawn:
    """A place on paper: its path, and where its name stands; its holder below where there is room."""

    place: Place
    path: str
    x: float
    y: float
    tint: int
    holder: str = ""


@dataclass(frozen=True)
class Dot:
    """A located site or object on paper: a square when something there is overdue, else a circle."""

    x: float
    y: float
    state: str

    @property
    def left(self) -> float:
        return round(self.x - SQUARE / 2, 1)

    @property
    def top(self) -> float:
        return round(self.y - SQUARE / 2, 1)


@dataclass(frozen=True)
class Sheet:
    width: int
    height: int
    outline: str
    places: list[Drawn]
    dots: list[Dot]


def sheet(atlas: Atlas) -> Sheet | None:
    """The map on one landscape page, north up, distances true at the middle; None without any position."""
    if atlas.outline is None:
        return None
    project, tint = _projection(atlas.outline), Tints.of(atlas)
    drawn = []
    for place in atlas.places:
        if place.cell is not None:
            x, y = project(_middle(place.cell))
            drawn.append(Drawn(place, _path(place.cell, project), x, y, tint(place.open)))
    dots = [_dot(point, project) for point in atlas.points]
    return Sheet(WIDTH, HEIGHT, _path(atlas.outline, project), _with_holders(drawn), dots)


def _with_holders(drawn: list[Drawn]) -> list[Drawn]:
    """The holders' names where they cover no other name; the table below the map has them all."""
    names = [_room(one.place.name, one.x, one.y, NAME_SIZE) for one in drawn]
    taken: list[BaseGeometry] = []
    found = []
    for number, one in enumerate(drawn):
        holder = one.place.holders[0] if one.place.holders else "空岗"
        room = _room(holder, one.x, one.y + HOLDER_BELOW, HOLDER_SIZE)
        is_free = not any(room.intersects(other) for other in (*names[:number], *names[number + 1 :], *taken))
        if is_free:
            taken.append(room)
        found.append(replace(one, holder=holder) if is_free else one)
    return found


def _room(text: str, x: float, y: float, size: int) -> BaseGeometry:
    """What a line of text around ``x``, on the base line ``y``, takes."""
    half = len(text) * size / 2
    return box(x - half, y - size, x + half, y)


def _dot(point: Point, project: Projection) -> Dot:
    x, y = project(point.position)
    return Dot(x, y, _state(point))


def _state(point: Point) -> str:
    clear = "object" if point.kind == "object" else "clear"
    return "overdue" if point.overdue else "open" if point.open else clear


def _projection(outline: BaseGeometry) -> Projection:
    west, south, east, north = outline.bounds
    shrink = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * MARGIN) / ((east - west) * shrink or 1), (HEIGHT - 2 * MARGIN) / ((north - south) or 1))
    left = (WIDTH - (east - west) * shrink * scale) / 2
    top = (HEIGHT - (north - south) * scale) / 2

    def project(position: tuple[float, float]) -> tuple[float, float]:
        x, y = position
        return round(left + (x - west) * shrink * scale, 1), round(top + (north - y) * scale, 1)

    return project


def _path(geometry: BaseGeometry, project: Projection) -> str:
    parts = getattr(geometry, "geoms", [geometry])
    rings = [ring for part in parts if part.geom_type == "Polygon" for ring in (part.exterior, *part.interiors)]
    return " ".join(
        "M" + "L".join(f"{x} {y}" for x, y in (project(position[:2]) for position in ring.coords)) + "Z"
        for ring in rings
    )
