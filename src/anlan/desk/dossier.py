"""一企一档 on one A4 page (DOMAIN §5.10): who it is, who answers for it, what it is licensed for, who
went there and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Window

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as inspections
from anlan.register import api as register

LINES = 21
"""Lines of all tables together; the rest of the page has a fixed height. Held to by a test that prints it."""
LOADED = LINES + 1
SITE_LINES = 2


@dataclass(frozen=True)
class Part:
    """A table of the page: the first rows, and how many there are of them in all."""

    rows: Sequence[Any]
    count: int

    @property
    def is_cut(self) -> bool:
        return len(self.rows) < self.count


@dataclass(frozen=True)
class Person:
    name: str
    post: str
    phone: str
    of: str


@dataclass(frozen=True)
class SiteLine:
    """A site with who looks after it: 属地, 主管, 网格 with its people, 包保人."""

    site: register.Site
    regulators: str
    grids: str
    official: str


@dataclass(frozen=True)
class Dossier:
    """``figures``: label and number, None where the actor may not see them."""

    enterprise: register.Enterprise
    people: Part
    sites: Part
    visits: Part
    matters: Part
    licences: Part
    figures: Sequence[tuple[str, int]]
    tags: str


def dossier(actor: Actor, enterprise_id: UUID, on: date) -> Dossier:
    """Everything on the page, as far as the actor sees. NotInScope (404) outside the scope."""
    enterprise = register.enterprise(actor, enterprise_id)
    sites = list(register.with_keepers(actor, register.sites_with_people(actor, enterprise_id)))
    site_lines = _site_lines(sites)
    people = [
        Person(person.name, person.get_post_display(), person.phone, site.name if len(sites) > 1 else "")
        for site in sites
        for person in site.people.all()
    ]
    visits, visit_count = _visits(actor, enterprise_id)
    figures = _figures(actor, enterprise_id, on)
    matters = _matters(actor, enterprise_id, on)
    licences = register.licences_of(enterprise, sites)
    counts = (len(people), len(site_lines), visit_count, figures.get("历年隐患", 0), len(licences))
    shown = shares((counts[0], SITE_LINES * counts[1], *counts[2:]), LINES)
    shown[1] //= SITE_LINES
    tables: tuple[Sequence[Any], ...] = (people, site_lines, visits, matters, licences)
    parts = [Part(rows[:share], count) for rows, share, count in zip(tables, shown, counts, strict=True)]
    return Dossier(
        enterprise=enterprise,
        people=parts[0],
        sites=parts[1],
        visits=parts[2],
        matters=parts[3],
        licences=parts[4],
        figures=list(figures.items()),
        tags=_tags(sites),
    )


def shares(counts: Sequence[int], lines: int) -> list[int]:
    """How many lines each table gets: all it has, the longest cut first until everything fits."""
    shown = list(counts)
    while sum(shown) > lines:
        longest = max(range(len(shown)), key=shown.__getitem__)
        # In one go down to the next longest, however long it is.
        below = sorted(shown)[-2]
        shown[longest] -= max(1, min(shown[longest] - below, sum(shown) - lines))
    return shown


CALLED = 2


def _site_lines(sites: Sequence[Any]) -> list[SiteLine]:
    return [
        SiteLine(
            site=site,
            regulators="、".join(dict.fromkeys(one.organisation.short_name for one in site.regulators.all())),
            grids="；".join(_grid(one) for one in register.kept_of(site)),
            official="；".join(f"{one['name']} {one['duty']} {one['phone']}" for one in site.told_officials),
        )
        for site in sites
    ]


def _tags(sites: Sequence[Any]) -> str:
    """The tags of all sites; which site carries which stands on the page of the enterprise."""
    kinds = {kind for site in sites for kind in site.tag_kinds or ()}
    return "、".join(one.label for one in register.tags_of(list(kinds), is_key=any(site.is_key for site in sites)))


def _grid(kept: register.Kept) -> str:
    """Who is to be called, first: a narrow column cuts the end, and holds two with their numbers."""
    people = "、".join(f"{name} {phone}".strip() for name, _, phone in kept.people[:CALLED])
    if len(kept.people) > CALLED:
        people += f"等 {len(kept.people)} 人"
    return f"{people}（{kept.grid}）" if people else kept.grid


def _visits(actor: Actor, enterprise_id: UUID) -> tuple[list[Any], int]:
    """The last visits, not what the enterprise checked itself, and how many there were."""
    if not actor.can(Permission.CHECK_VIEW):
        return [], 0
    filters = inspections.Filters(enterprise_id=enterprise_id)
    rows = inspections.checks(actor, filters).filed().exclude(act_class=inspections.ActClass.SELF_CHECK)
    counted = inspections.with_officer_names(rows.select_related("organisation")).annotate(in_all=Window(Count("*")))
    found = list(counted[:LOADED])
    return found, found[0].in_all if found else 0


def _matters(actor: Actor, enterprise_id: UUID, on: date) -> list[loop.HiddenDanger]:
    """Open ones first, the nearest due first; then the latest that ended."""
    if not actor.can(Permission.HIDDEN_DANGER_VIEW):
        return []
    return list(loop.hidden_dangers(actor, loop.Filters(enterprise_id=enterprise_id), on).open_first()[:LOADED])


def _figures(actor: Actor, enterprise_id: UUID, on: date) -> dict[str, int]:
    if not actor.can(Permission.HIDDEN_DANGER_VIEW):
        return {}
    lists = {
        "历年隐患": loop.Filters(enterprise_id=enterprise_id),
        "未销号": loop.Filters(enterprise_id=enterprise_id, state="open"),
        "整改逾期": loop.Filters(enterprise_id=enterprise_id, state="overdue"),
        "重大未销号": loop.Filters(enterprise_id=enterprise_id, state="open", level=loop.Level.MAJOR),
        "已销号": loop.Filters(enterprise_id=enterprise_id, status=(loop.Status.CLOSED,)),
    }
    return loop.counts(actor, lists, on)
