"""Positions as Chinese maps give them, turned into WGS-84.

GCJ-02 shifts WGS-84 by a known function of the place; it is undone by iteration, to better than a centimetre. BD-09
shifts GCJ-02 once more. CGCS2000 and WGS-84 differ by less than the six decimals we keep.
"""

from collections.abc import Callable
from decimal import Decimal
from math import atan2, cos, pi, sin, sqrt

from anlan.register.choices import SourceCrs

Point = tuple[float, float]

_AXIS = 6378245.0  # Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = pi * 3000.0 / 180.0
_SIX_PLACES = Decimal("0.000001")


def to_wgs84(longitude: Decimal, latitude: Decimal, source_crs: str) -> tuple[Decimal, Decimal]:
    """(longitude, latitude) in WGS-84 with six decimals (about 0.1 m)."""
    point = (float(longitude), float(latitude))
    if source_crs == SourceCrs.BD09:
        point = _from_baidu(point)
    if source_crs in (SourceCrs.BD09, SourceCrs.GCJ02):
        point = _undo(wgs84_to_gcj02, point)
    east, north = (Decimal(str(part)).quantize(_SIX_PLACES) for part in point)
    return east, north


def wgs84_to_gcj02(point: Point) -> Point:
    """The shift itself; exact inside mainland China only."""
    longitude, latitude = point
    east, north = _shift_in_metres(longitude - 105.0, latitude - 35.0)
    radians = latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY_SQUARED * sin(radians) ** 2
    north = north * 180.0 / (_AXIS * (1 - _ECCENTRICITY_SQUARED) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (_AXIS / sqrt(magic) * cos(radians) * pi)
    return longitude + east, latitude + north


def _shift_in_metres(x: float, y: float) -> Point:
    common = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return east, north


def _from_baidu(point: Point) -> Point:
    x, y = point[0] - 0.0065, point[1] - 0.006
    distance = sqrt(x * x + y * y) - 0.00002 * sin(y * _BAIDU)
    angle = atan2(y, x) - 0.000003 * cos(x * _BAIDU)
    return distance * cos(angle), distance * sin(angle)


def _undo(shift: Callable[[Point], Point], shifted: Point) -> Point:
    guess = shifted
    for _ in range(10):
        back = shift(guess)
        guess = (guess[0] + shifted[0] - back[0], guess[1] + shifted[1] - back[1])
    return guess
