"""Where the told histories happen, and who acts in them."""

from collections import defaultdict
from dataclasses import dataclass
from random import Random

from anlan.authz.actors import Actor
from anlan.authz.choices import OrganisationKind
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.demo import pictures, scenery
from anlan.demo.checks import BUSY
from anlan.demo.growth.visits import Checklists
from anlan.demo.places import World
from anlan.demo.scenery import Phrase
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as checks
from anlan.inspections.api import ActClass
from anlan.organisations import api as organisations
from anlan.register import api as register

VARIANTS = 12


@dataclass(frozen=True)
class Place:
    """A site with its township, its village where that signs in, and its enterprise where that does."""

    spot: loop.Spot
    unit: Organisation
    village: Organisation | None
    firm: Actor | None


@dataclass(frozen=True)
class Finder:
    """Who finds it, by which channel, and who screens it."""

    reporter: Organisation
    source: loop.Source
    screening: Organisation


class Ground:
    """Everything is read once; the histories ask nothing of the database. ``random`` is seeded anew by whoever tells."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self.departments = [o for o in world.organisations if o.short_name in BUSY and o.id in world.actors]
        self.office = world.named("临海安委办")
        self.government = world.named("临海政府")
        self.city_office = world.named("台州市安委办")
        self.regulators = organisations.regulators_of(world.county)
        by_sector: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in scenery.PHRASES:
            if not phrase.place:
                by_sector[phrase.sector].append(phrase)
        self._general = [p for phrases in by_sector.values() for p in phrases if not p.major]
        self._majors = [
            p for p in scenery.PHRASES if p.major and not p.place and p.sector in self.regulators
            and self.regulators[p.sector].id in world.actors
        ]  # fmt: skip
        self._of_unit = {
            unit.id: [p for sector in unit.sectors for p in by_sector[sector] if not p.major] or self._general
            for unit in self.departments
        }
        self.places = self._read_places()
        with acting(world.actor(self.office)) as county:
            self.checklists = Checklists(checks.checklist_versions(county))

    def _read_places(self) -> list[Place]:
        world = self.world
        villages = {o.region_id: o for o in world.of_kind(OrganisationKind.VILLAGE) if o.id in world.actors}
        units = {o.id: o for o in world.organisations}
        with acting(world.actor(self.office)) as county:
            sites = register.sites(county, register.SiteFilters()).order_by("id")
            rows = list(sites.select_related("region", "enterprise__organisation__region"))
        found = []
        for site in rows:
            party = site.enterprise.organisation
            if site.local_unit_id not in units or (party is not None and party.id not in world.actors):
                continue
            spot = loop.Spot(site.region, site.address, site.id, site.enterprise_id, party)
            firm = world.actors[party.id] if party is not None else None
            found.append(Place(spot, units[site.local_unit_id], villages.get(site.region_id), firm))
        return found

    def finder(self, place: Place) -> Finder:
        """One of the six channels."""
        chance = self.random.random()
        if place.firm is not None and chance < 0.5 and place.spot.party is not None:
            return Finder(place.spot.party, loop.Source.SELF_CHECK, place.unit)
        if place.village is not None and chance < 0.7:
            return Finder(place.village, loop.Source.GRID_PATROL, place.unit)
        if chance < 0.72:
            return Finder(place.unit, loop.Source.GRASSROOTS_CHECK, place.unit)
        if chance < 0.95:
            unit = self.random.choice(self.departments)
            source = loop.Source.GRASSROOTS_CHECK if chance < 0.88 else loop.Source.UNANNOUNCED_CHECK
            return Finder(unit, source, unit)
        return Finder(self.city_office, loop.Source.CITY_SUPERVISION, place.unit)

    def visitor(self, place: Place) -> tuple[Finder, ActClass]:
        """Who visits the place: a department that inspects, or the township that helps."""
        if self.random.random() < 0.45:
            unit = self.random.choice(self.departments)
            return Finder(unit, loop.Source.GRASSROOTS_CHECK, unit), ActClass.ADMINISTRATIVE_INSPECTION
        return Finder(place.unit, loop.Source.GRASSROOTS_CHECK, place.unit), ActClass.SERVICE_VISIT

    def phrase(self, finder: Finder, *, is_major: bool = False) -> Phrase:
        """Words for a find. Those of a department are of its own sectors."""
        if is_major:
            return self.random.choice(self._majors)
        return self.random.choice(self._of_unit.get(finder.reporter.id, self._general))

    def actor(self, organisation: Organisation) -> Actor:
        return self.world.actors[organisation.id]

    def somebody_else(self, organisation: Organisation, than: Actor) -> Actor:
        return self.world.somebody_else(organisation, than.user_id)


def evidence(world: World) -> loop.Evidence:
    """The drawings of the demo, uploaded once: what the rows of all matters point to."""
    with acting(world.actor(world.named("临海安委办"))) as actor:

        def kept(upload: object, kind: str) -> files.StoredFile:
            return files.store(actor=actor, upload=upload, kind=kind)  # type: ignore[arg-type]

        return loop.Evidence(
            before=[kept(pictures.photograph(before=True, variant=n), "BEFORE") for n in range(VARIANTS)],
            after=[kept(pictures.photograph(before=False, variant=n), "AFTER") for n in range(VARIANTS)],
            reports=[kept(pictures.report("demo"), "REPORT")],
        )
