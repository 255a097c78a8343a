"""Writes to the tree of organisations."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from anlan.authz.actors import Actor
from anlan.authz.choices import Capacity, OrganisationKind, Sector
from anlan.authz.models import Organisation, Region
from anlan.ledger import api as ledger
from anlan.lib import hashing, ids
from anlan.lib.refusals import Forbidden, NotInScope
from anlan.organisations.policies import check_can_create_organisation
from anlan.organisations.template import ONE_PER_REGION, Planned

BATCH = 2000


def create_organisation(
    *,
    actor: Actor,
    kind: OrganisationKind,
    name: str,
    short_name: str,
    region: Region,
    parent: Organisation | None = None,
    sectors: Sequence[Sector] = (),
    capacity: Capacity = Capacity.NONE,
    document_prefix: str = "",
    seal_name: str = "",
) -> Organisation:
    """Add one organisation under ``parent`` (none: a root); its path is minted here and never changes.

    Raises Forbidden (403) when the actor may not, NotInScope (404) for a region outside the actor's.
    """
    check_can_create_organisation(actor, kind, region)
    with transaction.atomic():
        organisation = Organisation(
            kind=kind,
            name=name,
            short_name=short_name,
            parent=parent,
            path=mint_path(parent),
            region=region,
            sectors=list(sectors),
            capacity=capacity,
            document_prefix=document_prefix,
            seal_name=seal_name,
        )
        organisation.save(force_insert=True)
        ledger.record(
            actor=actor,
            subject_type="organisation",
            subject_id=organisation.id,
            region_path=region.path,
            event="organisation.created",
            payload=_facts(organisation),
        )
    return organisation


def mint_path(parent: Organisation | None) -> str:
    """A new path below ``parent``'s."""
    return f"{parent.path if parent else ''}{ids.segment()}/"


def _facts(organisation: Organisation) -> dict[str, object]:
    return {
        "kind": organisation.kind,
        "name": organisation.name,
        "path": organisation.path,
        "region_path": organisation.region.path,
        "sectors": sorted(organisation.sectors),
        "capacity": organisation.capacity,
    }


@dataclass
class OrganisationLoad:
    """What a template asked for and what was missing, by kind."""

    found: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)


def load_organisations(*, actor: Actor, region: Region, plan: Iterable[Planned]) -> OrganisationLoad:
    """Add the planned organisations that are missing; those already there are left as people have shaped them.

    Raises Forbidden unless the system acts, NotInScope for a region outside its range.
    """
    if not actor.is_system:
        raise Forbidden("forbidden", "组织机构模板由系统命令载入。")
    if not region.path.startswith(actor.region_path):
        raise NotInScope("区划")
    with transaction.atomic():
        loading = _Loading(region)
        for planned in plan:
            loading.take(planned)
        Organisation.objects.bulk_create(loading.new, batch_size=BATCH)
        if loading.new:
            _record_load(actor, region, loading)
    return loading.result


class _Loading:
    """Compares a plan with the organisations of a region and below."""

    def __init__(self, region: Region) -> None:
        self.known: dict[tuple[UUID, str, str], Organisation] = {}
        for organisation in Organisation.objects.filter(region__path__startswith=region.path, valid_to=None):
            key = _identity(organisation.region_id, organisation.kind, organisation.name)
            self.known.setdefault(key, organisation)
        self.by_key: dict[str, Organisation] = {}
        self.new: list[Organisation] = []
        self.result = OrganisationLoad()

    def take(self, planned: Planned) -> None:
        self.result.found[planned.kind] += 1
        key = _identity(planned.region.id, planned.kind, planned.name)
        organisation = self.known.get(key)
        if organisation is None:
            organisation = self.known[key] = self._make(planned)
            self.new.append(organisation)
            self.result.added[planned.kind] += 1
        self.by_key[planned.key] = organisation

    def _make(self, planned: Planned) -> Organisation:
        parent = self.by_key[planned.parent_key] if planned.parent_key else None
        return Organisation(
            kind=planned.kind,
            name=planned.name,
            short_name=planned.short_name,
            parent=parent,
            path=mint_path(parent),
            region=planned.region,
            sectors=list(planned.sectors),
            capacity=planned.capacity,
            document_prefix=planned.document_prefix,
            seal_name=planned.seal_name,
        )


def _identity(region_id: UUID, kind: str, name: str) -> tuple[UUID, str, str]:
    return region_id, kind, "" if kind in ONE_PER_REGION else name


def _record_load(actor: Actor, region: Region, loading: _Loading) -> None:
    """One entry for the whole load: counts, and a hash over the rows it wrote."""
    ledger.record(
        actor=actor,
        subject_type="organisation_load",
        subject_id=ids.uuid7(),
        region_path=region.path,
        event="organisation.loaded",
        payload={
            "found": dict(loading.result.found),
            "added": dict(loading.result.added),
            "rows_hash": hashing.leaf_hash([_facts(organisation) for organisation in loading.new]).hex(),
        },
    )
