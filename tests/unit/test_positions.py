"""Chinese map coordinates and WGS-84."""

from decimal import Decimal
from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.register import positions
from anlan.register.choices import SourceCrs


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot((one[0] - other[0]) * cos(radians(one[1])) * 111_320, (one[1] - other[1]) * 111_320)


@given(st.floats(75, 134), st.floats(18, 53))
def test_gcj02_is_undone_to_decimetres(longitude: float, latitude: float) -> None:
    shifted = positions.wgs84_to_gcj02((longitude, latitude))
    assert 10 < metres((longitude, latitude), shifted) < 1500
    given_as = (Decimal(str(shifted[0])), Decimal(str(shifted[1])))
    back = positions.to_wgs84(*given_as, SourceCrs.GCJ02)
    assert metres((longitude, latitude), (float(back[0]), float(back[1]))) < 0.2


def test_a_published_pair() -> None:
    """The pair printed in the tests of several open converters (eviltransform: WGS-84 31.1774276, 121.5272106)."""
    longitude, latitude = positions.wgs84_to_gcj02((121.5272106, 31.1774276))
    assert (longitude, latitude) == pytest.approx((121.531541859215, 31.17530398364597), abs=1e-6)


def test_bd09_goes_through_gcj02() -> None:
    east, north = positions.to_wgs84(Decimal("121.538001"), Decimal("31.181226"), SourceCrs.BD09)
    assert metres((float(east), float(north)), (121.5272106, 31.1774276)) < 20


@pytest.mark.parametrize("crs", [SourceCrs.WGS84, SourceCrs.CGCS2000])
def test_what_is_global_stays(crs: SourceCrs) -> None:
    assert positions.to_wgs84(Decimal("121.1234567"), Decimal("28.85"), crs) == (
        Decimal("121.123457"),
        Decimal("28.850000"),
    )
