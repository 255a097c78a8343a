"""The outlines at hand (``data/reference/boundaries``): counties only, for display, without a 审图号."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

FILE = Path(settings.BASE_DIR).parents[1] / "data" / "reference" / "boundaries" / "counties.geojson"


@cache
def _outlines() -> dict[str, BaseGeometry]:
    features = json.loads(FILE.read_text("utf-8"))["features"]
    return {feature["properties"]["code"]: shape(feature["geometry"]) for feature in features}


def outline(code: str) -> BaseGeometry | None:
    """The county of the official code in longitude and latitude (CGCS2000), where its outline is at hand."""
    return _outlines().get(code)
