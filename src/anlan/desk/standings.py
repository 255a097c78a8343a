"""How the regions below stand: the last townships of a county, the counties of a city (DOMAIN §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from anlan.authz.actors import Actor
from anlan.authz.choices import RegionLevel
from anlan.desk.tiles import list_url, screens
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import Filters, Level, Source, Status
from anlan.territory import api as territory

LAST = 3


@dataclass(frozen=True)
class Figure:
    """A number of a line; ``value`` None is a rate without a denominator. ``tone`` where it says something is late."""

    label: str
    value: int | None
    url: str
    unit: str = "件"
    tone: str = ""


@dataclass(frozen=True)
class Standing:
    name: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Standings:
    heading: str
    lines: Sequence[Standing]
    hint: str


def standings(actor: Actor, on: date) -> Standings:
    """The regions below that are worst off, in two queries."""
    return _last_townships(actor, on) if screens(actor) else _counties(actor, on)


def _last_townships(actor: Actor, on: date) -> Standings:
    """The most overdue first, then the lowest rate of those registered this year; townships with nothing open not."""
    year = Filters(state="found", registered_from=on.replace(month=1, day=1), registered_to=on)
    lists = {
        "overdue": Filters(state="overdue"),
        "open": Filters(state="open"),
        "found": year,
        "closed": Filters(**{**vars(year), "status": (Status.CLOSED,)}),
    }

    def badness(counts: dict[str, int]) -> tuple[float, ...]:
        return counts["overdue"], -_rate(counts, 1.0), counts["open"]

    def figures(counts: dict[str, int], code: str) -> list[Figure]:
        rate = round(100 * _rate(counts, 0)) if counts["found"] else None
        return [
            Figure("逾期", counts["overdue"], list_url(lists["overdue"], region=code), tone="red"),
            Figure("未销号", counts["open"], list_url(lists["open"], region=code)),
            Figure("今年整改率", rate, list_url(lists["found"], region=code), "%"),
        ]

    ranked = [one for one in _by_region(actor, lists, RegionLevel.TOWNSHIP, on) if one[2]["open"]]
    ranked.sort(key=lambda one: badness(one[2]), reverse=True)
    lines = [Standing(name, figures(counts, code)) for name, code, counts in ranked[:LAST]]
    return Standings("后三名乡镇（街道）", lines, "逾期、未销号含企业自查上报的；整改率按统计口径，不含。")


def _rate(counts: dict[str, int], without: float) -> float:
    return counts["closed"] / counts["found"] if counts["found"] else without


def _counties(actor: Actor, on: date) -> Standings:
    """Every county with something unsettled, the most of what was assigned first."""
    lists = {
        "assigned": Filters(source=Source.CITY_SUPERVISION, state="open"),
        "major": Filters(level=Level.MAJOR, state="open"),
        "overdue": Filters(state="overdue"),
    }
    labels = {"assigned": ("交办", ""), "major": ("重大", ""), "overdue": ("逾期", "red")}
    ranked = [one for one in _by_region(actor, lists, RegionLevel.COUNTY, on) if any(one[2].values())]
    ranked.sort(key=lambda one: tuple(one[2].values()), reverse=True)
    lines = [
        Standing(
            name,
            [
                Figure(label, counts[key], list_url(lists[key], region=code), tone=tone)
                for key, (label, tone) in labels.items()
            ],
        )
        for name, code, counts in ranked
    ]
    return Standings("各县（市、区）未销号", lines, "逾期含企业自查上报的。")


def _by_region(
    actor: Actor, lists: dict[str, Filters], level: RegionLevel, on: date
) -> list[tuple[str, str, dict[str, int]]]:
    """Name, code and the length of each list, for every region of the level in the actor's own."""
    regions = list(territory.inside(actor.region_path, levels=[level]))
    totals = {region.path: dict.fromkeys(lists, 0) for region in regions}
    for path, counts in loop.counts_by_region(actor, lists, on).items():
        for above in territory.paths_above(path):
            if above in totals:
                for name, count in counts.items():
                    totals[above][name] += count
    return [(region.name, region.code, totals[region.path]) for region in regions]
