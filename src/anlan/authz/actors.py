"""The actor: a person acting under one grant, or the system. Everything a scope or a policy needs, read in one query."""

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Case, Q, QuerySet, Value, When

from anlan.authz.choices import Capacity, OrganisationKind
from anlan.authz.fields import subtree
from anlan.authz.models import Grant, Organisation, Region, StandIn, User
from anlan.authz.permissions import Permission
from anlan.authz.roles import ROLES, Reach, Role
from anlan.lib import clock
from anlan.lib.refusals import Forbidden
from anlan.reads.prepared import Parts


@dataclass(frozen=True)
class Actor:
    """``wall`` is the half-open path range that row-level security lets through (DESIGN §4)."""

    label: str
    role: Role
    region_path: str
    wall: tuple[str, str]
    sectors: frozenset[str] = frozenset()
    user_id: UUID | None = None
    grant_id: UUID | None = None
    organisation_id: UUID | None = None
    organisation_name: str = ""
    organisation_path: str = ""
    organisation_kind: str = ""
    organisation_sectors: frozenset[str] = frozenset()
    capacity: str = Capacity.NONE
    in_stead_of: UUID | None = None
    """Whose grant it is, when a stand-in acts under it."""

    def can(self, permission: Permission) -> bool:
        """Whether the role has the permission at all; where it reaches is the scope's answer."""
        return permission in self.role.permissions

    @property
    def is_system(self) -> bool:
        return self.role.code == "SYSTEM"

    @property
    def person_id(self) -> UUID:
        """The user who acts; only people register, submit, decide. Raises Forbidden (403) for the system."""
        if self.user_id is None:
            raise Forbidden("system_is_nobody", "系统不能代替人办理。")
        return self.user_id

    def is_party(self, user_id: UUID | None) -> bool:
        """Whether that is the person who acts or the one they stand in for: four eyes are two people's."""
        return user_id is not None and user_id in (self.user_id, self.in_stead_of)

    @property
    def is_enterprise(self) -> bool:
        return self.organisation_kind == OrganisationKind.ENTERPRISE

    @property
    def reach(self) -> Reach:
        return self.role.reach

    def within(self, organisation_path: str) -> bool:
        """Whether the organisation of that path is the actor's own or lies below it."""
        return bool(self.organisation_path) and organisation_path.startswith(self.organisation_path)

    def parts(self) -> Parts:
        """For prepared reads: actors who differ only in where they stand and who they are share a statement."""
        return _parts(self)

    @staticmethod
    def stand_in(shape: Any) -> "Actor":
        """An actor of that shape whom nobody is."""
        blank, *present = shape
        ids = {name: uuid4() for name, is_there in zip(_IDS, present, strict=True) if is_there}
        paths = {name: f"{uuid4().hex}/" for name in ("region_path", "organisation_path")}
        return replace(blank, **ids, **paths)


_IDS = ("user_id", "organisation_id", "grant_id")


@lru_cache(maxsize=4096)
def _parts(actor: Actor) -> Parts:
    ids = [getattr(actor, name) for name in _IDS]
    nothing: dict[str, Any] = dict.fromkeys(("label", "region_path", "organisation_name", "organisation_path"), "")
    nothing |= dict.fromkeys((*_IDS, "in_stead_of"))
    blank = replace(actor, wall=("", ""), **nothing)
    values = (*subtree(actor.region_path), *subtree(actor.organisation_path), *ids)
    return Parts((blank, *(one is not None for one in ids)), values)


def actor_of(grant: Grant, person: User | None = None) -> Actor:
    """The actor of a grant whose user, organisation and region are loaded: its holder, or ``person`` standing in."""
    who = person or grant.user
    stands_in = who.id != grant.user_id
    return Actor(
        label=label_of(who.display_name, grant.user.display_name) if stands_in else who.display_name,
        role=ROLES[grant.role],
        region_path=grant.region.path,
        wall=subtree(grant.organisation.region.wall_path),
        sectors=frozenset(grant.sectors),
        user_id=who.id,
        in_stead_of=grant.user_id if stands_in else None,
        grant_id=grant.id,
        organisation_id=grant.organisation_id,
        organisation_name=grant.organisation.short_name,
        organisation_path=grant.organisation.path,
        organisation_kind=grant.organisation.kind,
        organisation_sectors=frozenset(grant.organisation.sectors),
        capacity=grant.organisation.capacity,
    )


