"""Who sees what. ``acting`` is the only door to the wall, ``Scope.as_q`` the only builder of a filter (DESIGN §4)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.query import ModelIterable

from anlan.authz.actors import Actor
from anlan.authz.fields import subtree
from anlan.authz.models import Participation
from anlan.authz.permissions import Permission
from anlan.authz.roles import Reach
from anlan.lib.refusals import Forbidden, NotInScope
from anlan.reads.loading import QuicklyLoaded
from anlan.reads.lookups import LookedUp
from anlan.reads.prepared import PreparedSQL, prepared

M = TypeVar("M", bound=models.Model)

NO_RANGE = ("", "")
_SET_RANGE = PreparedSQL("SELECT set_config('anlan.lo', %s, true), set_config('anlan.hi', %s, true)")

_range: ContextVar[tuple[str, str]] = ContextVar("anlan_wall", default=NO_RANGE)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Open one transaction in which the database shows only the actor's county, and clear that on leaving.

    The range is set with ``SET LOCAL``: it ends with the transaction, whatever happens.
    """
    outermost = not connection.in_atomic_block
    previous = _range.get()
    with transaction.atomic():
        _set_range(actor.wall)
        token = _range.set(actor.wall)
        try:
            yield actor
        finally:
            _range.reset(token)
        if not outermost:
            _set_range(previous)


def _set_range(bounds: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET_RANGE, bounds)


@dataclass(frozen=True)
class ScopeColumns:
    """Which columns of a model the scope constrains. A dimension that is ``None`` does not constrain it.

    ``matter`` holds the id by which organisations take part; ``concealed`` is true while an unannounced act may be
    seen by nobody but those who take part in it. Promises of a large table make its lists quick, and are held by its
    invariants: whoever stands in ``organisation`` takes part as well; the participations have the region of the record;
    nobody takes part but the enterprise it is about, which has no other reach.
    """

    region: str = "region_path"
    sector: str | None = None
    organisation: str | None = None
    matter: str | None = "id"
    concealed: str | None = None
    holder_takes_part: bool = False
    parts_lie_with_it: bool = False
    only_its_party: bool = False


@dataclass(frozen=True)
class Scope:
    """(region ∩ sectors ∩ own organisation's subtree) ∪ matters the organisation takes part in."""

    actor: Actor
    permission: Permission

    def as_q(self, columns: ScopeColumns) -> Q:
        """The filter for a model with these columns; nothing at all when the role lacks the permission."""
        if not self.actor.can(self.permission):
            return Q(pk__in=[])
        if self.actor.is_system:
            return in_subtree(columns.region, self.actor.region_path)
        if columns.matter is None or (columns.only_its_party and self.actor.reach != Reach.PARTICIPATION):
            return self._reach(columns)
        if columns.holder_takes_part and self.actor.reach == Reach.ORGANISATION:
            return self._participation(columns.matter)
        if columns.parts_lie_with_it and self._sees_all_of_its_region(columns):
            return self._reach(columns) | self._beyond(columns, columns.matter)
        return self._reach(columns) | self._participation(columns.matter)

    def _sees_all_of_its_region(self, columns: ScopeColumns) -> bool:
        return self.actor.reach == Reach.REGION and not (self.actor.sectors and columns.sector)

    def _beyond(self, columns: ScopeColumns, matter: str) -> Q:
        """What a participation adds to a whole region: matters outside it, and concealed ones. They are few, and each
        side is one look at an index."""
        low, high = subtree(self.actor.region_path)
        mine = Participation.objects.filter(self._own_organisations())
        before, behind = mine.filter(region_path__lt=low).order_by(), mine.filter(region_path__gte=high).order_by()
        beyond = Q(**{f"{matter}__any": ArraySubquery(before.values("matter_id"))})
        beyond |= Q(**{f"{matter}__any": ArraySubquery(behind.values("matter_id"))})
        if columns.concealed:
            beyond |= Q(**{columns.concealed: True}) & Q(LookedUp(mine.filter(matter_id=OuterRef(matter))))
        return beyond

    def _reach(self, columns: ScopeColumns) -> Q:
        actor = self.actor
        if actor.reach == Reach.PARTICIPATION:
            return Q(pk__in=[])
        reach = in_subtree(columns.region, actor.region_path)
        if actor.sectors and columns.sector:
            reach &= Q(**{f"{columns.sector}__in": sorted(actor.sectors)})
        if actor.reach == Reach.ORGANISATION and columns.organisation:
            reach &= in_subtree(columns.organisation, actor.organisation_path)
        if columns.concealed:
            reach &= Q(**{columns.concealed: False})
        return reach

    def _participation(self, matter: str) -> Q:
        mine = Participation.objects.filter(self._own_organisations(), matter_id=OuterRef(matter))
        return Q(Exists(mine))

    def _own_organisations(self) -> Q:
        """A department takes part through its divisions too. A government does not take part in all that its
        departments do: what it sees of them is its region, without what is concealed."""
        path = self.actor.organisation_path
        if self.actor.reach in (Reach.ORGANISATION, Reach.PARTICIPATION):
            return in_subtree("organisation_path", path)
        return Q(organisation_path=path)


def in_subtree(column: str, path: str) -> Q:
    """Rows whose ``column`` is ``path`` or lies below it, as one index range."""
    low, high = subtree(path)
    return Q(**{f"{column}__gte": low, f"{column}__lt": high})


def scope_for(actor: Actor, permission: Permission) -> Scope:
    return Scope(actor, permission)


def require(actor: Actor, permission: Permission) -> None:
    """Raise Forbidden (403) when the actor's role lacks the permission."""
    if not actor.can(permission):
        raise Forbidden("forbidden", f"您当前的身份（{actor.role.label}）没有这项权限。")


def the_one(model: type[M], rows: Iterable[M]) -> M:
    """The row that was found, or NotInScope (404)."""
    row = next(iter(rows), None)
    if row is None:
        raise NotInScope(str(model._meta.verbose_name))
    return row


class ScopedQuerySet(models.QuerySet):
    """How every selector begins: ``Model.objects.visible_to(actor)``.

    The model declares ``scope_columns`` and ``view_permission``.
    """

    def visible_to(self, actor: Actor, permission: Permission | None = None) -> Self:
        """Rows inside the actor's scope for the permission (the model's ``view_permission`` by default)."""
        model: Any = self.model
        scope = scope_for(actor, permission or model.view_permission)
        return self.filter(scope.as_q(model.scope_columns))

    def get_visible(self, actor: Actor, **lookup: Any) -> Any:
        """The one row inside the scope, or NotInScope (404)."""
        model: Any = self.model
        if lookup.keys() == {"id"} and type(lookup["id"]) is UUID and self._is_whole():
            related, locked = _related(self.query.select_related), self.query.select_for_update
            return the_one(model, _visible(model, related, locked, actor, lookup["id"]))
        return the_one(model, self.visible_to(actor).filter(**lookup).order_by()[:1])

    def _is_whole(self) -> bool:
        """Whether nothing was asked of the rows but what comes with them."""
        query = self.query
        narrowed = query.where or query.annotations or query.extra or query.is_sliced or query.deferred_loading[0]
        return not (narrowed or self._prefetch_related_lookups) and self._iterable_class is ModelIterable  # type: ignore[attr-defined]

    def lock_visible(self, actor: Actor, **lookup: Any) -> Any:
        """The same, locked for the rest of the transaction."""
        locked = self.select_for_update(of=("self",))
        return locked.get_visible(actor, **lookup)


@prepared
def _visible(model: Any, related: Any, locked: bool, actor: Actor, record_id: UUID) -> models.QuerySet[Any]:
    rows = model.objects.select_related(*related) if related else model.objects.all()
    if locked:
        rows = rows.select_for_update(of=("self",))
    return rows.visible_to(actor).filter(id=record_id).order_by()


def _related(chosen: Any) -> tuple[str, ...]:
    """The paths that ``select_related`` was given, from what Django keeps of them."""
    if not isinstance(chosen, dict):
        return ()
    return tuple(
        "__".join([name, below] if below else [name])
        for name, more in chosen.items()
        for below in _related(more) or ("",)
    )


class ScopedModel(QuicklyLoaded):
    """A record behind the wall: it carries the path of its region, and a selector sees it through a scope."""

    scope_columns = ScopeColumns()
    view_permission: Permission

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True