LAST_PATH = "\U0010ffff"
"""Sorts behind every path."""

LABEL_LENGTH = 60
"""What history keeps of a name."""


def label_of(person: str, holder: str) -> str:
    """How a stand-in is called in histories: 周古城（代 吴古城）."""
    half = (LABEL_LENGTH - 4) // 2
    return f"{person[:half]}（代 {holder[:half]}）"


def system_actor(region: Region) -> Actor:
    """The system acting inside ``region``: jobs, commands, the deadline sweep."""
    return Actor(label="系统", role=ROLES["SYSTEM"], region_path=region.path, wall=subtree(region.path))


def system_actor_for(region_path: str) -> Actor:
    """The system acting inside the county (or city, province) that a record of this path belongs to."""
    wall_path = _wall_path(region_path)
    return Actor(label="系统", role=ROLES["SYSTEM"], region_path=wall_path, wall=subtree(wall_path))


@lru_cache(maxsize=4096)
def _wall_path(region_path: str) -> str:
    """A path is minted once and never changes, nor does the county it lies in."""
    found: str = Region.objects.values_list("wall_path", flat=True).get(path=region_path)
    return found


def system_actors() -> list[Actor]:
    """The system in each of the topmost regions that have a government here: together they see every row, once."""
    governments = Organisation.objects.filter(kind=OrganisationKind.GOVERNMENT)
    topmost: list[Region] = []
    for region in Region.objects.filter(id__in=governments.values("region_id")).order_by("path"):
        if not topmost or not region.path.startswith(topmost[-1].path):
            topmost.append(region)
    return [system_actor(region) for region in topmost]


def system_everywhere() -> Actor:
    """The system with no wall at all: only for the operator at the machine, who could read the database anyway."""
    return Actor(label="系统", role=ROLES["SYSTEM"], region_path="", wall=("", LAST_PATH))


def valid_grants(user: User, on: date | None = None) -> QuerySet[Grant]:
    """The grants of an active user that are in force on the day (today), the oldest first."""
    return _in_force(on or clock.today()).filter(user=user).order_by("valid_from", "id")


def choices_of(user_id: UUID, on: date | None = None) -> QuerySet[Grant]:
    """The grants a person may act under on the day (today): their own first, then those they stand in for.
    ``usable`` takes away what they may not use all the same."""
    day = on or clock.today()
    own = Grant.objects.filter(user_id=user_id).order_by().values("id")
    others = StandIn.objects.filter(user_id=user_id, ended_at=None, valid_from__lte=day, valid_to__gte=day)
    mine_first = Case(When(user_id=user_id, then=Value(0)), default=Value(1))
    found = _in_force(day).filter(id__in=own.union(others.order_by().values("grant_id")))
    return found.order_by(mine_first, "valid_from", "id")


def usable(choices: list[Grant], user_id: UUID) -> list[Grant]:
    """Standing in is for colleagues: it lasts while the person has a grant of their own in that organisation."""
    own = {grant.organisation_id for grant in choices if grant.user_id == user_id}
    return [grant for grant in choices if grant.organisation_id in own]


def actor_by(user_id: UUID, grant_id: UUID) -> Actor | None:
    """The person acting under that grant, own or stood in for, as it is today; None when it has ended."""
    choices = usable(list(choices_of(user_id)), user_id)
    grant = next((grant for grant in choices if grant.id == grant_id), None)
    return actor_of(grant, choices[0].user) if grant else None


def _in_force(day: date) -> QuerySet[Grant]:
    return Grant.objects.select_related("user", "organisation__region", "region").filter(
        Q(valid_to=None) | Q(valid_to__gte=day), user__is_active=True, valid_from__lte=day
    )
